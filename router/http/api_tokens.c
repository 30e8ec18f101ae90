/* Tokens: made, listed, revoked. */
#include "http/api-private.h"

#include "config/configuration.h"

#include <string.h>

static void
put_token (JsonOut *out, const AccessToken *token, gint64 now_us)
{
  gboolean is_over = token->expires_us != 0 && now_us >= token->expires_us;

  json_out_int (out, "id", token->id);
  json_out_string (out, "name", token->name);
  json_out_string (out, "role", access_role_name (token->role));
  json_out_string (out, "by", token->by);
  json_out_time (out, "created", token->created_us);
  json_out_time (out, "expires", token->expires_us);
  json_out_time (out, "revoked", token->revoked_us);
  json_out_string (out, "state",
                   token->revoked_us != 0 ? "revoked"
                   : is_over              ? "expired"
                                          : "valid");
}

void
api_list_tokens (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  g_autoptr (GPtrArray) tokens = access_list (api->access);
  JsonOut *out = json_out_new ();

  json_out_object (out, NULL);
  json_out_array (out, "tokens");
  for (guint i = 0; i < tokens->len; i++)
    {
      json_out_object (out, NULL);
      put_token (out, tokens->pdata[i], clock_wall_us (api->setup.clock));
      json_out_end_object (out);
    }
  json_out_end_array (out);
  json_out_end_object (out);
  api_answer_json (request, out);
}

/* ---- Making one ---- */

static Problem *
refuse (const char *pointer, const char *detail)
{
  Problem *problem = problem_new (400, "invalid-request", "The request is not valid", "%s", detail);

  problem_set_place (problem, pointer, 0, 0);
  return problem;
}

static gboolean
is_taken (GPtrArray *tokens, const char *name)
{
  for (guint i = 0; i < tokens->len; i++)
    {
      const AccessToken *token = tokens->pdata[i];

      if (token->revoked_us == 0 && strcmp (token->name, name) == 0)
        return TRUE;
    }
  return FALSE;
}

static Problem *
read_member (JsonNode *node, const char *name, AccessToken *token, gint64 now_us)
{
  gboolean is_value = JSON_NODE_HOLDS_VALUE (node);
  const char *text = is_value && json_node_get_value_type (node) == G_TYPE_STRING
                         ? json_node_get_string (node)
                         : NULL;

  if (strcmp (name, "name") == 0)
    {
      if (text == NULL || !config_name_is_valid (text))
        return refuse ("/name", "“name” must have 1 to 64 letters, digits, '.', '-' or '_'");
      token->name = g_strdup (text);
    }
  else if (strcmp (name, "role") == 0)
    {
      if (text == NULL || !access_role_parse (text, &token->role))
        return refuse ("/role", "“role” must be viewer, operator, editor or admin");
    }
  else if (strcmp (name, "expires_in_seconds") == 0)
    {
      gint64 seconds = is_value ? json_node_get_int (node) : 0;

      if (!is_value || json_node_get_value_type (node) != G_TYPE_INT64 || seconds < 1 ||
          seconds > G_MAXINT32)
        return refuse ("/expires_in_seconds",
                       "“expires_in_seconds” must be a whole number from 1 to 2147483647");
      token->expires_us = now_us + seconds * G_USEC_PER_SEC;
    }
  else
    return refuse (NULL, "Known members of the body are name, role and expires_in_seconds");
  return NULL;
}

static Problem *
read_token (HttpRequest *request, Api *api, AccessToken *token)
{
  gint64 now_us = clock_wall_us (api->setup.clock);
  g_autoptr (GPtrArray) tokens = access_list (api->access);
  g_autoptr (JsonNode) root = NULL;
  Problem *problem = api_body_object (request, &root);
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  if (problem != NULL)
    return problem;
  token->created_us = now_us;
  json_object_iter_init (&iter, json_node_get_object (root));
  while (problem == NULL && json_object_iter_next (&iter, &name, &member))
    problem = read_member (member, name, token, now_us);
  if (problem != NULL)
    return problem;
  if (token->name == NULL || token->role == HTTP_ROLE_BY_METHOD)
    return refuse (NULL, "The body must have “name” and “role”");
  if (is_taken (tokens, token->name))
    return problem_new (409, "conflict", "The object is not in a state for this",
                        "There is a token “%s” already: revoke it first", token->name);
  if (tokens->len >= ACCESS_MAX_TOKENS)
    return problem_new (409, "conflict", "The object is not in a state for this",
                        "There are %d tokens, revoked ones included: no more are kept",
                        ACCESS_MAX_TOKENS);
  return NULL;
}

static gboolean
write_token (Api *api, AccessToken *token, GError **error)
{
  g_autofree char *value = access_token_to_json (token);
  RecordChange *change = record_change_new (RECORD_TOKEN, token->id, NULL, value);

  return writer_submit_and_wait (api->setup.writer, batch_item_new_record (change), error) &&
         access_load (api->access, error);
}

static const AccessToken *
find_by_hash (GPtrArray *tokens, const char *hash)
{
  for (guint i = 0; i < tokens->len; i++)
    if (strcmp (((const AccessToken *) tokens->pdata[i])->hash, hash) == 0)
      return tokens->pdata[i];
  return NULL;
}

static void
answer_made (HttpRequest *request, Api *api, const AccessToken *token, const char *secret)
{
  g_autoptr (GPtrArray) tokens = access_list (api->access);
  const AccessToken *kept = find_by_hash (tokens, token->hash);
  JsonOut *out = json_out_new ();

  json_out_object (out, NULL);
  put_token (out, kept != NULL ? kept : token, token->created_us);
  json_out_string (out, "token", secret);
  json_out_end_object (out);
  api_answer_json (request, out);
}

void
api_create_token (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  AccessToken token = { .role = HTTP_ROLE_BY_METHOD, .by = (char *) http_request_peer (request) };
  g_autoptr (Problem) problem = read_token (request, api, &token);
  g_autofree char *name G_GNUC_UNUSED = token.name;
  g_autofree char *hash = NULL;
  g_autofree char *secret = NULL;
  g_autoptr (GError) error = NULL;

  if (problem != NULL)
    {
      http_answer_problem (request, problem);
      return;
    }
  secret = access_secret_new (api->setup.random, &hash);
  token.hash = hash;
  if (write_token (api, &token, &error))
    answer_made (request, api, &token, secret);
  else
    api_answer_error (request, error);
}

/* ---- Revoking one ---- */

static const AccessToken *
find_token (GPtrArray *tokens, const char *id)
{
  for (guint i = 0; id != NULL && i < tokens->len; i++)
    {
      const AccessToken *token = tokens->pdata[i];
      g_autofree char *number = g_strdup_printf ("%" G_GINT64_FORMAT, token->id);

      if (strcmp (number, id) == 0 || (token->revoked_us == 0 && strcmp (token->name, id) == 0))
        return token;
    }
  return NULL;
}

void
api_revoke_token (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  const char *id = http_request_segment (request, "token");
  g_autoptr (GPtrArray) tokens = access_list (api->access);
  const AccessToken *found = find_token (tokens, id);
  g_autoptr (GError) error = NULL;
  AccessToken token;
  JsonOut *out;

  if (found == NULL)
    {
      api_answer_not_found (request, "token", id);
      return;
    }
  token = *found;
  if (token.revoked_us == 0)
    token.revoked_us = clock_wall_us (api->setup.clock);
  if (!write_token (api, &token, &error))
    {
      api_answer_error (request, error);
      return;
    }
  out = json_out_new ();
  json_out_object (out, NULL);
  put_token (out, &token, token.revoked_us);
  json_out_end_object (out);
  api_answer_json (request, out);
}
