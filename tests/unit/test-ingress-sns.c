/* What a message of SNS asks, and what it may have fetched. */
#include "ingress/sns.h"

#include <string.h>

#define TOPIC "arn:aws:sns:eu-west-1:123456789012:orders"
#define QUERY                                                                                      \
  "?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-west-1:123456789012:orders&Token="

typedef struct
{
  const char *type, *topic; /* headers, or NULL */
} Headers;

static const char *
get_header (const char *name, gpointer user_data)
{
  const Headers *headers = user_data;

  if (strcmp (name, "x-amz-sns-message-type") == 0)
    return headers->type;
  return strcmp (name, "x-amz-sns-topic-arn") == 0 ? headers->topic : NULL;
}

static Problem *
ask (const ConfigGate *gate,
     const Headers *headers,
     const char *text,
     gboolean is_let_in,
     SnsMessage *out_message)
{
  g_autoptr (GBytes) body = g_bytes_new_static (text, strlen (text));
  const ConfigSource source = { .name = (char *) "shop", .gate = (ConfigGate *) gate };
  const IngressRequest request = { .header = get_header,
                                   .header_data = (gpointer) headers,
                                   .body = body };
  const DraftContext context = { .request = &request };

  return sns_read (&context, &source, body, is_let_in, out_message);
}

static char *handshakes[] = { (char *) "sns", NULL };
static char *topics[] = { (char *) TOPIC, NULL };

/* reason NULL: url is to be got. */
static void
assert_confirmed (const ConfigGate *gate,
                  const char *topic,
                  const char *asked,
                  const char *url,
                  const char *slug,
                  const char *reason)
{
  const Headers none = { NULL, NULL };
  g_autofree char *text = g_strdup_printf ("{\"Type\":\"SubscriptionConfirmation\","
                                           "\"TopicArn\":\"%s\",\"SubscribeURL\":\"%s\"}",
                                           topic, asked);
  SnsMessage message;
  g_autoptr (Problem) problem = ask (gate, &none, text, TRUE, &message);

  g_test_message ("%s: %s", asked, problem != NULL ? problem->detail : message.url);
  if (slug == NULL)
    {
      g_assert_null (problem);
      g_assert_cmpint (message.asks, ==, SNS_CONFIRM);
      g_assert_cmpstr (message.topic, ==, topic);
      g_assert_cmpstr (message.url, ==, url);
    }
  else
    {
      g_assert_nonnull (problem);
      g_assert_cmpuint (problem->status, ==, 403);
      g_assert_cmpstr (problem->type, ==, slug);
      g_assert_nonnull (strstr (problem->detail, reason));
      g_assert_null (message.url);
    }
  sns_message_clear (&message);
}

static void
test_confirmed (void)
{
  static const char *const url = "subscribe-url-not-allowed";
  const ConfigGate gate = { .handshakes = handshakes, .sns_topics = topics };
  const ConfigGate nobodys = { .handshakes = handshakes };

  assert_confirmed (&gate, TOPIC, "https://sns.eu-west-1.amazonaws.com/" QUERY "ab12",
                    "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn="
                    "arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Aorders&Token=ab12",
                    NULL, NULL);
  /* Nothing of it but the token goes on. */
  assert_confirmed (&gate, TOPIC,
                    "https://SNS.eu-west-1.amazonaws.com:443/path" QUERY "a%20b%26c&x=y#z",
                    "https://SNS.eu-west-1.amazonaws.com:443/?Action=ConfirmSubscription&TopicArn="
                    "arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Aorders&Token=a%20b%26c",
                    NULL, NULL);
  assert_confirmed (&gate, "arn:aws:sns:eu-west-1:123456789012:others",
                    "https://sns.eu-west-1.amazonaws.com/" QUERY "ab12", NULL, "topic-not-allowed",
                    "others");
  assert_confirmed (&nobodys, TOPIC, "https://sns.eu-west-1.amazonaws.com/" QUERY "ab12", NULL,
                    "topic-not-allowed", "orders");
  assert_confirmed (&gate, TOPIC, "https://sns.us-east-1.amazonaws.com/" QUERY "ab12", NULL, url,
                    "region");
  assert_confirmed (&gate, TOPIC, "https://sns.eu-west-1.amazonaws.com.evil.example/" QUERY "a",
                    NULL, url, "region");
  assert_confirmed (&gate, TOPIC, "https://sns.eu-west-1.amazonaws.com@evil.example/" QUERY "a",
                    NULL, url, "user");
  assert_confirmed (&gate, TOPIC, "https://evil.example/sns.eu-west-1.amazonaws.com" QUERY "a",
                    NULL, url, "region");
  assert_confirmed (&gate, TOPIC, "http://sns.eu-west-1.amazonaws.com/" QUERY "a", NULL, url,
                    "https");
  assert_confirmed (&gate, TOPIC, "https://sns.eu-west-1.amazonaws.com:8443/" QUERY "a", NULL, url,
                    "https");
  assert_confirmed (&gate, TOPIC, "file:///etc/passwd", NULL, url, "no URL");
  assert_confirmed (&gate, TOPIC, "", NULL, url, "no URL");
  assert_confirmed (&gate, TOPIC, "https://sns.eu-west-1.amazonaws.com/", NULL, url, "Action");
  assert_confirmed (&gate, TOPIC,
                    "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn="
                    "arn:aws:sns:eu-west-1:999999999999:theirs&Token=a",
                    NULL, url, "TopicArn");
  assert_confirmed (&gate, TOPIC, "https://sns.eu-west-1.amazonaws.com/" QUERY, NULL, url, "Token");
}

static void
test_endpoint (void)
{
  static const char *const url = "subscribe-url-not-allowed";
  const ConfigGate gate = { .handshakes = handshakes,
                            .sns_topics = topics,
                            .sns_endpoint = (char *) "http://sns.internal:4566" };

  assert_confirmed (&gate, TOPIC, "http://sns.internal:4566/sns" QUERY "ab",
                    "http://sns.internal:4566/sns?Action=ConfirmSubscription&TopicArn="
                    "arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Aorders&Token=ab",
                    NULL, NULL);
  assert_confirmed (&gate, TOPIC, "http://sns.internal/" QUERY "ab", NULL, url, "Sns.Endpoint");
  assert_confirmed (&gate, TOPIC, "https://sns.internal:4566/" QUERY "ab", NULL, url,
                    "Sns.Endpoint");
  assert_confirmed (&gate, TOPIC, "https://sns.eu-west-1.amazonaws.com/" QUERY "ab", NULL, url,
                    "Sns.Endpoint");
}

static void
assert_asks (const ConfigGate *gate,
             const Headers *headers,
             const char *text,
             gboolean is_let_in,
             int asks) /* -1: refused */
{
  SnsMessage message;
  g_autoptr (Problem) problem = ask (gate, headers, text, is_let_in, &message);

  g_test_message ("%s", text);
  if (asks < 0)
    {
      g_assert_nonnull (problem);
      g_assert_cmpstr (problem->type, ==, "topic-not-allowed");
    }
  else
    {
      g_assert_null (problem);
      g_assert_cmpint ((int) message.asks, ==, asks);
    }
  sns_message_clear (&message);
}

static void
test_others (void)
{
  static const char confirmation[] = "{\"Type\":\"SubscriptionConfirmation\"}";
  static const char own[] = "{\"Type\":\"Notification\",\"TopicArn\":\"" TOPIC "\"}";
  static const char theirs[] = "{\"Type\":\"Notification\",\"TopicArn\":\"arn:x\"}";
  static const char ended[] = "{\"Type\":\"UnsubscribeConfirmation\",\"TopicArn\":\"" TOPIC "\"}";
  const ConfigGate gate = { .handshakes = handshakes, .sns_topics = topics };
  const ConfigGate any = { .handshakes = handshakes };
  const ConfigGate none = { 0 };
  const Headers silent = { NULL, NULL };
  const Headers raw = { "Notification", TOPIC };
  const Headers raw_theirs = { "Notification", "arn:x" };

  assert_asks (&gate, &silent, own, FALSE, SNS_EVENT);
  assert_asks (&gate, &silent, theirs, FALSE, -1);
  assert_asks (&gate, &silent, theirs, TRUE, SNS_EVENT); /* an operator says so */
  assert_asks (&gate, &silent, "{}", FALSE, -1);
  assert_asks (&any, &silent, theirs, FALSE, SNS_EVENT);
  assert_asks (&gate, &silent, ended, FALSE, SNS_ENDED);
  assert_asks (&any, &silent, ended, FALSE, -1);
  /* The body of a raw delivery is whatever a publisher likes. */
  assert_asks (&gate, &raw, confirmation, FALSE, SNS_EVENT);
  assert_asks (&gate, &raw_theirs, own, FALSE, -1);
  assert_asks (&none, &silent, confirmation, FALSE, SNS_EVENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ingress/sns/confirmed", test_confirmed);
  g_test_add_func ("/ingress/sns/endpoint", test_endpoint);
  g_test_add_func ("/ingress/sns/others", test_others);
  return g_test_run ();
}
