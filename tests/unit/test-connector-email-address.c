/* Mail addresses and encoded words, and what must not pass for one. */
#include "base/error.h"
#include "connector/email/address.h"

#include <string.h>

static void
test_addresses (void)
{
  static const struct
  {
    const char *text, *expected, *domain;
  } cases[] = {
    { "ops@example.org", "ops@example.org", "example.org" },
    { " ops@example.org ", "ops@example.org", "example.org" },
    { "<ops@example.org>", "ops@example.org", "example.org" },
    { "Night shift <ops@example.org>", "\"Night shift\"\r\n <ops@example.org>", "example.org" },
    { "The \"O\" \\ team <o@b>", "\"The \\\"O\\\" \\\\ team\"\r\n <o@b>", "b" },
    { "Büro <b@example.org>", "=?UTF-8?B?QsO8cm8=?=\r\n <b@example.org>", "example.org" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *address = address_format (cases[i].text, &error);
      g_autofree char *domain = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (address, ==, cases[i].expected);
      domain = address_domain (address);
      g_assert_cmpstr (domain, ==, cases[i].domain);
    }
}

static void
test_no_addresses (void)
{
  static const char *const wrong[] = {
    "",
    "ops",
    "@example.org",
    "ops@",
    "a@b@c",
    "a b@example.org",
    "a@example.org, b@example.org",
    "a@example.org\r\nBcc: b@example.org",
    "A\nB <a@example.org>",
    "A <a@example.org> x",
    "A <a@example.org",
    "A <<a@example.org>>",
    "ü@example.org",
    "A \xff <a@example.org>",
    "a@example.org\x7f",
    "A\xc2\x85 <a@example.org>",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *address = address_format (wrong[i], &error);
      g_autofree char *shown = g_strescape (wrong[i], NULL);

      g_test_message ("“%s”", shown);
      g_assert_null (address);
      g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID);
      g_assert_null (strpbrk (error->message, "\r\n"));
    }
}

/* What a mail program makes of header_text_encode(). */
static char *
decode_words (const char *text)
{
  GString *out = g_string_new (NULL);
  g_auto (GStrv) words = g_strsplit (text, "\r\n ", -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      gsize length;
      g_autofree guchar *bytes = NULL;

      if (*words[i] == '\0')
        continue;
      g_assert_cmpuint (strlen (words[i]), <=, 75);
      g_assert_true (g_str_has_prefix (words[i], "=?UTF-8?B?"));
      g_assert_true (g_str_has_suffix (words[i], "?="));
      words[i][strlen (words[i]) - 2] = '\0';
      bytes = g_base64_decode (words[i] + 10, &length);
      /* Each word is whole characters. */
      g_assert_true (g_utf8_validate ((char *) bytes, (gssize) length, NULL));
      g_string_append_len (out, (char *) bytes, (gssize) length);
    }
  return g_string_free (out, FALSE);
}

static void
test_header_text (void)
{
  g_autofree char *plain = header_text_encode ("Order paid (shop)", 9);
  g_autofree char *injected = header_text_encode ("a\r\nBcc: x@y\0z", 9);
  g_autofree char *looks_encoded = header_text_encode ("=?UTF-8?B?QUJD?=", 9);
  g_autofree char *decoded = decode_words (looks_encoded);

  g_assert_cmpstr (plain, ==, "Order paid (shop)");
  g_assert_cmpstr (injected, ==, "a  Bcc: x@y");
  g_assert_cmpstr (decoded, ==, "=?UTF-8?B?QUJD?=");
}

static void
test_long_header_text (void)
{
  static const char *const pieces[] = { "plain words ", "Zahlung für Größe ", "😀" };

  for (gsize i = 0; i < G_N_ELEMENTS (pieces); i++)
    for (guint n = 1; n < 60; n++)
      {
        g_autoptr (GString) text = g_string_new ("x");
        g_autofree char *encoded = NULL;
        g_autofree char *decoded = NULL;

        for (guint j = 0; j < n; j++)
          g_string_append (text, pieces[i]);
        g_string_append_c (text, 'x');
        encoded = header_text_encode (text->str, 9);
        if (g_str_equal (encoded, text->str))
          {
            g_assert_cmpuint (9 + text->len, <=, 76);
            continue;
          }
        decoded = decode_words (encoded);
        g_assert_cmpstr (decoded, ==, text->str);
        g_assert_cmpuint (strcspn (encoded, "\r"), <=, 76 - 9);
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connector/email/address/addresses", test_addresses);
  g_test_add_func ("/connector/email/address/no-addresses", test_no_addresses);
  g_test_add_func ("/connector/email/address/header-text", test_header_text);
  g_test_add_func ("/connector/email/address/long-header-text", test_long_header_text);

  return g_test_run ();
}
