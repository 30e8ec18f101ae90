/* Fetching and keeping access tokens.
 *
 * What must stay true: neither token nor secret gets into a note, nor is the server's answer kept,
 * which has the token in it. */
#include "connector/webhook/token.h"

#include "connector/wakeup.h"

#include <string.h>

/* Of what a token server answers. */
#define MAX_ANSWER_BYTES 65536

/* When it does not say how long a token holds (RFC 6749, section 5.1). */
#define USUAL_LIFE_S 3600

/* A token is fetched anew so long before its end, but lives at least half of its life. */
#define MARGIN_S 60

#define MAX_LIFE_S (366 * 86400)

typedef struct
{
  TokensDone done;
  gpointer user_data;
} Waiting;

struct Tokens
{
  char *label; /* of the token server */
  const WebhookAuth *auth;
  const ConnectorHost *host;
  Exchanger *exchanger;
  CURLU *address;
  RetryOn retry_on;

  char *token;     /* or NULL */
  gint64 until_us; /* monotonic */

  gboolean is_fetching;
  GArray *waiting;  /* Waiting */
  GSource *failing; /* tells them of failure, when nothing could be sent */
  Outcome failure;
};

/* ---- Telling ------------------------------------------------------------------------------- */

static void
tell (Tokens *tokens, const Outcome *failure)
{
  g_autoptr (GArray) waiting = tokens->waiting;

  tokens->waiting = g_array_new (FALSE, FALSE, sizeof (Waiting));
  tokens->is_fetching = FALSE;
  for (guint i = 0; i < waiting->len; i++)
    {
      const Waiting *one = &g_array_index (waiting, Waiting, i);

      one->done (failure == NULL ? tokens->token : NULL, failure, one->user_data);
    }
}

/* ---- The answer ---------------------------------------------------------------------------- */

static gint64
life_s (JsonObject *object)
{
  JsonNode *node = json_object_get_member (object, "expires_in");
  gint64 life;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return USUAL_LIFE_S;
  /* Some write it as a string. */
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    life = g_ascii_strtoll (json_node_get_string (node), NULL, 10);
  else
    life = json_node_get_int (node);
  return CLAMP (life, 0, MAX_LIFE_S);
}

static gboolean
is_token (const char *token)
{
  for (const char *p = token; *p != '\0'; p++)
    if (!g_ascii_isgraph (*p))
      return FALSE;
  return *token != '\0';
}

static gboolean
take_token (Tokens *tokens, const WebhookAnswer *answer)
{
  g_autofree char *text = answer->kept != NULL
                              ? g_strndup ((const char *) answer->kept->data, answer->kept->len)
                              : g_strdup ("");
  g_autoptr (JsonNode) root = json_from_string (text, NULL);
  JsonObject *object = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root)
                                                                     : NULL;
  JsonNode *node = object != NULL ? json_object_get_member (object, "access_token") : NULL;
  gint64 life;

  if (node == NULL || json_node_get_value_type (node) != G_TYPE_STRING ||
      !is_token (json_node_get_string (node)))
    return FALSE;
  life = life_s (object);
  g_free (tokens->token);
  tokens->token = g_strdup (json_node_get_string (node));
  tokens->until_us = clock_monotonic_us (tokens->host->clock) +
                     MAX (life - MARGIN_S, life / 2) * G_USEC_PER_SEC;
  return TRUE;
}

/* What went wrong may be mended, at the token server or in the secrets, so deliveries wait for it.
 */
static void
judge_failure (Tokens *tokens, const ExchangeResult *result)
{
  Outcome outcome;

  webhook_answer_outcome (result->answer, tokens->label, &tokens->retry_on, result->result,
                          result->status, result->problem, clock_wall_us (tokens->host->clock),
                          &outcome);
  g_clear_pointer (&outcome.response, g_bytes_unref);
  if (outcome.kind == OUTCOME_DELIVERED)
    {
      g_free (outcome.note);
      outcome.note = g_strconcat (tokens->label, " answered without an access_token",
                                  result->answer->cut ? " in the part that is read of it" : "",
                                  NULL);
    }
  if (outcome.kind == OUTCOME_DELIVERED && result->answer->cut)
    {
      outcome.kind = OUTCOME_DOWN;
      outcome.error_code = ERROR_CODE_ANSWER_TOO_LONG;
    }
  else if (outcome.kind == OUTCOME_DELIVERED || outcome.kind == OUTCOME_REFUSED)
    {
      outcome.kind = OUTCOME_DOWN;
      outcome.error_code = ERROR_CODE_NO_PERMISSIONS;
    }
  outcome.gone = FALSE;
  tell (tokens, &outcome);
  outcome_clear (&outcome);
}

static void
answered_cb (const ExchangeResult *result, gpointer user_data)
{
  Tokens *tokens = user_data;

  if (result->result == CURLE_OK && result->answer->head_complete && result->status >= 200 &&
      result->status < 300 && take_token (tokens, result->answer))
    tell (tokens, NULL);
  else
    judge_failure (tokens, result);
}

/* ---- The request --------------------------------------------------------------------------- */

static void
append_pair (GString *form, const char *name, const char *value)
{
  g_autofree char *escaped_name = g_uri_escape_string (name, NULL, FALSE);
  g_autofree char *escaped = g_uri_escape_string (value, NULL, FALSE);

  g_string_append_printf (form, "%s%s=%s", form->len > 0 ? "&" : "", escaped_name, escaped);
}

static GBytes *
form_new (const WebhookAuth *auth, const char *secret)
{
  GString *form = g_string_new (NULL);

  append_pair (form, "grant_type", "client_credentials");
  if (auth->scope != NULL)
    append_pair (form, "scope", auth->scope);
  if (auth->client_in_body)
    {
      append_pair (form, "client_id", auth->client_id);
      append_pair (form, "client_secret", secret);
    }
  for (char **pair = auth->parameters; *pair != NULL; pair += 2)
    append_pair (form, pair[0], pair[1]);
  return g_string_free_to_bytes (form);
}

/* RFC 6749, section 2.3.1: both are form-encoded first. */
static struct curl_slist *
add_client (struct curl_slist *headers, const WebhookAuth *auth, const char *secret)
{
  g_autofree char *id = g_uri_escape_string (auth->client_id, NULL, FALSE);
  g_autofree char *escaped = g_uri_escape_string (secret, NULL, FALSE);
  g_autofree char *login = g_strconcat (id, ":", escaped, NULL);
  g_autofree char *encoded = g_base64_encode ((const guchar *) login, strlen (login));
  g_autofree char *value = g_strconcat ("Basic ", encoded, NULL);

  return exchange_add_header (headers, "Authorization", value);
}

static gboolean
ask (Tokens *tokens, GError **error)
{
  g_autoptr (GBytes) bytes = secrets_get (tokens->host->secrets, tokens->auth->secret, error);
  g_autofree char *secret = NULL;
  g_autoptr (GBytes) form = NULL;
  ExchangeRequest request = { .method = "POST", .address = tokens->address };

  if (bytes == NULL)
    return FALSE;
  secret = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  form = form_new (tokens->auth, secret);
  request.body = form;
  request.headers = exchange_add_header (NULL, "Content-Type", "application/x-www-form-urlencoded");
  request.headers = exchange_add_header (request.headers, "Accept", "application/json");
  if (!tokens->auth->client_in_body)
    request.headers = add_client (request.headers, tokens->auth, secret);
  exchanger_send (tokens->exchanger, &request, answered_cb, tokens);
  return TRUE;
}

static gboolean
failing_cb (gpointer data)
{
  Tokens *tokens = data;

  wakeup_never (tokens->failing);
  tell (tokens, &tokens->failure);
  return G_SOURCE_CONTINUE;
}

void
tokens_fetch (Tokens *tokens, TokensDone done, gpointer user_data)
{
  Waiting one = { done, user_data };
  g_autoptr (GError) error = NULL;

  g_array_append_val (tokens->waiting, one);
  if (tokens->is_fetching)
    return;
  tokens->is_fetching = TRUE;
  if (ask (tokens, &error))
    return;
  outcome_clear (&tokens->failure);
  tokens->failure = (Outcome){ .kind = OUTCOME_DOWN,
                               .error_code = ERROR_CODE_NO_PERMISSIONS,
                               .retry_after_us = -1,
                               .note = g_strdup (error->message) };
  wakeup_now (tokens->failing);
}

const char *
tokens_current (Tokens *tokens)
{
  if (tokens->token != NULL && clock_monotonic_us (tokens->host->clock) >= tokens->until_us)
    g_clear_pointer (&tokens->token, g_free);
  return tokens->token;
}

void
tokens_drop (Tokens *tokens, const char *token)
{
  if (g_strcmp0 (tokens->token, token) == 0)
    g_clear_pointer (&tokens->token, g_free);
}

/* ---- The tokens ---------------------------------------------------------------------------- */

Tokens *
tokens_new (const char *label,
            const WebhookAuth *auth,
            const ConnectorHost *host,
            const ExchangeSettings *exchange,
            GError **error)
{
  ExchangeSettings settings = *exchange;
  g_autoptr (JsonNode) usual = json_from_string (RETRY_ON_DEFAULT, NULL);
  Tokens *tokens;
  Exchanger *exchanger;

  settings.max_response_bytes = settings.max_kept_bytes = MAX_ANSWER_BYTES;
  exchanger = exchanger_new (&settings, error);
  if (exchanger == NULL)
    return NULL;
  tokens = g_new0 (Tokens, 1);
  tokens->label = g_strconcat ("The token server of ", label, NULL);
  tokens->auth = auth;
  tokens->host = host;
  tokens->exchanger = exchanger;
  tokens->address = curl_url ();
  g_assert (tokens->address != NULL);
  curl_url_set (tokens->address, CURLUPART_URL, auth->token_url, 0);
  retry_on_parse (json_node_get_array (usual), &tokens->retry_on, NULL);
  tokens->waiting = g_array_new (FALSE, FALSE, sizeof (Waiting));
  tokens->failing = wakeup_new ("token failure", host->context, failing_cb, tokens);
  return tokens;
}

void
tokens_free (Tokens *tokens)
{
  exchanger_free (tokens->exchanger);
  curl_url_cleanup (tokens->address);
  wakeup_free (tokens->failing);
  g_array_unref (tokens->waiting);
  outcome_clear (&tokens->failure);
  g_free (tokens->token);
  g_free (tokens->label);
  g_free (tokens);
}
