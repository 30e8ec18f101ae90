/* Where requests go, and that no event leads them elsewhere. */
#include "connector/webhook/address.h"

static char *
text_of (CURLU *parts)
{
  char *text = NULL;
  char *copy;

  g_assert_cmpint (curl_url_get (parts, CURLUPART_URL, &text, 0), ==, CURLUE_OK);
  copy = g_strdup (text);
  curl_free (text);
  return copy;
}

static void
test_fill (void)
{
  g_autoptr (WebhookAddress) address = webhook_address_new (
      "https://u@example.org:8443/a/*/b-*?x=1", NULL);
  const char *values[] = { "one/two?#%", "Zoë ..", NULL };
  const char *query[] = { "q", "a&b=c d", "é", "", NULL };
  CURLU *filled = webhook_address_fill (address, values, query, NULL);
  g_autofree char *text = text_of (filled);

  g_assert_cmpuint (webhook_address_n_places (address), ==, 2);
  g_assert_true (webhook_address_is_tls (address));
  g_assert_null (webhook_address_plain (address));
  g_assert_cmpstr (text, ==,
                   "https://u@example.org:8443/a/one%2ftwo%3f%23%25/b-Zo%c3%ab%20.."
                   "?x=1&q=a%26b%3dc%20d&%c3%a9=");
  curl_url_cleanup (filled);
}

static void
test_plain (void)
{
  g_autoptr (WebhookAddress) address = webhook_address_new ("http://example.org/a", NULL);
  const char *query[] = { "q", "1", NULL };
  CURLU *filled = webhook_address_fill (address, NULL, query, NULL);
  g_autofree char *plain = text_of (webhook_address_plain (address));
  g_autofree char *text = text_of (filled);

  g_assert_cmpstr (plain, ==, "http://example.org/a");
  g_assert_cmpstr (text, ==, "http://example.org/a?q=1");
  curl_url_cleanup (filled);
}

static void
test_values_that_lead_elsewhere (void)
{
  static const char *const wrong[] = { "", ".", ".." };
  g_autoptr (WebhookAddress) address = webhook_address_new ("http://example.org/users/*", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      const char *values[] = { wrong[i], NULL };
      g_autoptr (GError) error = NULL;

      g_assert_null (webhook_address_fill (address, values, NULL, &error));
      g_assert_nonnull (error);
    }
}

static void
test_wrong_urls (void)
{
  static const char *const wrong[] = { "ftp://example.org/", "http://", "http://*.example.org/",
                                       "file:///etc/passwd", "*" };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (webhook_address_new (wrong[i], &error));
      g_assert_nonnull (error);
    }
}

static void
test_public (void)
{
  g_autofree char *text = webhook_address_public ("https://u:p@example.org/a?token=1#x");

  g_assert_cmpstr (text, ==, "https://example.org/a");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connector/webhook/address/fill", test_fill);
  g_test_add_func ("/connector/webhook/address/plain", test_plain);
  g_test_add_func ("/connector/webhook/address/elsewhere", test_values_that_lead_elsewhere);
  g_test_add_func ("/connector/webhook/address/wrong", test_wrong_urls);
  g_test_add_func ("/connector/webhook/address/public", test_public);
  return g_test_run ();
}
