/* Which addresses may be connected to. */
#include "base/egress.h"

#include "base/error.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

typedef union
{
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
} Socket;

static gboolean
allows (const Egress *egress, const char *text, const char **out_what)
{
  Socket socket = { 0 };

  if (inet_pton (AF_INET, text, &socket.v4.sin_addr) == 1)
    socket.any.sa_family = AF_INET;
  else
    {
      g_assert_cmpint (inet_pton (AF_INET6, text, &socket.v6.sin6_addr), ==, 1);
      socket.any.sa_family = AF_INET6;
    }
  return egress_allows (egress, &socket.any, out_what);
}

static const struct
{
  const char *address;
  const char *word; /* NULL: no word allows it; "": it is public */
} addresses[] = {
  { "8.8.8.8", "" },
  { "1.1.1.1", "" },
  { "9.255.255.255", "" },
  { "11.0.0.0", "" },
  { "172.15.255.255", "" },
  { "172.32.0.0", "" },
  { "100.63.255.255", "" },
  { "100.128.0.0", "" },
  { "192.167.255.255", "" },
  { "223.255.255.255", "" },
  { "2606:4700:4700::1111", "" },
  { "2a00:1450::1", "" },
  { "0.0.0.0", NULL },
  { "0.1.2.3", NULL },
  { "10.0.0.0", "private" },
  { "10.255.255.255", "private" },
  { "172.16.0.1", "private" },
  { "172.31.255.255", "private" },
  { "192.168.0.1", "private" },
  { "100.64.0.1", "private" },
  { "127.0.0.1", "loopback" },
  { "127.255.255.255", "loopback" },
  { "169.254.1.1", "link-local" },
  { "169.254.169.254", NULL },
  { "100.100.100.200", NULL },
  { "168.63.129.16", NULL },
  { "192.0.0.1", NULL },
  { "192.0.2.1", NULL },
  { "198.18.0.1", NULL },
  { "198.19.255.255", NULL },
  { "198.51.100.1", NULL },
  { "203.0.113.1", NULL },
  { "224.0.0.1", NULL },
  { "240.0.0.1", NULL },
  { "255.255.255.255", NULL },
  { "::", NULL },
  { "::1", "loopback" },
  { "::2", NULL },
  { "::127.0.0.1", NULL },
  { "::ffff:127.0.0.1", "loopback" },
  { "::ffff:10.0.0.1", "private" },
  { "::ffff:8.8.8.8", "" },
  { "::ffff:0:127.0.0.1", "loopback" },
  { "64:ff9b::7f00:1", "loopback" },
  { "64:ff9b::a00:1", "private" },
  { "64:ff9b::808:808", "" },
  { "64:ff9b::a9fe:a9fe", NULL },
  { "64:ff9b:1::808:808", NULL },
  { "2002:7f00:1::1", "loopback" },
  { "2002:a00:1::", "private" },
  { "2002:808:808::1", "" },
  { "2001::1", NULL },
  { "2001:db8::1", NULL },
  { "3fff::1", NULL },
  { "fc00::1", "private" },
  { "fdff::1", "private" },
  { "fd00:ec2::254", NULL },
  { "fe80::1", "link-local" },
  { "fec0::1", NULL },
  { "ff02::1", NULL },
  { "100::1", NULL },
};

static void
test_ranges (void)
{
  static const char *const words[] = { "private", "loopback", "link-local" };
  g_autoptr (Egress) nothing = egress_new (NULL, NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (addresses); i++)
    {
      const char *what = NULL;

      g_test_message ("%s", addresses[i].address);
      g_assert_cmpint (allows (nothing, addresses[i].address, &what), ==,
                       g_strcmp0 (addresses[i].word, "") == 0);
      g_assert_nonnull (what);
      for (gsize k = 0; k < G_N_ELEMENTS (words); k++)
        {
          const char *list[] = { words[k], NULL };
          g_autoptr (Egress) egress = egress_new (list, NULL, NULL);

          g_assert_cmpint (allows (egress, addresses[i].address, &what), ==,
                           g_strcmp0 (addresses[i].word, "") == 0 ||
                               g_strcmp0 (addresses[i].word, words[k]) == 0);
        }
    }
}

static void
test_blocks (void)
{
  const char *list[] = { "10.1.0.0/20", "fd12::/16", "169.254.0.0/16", "192.0.2.9", NULL };
  g_autoptr (Egress) egress = egress_new (list, NULL, NULL);
  const char *all[] = { "0.0.0.0/0", "::/0", NULL };
  g_autoptr (Egress) everything = egress_new (all, NULL, NULL);
  const char *metadata[] = { "169.254.169.254", "fd00:ec2::254/128", NULL };
  g_autoptr (Egress) by_name = egress_new (metadata, NULL, NULL);
  const char *what;

  g_assert_true (allows (egress, "10.1.15.255", &what));
  g_assert_false (allows (egress, "10.1.16.0", &what));
  g_assert_cmpstr (what, ==, "a private address");
  g_assert_true (allows (egress, "::ffff:10.1.0.1", &what));
  g_assert_true (allows (egress, "fd12:3::1", &what));
  g_assert_false (allows (egress, "fd13::1", &what));
  g_assert_true (allows (egress, "169.254.9.9", &what));
  g_assert_true (allows (egress, "192.0.2.9", &what));
  g_assert_false (allows (egress, "192.0.2.8", &what));

  /* Metadata services are not meant by anything that happens to hold them. */
  g_assert_false (allows (egress, "169.254.169.254", &what));
  g_assert_cmpstr (what, ==, "the address of a cloud's metadata service");
  g_assert_true (allows (everything, "127.0.0.1", &what));
  g_assert_true (allows (everything, "::1", &what));
  g_assert_false (allows (everything, "169.254.169.254", &what));
  g_assert_false (allows (everything, "fd00:ec2::254", &what));
  g_assert_true (allows (by_name, "169.254.169.254", &what));
  g_assert_true (allows (by_name, "64:ff9b::a9fe:a9fe", &what));
  g_assert_true (allows (by_name, "fd00:ec2::254", &what));
}

static void
test_other_families (void)
{
  const char *all[] = { "0.0.0.0/0", "::/0", NULL };
  g_autoptr (Egress) everything = egress_new (all, NULL, NULL);
  struct sockaddr address = { .sa_family = AF_UNIX };
  g_autofree char *text = egress_address_text (&address);
  const char *what;

  g_assert_false (egress_allows (everything, &address, &what));
  g_assert_cmpstr (text, ==, "?");
}

static void
test_wrong_lists (void)
{
  static const char *const wrong[] = { "",           "Loopback",    "10.0.0.0/33",
                                       "10.0.0/8",   "example.org", "::1/129",
                                       "10.0.0.0/",  "10.0.0.0/-1", "127.1",
                                       "0x7f.0.0.1", "any" };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      const char *list[] = { "loopback", wrong[i], NULL };
      g_autoptr (GError) error = NULL;
      guint index = 0;

      g_assert_null (egress_new (list, &index, &error));
      g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID);
      g_assert_cmpuint (index, ==, 1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/egress/ranges", test_ranges);
  g_test_add_func ("/base/egress/blocks", test_blocks);
  g_test_add_func ("/base/egress/other-families", test_other_families);
  g_test_add_func ("/base/egress/wrong-lists", test_wrong_lists);
  return g_test_run ();
}
