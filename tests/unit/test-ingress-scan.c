/* Walking through accepted JSON. */
#include "ingress/scan.h"

#include "rules/rules.h"

#include <string.h>

static JsonSlice
slice (const char *text)
{
  g_assert_true (rules_check_json (text, strlen (text), NULL, NULL));
  return json_slice (text, strlen (text));
}

static void
test_types (void)
{
  static const struct
  {
    const char *text;
    char type;
  } cases[] = {
    { " {} ", '{' }, { "\n[1]", '[' }, { "\"x\"", '"' },  { "null", 'n' },
    { "true", 'b' }, { "false", 'b' }, { "-1.5e3", '0' }, { "0", '0' },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (json_slice_type (slice (cases[i].text)), ==, cases[i].type);
  g_assert_cmpint (json_slice_type (json_slice (" \t", 2)), ==, '\0');
}

static void
test_members (void)
{
  static const char text[] = " { \"a\" : 1 ,\"b\":\"}\\\"{\",\n\"c\" : [ {\"x\":[]} , \"]\" ] , "
                             "\"d\":{\"e\":{}},\"f\":null\t,\"\":true,\"g\\\"\":-1.5 } ";
  static const char *const expected[] = {
    "\"a\"",     "1",          "\"b\"", "\"}\\\"{\"", "\"c\"", "[ {\"x\":[]} , \"]\" ]",
    "\"d\"",     "{\"e\":{}}", "\"f\"", "null",       "\"\"",  "true",
    "\"g\\\"\"", "-1.5",
  };
  JsonMembers members;
  JsonSlice name, value;

  json_members_begin (&members, slice (text));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i += 2)
    {
      g_assert_true (json_members_next (&members, &name, &value));
      g_assert_cmpmem (name.text, name.length, expected[i], strlen (expected[i]));
      g_assert_cmpmem (value.text, value.length, expected[i + 1], strlen (expected[i + 1]));
    }
  g_assert_false (json_members_next (&members, &name, &value));
  g_assert_false (json_members_next (&members, &name, &value));
}

static void
test_no_members (void)
{
  JsonMembers members;
  JsonSlice name, value;

  json_members_begin (&members, slice ("{}"));
  g_assert_false (json_members_next (&members, &name, &value));
  json_members_begin (&members, slice ("{ \n }"));
  g_assert_false (json_members_next (&members, &name, &value));
}

static void
test_strings (void)
{
  static const struct
  {
    const char *text, *meaning;
  } cases[] = {
    { "\"\"", "" },
    { "\"plain\"", "plain" },
    { "\"ü€😀\"", "ü€😀" },
    { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t" },
    { "\"a\\u00fcb\"", "aüb" },
    { "\"\\ud83d\\ude00!\"", "😀!" },
    { "\"\\ud83d\"", "\xef\xbf\xbd" },
    { "\"\\ud83dx\"", "\xef\xbf\xbdx" },
    { "\"\\ude00\\ud83d\"", "\xef\xbf\xbd\xef\xbf\xbd" },
    { "\"\\ud83d\\u0041\"", "\xef\xbf\xbd"
                            "A" },
    { "\"\\u0000\"", NULL },
    { "\"a\\u0000b\"", NULL },
    { "1", NULL },
    { "null", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *meaning = json_slice_string (slice (cases[i].text));

      g_test_message ("%s", cases[i].text);
      g_assert_cmpstr (meaning, ==, cases[i].meaning);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ingress/scan/types", test_types);
  g_test_add_func ("/ingress/scan/members", test_members);
  g_test_add_func ("/ingress/scan/no-members", test_no_members);
  g_test_add_func ("/ingress/scan/strings", test_strings);
  return g_test_run ();
}
