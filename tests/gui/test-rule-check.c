#include <glib.h>
#include <string.h>

#include "sb-rule-check.h"

static void
test_valid (void)
{
  static const char *const texts[] = {
    "{\"EventPattern\": {\"source\": [\"shop\"]}, \"Targets\": []}",
    "{\"EventPattern\": {\"detail\": {\"total\": [{\"numeric\": [\">\", 100]}]}}}",
    "{}",
    /* What only the router judges is not judged here. */
    "{\"EventPattern\": 7}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GPtrArray) found = sb_rule_check (texts[i], strlen (texts[i]));

      g_test_message ("%s", texts[i]);
      g_assert_cmpuint (found->len, ==, 0);
    }
}

static void
test_places (void)
{
  static const struct
  {
    const char *text;
    guint line;
    const char *message; /* a part of it */
  } cases[] = {
    { "", 1, "" },
    { "[]", 1, "object" },
    { "{\n  \"State\": ENABLED\n}", 2, "" },
    { "{\n  \"a\": 1,\n}", 3, "" },
    { "{\"a\": 1, \"a\": 2}", 1, "" },
    { "{\n  \"EventPattern\": {\n    \"source\": \"shop\"\n  }\n}", 3, "array" },
    { "{\n  \"EventPattern\": {\n    \"detail\": {\n      \"n\": [{\"numeric\": [\"=>\", 1]}]\n"
      "    }\n  }\n}",
      4, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GPtrArray) found = sb_rule_check (cases[i].text, strlen (cases[i].text));
      const SbDiagnostic *diagnostic;

      g_test_message ("%s", cases[i].text);
      g_assert_cmpuint (found->len, ==, 1);
      diagnostic = g_ptr_array_index (found, 0);
      g_assert_cmpuint (diagnostic->line, ==, cases[i].line);
      g_assert_cmpuint (diagnostic->column, >=, 1);
      g_assert_cmpstr (diagnostic->message, !=, "");
      g_assert_nonnull (strstr (diagnostic->message, cases[i].message));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rule-check/valid", test_valid);
  g_test_add_func ("/rule-check/places", test_places);
  return g_test_run ();
}
