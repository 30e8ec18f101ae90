/* quick-check.c against the reader that knows the whole grammar: what the quick check accepts must
 * be JSON, and JSON of the usual kind must be accepted, at every place in a block. */
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
test_accepts (void)
{
  QuickCheck quick = quick_check_choose ();

  if (!quick)
    {
      g_test_skip ("this machine has no quick check");
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    for (int shift = 0; shift < 130; shift++)
      {
        g_autoptr (GString) text = g_string_new (NULL);
        g_autofree char *filler = g_strnfill ((gsize) shift, 'x');

        g_string_printf (text, "[\"%s\",%s]", filler, texts[i]);
        g_assert_true (is_json (text->str, text->len));
        g_assert_true (check (quick, text));
        g_string_printf (text, "%*s%s", shift, "", texts[i]);
        g_assert_true (check (quick, text));
      }
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

static void
test_refuses (void)
{
  QuickCheck quick = quick_check_choose ();
  GRand *rand = g_rand_new_with_seed (4);
  int n_json = 0, n_missed = 0;

  for (int i = 0; quick && i < 150000; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      gint32 shift = g_rand_int_range (rand, 0, 70);
      bool json;

      g_string_printf (text, "[\"%*s\",%s]", shift, "",
                       texts[g_rand_int_range (rand, 0, G_N_ELEMENTS (texts))]);
      for (gint32 k = g_rand_int_range (rand, 1, 4); k > 0; k--)
        change (rand, text);
      json = is_json (text->str, text->len);
      n_json += json;
      if (check (quick, text) == json)
        continue;
      n_missed++;
      g_test_message ("%s: %s", json ? "JSON, but not accepted" : "accepted", text->str);
      g_assert_true (json);
    }
  g_rand_free (rand);
  /* A root that is no container is left to the reader. */
  g_assert_cmpint (n_missed, <, n_json / 100 + 1);
  g_assert_cmpint (n_json, >=, quick ? 1000 : 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/quick-check/accepts", test_accepts);
  g_test_add_func ("/rules/quick-check/refuses", test_refuses);
  return g_test_run ();
}
