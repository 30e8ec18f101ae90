/* A content type, header lines and a body: what is taken as a CloudEvent is valid JSON throughout,
 * and what a webhook would send of it is taken again, with the same data. */
#include "fuzz.h"

#include "connector/webhook/cloudevent.h"
#include "ingress/cloudevents.h"

#define NOW_US G_GINT64_CONSTANT (1795252440000000)

static const char *
find_header (const char *name, gpointer user_data)
{
  for (char **pair = user_data; pair[0] != NULL; pair += 2)
    if (g_ascii_strcasecmp (pair[0], name) == 0)
      return pair[1];
  return NULL;
}

static void
each_header (void (*visit) (const char *name, const char *value, gpointer visit_data),
             gpointer visit_data,
             gpointer user_data)
{
  for (char **pair = user_data; pair[0] != NULL; pair += 2)
    visit (pair[0], pair[1], visit_data);
}

static char **
read_headers (const char *text)
{
  g_autoptr (GStrvBuilder) pairs = g_strv_builder_new ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    {
      char *colon = strchr (*line, ':');

      if (colon == NULL)
        continue;
      *colon = '\0';
      g_strv_builder_add_many (pairs, *line, colon + 1, NULL);
    }
  return g_strv_builder_end (pairs);
}

static GArray *
take (const char *type, char **headers, GBytes *body)
{
  Configuration configuration = {
    .router = { .event_bytes = 1 << 24, .json_depth = 16, .events_per_request = 100 }
  };
  const IngressRequest request = { .content_type = type,
                                   .header = find_header,
                                   .each_header = each_header,
                                   .header_data = headers,
                                   .body = body };
  const DraftContext context = { &request, &configuration, NOW_US };
  GArray *drafts = g_array_new (FALSE, TRUE, sizeof (Draft));
  g_autofree char *key = NULL;
  g_autoptr (Problem) problem = NULL;
  gboolean several;

  g_array_set_clear_func (drafts, (GDestroyNotify) draft_clear);
  if (cloudevents_mode (&request) != CLOUDEVENTS_NONE)
    problem = draft_from_cloudevents (&context, NULL, drafts, &key, &several);
  if (problem != NULL)
    g_array_set_size (drafts, 0);
  return drafts;
}

static void
check_json (const char *text, size_t length, char begins)
{
  const RulesJsonLimits limits = { .max_depth = 64 };

  FUZZ_CHECK (rules_check_json (text, length, &limits, NULL));
  FUZZ_CHECK (begins == '\0' || *text == begins);
}

static void
check_again (const Draft *draft, CloudEventMode mode, GBytes *expected)
{
  g_autoptr (Event) event = event_new (&(const Event){ .resources = draft->resources,
                                                       .metadata = draft->metadata,
                                                       .body = draft->detail });
  const ConnectorRequest request = { .event_id = "x",
                                     .source = draft->source,
                                     .detail_type = draft->detail_type,
                                     .event_time = "2026-11-21T09:14:00Z",
                                     .is_envelope = TRUE,
                                     .event = event };
  g_auto (CloudEvent) out = { 0 };
  g_autoptr (GArray) drafts = NULL;

  cloudevent_make (&request, mode, &out);
  for (char **pair = out.headers; *pair != NULL; pair++)
    FUZZ_CHECK (strpbrk (*pair, "\r\n") == NULL);
  FUZZ_CHECK (out.content_type == NULL || strpbrk (out.content_type, "\r\n") == NULL);
  drafts = take (out.content_type, out.headers, out.body);
  FUZZ_CHECK (drafts->len == 1);
  if (mode == CLOUDEVENT_BINARY)
    check_again (&g_array_index (drafts, Draft, 0), CLOUDEVENT_STRUCTURED, NULL);
  else
    FUZZ_CHECK (expected == NULL ||
                g_bytes_equal (g_array_index (drafts, Draft, 0).detail, expected));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzPart parts[3];
  size_t count = fuzz_split (data, size, parts, 3);
  g_autofree char *type = fuzz_string (parts[0]);
  g_autofree char *head = count > 1 ? fuzz_string (parts[1]) : NULL;
  g_auto (GStrv) headers = read_headers (head != NULL ? head : "");
  g_autoptr (GBytes) body = count > 2 ? g_bytes_new (parts[2].text, parts[2].length)
                                      : g_bytes_new (NULL, 0);
  g_autoptr (GArray) drafts = take (*type != '\0' ? type : NULL, headers, body);

  for (guint i = 0; i < drafts->len; i++)
    {
      const Draft *draft = &g_array_index (drafts, Draft, i);
      gsize length;
      const char *detail = g_bytes_get_data (draft->detail, &length);

      check_json (detail, length, '\0');
      check_json (draft->metadata, strlen (draft->metadata), '{');
      check_json (draft->resources, strlen (draft->resources), '[');
      check_again (draft, CLOUDEVENT_STRUCTURED, draft->detail);
      check_again (draft, CLOUDEVENT_BINARY, NULL);
    }
  return 0;
}
