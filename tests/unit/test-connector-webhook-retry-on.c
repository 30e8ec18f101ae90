/* The list of failures that are worth another try. */
#include "connector/webhook/retry-on.h"

static gboolean
parse (const char *text, RetryOn *out_retry_on, GError **error)
{
  g_autoptr (JsonNode) node = json_from_string (text, NULL);

  return retry_on_parse (json_node_get_array (node), out_retry_on, error);
}

static void
check_statuses (const char *text, const int *expected)
{
  RetryOn retry_on;

  g_assert_true (parse (text, &retry_on, NULL));
  for (int status = -1; status <= 700; status++)
    {
      gboolean is_expected = FALSE;

      for (guint i = 0; expected[i] != 0; i += 2)
        is_expected |= status >= expected[i] && status <= expected[i + 1];
      g_test_message ("%s: %d", text, status);
      g_assert_cmpint (retry_on_has_status (&retry_on, status), ==, is_expected);
    }
}

static void
test_statuses (void)
{
  check_statuses (RETRY_ON_DEFAULT, (const int[]){ 408, 409, 425, 425, 429, 429, 500, 599, 0 });
  check_statuses ("[]", (const int[]){ 0 });
  check_statuses ("[\"40x\", \"1xx\"]", (const int[]){ 100, 199, 400, 409, 0 });
}

static void
test_failures (void)
{
  RetryOn retry_on;

  g_assert_true (parse (RETRY_ON_DEFAULT, &retry_on, NULL));
  g_assert_cmpuint (retry_on.failures, ==,
                    RETRY_ON_CONNECTION | RETRY_ON_DNS | RETRY_ON_TLS | RETRY_ON_TIMEOUT);
  g_assert_true (parse ("[\"tls\"]", &retry_on, NULL));
  g_assert_cmpuint (retry_on.failures, ==, RETRY_ON_TLS);
}

static void
test_wrong (void)
{
  static const char *const words[] = { "",    "5",   "5x",   "x5x", "2xx",  "200", "6xx",
                                       "4x4", "TLS", "5xx ", "-40", "4040", "４04" };

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      g_autofree char *text = g_strdup_printf ("[\"429\", \"%s\"]", words[i]);
      g_autofree char *quoted = g_strdup_printf ("“%s” is no failure*", words[i]);
      g_autoptr (GError) error = NULL;
      RetryOn retry_on;

      g_assert_false (parse (text, &retry_on, &error));
      g_assert_true (g_pattern_match_simple (quoted, error->message));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connector/webhook/retry-on/statuses", test_statuses);
  g_test_add_func ("/connector/webhook/retry-on/failures", test_failures);
  g_test_add_func ("/connector/webhook/retry-on/wrong", test_wrong);

  return g_test_run ();
}
