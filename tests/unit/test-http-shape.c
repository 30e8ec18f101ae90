/* Shapes as JSON Schema. */
#include "http/shape.h"

static const char *const shapes[][2] = {
  { "string", "{\"type\":\"string\"}" },
  { "int?", "{\"type\":[\"integer\",\"null\"]}" },
  { "time", "{\"type\":\"string\",\"format\":\"date-time\"}" },
  { "any", "{}" },
  { "Name", "{\"$ref\":\"#/components/schemas/Name\"}" },
  { "Name?", "{\"anyOf\":[{\"$ref\":\"#/components/schemas/Name\"},{\"type\":\"null\"}]}" },
  { "[int?]?", "{\"type\":[\"array\",\"null\"],\"items\":{\"type\":[\"integer\",\"null\"]}}" },
  { "{a:int, b?:[bool]}",
    "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"},\"b\":{\"type\":\"array\","
    "\"items\":{\"type\":\"boolean\"}}},\"required\":[\"a\"]}" },
  { "{*:{c:number?}?}",
    "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":{\"type\":[\"object\","
    "\"null\"],\"properties\":{\"c\":{\"type\":[\"number\",\"null\"]}},\"required\":[\"c\"]}}" },
  { "{+Base, a?:any}", "{\"type\":\"object\",\"properties\":{\"a\":{}},\"allOf\":[{\"$ref\":"
                       "\"#/components/schemas/Base\"}]}" },
};

static void
test_shapes (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    {
      g_autoptr (GString) out = json_out_new ();

      shape_put_schema (out, NULL, shapes[i][0]);
      g_assert_cmpstr (out->str, ==, shapes[i][1]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/shape/all", test_shapes);
  return g_test_run ();
}
