/* A body, a header, a target and a path: whatever a source maps, the event is made of valid JSON.
 */
#include "fuzz.h"

#include "ingress/draft.h"

#define NOW_US G_GINT64_CONSTANT (1795252440000000)

typedef struct
{
  const char *header;
} Request;

static const char *
find_header (const char *name, gpointer user_data)
{
  return ((const Request *) user_data)->header;
}

static void
check_json (const char *text, char begins)
{
  const RulesJsonLimits limits = { .max_depth = 64 };

  FUZZ_CHECK (rules_check_json (text, strlen (text), &limits, NULL) && *text == begins);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzPart parts[4];
  size_t count = fuzz_split (data, size, parts, 4);
  g_autofree char *header = count > 1 ? fuzz_string (parts[1]) : NULL;
  g_autofree char *target = count > 2 ? fuzz_string (parts[2]) : NULL;
  g_autofree char *path = count > 3 ? fuzz_string (parts[3]) : g_strdup ("$.a");
  g_autoptr (GBytes) body = g_bytes_new (parts[0].text, parts[0].length);
  char *kept[] = { (char *) "x-kept", NULL };
  Request sent = { header };
  const IngressRequest request = { .source_name = "s",
                                   .target = target,
                                   .header = find_header,
                                   .header_data = &sent,
                                   .body = body };
  Configuration configuration = { .router = { .event_bytes = 1 << 20, .json_depth = 16 } };
  const DraftContext context = { &request, &configuration, NOW_US };
  const ConfigSource source = {
    .name = (char *) "s",
    .bus = (char *) "default",
    .source = { CONFIG_VALUE_PATH, path, (char *) "s" },
    .detail_type = { CONFIG_VALUE_HEADER, (char *) "x-type", (char *) "webhook" },
    .id = { CONFIG_VALUE_QUERY, (char *) "id", (char *) "" },
    .time = { CONFIG_VALUE_QUERY, (char *) "time", (char *) "" },
    .resources = { CONFIG_VALUE_PATH, path, (char *) "" },
    .kept_headers = kept,
    .continues_trace = TRUE,
  };
  Draft draft = { 0 };
  g_autoptr (Problem) problem = draft_from_webhook (&context, &source, body, &draft);

  if (problem == NULL)
    {
      FUZZ_CHECK (*draft.source != '\0' && strlen (draft.source) <= DRAFT_MAX_NAME_BYTES);
      FUZZ_CHECK (*draft.detail_type != '\0' && strlen (draft.detail_type) <= DRAFT_MAX_NAME_BYTES);
      FUZZ_CHECK (g_utf8_validate (draft.source, -1, NULL));
      FUZZ_CHECK (g_utf8_validate (draft.detail_type, -1, NULL));
      FUZZ_CHECK (draft.time_us >= -G_GINT64_CONSTANT (62135596800000000));
      check_json (draft.resources, '[');
      if (draft.metadata != NULL)
        check_json (draft.metadata, '{');
    }
  draft_clear (&draft);
  return 0;
}
