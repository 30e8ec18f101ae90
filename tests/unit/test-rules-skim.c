/* Skimming: where values end, children in order, and that broken or cut text is never read beyond.
 */
#include "rules/skim.h"

#include <glib.h>
#include <string.h>

/* A copy whose end is the end of its memory. */
static char *
exact_copy (const char *text, size_t length)
{
  return length > 0 ? g_memdup2 (text, length) : g_malloc (1);
}

static size_t
skim (const char *text)
{
  size_t length = strlen (text);
  g_autofree char *copy = exact_copy (text, length);

  return skim_value (copy, length, 0);
}

static void
test_values (void)
{
  /* What belongs to the value stands before the |. */
  static const char *const cases[] = {
    "1|",
    "-1.50e+3|,",
    "true|]",
    "null|}",
    "false| ",
    "0|\n",
    "\"\"|",
    "\"a\"|\"",
    "\"a\\\"b\"|,",
    "\"\\\\\"|\"",
    "\"\\u00e9\"|",
    "[]|]",
    "{}|}",
    "[1,[2],{\"a\":[]}]|,",
    "{\"a\":\"]\"}|",
    "[\"\\\"]\"]|",
    "{\"}\":\"{\"}| ",
    "[ 1 , 2 ]| ",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) text = g_string_new (cases[i]);
      size_t end = strcspn (cases[i], "|");

      g_test_message ("%s", cases[i]);
      g_string_erase (text, (gssize) end, 1);
      g_assert_cmpuint (skim (text->str), ==, end);
    }
}

static void
test_broken (void)
{
  static const char *const cases[] = {
    "",    " 1",   ",",      "]",     "}",       ":",           "x",           "\"",
    "\"a", "\"\\", "\"\\\"", "\"\\u", "\"\\u00", "\"\\u00e",    "\"\\u00g9\"", "\"\\u00e\"",
    "[",   "{",    "[1",     "[[]",   "{\"a\"",  "{\"a\":",     "[\"]",        "+1",
    "'a'", "1\"",  "t[",     "[1\"]", "\xff",    "[\"\\u12\"]",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *shown = g_strescape (cases[i], NULL);

      g_test_message ("%s", shown);
      g_assert_cmpuint (skim (cases[i]), ==, SKIM_BROKEN);
    }
}

static void
test_space (void)
{
  g_assert_cmpuint (skim_space (" \t\r\n1", 5, 0), ==, 4);
  g_assert_cmpuint (skim_space ("1 ", 2, 1), ==, 2);
  g_assert_cmpuint (skim_space ("", 0, 0), ==, 0);
}

/* name=value;name=value, then the position behind, or "broken". */
static char *
list_children (const char *text, size_t length)
{
  g_autofree char *copy = exact_copy (text, length);
  GString *list = g_string_new (NULL);
  SkimChildren children;

  skim_open (&children, copy, length, 0);
  while (skim_next (&children))
    {
      size_t end = skim_value (copy, length, children.at);

      if (children.object)
        g_string_append_printf (list, "%.*s=", (int) children.name_length, copy + children.name);
      if (end != SKIM_BROKEN)
        g_string_append_printf (list, "%.*s;", (int) (end - children.at), copy + children.at);
      children.at = end;
    }
  if (children.at == SKIM_BROKEN)
    g_string_append (list, "broken");
  else
    g_string_append_printf (list, "%zu", children.at);
  return g_string_free (list, FALSE);
}

static void
test_children (void)
{
  static const struct
  {
    const char *text, *list;
  } cases[] = {
    { "[]", "2" },
    { "[ ] ", "3" },
    { "{}", "2" },
    { "[1,\"a\" , [2] ]x", "1;\"a\";[2];14" },
    { "{\"a\":1}", "\"a\"=1;7" },
    { "{ \"a\\\"\" : [1] , \"a\" : {} } ", "\"a\\\"\"=[1];\"a\"={};26" },
    { "[1,]", "1;broken" },
    { "[,1]", "broken" },
    { "[1 2]", "1;broken" },
    { "[1}", "1;broken" },
    { "{1:2}", "broken" },
    { "{\"a\" 1}", "broken" },
    { "{\"a\":}", "\"a\"=broken" },
    { "{\"a\":1,}", "\"a\"=1;broken" },
    { "{\"a\":1]", "\"a\"=1;broken" },
    { "[", "broken" },
    { "[1", "1;broken" },
    { "[1 ", "1;broken" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *list = list_children (cases[i].text, strlen (cases[i].text));

      g_test_message ("%s", cases[i].text);
      g_assert_cmpstr (list, ==, cases[i].list);
    }
}

/* Whatever is cut off, the rest is broken and nothing behind it is read. */
static void
test_cut (void)
{
  static const char text[] =
      "{\"a\\u00e9\\\"\" : [ 1.5 , true, { \"b\" : \"\\ud834\\udd1e\\\\\" } ] , \"c\":null }";

  for (size_t length = 1; length < sizeof text - 1; length++)
    {
      g_autofree char *copy = exact_copy (text, length);
      g_autofree char *list = list_children (text, length);

      g_assert_cmpuint (skim_value (copy, length, 0), ==, SKIM_BROKEN);
      g_assert_true (g_str_has_suffix (list, "broken"));
    }
  g_assert_cmpuint (skim (text), ==, sizeof text - 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/skim/values", test_values);
  g_test_add_func ("/rules/skim/broken", test_broken);
  g_test_add_func ("/rules/skim/space", test_space);
  g_test_add_func ("/rules/skim/children", test_children);
  g_test_add_func ("/rules/skim/cut", test_cut);
  return g_test_run ();
}
