/* "metadata": of all that there is, only what there is. */
#include "ingress/metadata.h"

#include <string.h>

#define TRACE "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

typedef struct
{
  const char *name, *value;
} Header;

static const char *
get_header (const char *name, gpointer user_data)
{
  for (const Header *header = user_data; header->name != NULL; header++)
    if (strcmp (header->name, name) == 0)
      return header->value;
  return NULL;
}

static guint
count_headers (const char *name, gpointer user_data)
{
  guint n = 0;

  for (const Header *header = user_data; header->name != NULL; header++)
    n += strcmp (header->name, name) == 0;
  return n;
}

static void
assert_metadata (const Header *headers, const MetadataParts *parts, const char *expected)
{
  const IngressRequest request = { .header = get_header,
                                   .count_headers = count_headers,
                                   .header_data = (gpointer) headers };
  MetadataParts all = *parts;
  g_autofree char *text = NULL;

  all.request = &request;
  text = metadata_new (&all);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_parts (void)
{
  static const Header none[] = { { NULL, NULL } };

  assert_metadata (none, &(const MetadataParts){ 0 }, NULL);
  assert_metadata (none, &(const MetadataParts){ .id = "" }, NULL);
  assert_metadata (none, &(const MetadataParts){ .id = "a\"b" }, "{\"id\":\"a\\\"b\"}");
  assert_metadata (
      none,
      &(const MetadataParts){ .id = "7", .cloudevent = "{\"type\":\"t\"}", .encoding = "base64" },
      "{\"id\":\"7\",\"cloudevent\":{\"type\":\"t\"},\"encoding\":\"base64\"}");
}

static void
test_headers (void)
{
  static const Header headers[] = { { "x-kind", "push" },
                                    { "x-bytes", "caf\xe9" },
                                    { "x-other", "no" },
                                    { NULL, NULL } };
  char *kept[] = { (char *) "x-kind", (char *) "x-away", (char *) "x-bytes", NULL };
  const ConfigSource source = { .kept_headers = kept };
  const ConfigSource keeps_none = { 0 };

  assert_metadata (headers, &(const MetadataParts){ .source = &source },
                   "{\"headers\":{\"x-kind\":\"push\",\"x-bytes\":\"caf\uFFFD\"}}");
  assert_metadata (headers, &(const MetadataParts){ .source = &keeps_none }, NULL);
}

static void
test_trace (void)
{
  static const Header whole[] = { { "traceparent", TRACE }, { "tracestate", "a=b" }, { NULL } };
  static const Header broken[] = { { "traceparent", "00-0-0-01" },
                                   { "tracestate", "a=b" },
                                   { NULL } };
  static const Header twice[] = { { "traceparent", TRACE }, { "traceparent", TRACE }, { NULL } };
  static const Header states[] = { { "traceparent", TRACE },
                                   { "tracestate", "a=b" },
                                   { "tracestate", "c=d" },
                                   { NULL } };
  const ConfigSource continues = { .continues_trace = TRUE };
  const ConfigSource restarts = { .continues_trace = FALSE };

  assert_metadata (whole, &(const MetadataParts){ .source = &continues },
                   "{\"traceparent\":\"" TRACE "\",\"tracestate\":\"a=b\"}");
  assert_metadata (whole, &(const MetadataParts){ 0 },
                   "{\"traceparent\":\"" TRACE "\",\"tracestate\":\"a=b\"}");
  assert_metadata (whole, &(const MetadataParts){ .source = &restarts }, NULL);
  assert_metadata (broken, &(const MetadataParts){ .source = &continues }, NULL);
  assert_metadata (twice, &(const MetadataParts){ .source = &continues }, NULL);
  assert_metadata (states, &(const MetadataParts){ .source = &continues },
                   "{\"traceparent\":\"" TRACE "\"}");
}

/* A request without headers at all, as of a folder or a schedule. */
static void
test_of_entry (void)
{
  const IngressRequest request = { 0 };

  g_assert_null (metadata_of_entry (&request));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ingress/metadata/parts", test_parts);
  g_test_add_func ("/ingress/metadata/headers", test_headers);
  g_test_add_func ("/ingress/metadata/trace", test_trace);
  g_test_add_func ("/ingress/metadata/of-entry", test_of_entry);
  return g_test_run ();
}
