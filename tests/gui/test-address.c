#include <gio/gio.h>
#include <glib/gstdio.h>

#include "sb-address.h"
#include "sb-error.h"

static void
test_socket (void)
{
  g_autoptr (SbAddress) address = sb_address_new_socket ("/run/it's here/socket");
  g_autoptr (SbAddress) copy = sb_address_copy (address);

  g_assert_nonnull (sb_address_get_connectable (copy));
  g_assert_cmpstr (sb_address_get_base (copy), ==, "http://localhost");
  g_assert_cmpstr (sb_address_get_place (copy), ==, "/run/it's here/socket");
  g_assert_cmpstr (sb_address_get_name (copy), ==, "This Computer");
  g_assert_cmpstr (sb_address_get_curl_option (copy), ==,
                   "--unix-socket '/run/it'\\''s here/socket' ");
}

static void
test_url (void)
{
  static const struct
  {
    const char *url, *base, *name;
  } cases[] = {
    { "http://router.example:4610", "http://router.example:4610", "router.example:4610" },
    { "http://router.example:80/", "http://router.example:80", "router.example:80" },
    { "http://router.example", "http://router.example:4610", "router.example:4610" },
    { "https://router.example/", "https://router.example", "router.example" },
    { "https://[::1]:8443", "https://[::1]:8443", "::1:8443" },
    { "router.example", NULL, NULL },
    { "ftp://router.example", NULL, NULL },
    { "http://", NULL, NULL },
    { "http://router.example/v1", NULL, NULL },
    { "http://router.example/?q", NULL, NULL },
    { "", NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SbAddress) address = sb_address_new_url (cases[i].url, &error);

      g_test_message ("“%s”", cases[i].url);
      if (cases[i].base == NULL)
        {
          g_assert_null (address);
          g_assert_error (error, SB_ERROR, SB_ERROR_INVALID);
          continue;
        }
      g_assert_no_error (error);
      g_assert_null (sb_address_get_connectable (address));
      g_assert_cmpstr (sb_address_get_base (address), ==, cases[i].base);
      g_assert_cmpstr (sb_address_get_name (address), ==, cases[i].name);
    }
}

static void
test_certificates (void)
{
  g_autoptr (SbAddress) tls = sb_address_new_url ("https://router.example", NULL);
  g_autoptr (SbAddress) plain = sb_address_new_url ("http://router.example", NULL);
  g_autoptr (SbAddress) copy = NULL;

  g_assert_cmpstr (sb_address_get_certificates (tls), ==, "");
  sb_address_set_certificates (tls, "/it's/ca.pem");
  copy = sb_address_copy (tls);
  g_assert_cmpstr (sb_address_get_certificates (copy), ==, "/it's/ca.pem");
  g_assert_cmpstr (sb_address_get_curl_option (copy), ==, "--cacert '/it'\\''s/ca.pem' ");
  sb_address_set_certificates (tls, NULL);
  g_assert_cmpstr (sb_address_get_curl_option (tls), ==, "");

  /* Without TLS there is nothing to hold them against. */
  sb_address_set_certificates (plain, "/ca.pem");
  g_assert_cmpstr (sb_address_get_certificates (plain), ==, "");
}

static void
test_open (void)
{
  static const struct
  {
    const char *place;
    gboolean open;
  } cases[] = {
    { "/run/socket", FALSE },          { "https://router.example", FALSE },
    { "http://localhost", FALSE },     { "http://127.0.0.7:80", FALSE },
    { "http://[::1]:80", FALSE },      { "http://router.example", TRUE },
    { "http://192.0.2.1:4610", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SbAddress) address = sb_address_new_place (cases[i].place, NULL);

      g_test_message ("%s", cases[i].place);
      g_assert_cmpint (sb_address_is_open (address), ==, cases[i].open);
    }
}

static void
test_default (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("signalbox-XXXXXX", &error);
  g_autofree char *own_folder = g_build_filename (folder, "signalbox", NULL);
  g_autofree char *own = g_build_filename (own_folder, "socket", NULL);
  g_autoptr (SbAddress) set = sb_address_new_default ("/elsewhere", folder);
  g_autoptr (SbAddress) found = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (sb_address_get_place (set), ==, "/elsewhere");

  /* The user's own router comes before the computer's. */
  g_assert_no_errno (g_mkdir (own_folder, 0700));
  g_assert_true (g_file_set_contents (own, "", 0, NULL));
  found = sb_address_new_default ("", folder);
  g_assert_cmpstr (sb_address_get_place (found), ==, own);
  g_assert_no_errno (g_unlink (own));
  g_assert_no_errno (g_rmdir (own_folder));
  g_assert_no_errno (g_rmdir (folder));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/address/socket", test_socket);
  g_test_add_func ("/address/url", test_url);
  g_test_add_func ("/address/certificates", test_certificates);
  g_test_add_func ("/address/open", test_open);
  g_test_add_func ("/address/default", test_default);
  return g_test_run ();
}
