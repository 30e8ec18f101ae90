/* A pattern becomes rows, and rows become the pattern again. */
#include "sb-json-edit.h"
#include "sb-pattern.h"

typedef struct
{
  const char *value;
  SbOperator op;
  const char *values;
} Case;

static const Case cases[] = {
  { "[\"paid\",\"sent\"]", SB_OPERATOR_IS, "paid, sent" },
  { "[5,\"5\",true,null,\"a, b\"]", SB_OPERATOR_IS, "5, \"5\", true, null, \"a, b\"" },
  { "[{\"anything-but\":[\"a\",\"b\"]}]", SB_OPERATOR_IS_NOT, "a, b" },
  { "[{\"prefix\":\"a\"},{\"prefix\":\"b\"}]", SB_OPERATOR_BEGINS, "a, b" },
  { "[{\"suffix\":\".png\"}]", SB_OPERATOR_ENDS, ".png" },
  { "[{\"wildcard\":\"a*b\"}]", SB_OPERATOR_LIKE, "a*b" },
  { "[{\"equals-ignore-case\":\"x\"}]", SB_OPERATOR_IS_IGNORING_CASE, "x" },
  { "[{\"numeric\":[\">\",100,\"<=\",200.5]}]", SB_OPERATOR_NUMBER, "> 100, <= 200.5" },
  { "[{\"cidr\":\"10.0.0.0/8\"}]", SB_OPERATOR_ADDRESS, "10.0.0.0/8" },
  { "[{\"exists\":true}]", SB_OPERATOR_EXISTS, "" },
  { "[{\"exists\":false}]", SB_OPERATOR_ABSENT, "" },
  { "[\"a\",{\"prefix\":\"b\"}]", SB_OPERATOR_JSON, "[\"a\",{\"prefix\":\"b\"}]" },
  { "[{\"anything-but\":{\"prefix\":\"b\"}}]", SB_OPERATOR_JSON,
    "[{\"anything-but\":{\"prefix\":\"b\"}}]" },
};

static void
test_both_ways (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf ("{\"detail\": {\"x\": %s}}", cases[i].value);
      g_autoptr (JsonNode) pattern = json_from_string (text, NULL);
      g_autoptr (GPtrArray) rows = sb_pattern_rows (pattern);
      g_autoptr (JsonNode) back = NULL;
      g_autofree char *written = NULL;
      const SbPatternRow *row;

      g_assert_cmpuint (rows->len, ==, 1);
      row = rows->pdata[0];
      g_assert_cmpstr (row->field, ==, "detail.x");
      g_assert_cmpstr (row->pointer, ==, "/detail/x");
      g_assert_cmpint (row->op, ==, cases[i].op);
      g_assert_cmpstr (row->values, ==, cases[i].values);
      back = sb_pattern_value (row->op, row->values);
      g_assert_nonnull (back);
      written = json_to_string (back, FALSE);
      g_assert_cmpstr (written, ==, cases[i].value);
    }
}

static void
test_order (void)
{
  g_autoptr (JsonNode) pattern = json_from_string (
      "{\"source\": [\"a\"], \"detail\": {\"b\": {\"c\": [1]}, \"$or\": [{\"d\": [2]}]}}", NULL);
  g_autoptr (GPtrArray) rows = sb_pattern_rows (pattern);
  g_autoptr (GPtrArray) none = sb_pattern_rows (NULL);

  g_assert_cmpuint (none->len, ==, 0);
  g_assert_cmpuint (rows->len, ==, 3);
  g_assert_cmpstr (((SbPatternRow *) rows->pdata[0])->field, ==, "source");
  g_assert_cmpstr (((SbPatternRow *) rows->pdata[1])->field, ==, "detail.b.c");
  g_assert_cmpstr (((SbPatternRow *) rows->pdata[2])->field, ==, "detail.$or");
  g_assert_cmpint (((SbPatternRow *) rows->pdata[2])->op, ==, SB_OPERATOR_JSON);
}

/* What is not finished yet is no value. */
static void
test_unfinished (void)
{
  g_assert_null (sb_pattern_value (SB_OPERATOR_IS, " "));
  g_assert_null (sb_pattern_value (SB_OPERATOR_NUMBER, "> x"));
  g_assert_null (sb_pattern_value (SB_OPERATOR_JSON, "[{"));
  g_assert_null (sb_pattern_value (SB_OPERATOR_IS, "{\"a\": 1}"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pattern/both-ways", test_both_ways);
  g_test_add_func ("/pattern/order", test_order);
  g_test_add_func ("/pattern/unfinished", test_unfinished);
  return g_test_run ();
}
