/* URLs, read once and filled for each request. */
#include "connector/webhook/address.h"

#include "base/error.h"

#include <string.h>

struct WebhookAddress
{
  CURLU *parts;  /* the whole */
  char **pieces; /* of the path, around the places */
  guint n_places;
  gboolean is_tls;
};

/* RFC 3986, section 2.3. */
static const char unreserved[] = "-._~";

/* ---- Reading ------------------------------------------------------------------------------- */

static gboolean
read_scheme (WebhookAddress *address, GError **error)
{
  char *scheme = NULL;
  CURLUcode result = curl_url_get (address->parts, CURLUPART_SCHEME, &scheme, 0);
  gboolean usable = result == CURLUE_OK &&
                    (strcmp (scheme, "http") == 0 || strcmp (scheme, "https") == 0);

  if (!usable)
    g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                 "Not an http or https URL: %s; expected one like “https://example.org/hook”",
                 result != CURLUE_OK ? curl_url_strerror (result) : scheme);
  address->is_tls = usable && strcmp (scheme, "https") == 0;
  curl_free (scheme);
  return usable;
}

static gboolean
read_path (WebhookAddress *address, GError **error)
{
  char *path = NULL;
  char *host = NULL;
  gboolean usable;

  curl_url_get (address->parts, CURLUPART_HOST, &host, 0);
  curl_url_get (address->parts, CURLUPART_PATH, &path, 0);
  usable = host != NULL && path != NULL && strchr (host, '*') == NULL;
  if (usable)
    {
      address->pieces = g_strsplit (path, "*", -1);
      address->n_places = g_strv_length (address->pieces) - 1;
    }
  else
    g_set_error_literal (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                         "A * may stand in the path only: a host is never made of what an event "
                         "says");
  curl_free (host);
  curl_free (path);
  return usable;
}

WebhookAddress *
webhook_address_new (const char *url, GError **error)
{
  g_autoptr (WebhookAddress) address = g_new0 (WebhookAddress, 1);
  CURLUcode result;

  address->parts = curl_url ();
  g_assert (address->parts != NULL);
  result = curl_url_set (address->parts, CURLUPART_URL, url, CURLU_PATH_AS_IS);
  if (result != CURLUE_OK)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                   "Not an http or https URL: %s; expected one like “https://example.org/hook”",
                   curl_url_strerror (result));
      return NULL;
    }
  if (!read_scheme (address, error) || !read_path (address, error))
    return NULL;
  return g_steal_pointer (&address);
}

void
webhook_address_free (WebhookAddress *address)
{
  curl_url_cleanup (address->parts);
  g_strfreev (address->pieces);
  g_free (address);
}

guint
webhook_address_n_places (const WebhookAddress *address)
{
  return address->n_places;
}

gboolean
webhook_address_is_tls (const WebhookAddress *address)
{
  return address->is_tls;
}

CURLU *
webhook_address_plain (const WebhookAddress *address)
{
  return address->n_places == 0 ? address->parts : NULL;
}

/* ---- Filling ------------------------------------------------------------------------------- */

static void
append_encoded (GString *out, const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (g_ascii_isalnum (*p) || strchr (unreserved, *p) != NULL)
      g_string_append_c (out, *p);
    else
      g_string_append_printf (out, "%%%02x", (guchar) *p);
}

static gboolean
check_value (const char *value, guint i, GError **error)
{
  if (*value != '\0' && strcmp (value, ".") != 0 && strcmp (value, "..") != 0)
    return TRUE;
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
               *value == '\0' ? "the event has nothing for place %u of the path"
                              : "what the event has for place %u of the path leads elsewhere",
               i + 1);
  return FALSE;
}

static char *
fill_path (const WebhookAddress *address, const char *const *values, GError **error)
{
  g_autoptr (GString) path = g_string_new (address->pieces[0]);

  for (guint i = 0; i < address->n_places; i++)
    {
      if (!check_value (values[i], i, error))
        return NULL;
      append_encoded (path, values[i]);
      g_string_append (path, address->pieces[i + 1]);
    }
  return g_strdup (path->str);
}

static char *
fill_query (const WebhookAddress *address, const char *const *query)
{
  g_autoptr (GString) out = g_string_new (NULL);
  char *before = NULL;

  if (curl_url_get (address->parts, CURLUPART_QUERY, &before, 0) == CURLUE_OK)
    g_string_append (out, before);
  curl_free (before);
  for (; query != NULL && query[0] != NULL; query += 2)
    {
      if (out->len > 0)
        g_string_append_c (out, '&');
      append_encoded (out, query[0]);
      g_string_append_c (out, '=');
      append_encoded (out, query[1]);
    }
  return out->len > 0 ? g_strdup (out->str) : NULL;
}

CURLU *
webhook_address_fill (const WebhookAddress *address,
                      const char *const *values,
                      const char *const *query,
                      GError **error)
{
  g_autofree char *path = fill_path (address, values, error);
  g_autofree char *whole_query = NULL;
  CURLU *filled;

  if (path == NULL)
    return NULL;
  whole_query = fill_query (address, query);
  filled = curl_url_dup (address->parts);
  g_assert (filled != NULL);
  curl_url_set (filled, CURLUPART_PATH, path, CURLU_PATH_AS_IS);
  curl_url_set (filled, CURLUPART_QUERY, whole_query, 0);
  return filled;
}

char *
webhook_address_public (const char *url)
{
  static const CURLUPart secret[] = { CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS,
                                      CURLUPART_QUERY, CURLUPART_FRAGMENT };
  CURLU *parts = curl_url ();
  char *text = NULL;
  char *copy;

  if (curl_url_set (parts, CURLUPART_URL, url, 0) == CURLUE_OK)
    {
      for (gsize i = 0; i < G_N_ELEMENTS (secret); i++)
        curl_url_set (parts, secret[i], NULL, 0);
      curl_url_get (parts, CURLUPART_URL, &text, 0);
    }
  copy = g_strdup (text != NULL ? text : "a URL that cannot be read");
  curl_free (text);
  curl_url_cleanup (parts);
  return copy;
}
