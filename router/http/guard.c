/* Host and method checks against browsers. */
#include "http/guard.h"

#include <gio/gio.h>
#include <string.h>

/* "host:80", "[::1]:80", "[::1]" and "host" without the port.  NULL when it is none of these. */
static char *
strip_port (const char *host)
{
  const char *end, *port;

  if (*host == '[')
    {
      end = strchr (host, ']');
      if (end == NULL)
        return NULL;
      host++;
      port = end + 1;
    }
  else
    {
      end = host + strcspn (host, ":");
      port = end;
    }
  if (*port == ':')
    port++;
  if (strspn (port, "0123456789") != strlen (port))
    return NULL;
  return g_strndup (host, (gsize) (end - host));
}

gboolean
http_guard_host_is_local (const char *host, const char *listen_host)
{
  g_autofree char *name = strip_port (host);
  g_autoptr (GInetAddress) address = NULL;

  if (name == NULL)
    return FALSE;
  if (g_ascii_strcasecmp (name, "localhost") == 0)
    return TRUE;
  if (listen_host != NULL && g_ascii_strcasecmp (name, listen_host) == 0)
    return TRUE;
  address = g_inet_address_new_from_string (name);
  return address != NULL && g_inet_address_get_is_loopback (address);
}

gboolean
http_guard_method_is_safe (const char *method)
{
  return strcmp (method, "GET") == 0 || strcmp (method, "HEAD") == 0;
}
