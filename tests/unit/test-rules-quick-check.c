/* quick-check.c against the reader that knows the whole grammar: what the quick check accepts must
 * be JSON, and JSON of the usual kind must be accepted, at every place in a block.  All that this
 * machine has are tested, not only the best one. */
#include "rules/quick-check.h"

#include "rules/json.h"

#include <glib.h>
#include <string.h>

static const char *const texts[] = {
  "{}",
  "[]",
  "{\"a\":1,\"b\":[true,false,null,-0.5e+10,{\"c\":\"d\"}],\"e\":{}}",
  "[[[]],[{}],\"\",[\"a\",\"b\"],{\"a\":\"b\",\"c\":[1,2]}]",
  "{\"a\\\"\\\\\":\"\\u00e9\\n\\\\\",\"b\":\"{[,:]}\"}",
  "[0,-1,10.25,1e5,1E-5,0.0,-0,123456789012345678901234567890]",
  " { \"a\" : [ 1 , 2 ] ,\n\t\"b\" : { } , \"c\" : \"x\" }\r\n",
  "{\"type\":\"Feature\",\"at\":[{\"x\":-122.42200352825247,\"z\":0},{\"x\":-122.4}]}",
  "{\"é\":\"straße 😀\",\"long\":\"sixteen bytes and then some more, to fill a block of 64\"}",
};

static bool
is_json (const char *text, size_t length)
{
  static const RulesJsonLimits limits = { .max_depth = 64, .allow_duplicates = true };
  const JsonNode *root;
  Arena arena;
  bool ok;

  arena_init (&arena, NULL);
  ok = json_parse (text, length, &limits, &arena, &root, NULL);
  arena_clear (&arena);
  return ok;
}

static bool
check (QuickCheck quick, const GString *text)
{
  /* Not one byte more, so that a sanitizer sees what is read beyond. */
  g_autofree char *copy = g_memdup2 (text->str, text->len);

  return quick (copy, text->len);
}

/* The text at each place in a block: behind blanks, and inside an array behind a string. */
static void
check_accepts (QuickCheck quick, const char *one)
{
  for (int shift = 0; shift < 130; shift++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autofree char *filler = g_strnfill ((gsize) shift, 'x');

      g_string_printf (text, "[\"%s\",%s]", filler, one);
      g_assert_true (is_json (text->str, text->len));
      g_assert_true (check (quick, text));
      g_string_printf (text, "%*s%s", shift, "", one);
      g_assert_true (check (quick, text));
      g_string_printf (text, "%s%*s", one, shift, "");
      g_assert_true (check (quick, text));
    }
}

static void
test_accepts (void)
{
  QuickCheck quick;

  if (!quick_check_choose (0))
    g_test_skip ("this machine has no quick check");
  for (unsigned rank = 0; (quick = quick_check_choose (rank)); rank++)
    for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
      check_accepts (quick, texts[i]);
}

static void
change (GRand *rand, GString *text)
{
  static const char bytes[] = "\"\"\\{}[],::0129e-+.. tfnu\t\x01\x7F\xC3\xA9\xFFtruenull";
  gint32 at = g_rand_int_range (rand, 0, (gint32) text->len);

  switch (g_rand_int_range (rand, 0, 5))
    {
    case 0:
      g_string_truncate (text, (gsize) at + 1);
      break;
    case 1:
      if (text->len > 1)
        g_string_erase (text, at, 1);
      break;
    case 2:
      text->str[at] = bytes[g_rand_int_range (rand, 0, sizeof bytes - 1)];
      break;
    case 3:
      {
        gint32 from = g_rand_int_range (rand, 0, (gint32) text->len);
        gint32 n = g_rand_int_range (rand, 1, 12);
        g_autofree char *piece = g_strndup (text->str + from, (gsize) n);

        g_string_insert (text, at, piece);
        break;
      }
    default:
      g_string_insert_c (text, at, bytes[g_rand_int_range (rand, 0, sizeof bytes - 1)]);
    }
}

/* All that this machine has must say of the text what the reader says, but that a root which is no
 * container is left to the reader.  Returns whether it is JSON. */
static bool
compare (const GString *text)
{
  const char *root = text->str + strspn (text->str, " \n\r\t");
  bool json = is_json (text->str, text->len), container = *root == '{' || *root == '[';
  QuickCheck quick;

  for (unsigned rank = 0; (quick = quick_check_choose (rank)); rank++)
    {
      if (check (quick, text) != (json && container))
        g_test_message ("%u: %s: %s", rank, json ? "JSON, but not accepted" : "accepted",
                        text->str);
      g_assert_cmpint (check (quick, text), ==, json && container);
    }
  return json;
}

static void
test_refuses (void)
{
  GRand *rand = g_rand_new_with_seed (4);
  int n_json = 0;

  for (int i = 0; i < 150000; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      gint32 shift = g_rand_int_range (rand, 0, 70);

      g_string_printf (text, "[\"%*s\",%s]", shift, "",
                       texts[g_rand_int_range (rand, 0, G_N_ELEMENTS (texts))]);
      for (gint32 k = g_rand_int_range (rand, 1, 4); k > 0; k--)
        change (rand, text);
      n_json += compare (text);
    }
  g_rand_free (rand);
  g_assert_cmpint (n_json, >=, 1000);
}

/* Tokens in any order, most of which make sense, with gaps that pass over whole blocks. */
static void
append_tokens (GRand *rand, GString *text)
{
  static const char *const tokens[] = {
    "{",        "}",      "[",           "]",    ",",     ":",     "\"a\"",  "\"a\":",
    "\"\\\"\"", "1",      "-1",          "0.5",  "1e5",   "1E-05", "2e+10",  "-0",
    "01",       "-",      "1.",          ".5",   "1e",    "1e+",   "1.5.5",  "1e5.5",
    "1e5e5",    "1-1",    "+1",          "true", "false", "null",  "truest", "nul",
    "1true",    "\"\\\"", "\"\\u00e9\"", "\\\"", "\x01",
  };
  gint32 n = g_rand_int_range (rand, 1, 9);

  for (gint32 i = 0; i < n; i++)
    {
      gint32 most = g_rand_boolean (rand) ? 9 : (gint32) G_N_ELEMENTS (tokens);

      g_string_append (text, tokens[g_rand_int_range (rand, 0, most)]);
      if (g_rand_int_range (rand, 0, 3) == 0)
        g_string_append_printf (text, "%*s", g_rand_int_range (rand, 0, 130), "");
    }
}

static void
test_gaps (void)
{
  static const struct
  {
    const char *head, *tail;
  } frames[] = { { "", "" },     { "[", "]" },        { "{\"a\":", "}" }, { "[1,", "]" },
                 { "[{}", "]" }, { "{\"b\":1", "}" }, { "[[[", "]]]" },   { "{", "}" },
                 { "{}", "" },   { "[", ",{}]" } };
  GRand *rand = g_rand_new_with_seed (5);
  int n_json = 0;

  for (int i = 0; i < 300000; i++)
    {
      gint32 frame = g_rand_int_range (rand, 0, G_N_ELEMENTS (frames));
      g_autoptr (GString) text = g_string_new (frames[frame].head);

      append_tokens (rand, text);
      g_string_append (text, frames[frame].tail);
      n_json += compare (text);
    }
  g_rand_free (rand);
  g_assert_cmpint (n_json, >=, 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/quick-check/accepts", test_accepts);
  g_test_add_func ("/rules/quick-check/refuses", test_refuses);
  g_test_add_func ("/rules/quick-check/gaps", test_gaps);
  return g_test_run ();
}
