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
test_elements (void)
{
  static const char text[] =
      " [ 1 , \"a,]\\\\\" ,[],{\"x\":[1,2]}, [ [] , \"[\" ] ,null,\"\\\"\" ] ";
  static const char *const expected[] = {
    "1", "\"a,]\\\\\"", "[]", "{\"x\":[1,2]}", "[ [] , \"[\" ]", "null", "\"\\\"\"",
  };
  JsonElements elements;
  JsonSlice value;

  json_elements_begin (&elements, slice (text));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_assert_true (json_elements_next (&elements, &value));
      g_assert_cmpmem (value.text, value.length, expected[i], strlen (expected[i]));
    }
  g_assert_false (json_elements_next (&elements, &value));
  g_assert_false (json_elements_next (&elements, &value));
  json_elements_begin (&elements, slice ("[ ]"));
  g_assert_false (json_elements_next (&elements, &value));
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

/* ---- What was written is found again ---- */

static void
append_space (GString *out)
{
  static const char *const spaces[] = { "", "", " ", "\t", "\r\n", "  " };

  g_string_append (out, spaces[g_test_rand_int_range (0, G_N_ELEMENTS (spaces))]);
}

static void
append_random_string (GString *out)
{
  static const char *const parts[] = {
    "a", "\\\"", "\\\\",    "{",       "}", "[",   "]",    ",",
    ":", " ",    "\\u00e9", "\\ud83d", "é", "\\n", "null", "\\/"
  };

  g_string_append_c (out, '"');
  for (gint32 i = g_test_rand_int_range (0, 6); i > 0; i--)
    g_string_append (out, parts[g_test_rand_int_range (0, G_N_ELEMENTS (parts))]);
  g_string_append_c (out, '"');
}

static void
append_random_value (GString *out, guint depth)
{
  static const char *const scalars[] = { "0", "-1.5e-3", "true", "false", "null" };
  gint32 kind = g_test_rand_int_range (0, depth > 0 ? 4 : 2);
  gint32 n = g_test_rand_int_range (0, 4);

  if (kind == 0)
    g_string_append (out, scalars[g_test_rand_int_range (0, G_N_ELEMENTS (scalars))]);
  else if (kind == 1)
    append_random_string (out);
  else
    {
      g_string_append_c (out, kind == 2 ? '[' : '{');
      for (gint32 i = 0; i < n; i++)
        {
          if (i > 0)
            g_string_append_c (out, ',');
          append_space (out);
          if (kind == 3)
            {
              append_random_string (out);
              append_space (out);
              g_string_append_c (out, ':');
              append_space (out);
            }
          append_random_value (out, depth - 1);
          append_space (out);
        }
      g_string_append_c (out, kind == 2 ? ']' : '}');
    }
}

/* An object and an array of the same values; names and values as they were written. */
static void
test_random (void)
{
  for (guint round = 0; round < 2000; round++)
    {
      g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GString) object = g_string_new ("{");
      g_autoptr (GString) array = g_string_new ("[");
      const RulesJsonLimits limits = { .allow_duplicates = true };
      JsonMembers members;
      JsonElements elements;
      JsonSlice name, value;

      for (gint32 i = g_test_rand_int_range (0, 5); i > 0; i--)
        {
          GString *text = g_string_new (NULL);
          GString *name_text = g_string_new (NULL);

          append_random_value (text, 3);
          append_random_string (name_text);
          if (values->len > 0)
            {
              g_string_append_c (object, ',');
              g_string_append_c (array, ',');
            }
          append_space (object);
          g_string_append (object, name_text->str);
          append_space (object);
          g_string_append_c (object, ':');
          append_space (object);
          g_string_append (object, text->str);
          append_space (object);
          append_space (array);
          g_string_append (array, text->str);
          append_space (array);
          g_ptr_array_add (values, g_string_free (text, FALSE));
          g_ptr_array_add (names, g_string_free (name_text, FALSE));
        }
      g_string_append_c (object, '}');
      g_string_append_c (array, ']');
      g_test_message ("%s", object->str);
      g_assert_true (rules_check_json (object->str, object->len, &limits, NULL));
      json_members_begin (&members, json_slice (object->str, object->len));
      json_elements_begin (&elements, json_slice (array->str, array->len));
      for (guint i = 0; i < values->len; i++)
        {
          const char *expected = values->pdata[i];

          g_assert_true (json_members_next (&members, &name, &value));
          g_assert_cmpmem (name.text, name.length, names->pdata[i], strlen (names->pdata[i]));
          g_assert_cmpmem (value.text, value.length, expected, strlen (expected));
          g_assert_true (json_elements_next (&elements, &value));
          g_assert_cmpmem (value.text, value.length, expected, strlen (expected));
        }
      g_assert_false (json_members_next (&members, &name, &value));
      g_assert_false (json_elements_next (&elements, &value));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ingress/scan/types", test_types);
  g_test_add_func ("/ingress/scan/members", test_members);
  g_test_add_func ("/ingress/scan/no-members", test_no_members);
  g_test_add_func ("/ingress/scan/elements", test_elements);
  g_test_add_func ("/ingress/scan/random", test_random);
  g_test_add_func ("/ingress/scan/strings", test_strings);
  return g_test_run ();
}
