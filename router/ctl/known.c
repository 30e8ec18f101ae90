#include "config.h"

#include "known.h"

#include "field.h"

#include "config/suggest.h"

#include <string.h>

/* What a name may be. */
static const struct
{
  const char *parameter; /* of a list's query */
  const char *member;    /* of /v1/routes */
  const char *what;
} kinds[] = {
  { "rule", "rules", "rule" },
  { "connector", "connectors", "connector" },
  { "source", "sources", "source" },
};

static ClientAnswer *
get_routes (Client *client)
{
  ClientAnswer *answer = client_call (
      client, &(const ClientRequest){ .method = "GET", .path = "/v1/routes" }, NULL);

  if (answer != NULL && answer->status == 200)
    return answer;
  client_answer_free (answer);
  return NULL;
}

/* TRUE: there is such a name. */
static gboolean
offer_all (Suggestion *suggestion, JsonArray *objects, const char *name)
{
  for (guint i = 0; i < field_length (objects); i++)
    {
      const char *known = field_string (field_object_at (objects, i), "name");

      if (strcmp (known, name) == 0)
        return TRUE;
      suggestion_offer (suggestion, known);
      /* A queue's calls name it without its kind. */
      if (strchr (name, '/') == NULL && g_str_has_prefix (known, "queue/"))
        suggestion_offer (suggestion, known + strlen ("queue/"));
    }
  return FALSE;
}

static void
hint (Ctl *ctl, const Suggestion *suggestion)
{
  if (suggestion_get (suggestion) != NULL)
    ctl_hint (ctl, "Did you mean “%s”?", suggestion_get (suggestion));
}

/* What stands between the last pair of quotation marks. */
static char *
quoted_in (const char *text)
{
  const char *open = g_strrstr (text, "“");
  const char *close = open != NULL ? strstr (open, "”") : NULL;

  if (close == NULL)
    return NULL;
  open += strlen ("“");
  return g_strndup (open, (gsize) (close - open));
}

void
known_hint_refused (Ctl *ctl, Client *client, JsonObject *problem)
{
  g_autofree char *name = quoted_in (field_string (problem, "detail"));
  g_autoptr (ClientAnswer) routes = name != NULL && *name != '\0' ? get_routes (client) : NULL;
  JsonObject *all;
  Suggestion suggestion;

  if (routes == NULL)
    return;
  all = client_answer_get_object (routes);
  suggestion_init (&suggestion, name);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (offer_all (&suggestion, field_array (all, kinds[i].member), name))
      return;
  hint (ctl, &suggestion);
}

void
known_hint_empty (Ctl *ctl, Client *client, const char *path)
{
  const char *query = strchr (path, '?');
  g_autoptr (GHashTable) values = query != NULL ? g_uri_parse_params (query + 1, -1, "&",
                                                                      G_URI_PARAMS_WWW_FORM, NULL)
                                                : NULL;
  g_autoptr (ClientAnswer) routes = NULL;

  for (guint i = 0; values != NULL && i < G_N_ELEMENTS (kinds); i++)
    {
      const char *name = g_hash_table_lookup (values, kinds[i].parameter);
      Suggestion suggestion;

      if (name == NULL)
        continue;
      if (routes == NULL)
        routes = get_routes (client);
      if (routes == NULL)
        return;
      suggestion_init (&suggestion, name);
      if (offer_all (&suggestion, field_array (client_answer_get_object (routes), kinds[i].member),
                     name) ||
          suggestion_get (&suggestion) == NULL)
        continue;
      ctl_hint (ctl, "There is no %s “%s” now.", kinds[i].what, name);
      hint (ctl, &suggestion);
    }
}
