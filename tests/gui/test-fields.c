/* What is known of the fields of captured events. */
#include "sb-fields.h"

static void
count_cb (SbFields *fields, guint *n)
{
  (*n)++;
}

static void
add (SbFields *fields, const char *json)
{
  g_autoptr (JsonNode) node = json_from_string (json, NULL);

  sb_fields_add (fields, json_node_get_object (node));
}

static void
assert_words (char **words, const char *expected)
{
  g_autofree char *joined = g_strjoinv (" ", words);

  g_assert_cmpstr (joined, ==, expected);
  g_strfreev (words);
}

static void
test_add (void)
{
  g_autoptr (SbFields) fields = sb_fields_new ();
  guint n = 0;

  g_signal_connect (fields, "changed", G_CALLBACK (count_cb), &n);
  add (fields,
       "{\"id\":\"1\",\"source\":\"shop\",\"detail-type\":\"Paid\",\"detail\":{\"total\":5,"
       "\"order\":{\"id\":\"o-1\",\"lines\":[{\"sku\":\"a\"},{\"sku\":\"b\"}]},\"tags\":[\"x\"]}}");
  add (fields, "{\"source\":\"shop\",\"detail\":{\"total\":7.5,\"paid\":true},"
               "\"metadata\":{\"headers\":{\"x-a\":\"1\"}}}");
  g_assert_cmpuint (n, ==, 2);

  /* Fields that are no objects; those of objects in arrays stand under the array's own path. */
  assert_words (sb_fields_dup_paths (fields),
                "detail-type detail.order.id detail.order.lines.sku detail.paid detail.tags "
                "detail.total metadata.headers.x-a source");
  assert_words (sb_fields_dup_names (fields, ""), "detail detail-type metadata source");
  assert_words (sb_fields_dup_names (fields, "detail"), "order paid tags total");
  assert_words (sb_fields_dup_names (fields, "detail.order"), "id lines");
  assert_words (sb_fields_dup_names (fields, "nothing"), "");
  /* Each value once, as JSON. */
  assert_words (sb_fields_dup_values (fields, "source"), "\"shop\"");
  assert_words (sb_fields_dup_values (fields, "detail.total"), "5 7.5");
  assert_words (sb_fields_dup_values (fields, "detail.order.lines.sku"), "\"a\" \"b\"");
  assert_words (sb_fields_dup_values (fields, "detail.order"), "");
  assert_words (sb_fields_dup_values (fields, "nothing"), "");
}

/* A sender that makes fields up must not fill the memory. */
static void
test_bounds (void)
{
  g_autoptr (SbFields) fields = sb_fields_new ();
  g_autoptr (GString) json = g_string_new ("{\"detail\":{\"same\":[");
  g_auto (GStrv) paths = NULL;
  g_auto (GStrv) values = NULL;

  for (guint i = 0; i < 50; i++)
    g_string_append_printf (json, "%s%u", i > 0 ? "," : "", i);
  g_string_append (json, "]");
  for (guint i = 0; i < 3000; i++)
    g_string_append_printf (json, ",\"f%u\":1", i);
  g_string_append (json, "}}");
  add (fields, json->str);
  paths = sb_fields_dup_paths (fields);
  values = sb_fields_dup_values (fields, "detail.same");
  g_assert_cmpuint (g_strv_length (paths), >, 500);
  g_assert_cmpuint (g_strv_length (paths), <=, 1000);
  g_assert_cmpuint (g_strv_length (values), ==, 8);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fields/add", test_add);
  g_test_add_func ("/fields/bounds", test_bounds);
  return g_test_run ();
}
