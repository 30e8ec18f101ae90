/* Between libcurl and its sockets. */
#include "connector/guard.h"

#include <sys/socket.h>

static char **
allowed_addresses (JsonObject *settings)
{
  JsonArray *array = json_object_has_member (settings, CONFIG_ALLOW_ADDRESSES)
                         ? json_object_get_array_member (settings, CONFIG_ALLOW_ADDRESSES)
                         : NULL;
  g_autoptr (GStrvBuilder) strings = g_strv_builder_new ();

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    g_strv_builder_add (strings, json_array_get_string_element (array, i));
  return g_strv_builder_end (strings);
}

gboolean
guard_check (JsonObject *settings, char **out_pointer, GError **error)
{
  g_auto (GStrv) allowed = allowed_addresses (settings);
  guint index = 0;
  g_autoptr (Egress) egress = egress_new ((const char *const *) allowed, &index, error);

  if (egress != NULL)
    return TRUE;
  *out_pointer = g_strdup_printf ("/" CONFIG_ALLOW_ADDRESSES "/%u", index);
  return FALSE;
}

Egress *
guard_egress_new (JsonObject *settings)
{
  g_auto (GStrv) allowed = allowed_addresses (settings);

  return egress_new ((const char *const *) allowed, NULL, NULL);
}

curl_socket_t
guard_open_socket (Guard *guard, const struct curl_sockaddr *address)
{
  const char *what;

  if (egress_allows (guard->egress, &address->addr, &what))
    {
      guard->is_opened = TRUE;
      return socket (address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    }
  if (guard->refused == NULL)
    {
      g_autofree char *text = egress_address_text (&address->addr);

      guard->refused = g_strdup_printf ("%s is %s", text, what);
    }
  return CURL_SOCKET_BAD;
}

static curl_socket_t
open_socket_cb (void *user_data, curlsocktype purpose, struct curl_sockaddr *address)
{
  return guard_open_socket (user_data, address);
}

void
guard_attach (Guard *guard, CURL *easy)
{
  curl_easy_setopt (easy, CURLOPT_OPENSOCKETFUNCTION, open_socket_cb);
  curl_easy_setopt (easy, CURLOPT_OPENSOCKETDATA, guard);
}

void
guard_reset (Guard *guard)
{
  g_clear_pointer (&guard->refused, g_free);
  guard->is_opened = FALSE;
}

const char *
guard_refusal (const Guard *guard, CURLcode result)
{
  return result == CURLE_COULDNT_CONNECT && !guard->is_opened ? guard->refused : NULL;
}
