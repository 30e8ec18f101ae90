/* Which hosts are this machine. */
#include "http/guard.h"

static void
test_hosts (void)
{
  static const struct
  {
    const char *host, *listen_host;
    gboolean local;
  } cases[] = {
    { "localhost", NULL, TRUE },
    { "LOCALHOST:4610", NULL, TRUE },
    { "127.0.0.1", NULL, TRUE },
    { "127.0.0.1:4610", NULL, TRUE },
    { "127.8.9.10:1", NULL, TRUE },
    { "[::1]", NULL, TRUE },
    { "[::1]:4610", NULL, TRUE },
    { "router.lan:80", "router.lan", TRUE },
    { "router.lan:80", NULL, FALSE },
    { "evil.example", NULL, FALSE },
    { "localhost.evil.example", NULL, FALSE },
    { "127.0.0.1.evil.example", NULL, FALSE },
    { "192.168.1.2:4610", NULL, FALSE },
    { "0.0.0.0:4610", NULL, FALSE },
    { "[2001:db8::1]:80", NULL, FALSE },
    { "[::1", NULL, FALSE },
    { "localhost:80@evil.example", NULL, FALSE },
    { "localhost:8x", NULL, FALSE },
    { "", NULL, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].host);
      g_assert_cmpint (http_guard_host_is_local (cases[i].host, cases[i].listen_host), ==,
                       cases[i].local);
    }
}

static void
test_methods (void)
{
  g_assert_true (http_guard_method_is_safe ("GET"));
  g_assert_true (http_guard_method_is_safe ("HEAD"));
  g_assert_false (http_guard_method_is_safe ("POST"));
  g_assert_false (http_guard_method_is_safe ("get"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/http/guard/hosts", test_hosts);
  g_test_add_func ("/http/guard/methods", test_methods);
  return g_test_run ();
}
