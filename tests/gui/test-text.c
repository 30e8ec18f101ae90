#include <glib.h>
#include <string.h>

#include "sb-text.h"

static void
test_visible (void)
{
  static const struct
  {
    const char *text;
    gssize length;
    SbTextShape shape;
    const char *visible;
  } cases[] = {
    { "plain", -1, SB_TEXT_LINE, "plain" },
    { "", -1, SB_TEXT_LINE, "" },
    { "a\nb\tc", -1, SB_TEXT_LINE, "a␊b␉c" },
    { "a\nb\tc", -1, SB_TEXT_BLOCK, "a\nb\tc" },
    { "a\r\nb\rc", -1, SB_TEXT_BLOCK, "a\nb␍c" },
    { "bell\a, escape\033[31m", -1, SB_TEXT_LINE, "bell␇, escape␛[31m" },
    { "delete\x7f", -1, SB_TEXT_LINE, "delete␡" },
    { "a\0b", 3, SB_TEXT_LINE, "a␀b" },
    { "bidi \u202egnp.exe", -1, SB_TEXT_LINE, "bidi ‹U+202E›gnp.exe" },
    { "isolate \u2066x\u2069", -1, SB_TEXT_LINE, "isolate ‹U+2066›x‹U+2069›" },
    { "hidden\u200bspace, mark\ufeff", -1, SB_TEXT_LINE, "hidden‹U+200B›space, mark‹U+FEFF›" },
    { "c1 \xc2\x85", -1, SB_TEXT_LINE, "c1 ‹U+0085›" },
    { "line\u2028break", -1, SB_TEXT_BLOCK, "line‹U+2028›break" },
    { "cut \xe2\x82", -1, SB_TEXT_LINE, "cut \ufffd\ufffd" },
    { "latin-1 \xe9t\xe9", -1, SB_TEXT_LINE, "latin-1 \ufffdt\ufffd" },
    { "Weiß 東京 👍🏽 👨‍👩‍👧", -1, SB_TEXT_LINE,
      "Weiß 東京 👍🏽 👨‍👩‍👧" },
    { "<b>& not markup</b>", -1, SB_TEXT_LINE, "<b>& not markup</b>" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *visible = sb_text_visible (cases[i].text, cases[i].length, cases[i].shape);

      g_assert_cmpstr (visible, ==, cases[i].visible);
      g_assert_true (g_utf8_validate (visible, -1, NULL));
    }
}

/* ⁨ and ⁩ are written as < and > here. */
static void
test_isolate (void)
{
  static const char *const cases[][2] = {
    { "", "" },
    { "لا نجاح معروف", "لا نجاح معروف" },
    { "قد لا يكون https://localhost:4610 هو الموجّه.",
      "قد لا يكون <https://localhost:4610> هو الموجّه." },
    { "إلى /in/shop.", "إلى </in/shop>." },
    { "webhook/orders: No connection", "<webhook/orders>: <No connection>" },
    { "يجيب webhook/a بـ 401 Unauthorized منذ 02:14:00؛",
      "يجيب <webhook/a> بـ <401 Unauthorized> منذ <02:14:00>؛" },
    { "قبل 5 ثوانٍ", "قبل <5> ثوانٍ" },
    { "‹U+202E› a, b; c", "‹<U+202E>› <a>, <b>; <c>" },
  };
  g_autofree char *same = sb_text_isolate (cases[4][0]);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *isolated = sb_text_isolate_runs (cases[i][0]);
      g_autoptr (GString) shown = g_string_new (isolated);

      g_string_replace (shown, "\u2068", "<", 0);
      g_string_replace (shown, "\u2069", ">", 0);
      g_assert_cmpstr (shown->str, ==, cases[i][1]);
    }
  /* English runs from left to right as it is. */
  g_assert_cmpstr (same, ==, cases[4][0]);
}

static void
test_pretty (void)
{
  static const struct
  {
    const char *json;
    const char *pretty;
  } cases[] = {
    { "{\"a\":1,\"b\":[true,null]}", "{\n  \"a\": 1,\n  \"b\": [\n    true,\n    null\n  ]\n}" },
    { "{}", "{}" },
    { " [ ] ", "[]" },
    { "{\"a\" : { } }", "{\n  \"a\": {}\n}" },
    { "\"only\"", "\"only\"" },
    /* Numbers stay as they were written, and what looks like structure within a string too. */
    { "[1.10,1E+400,12345678901234567890]", "[\n  1.10,\n  1E+400,\n  12345678901234567890\n]" },
    { "{\"k{,:[\":\"v\\\"}],\"}", "{\n  \"k{,:[\": \"v\\\"}],\"\n}" },
    { "{\"twice\":1,\"twice\":2}", "{\n  \"twice\": 1,\n  \"twice\": 2\n}" },
    { "not JSON {", "not JSON {" },
    { "{\"cut\": ", "{\"cut\": " },
    { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *pretty = sb_text_pretty_json (cases[i].json, strlen (cases[i].json));

      g_assert_cmpstr (pretty, ==, cases[i].pretty);
    }
}

static void
test_cut (void)
{
  const char *text = "aé東";

  g_assert_cmpuint (sb_text_cut (text, 6, 10), ==, 6);
  g_assert_cmpuint (sb_text_cut (text, 6, 6), ==, 6);
  g_assert_cmpuint (sb_text_cut (text, 6, 5), ==, 3);
  g_assert_cmpuint (sb_text_cut (text, 6, 2), ==, 1);
  g_assert_cmpuint (sb_text_cut (text, 6, 0), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/visible", test_visible);
  g_test_add_func ("/text/isolate", test_isolate);
  g_test_add_func ("/text/pretty-json", test_pretty);
  g_test_add_func ("/text/cut", test_cut);
  return g_test_run ();
}
