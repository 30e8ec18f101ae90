#include "config.h"

#include "sb-address.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gi18n.h>

#include "sb-error.h"

#define DEFAULT_PORT 4610

struct _SbAddress
{
  GSocketConnectable *connectable;
  char *base;
  char *name;
  char *place;
  char *curl_option;
  char *certificates;
};

SbAddress *
sb_address_new_socket (const char *path)
{
  SbAddress *self = g_new0 (SbAddress, 1);
  g_autofree char *quoted = g_shell_quote (path);

  self->connectable = G_SOCKET_CONNECTABLE (g_unix_socket_address_new (path));
  self->base = g_strdup ("http://localhost");
  self->name = g_strdup (_ ("This Computer"));
  self->place = g_strdup (path);
  self->curl_option = g_strdup_printf ("--unix-socket %s ", quoted);
  self->certificates = g_strdup ("");
  return self;
}

SbAddress *
sb_address_new_url (const char *url, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_NONE, NULL);
  const char *path = uri != NULL ? g_uri_get_path (uri) : "";
  g_autoptr (GUri) base = NULL;
  SbAddress *self;
  gboolean tls;
  int port;

  tls = uri != NULL && g_str_equal (g_uri_get_scheme (uri), "https");
  if (uri == NULL || (!tls && !g_str_equal (g_uri_get_scheme (uri), "http")) ||
      g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' ||
      !(g_str_equal (path, "") || g_str_equal (path, "/")) || g_uri_get_query (uri) != NULL)
    {
      g_set_error (error, SB_ERROR, SB_ERROR_INVALID,
                   _ ("“%s” is not the address of a router; give one like http://localhost:%d"),
                      url, DEFAULT_PORT);
      return NULL;
    }

  port = g_uri_get_port (uri);
  if (port < 0 && !tls)
    port = DEFAULT_PORT;
  base = g_uri_build (G_URI_FLAGS_NONE, g_uri_get_scheme (uri), NULL, g_uri_get_host (uri), port,
                      "", NULL, NULL);
  self = g_new0 (SbAddress, 1);
  self->base = g_uri_to_string (base);
  self->name = port > 0 ? g_strdup_printf ("%s:%d", g_uri_get_host (uri), port)
                        : g_strdup (g_uri_get_host (uri));
  self->place = g_strdup (self->base);
  self->curl_option = g_strdup ("");
  self->certificates = g_strdup ("");
  return self;
}

void
sb_address_set_certificates (SbAddress *self, const char *path)
{
  g_free (self->certificates);
  self->certificates = g_strdup (path != NULL && sb_address_is_tls (self) ? path : "");
  if (self->connectable != NULL)
    return;
  g_free (self->curl_option);
  if (*self->certificates != '\0')
    {
      g_autofree char *quoted = g_shell_quote (self->certificates);

      self->curl_option = g_strdup_printf ("--cacert %s ", quoted);
    }
  else
    self->curl_option = g_strdup ("");
}

const char *
sb_address_get_certificates (const SbAddress *self)
{
  return self->certificates;
}

gboolean
sb_address_is_tls (const SbAddress *self)
{
  return g_str_has_prefix (self->base, "https:");
}

gboolean
sb_address_is_open (const SbAddress *self)
{
  g_autoptr (GUri) uri = g_uri_parse (self->base, G_URI_FLAGS_NONE, NULL);
  const char *host = g_uri_get_host (uri);
  g_autoptr (GInetAddress) literal = g_inet_address_new_from_string (host);

  if (self->connectable != NULL || sb_address_is_tls (self) || g_str_equal (host, "localhost"))
    return FALSE;
  return literal == NULL || !g_inet_address_get_is_loopback (literal);
}

SbAddress *
sb_address_new_place (const char *place, GError **error)
{
  if (g_path_is_absolute (place))
    return sb_address_new_socket (place);
  return sb_address_new_url (place, error);
}

SbAddress *
sb_address_new_default (const char *set, const char *runtime_dir)
{
  const char *const system_wide = "/run/signalbox/socket";
  g_autofree char *own = g_build_filename (runtime_dir, "signalbox", "socket", NULL);

  if (set != NULL && *set != '\0')
    return sb_address_new_socket (set);
  if (!g_file_test (own, G_FILE_TEST_EXISTS) && g_file_test (system_wide, G_FILE_TEST_EXISTS))
    return sb_address_new_socket (system_wide);
  return sb_address_new_socket (own);
}

SbAddress *
sb_address_copy (const SbAddress *self)
{
  SbAddress *copy = g_new0 (SbAddress, 1);

  copy->connectable = self->connectable != NULL ? g_object_ref (self->connectable) : NULL;
  copy->base = g_strdup (self->base);
  copy->name = g_strdup (self->name);
  copy->place = g_strdup (self->place);
  copy->curl_option = g_strdup (self->curl_option);
  copy->certificates = g_strdup (self->certificates);
  return copy;
}

void
sb_address_free (SbAddress *self)
{
  g_clear_object (&self->connectable);
  g_free (self->base);
  g_free (self->name);
  g_free (self->place);
  g_free (self->curl_option);
  g_free (self->certificates);
  g_free (self);
}

GSocketConnectable *
sb_address_get_connectable (const SbAddress *self)
{
  return self->connectable;
}

const char *
sb_address_get_base (const SbAddress *self)
{
  return self->base;
}

const char *
sb_address_get_name (const SbAddress *self)
{
  return self->name;
}

const char *
sb_address_get_place (const SbAddress *self)
{
  return self->place;
}

const char *
sb_address_get_curl_option (const SbAddress *self)
{
  return self->curl_option;
}
