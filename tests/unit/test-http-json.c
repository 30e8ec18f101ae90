/* JSON text written piece by piece. */
#include "http/json.h"

#include <string.h>

static void
test_all (void)
{
  JsonOut *out = json_out_new ();

  json_out_object (out, NULL);
  json_out_string (out, "s", "q\"\n");
  json_out_string (out, "n", NULL);
  json_out_string (out, "bad", "a\xff");
  json_out_string (out, "comma", ",");
  json_out_string (out, "brace", "{");
  json_out_int (out, "i", G_MININT64);
  json_out_bool (out, "t", TRUE);
  json_out_bool (out, "f", FALSE);
  json_out_time (out, "at", G_GINT64_CONSTANT (1795252440123456));
  json_out_time (out, "never", 0);
  json_out_array (out, "a");
  json_out_end_array (out);
  json_out_array (out, "b");
  json_out_int (out, NULL, 1);
  json_out_string (out, NULL, "[");
  json_out_object (out, NULL);
  json_out_end_object (out);
  json_out_object (out, NULL);
  json_out_raw (out, "raw", "{\"x\": 1.50}", -1);
  json_out_raw (out, "cut", "12345", 2);
  json_out_end_object (out);
  json_out_end_array (out);
  json_out_end_object (out);
  g_assert_cmpstr (
      out->str, ==,
      "{\"s\":\"q\\\"\\n\",\"n\":null,\"bad\":\"a\xef\xbf\xbd\",\"comma\":\",\",\"brace\":\"{\","
      "\"i\":-9223372036854775808,\"t\":true,\"f\":false,"
      "\"at\":\"2026-11-21T09:14:00.123456Z\",\"never\":null,\"a\":[],"
      "\"b\":[1,\"[\",{},{\"raw\":{\"x\": 1.50},\"cut\":12}]}");
  g_string_free (out, TRUE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/json/all", test_all);
  return g_test_run ();
}
