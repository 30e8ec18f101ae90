#include "http/access.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define TOKEN_PREFIX "sbx_"
#define TOKEN_WORDS 4 /* of 64 bits */

struct Access
{
  Store *store;
  Clock *clock;
  GMutex lock;
  GPtrArray *tokens; /* AccessToken, the newest first; replaced as a whole */
};

static const char *const role_names[] = {
  [HTTP_ROLE_VIEWER] = "viewer",
  [HTTP_ROLE_OPERATOR] = "operator",
  [HTTP_ROLE_EDITOR] = "editor",
  [HTTP_ROLE_ADMIN] = "admin",
};

static void
token_free (gpointer data)
{
  AccessToken *token = data;

  g_free (token->name);
  g_free (token->hash);
  g_free (token->by);
  g_free (token);
}

Access *
access_new (Store *store, Clock *clock)
{
  Access *access = g_new0 (Access, 1);

  access->store = store;
  access->clock = clock;
  g_mutex_init (&access->lock);
  access->tokens = g_ptr_array_new_with_free_func (token_free);
  return access;
}

void
access_free (Access *access)
{
  g_ptr_array_unref (access->tokens);
  g_mutex_clear (&access->lock);
  g_free (access);
}

const char *
access_role_name (HttpRole role)
{
  return role < G_N_ELEMENTS (role_names) ? role_names[role] : NULL;
}

gboolean
access_role_parse (const char *name, HttpRole *out_role)
{
  for (guint role = HTTP_ROLE_VIEWER; role < G_N_ELEMENTS (role_names); role++)
    if (strcmp (name, role_names[role]) == 0)
      {
        *out_role = (HttpRole) role;
        return TRUE;
      }
  return FALSE;
}

HttpRole
access_role_of (const HttpRoute *route)
{
  if (route->role != HTTP_ROLE_BY_METHOD)
    return route->role;
  return strcmp (route->method, "GET") == 0 ? HTTP_ROLE_VIEWER : HTTP_ROLE_OPERATOR;
}

/* ---- The table ---- */

static AccessToken *
token_read (const StoredRecord *record)
{
  g_autoptr (JsonNode) root = json_from_string (record->value, NULL);
  JsonObject *object = json_node_get_object (root);
  AccessToken *token = g_new0 (AccessToken, 1);

  token->id = record->id;
  token->name = g_strdup (json_object_get_string_member_with_default (object, "name", ""));
  token->hash = g_strdup (json_object_get_string_member_with_default (object, "hash", ""));
  token->by = g_strdup (json_object_get_string_member_with_default (object, "by", ""));
  token->created_us = json_object_get_int_member_with_default (object, "created_us", 0);
  token->expires_us = json_object_get_int_member_with_default (object, "expires_us", 0);
  token->revoked_us = json_object_get_int_member_with_default (object, "revoked_us", 0);
  /* What a later version has written gives no rights here. */
  if (!access_role_parse (json_object_get_string_member_with_default (object, "role", ""),
                          &token->role))
    token->role = HTTP_ROLE_OPEN;
  return token;
}

static void
put_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
put_time (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

char *
access_token_to_json (const AccessToken *token)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  put_text (builder, "name", token->name);
  put_text (builder, "role", access_role_name (token->role));
  put_text (builder, "hash", token->hash);
  put_text (builder, "by", token->by);
  put_time (builder, "created_us", token->created_us);
  put_time (builder, "expires_us", token->expires_us);
  put_time (builder, "revoked_us", token->revoked_us);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return json_to_string (root, FALSE);
}

gboolean
access_load (Access *access, GError **error)
{
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GPtrArray) tokens = g_ptr_array_new_with_free_func (token_free);
  g_autoptr (GPtrArray) before = NULL;

  if (!access->store->engine->find_records (access->store, RECORD_TOKEN, NULL, 0, ACCESS_MAX_TOKENS,
                                            &records, error))
    return FALSE;
  for (guint i = 0; i < records->len; i++)
    g_ptr_array_add (tokens, token_read (records->pdata[i]));
  g_mutex_lock (&access->lock);
  before = g_steal_pointer (&access->tokens);
  access->tokens = g_steal_pointer (&tokens);
  g_mutex_unlock (&access->lock);
  return TRUE;
}

GPtrArray *
access_list (Access *access)
{
  GPtrArray *tokens;

  g_mutex_lock (&access->lock);
  tokens = g_ptr_array_ref (access->tokens);
  g_mutex_unlock (&access->lock);
  return tokens;
}

static gboolean
is_in_force (const AccessToken *token, gint64 now_us)
{
  return token->revoked_us == 0 && (token->expires_us == 0 || now_us < token->expires_us);
}

gboolean
access_has_tokens (Access *access)
{
  g_autoptr (GPtrArray) tokens = access_list (access);
  gint64 now_us = clock_wall_us (access->clock);

  for (guint i = 0; i < tokens->len; i++)
    if (is_in_force (tokens->pdata[i], now_us))
      return TRUE;
  return FALSE;
}

/* ---- Secrets ---- */

char *
access_secret_new (Random *random, char **out_hash)
{
  guint64 words[TOKEN_WORDS];
  g_autofree char *base64 = NULL;
  char *secret;

  for (guint i = 0; i < TOKEN_WORDS; i++)
    words[i] = random_u64 (random);
  base64 = g_base64_encode ((const guchar *) words, sizeof words);
  g_strdelimit (base64, "+", '-');
  g_strdelimit (base64, "/", '_');
  *strchrnul (base64, '=') = '\0';
  secret = g_strconcat (TOKEN_PREFIX, base64, NULL);
  *out_hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, secret, -1);
  return secret;
}

/* Hashes are compared, which nobody can choose: how long it takes says nothing of the secret. */
static const AccessToken *
find_token (GPtrArray *tokens, const char *secret)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, secret, -1);

  for (guint i = 0; i < tokens->len; i++)
    if (strcmp (((const AccessToken *) tokens->pdata[i])->hash, hash) == 0)
      return tokens->pdata[i];
  return NULL;
}

static Problem *
refuse_missing (void)
{
  Problem *problem = problem_new (401, "token-missing", "A token is needed",
                                  "The request has no Authorization header with a Bearer token");

  problem_set_remedy (problem,
                      "Ask whoever runs the router for a token: signalboxctl token create");
  problem->challenge = "Bearer";
  return problem;
}

static Problem *
refuse_token (const AccessToken *token)
{
  Problem *problem = problem_new (401, "token-invalid", "The token is not valid", "The token is %s",
                                  token == NULL            ? "not known here"
                                  : token->revoked_us != 0 ? "revoked"
                                                           : "no longer valid: its time is over");

  problem_set_remedy (problem, "Ask whoever runs the router for a new one");
  problem->challenge = "Bearer error=\"invalid_token\"";
  return problem;
}

static Problem *
refuse_role (const AccessToken *token, HttpRole role)
{
  return problem_new (403, "role-too-low", "The token's role does not allow this",
                      "The token “%s” has the role %s; this needs %s", token->name,
                      access_role_name (token->role) != NULL ? access_role_name (token->role)
                                                             : "none",
                      access_role_name (role));
}

Problem *
access_check (Access *access, const char *authorization, HttpRole role, char **out_name)
{
  static const char scheme[] = "Bearer ";
  g_autoptr (GPtrArray) tokens = access_list (access);
  const AccessToken *token;

  if (authorization == NULL || g_ascii_strncasecmp (authorization, scheme, strlen (scheme)) != 0)
    return refuse_missing ();
  token = find_token (tokens, authorization + strlen (scheme));
  if (token == NULL || !is_in_force (token, clock_wall_us (access->clock)))
    return refuse_token (token);
  if (token->role < role)
    return refuse_role (token, role);
  *out_name = g_strdup (token->name);
  return NULL;
}
