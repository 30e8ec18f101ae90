/* Choosing deliveries by a JSON object.  Any thread. */
#include "store/delivery-filter.h"

#include "base/clock.h"
#include "base/error.h"

#include <string.h>

static gboolean refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (GError **error, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, ROUTER_ERROR, ROUTER_ERROR_INVALID, text);
  return FALSE;
}

static gboolean
read_time (const char *name, const char *text, gint64 *out_us, GError **error)
{
  if (!clock_parse (text, out_us))
    return refuse (error, "“%s” is “%s”; expected a time like 2026-11-21T09:14:00Z (RFC 3339)",
                   name, text);
  /* 0 would mean that there is no bound. */
  *out_us = MAX (*out_us, 1);
  return TRUE;
}

/* "waiting,held". */
static gboolean
read_states (const char *text, guint *out_states, GError **error)
{
  g_auto (GStrv) names = g_strsplit (text, ",", -1);
  guint states = 0;

  for (char **name = names; *name != NULL; name++)
    {
      DeliveryState state;

      if (!delivery_state_parse (*name, &state))
        return refuse (error,
                       "“state” has “%s”; expected ready, waiting, held, done, dead or discarded, "
                       "with commas between",
                       *name);
      states |= DELIVERY_STATE_BIT (state);
    }
  *out_states = states;
  return TRUE;
}

static gboolean
read_text (DeliveryQuery *query, const char *name, const char *text, GError **error)
{
  const struct
  {
    const char *name;
    const char **where;
  } known[] = {
    { "connector", &query->connector },     { "rule", &query->rule },
    { "target", &query->target },           { "source", &query->source },
    { "detail-type", &query->detail_type }, { "error-code", &query->error_code },
    { "fingerprint", &query->fingerprint },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (strcmp (name, known[i].name) == 0)
      {
        *known[i].where = text;
        return TRUE;
      }
  if (strcmp (name, "state") == 0)
    return read_states (text, &query->states, error);
  if (strcmp (name, "cause") == 0)
    return dead_reason_by_name (text, &query->dead) ||
           refuse (error, "“cause” is “%s”; the names of causes are in /v1/dead-letters/groups",
                   text);
  if (strcmp (name, "from") == 0)
    return read_time (name, text, &query->from_us, error);
  if (strcmp (name, "to") == 0)
    return read_time (name, text, &query->to_us, error);
  return refuse (error,
                 "“filter” has a member “%s”; known are state, connector, rule, target, source, "
                 "detail-type, error-code, status, cause, fingerprint, replayed, operation, from "
                 "and to",
                 name);
}

static gboolean
read_status (JsonNode *node, DeliveryQuery *query, GError **error)
{
  gint64 status = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64
                      ? json_node_get_int (node)
                      : 0;
  int class;

  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING &&
      store_status_parse (json_node_get_string (node), &class) && class < 0)
    {
      query->status = class;
      return TRUE;
    }
  if (status < 1 || status > 999)
    return refuse (error, "“status” must be a number from 1 to 999, or a class such as “5xx”");
  query->status = (int) status;
  return TRUE;
}

static gboolean
read_replayed (JsonNode *node, DeliveryQuery *query, GError **error)
{
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_BOOLEAN)
    return refuse (error, "“replayed” must be true or false");
  query->replayed = json_node_get_boolean (node) ? 1 : -1;
  return TRUE;
}

static gboolean
read_operation (JsonNode *node, DeliveryQuery *query, GError **error)
{
  gint64 operation = JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64
                         ? json_node_get_int (node)
                         : 0;

  if (operation <= 0)
    return refuse (error, "“operation” must be the number that the answer or the job has for it");
  query->operation = operation;
  return TRUE;
}

static gboolean
read_member (DeliveryQuery *query, const char *name, JsonNode *node, GError **error)
{
  const char *text = JSON_NODE_HOLDS_VALUE (node) &&
                             json_node_get_value_type (node) == G_TYPE_STRING
                         ? json_node_get_string (node)
                         : NULL;

  if (strcmp (name, "status") == 0)
    return read_status (node, query, error);
  if (strcmp (name, "replayed") == 0)
    return read_replayed (node, query, error);
  if (strcmp (name, "operation") == 0)
    return read_operation (node, query, error);
  if (text == NULL || *text == '\0')
    return refuse (error, "“%s” must be a string that is not empty", name);
  return read_text (query, name, text, error);
}

gboolean
delivery_filter_read (JsonObject *object, DeliveryQuery *query, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &name, &member))
    if (!read_member (query, name, member, error))
      return FALSE;
  return TRUE;
}
