/* A content type and a payload: text for people is always text, JSON for files stays JSON. */
#include "fuzz.h"

#include "connector/payload.h"
#include "rules/rules.h"

static const RulesJsonLimits lenient = { .max_depth = 1000, .allow_duplicates = true };

static bool
is_json (const char *text, size_t length)
{
  return rules_check_json (text, length, &lenient, NULL);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzPart parts[2];
  ConnectorRequest request = { 0 };
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GBytes) json = NULL;
  g_autofree char *type = NULL, *plain = NULL, *laid_out = NULL;

  if (fuzz_split (data, size, parts, 2) != 2)
    return 0;
  request.content_type = type = fuzz_string (parts[0]);
  request.payload = payload = g_bytes_new (parts[1].text, parts[1].length);
  plain = payload_text (&request, FALSE);
  laid_out = payload_text (&request, TRUE);
  json = payload_json (&request, TRUE);
  FUZZ_CHECK (g_utf8_validate (plain, -1, NULL) && g_utf8_validate (laid_out, -1, NULL));
  if (payload_is_text (&request) || is_json (parts[1].text, parts[1].length))
    {
      gsize length;
      const char *line = g_bytes_get_data (json, &length);

      FUZZ_CHECK (is_json (line, length) && memchr (line, '\n', length) == NULL);
      if (!payload_is_text (&request) && is_json (plain, strlen (plain)) && plain[0] == '{')
        FUZZ_CHECK (is_json (laid_out, strlen (laid_out)));
    }
  return 0;
}
