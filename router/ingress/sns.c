/* What a message of SNS asks, and the URL that it may have fetched. */
#include "ingress/sns.h"

#include "ingress/admit.h"

#include <string.h>

#define MAX_TOKEN_BYTES 2048

static const char *
get_header (const IngressRequest *request, const char *name)
{
  return request->header != NULL ? request->header (name, request->header_data) : NULL;
}

/* The header, as the body of a raw delivery is the publisher's; the body where there is none. */
static char *
read_field (const DraftContext *context, GBytes *body, const char *header, const char *path)
{
  const char *value = get_header (context->request, header);

  return value != NULL ? g_strdup (value) : admit_string_at (path, body);
}

static Problem *
refuse_topic (const char *topic)
{
  g_autofree char *shown = g_utf8_make_valid (topic != NULL ? topic : "", -1);
  Problem *problem = problem_new (403, "topic-not-allowed", "The topic is not allowed here",
                                  "The message is of the topic “%.256s”, which Sns.Topics of the "
                                  "source does not name",
                                  shown);

  problem_set_remedy (problem, "Add the topic to Sns.Topics of the source, if it is yours");
  return problem;
}

static Problem *
refuse_url (const char *url, const char *reason)
{
  g_autofree char *shown = g_utf8_make_valid (url != NULL ? url : "", -1);
  Problem *problem = problem_new (
      403, "subscribe-url-not-allowed", "The URL of the confirmation is not allowed",
      "SubscribeURL is “%.256s”: %s; it was not fetched", shown, reason);

  problem_set_remedy (problem, "If it is a service of yours, name it as Sns.Endpoint");
  return problem;
}

/* ---- The URL ---- */

/* "arn:partition:sns:region:account:name": the region, or NULL. */
static char *
region_of (const char *topic)
{
  g_auto (GStrv) parts = g_strsplit (topic, ":", 6);

  return g_strv_length (parts) == 6 ? g_strdup (parts[3]) : NULL;
}

static gboolean
is_service_host (const char *host, const char *topic)
{
  g_autofree char *region = region_of (topic);
  g_autofree char *name = g_strdup_printf ("sns.%s.amazonaws.com", region != NULL ? region : "");
  g_autofree char *in_china = g_strconcat (name, ".cn", NULL);

  return region != NULL && *region != '\0' &&
         (g_ascii_strcasecmp (host, name) == 0 || g_ascii_strcasecmp (host, in_china) == 0);
}

static int
port_of (GUri *uri)
{
  int port = g_uri_get_port (uri);

  if (port >= 0)
    return port;
  return strcmp (g_uri_get_scheme (uri), "https") == 0 ? 443 : 80;
}

/* Scheme, host and port of the setting. */
static gboolean
is_endpoint (GUri *uri, const char *endpoint)
{
  g_autoptr (GUri) own = g_uri_parse (endpoint, G_URI_FLAGS_NONE, NULL);

  return own != NULL && strcmp (g_uri_get_scheme (own), g_uri_get_scheme (uri)) == 0 &&
         g_ascii_strcasecmp (g_uri_get_host (own), g_uri_get_host (uri)) == 0 &&
         port_of (own) == port_of (uri);
}

/* NULL, or what is wrong with where it leads. */
static const char *
judge_place (GUri *uri, const ConfigGate *gate, const char *topic)
{
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    return "that is no URL";
  if (g_uri_get_userinfo (uri) != NULL)
    return "it has a user";
  if (gate->sns_endpoint != NULL)
    return is_endpoint (uri, gate->sns_endpoint) ? NULL : "it does not lead to Sns.Endpoint";
  if (strcmp (g_uri_get_scheme (uri), "https") != 0 || port_of (uri) != 443)
    return "it is not https";
  return is_service_host (g_uri_get_host (uri), topic) ? NULL
                                                       : "its host is not SNS of the topic's "
                                                         "region";
}

/* Made anew of what was checked and the token, which can be anything. */
static char *
make_url (GUri *uri, const ConfigGate *gate, const char *topic, const char *token)
{
  g_autofree char *escaped_topic = g_uri_escape_string (topic, NULL, FALSE);
  g_autofree char *escaped_token = g_uri_escape_string (token, NULL, FALSE);
  g_autofree char *query = g_strdup_printf ("Action=ConfirmSubscription&TopicArn=%s&Token=%s",
                                            escaped_topic, escaped_token);
  const char *path = gate->sns_endpoint != NULL ? g_uri_get_path (uri) : "/";

  return g_uri_join (G_URI_FLAGS_ENCODED, g_uri_get_scheme (uri), NULL, g_uri_get_host (uri),
                     g_uri_get_port (uri), *path != '\0' ? path : "/", query, NULL);
}

static Problem *
read_url (const ConfigGate *gate, GBytes *body, const char *topic, char **out_url)
{
  g_autofree char *text = admit_string_at ("$.SubscribeURL", body);
  g_autoptr (GUri) uri = text != NULL ? g_uri_parse (text, G_URI_FLAGS_ENCODED, NULL) : NULL;
  const char *fault = judge_place (uri, gate, topic);
  g_autoptr (GHashTable) parameters = NULL;
  const char *token;

  if (fault != NULL)
    return refuse_url (text, fault);
  if (g_uri_get_query (uri) != NULL)
    parameters = g_uri_parse_params (g_uri_get_query (uri), -1, "&", G_URI_PARAMS_NONE, NULL);
  if (parameters == NULL ||
      g_strcmp0 (g_hash_table_lookup (parameters, "Action"), "ConfirmSubscription") != 0)
    return refuse_url (text, "its Action is not ConfirmSubscription");
  if (g_strcmp0 (g_hash_table_lookup (parameters, "TopicArn"), topic) != 0)
    return refuse_url (text, "its TopicArn is not that of the message");
  token = g_hash_table_lookup (parameters, "Token");
  if (token == NULL || *token == '\0' || strlen (token) > MAX_TOKEN_BYTES)
    return refuse_url (text, "it has no Token");
  *out_url = make_url (uri, gate, topic, token);
  return NULL;
}

/* ---- The message ---- */

static gboolean
is_named (const ConfigGate *gate, const char *topic)
{
  return gate->sns_topics != NULL && topic != NULL &&
         g_strv_contains ((const char *const *) gate->sns_topics, topic);
}

Problem *
sns_read (const DraftContext *context,
          const ConfigSource *source,
          GBytes *body,
          gboolean is_let_in,
          SnsMessage *out_message)
{
  const ConfigGate *gate = source->gate;
  g_autofree char *type = NULL, *topic = NULL;

  *out_message = (SnsMessage){ .asks = SNS_EVENT };
  if (!handshake_is_wanted (source, "sns"))
    return NULL;
  type = read_field (context, body, "x-amz-sns-message-type", "$.Type");
  topic = read_field (context, body, "x-amz-sns-topic-arn", "$.TopicArn");
  if (g_strcmp0 (type, "SubscriptionConfirmation") == 0)
    out_message->asks = SNS_CONFIRM;
  else if (g_strcmp0 (type, "UnsubscribeConfirmation") == 0)
    out_message->asks = SNS_ENDED;
  else if (gate->sns_topics == NULL || is_let_in)
    return NULL;
  if (!is_named (gate, topic))
    return refuse_topic (topic);
  out_message->topic = g_steal_pointer (&topic);
  if (out_message->asks == SNS_CONFIRM)
    return read_url (gate, body, out_message->topic, &out_message->url);
  return NULL;
}

void
sns_message_clear (SnsMessage *message)
{
  g_clear_pointer (&message->topic, g_free);
  g_clear_pointer (&message->url, g_free);
}
