/* A request target, as any client may send it. */
#include "fuzz.h"

#include "http/target.h"

static void
check_parameter (const HttpTarget *target, const HttpParameter *parameter)
{
  g_autofree char *escaped = g_uri_escape_string (parameter->value, NULL, FALSE);
  g_autofree char *decoded = http_decode (escaped, strlen (escaped), TRUE);

  FUZZ_CHECK (g_utf8_validate (parameter->name, -1, NULL));
  FUZZ_CHECK (g_utf8_validate (parameter->value, -1, NULL));
  FUZZ_CHECK (http_target_parameter (target, parameter->name) != NULL);
  FUZZ_CHECK (g_strcmp0 (decoded, parameter->value) == 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = fuzz_string ((FuzzPart){ (const char *) data, size });
  const char *reason = NULL;
  HttpTarget target;

  if (!http_target_parse (text, &target, &reason))
    {
      FUZZ_CHECK (reason != NULL);
      return 0;
    }
  FUZZ_CHECK (target.path[0] == '/' && strchr (target.path, '?') == NULL);
  FUZZ_CHECK (target.authority == NULL || strpbrk (target.authority, "/?") == NULL);
  FUZZ_CHECK (target.n_parameters <= HTTP_TARGET_MAX_PARAMETERS);
  for (guint i = 0; i < target.n_parameters; i++)
    check_parameter (&target, &target.parameters[i]);
  http_target_clear (&target);
  return 0;
}
