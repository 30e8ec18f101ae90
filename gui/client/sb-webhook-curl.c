#include "config.h"

#include "sb-webhook-curl.h"

#include <string.h>

#include "sb-json.h"

static gboolean
has_header (JsonObject *headers, const char *wanted)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (headers == NULL)
    return FALSE;
  json_object_iter_init (&iter, headers);
  while (json_object_iter_next (&iter, &name, &node))
    if (g_ascii_strcasecmp (name, wanted) == 0)
      return TRUE;
  return FALSE;
}

static void
add_headers (GString *line, JsonObject *headers)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (!has_header (headers, "content-type"))
    g_string_append (line, " \\\n  -H 'Content-Type: application/json'");
  if (headers == NULL)
    return;
  json_object_iter_init_ordered (&iter, headers);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      g_autofree char *field = g_strdup_printf ("%s: %s", name, sb_json_string (headers, name));
      g_autofree char *quoted = g_shell_quote (field);

      g_string_append_printf (line, " \\\n  -H %s", quoted);
    }
}

char *
sb_webhook_curl_dup (const char *settings, GBytes *payload)
{
  g_autoptr (JsonNode) node = json_from_string (settings, NULL);
  JsonObject *object = node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node)
                                                                     : NULL;
  const char *url = sb_json_string (object, "Url");
  const char *method = sb_json_string (object, "Method");
  g_autofree char *quoted_url = g_shell_quote (url);
  g_autofree char *body = NULL;
  g_autofree char *quoted_body = NULL;
  g_autoptr (GString) line = NULL;

  if (*url == '\0')
    return NULL;
  body = g_strndup (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload));
  quoted_body = g_shell_quote (body);
  line = g_string_new (NULL);
  if (sb_json_object (object, "Auth") != NULL || sb_json_object (object, "Signature") != NULL)
    g_string_append (line, "# without the secrets that the router adds\n");
  g_string_append_printf (line, "curl -i -X %s %s", *method != '\0' ? method : "POST", quoted_url);
  add_headers (line, sb_json_object (object, "Headers"));
  g_string_append_printf (line, " \\\n  --data-binary %s", quoted_body);
  return g_string_free (g_steal_pointer (&line), FALSE);
}
