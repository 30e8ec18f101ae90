/* Receivers, token servers, text-message gateways and mail servers that misbehave in every way, all
 * at once, under one daemon: each attempt ends at its bound and is recorded for what it was, memory
 * stays bounded, and a good receiver beside them does not notice. */
#include "support/bad-peer.h"
#include "support/receiver.h"
#include "support/scenario.h"

#include <gio/gio.h>
#include <string.h>

#define TIMEOUT_S 3
#define MAX_RESPONSE_BYTES 65536
#define N_GOOD 50

/* More than the buffers of a loopback connection hold. */
#define MAX_SENT_BYTES (32 * 1024 * 1024)
/* AddressSanitizer keeps what was freed for a while. */
#if defined(__SANITIZE_ADDRESS__)
#define MAX_GROWTH_KB (512 * 1024)
#else
#define MAX_GROWTH_KB (96 * 1024)
#endif

/* What is unpacked from the bomb, and from each of its parts. */
#define BOMB_PART_BYTES (64 * 1024 * 1024)
#define BOMB_PARTS 64

typedef struct
{
  const char *name;
  const char *says, *drips, *floods;
  guint64 flood_bytes;
  BadPeerEnd end;
  const char *code; /* of a delivery to a webhook or a gateway; NULL: it is done */
  const char *note; /* pattern */
} Hostile;

#define OK_HEAD "HTTP/1.1 200 OK\r\n"
#define LINE "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"

/* A head that is whole and says 2xx is enough, when the rest is only longer than anybody reads. */
static const Hostile hostile[] = {
  { "silent", NULL, NULL, NULL, 0, BAD_PEER_STAYS, "TIMEOUT", "*did not answer in time*" },
  { "drips-line", NULL, "HTTP/1.1 200 OK", NULL, 0, BAD_PEER_CLOSES, "TIMEOUT", "*in time*" },
  { "drips-head", OK_HEAD "X: ", "abc", NULL, 0, BAD_PEER_CLOSES, "TIMEOUT", "*in time*" },
  { "drips-body", OK_HEAD "Content-Length: 1000\r\n\r\n", "abc", NULL, 0, BAD_PEER_CLOSES,
    "TIMEOUT", "*in time*" },
  { "drips-chunks", OK_HEAD "Transfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", NULL, 0,
    BAD_PEER_CLOSES, "TIMEOUT", "*in time*" },
  { "half-body", OK_HEAD "Content-Length: 1000\r\n\r\nabc", NULL, NULL, 0, BAD_PEER_STAYS,
    "TIMEOUT", "*in time*" },
  { "endless-body", OK_HEAD "\r\n", NULL, LINE, 0, BAD_PEER_CLOSES, NULL, "" },
  { "ten-gigabytes", OK_HEAD "Content-Length: 10737418240\r\n\r\n", NULL, LINE,
    G_GUINT64_CONSTANT (10737418240), BAD_PEER_CLOSES, NULL, "" },
  { "endless-chunks", OK_HEAD "Transfer-Encoding: chunked\r\n\r\n", NULL, "40\r\n" LINE "\n\r\n", 0,
    BAD_PEER_CLOSES, NULL, "" },
  { "endless-chunk-size", OK_HEAD "Transfer-Encoding: chunked\r\n\r\n", NULL, "0000000000000000", 0,
    BAD_PEER_CLOSES, "CONNECTION_FAILURE", "*in chunked-encoding*" },
  { "endless-trailer", OK_HEAD "Transfer-Encoding: chunked\r\n\r\n0\r\n", NULL, "X: " LINE "\r\n",
    0, BAD_PEER_CLOSES, NULL, "" },
  { "endless-line", "HTTP/1.1 200 ", NULL, LINE, 0, BAD_PEER_CLOSES, "ANSWER_TOO_LONG", "*" },
  { "endless-head", OK_HEAD, NULL, "X: " LINE "\r\n", 0, BAD_PEER_CLOSES, "ANSWER_TOO_LONG",
    "*sent a head longer than MaxResponseBytes*" },
  { "million-fields", OK_HEAD, NULL, "a: b\r\n", 6000000, BAD_PEER_CLOSES, "ANSWER_TOO_LONG",
    "*sent a head longer than MaxResponseBytes*" },
  { "endless-interim", NULL, NULL, "HTTP/1.1 103 Early Hints\r\n\r\n", 0, BAD_PEER_CLOSES,
    "ANSWER_TOO_LONG", "*sent a head longer than MaxResponseBytes*" },
  { "resets-at-once", NULL, NULL, NULL, 0, BAD_PEER_RESETS, "CONNECTION_FAILURE",
    "*broke the connection*" },
  { "resets-in-head", "HTTP/1.1 200 O", NULL, NULL, 0, BAD_PEER_RESETS, "CONNECTION_FAILURE",
    "*broke the connection*" },
  { "resets-in-body", OK_HEAD "Content-Length: 1000\r\n\r\nabc", NULL, NULL, 0, BAD_PEER_RESETS,
    "CONNECTION_FAILURE", "*broke the connection*" },
  { "too-short", OK_HEAD "Content-Length: 1000\r\n\r\nabc", NULL, NULL, 0, BAD_PEER_CLOSES,
    "CONNECTION_FAILURE", "*broke the connection*" },
  { "too-short-chunks", OK_HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", NULL, NULL, 0,
    BAD_PEER_CLOSES, "CONNECTION_FAILURE", "*broke the connection*" },
  { "too-long", OK_HEAD "Content-Length: 3\r\n\r\nabcdefgh", NULL, NULL, 0, BAD_PEER_STAYS, NULL,
    "" },
  { "two-lengths", OK_HEAD "Content-Length: 3\r\nContent-Length: 50\r\n\r\nabcde", NULL, NULL, 0,
    BAD_PEER_CLOSES, "CONNECTION_FAILURE", "*broke the connection*" },
  { "length-of-minus", OK_HEAD "Content-Length: -3\r\n\r\n", NULL, NULL, 0, BAD_PEER_CLOSES,
    "PROTOCOL_ERROR", "*is not understood*" },
  { "redirects", "HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n", NULL, NULL,
    0, BAD_PEER_STAYS, "ERROR_FROM_TARGET", "*redirects are not followed*" },
  { "no-http", "SSH-2.0-OpenSSH_9.2\r\n", NULL, NULL, 0, BAD_PEER_CLOSES, "PROTOCOL_ERROR",
    "*is not understood*" },
  { "nothing", NULL, NULL, NULL, 0, BAD_PEER_CLOSES, "CONNECTION_FAILURE",
    "*broke the connection*" },
  { "bomb", NULL, NULL, NULL, 0, BAD_PEER_CLOSES, NULL, "" },
  { "transfer-bomb", NULL, NULL, NULL, 0, BAD_PEER_CLOSES, NULL, "" },
};

/* The same over TLS: it never gets as far as HTTP. */
static const Hostile hostile_tls[] = {
  { "tls-silent", NULL, NULL, NULL, 0, BAD_PEER_STAYS, "TIMEOUT", "*in time*" },
  /* The head of a record of 16 KB, of which one byte a second comes. */
  { "tls-drips", "\x16\x03\x03\x40", "\x02", NULL, 0, BAD_PEER_CLOSES, "TIMEOUT", "*in time*" },
  { "tls-plain", "HTTP/1.1 400 Bad Request\r\n\r\n", NULL, NULL, 0, BAD_PEER_CLOSES,
    "CONNECTION_FAILURE", "*could not be reached over TLS*" },
  { "tls-resets", NULL, NULL, NULL, 0, BAD_PEER_RESETS, "CONNECTION_FAILURE", "*over TLS*" },
};

static const Hostile hostile_mail[] = {
  { "silent", NULL, NULL, NULL, 0, BAD_PEER_STAYS, "TIMEOUT", "*in time*" },
  { "drips", NULL, "220-hello\r\n", NULL, 0, BAD_PEER_CLOSES, "TIMEOUT", "*in time*" },
  { "endless", NULL, NULL, "220-" LINE "\r\n", 0, BAD_PEER_CLOSES, "ANSWER_TOO_LONG",
    "*said too much*" },
  { "endless-line", "220 ", NULL, LINE, 0, BAD_PEER_CLOSES, NULL, "*" },
  { "no-smtp", "HTTP/1.1 400 Bad Request\r\n\r\n", NULL, NULL, 0, BAD_PEER_CLOSES,
    "CONNECTION_FAILURE", "*broke the connection*" },
  { "resets", "220 hel", NULL, NULL, 0, BAD_PEER_RESETS, "CONNECTION_FAILURE", "*" },
};

/* ---- A bomb ---- */

static GByteArray *
compress (const guint8 *bytes, gsize length)
{
  g_autoptr (GZlibCompressor) zlib = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
  GByteArray *out = g_byte_array_new ();
  guint8 block[65536];
  GConverterResult result;

  do
    {
      gsize n_read, n_written;

      result = g_converter_convert (G_CONVERTER (zlib), bytes, length, block, sizeof block,
                                    G_CONVERTER_INPUT_AT_END, &n_read, &n_written, NULL);
      g_assert_cmpint (result, !=, G_CONVERTER_ERROR);
      g_byte_array_append (out, block, (guint) n_written);
      bytes += n_read;
      length -= n_read;
    }
  while (result != G_CONVERTER_FINISHED);
  return out;
}

/* 4 GB of zeros, packed twice: some kilobytes on the wire. */
static GByteArray *
bomb_new (void)
{
  g_autofree guint8 *zeros = g_malloc0 (BOMB_PART_BYTES);
  g_autoptr (GByteArray) part = compress (zeros, BOMB_PART_BYTES);
  g_autoptr (GByteArray) parts = g_byte_array_new ();
  GByteArray *bomb;

  for (guint i = 0; i < BOMB_PARTS; i++)
    g_byte_array_append (parts, part->data, part->len);
  bomb = compress (parts->data, parts->len);
  g_test_message ("The bomb is %u bytes of %u parts of %u", bomb->len, BOMB_PARTS, BOMB_PART_BYTES);
  g_assert_cmpuint (bomb->len, <, MAX_RESPONSE_BYTES);
  return bomb;
}

static GBytes *
bomb_answer (const GByteArray *bomb, const char *field)
{
  g_autofree char *head = g_strdup_printf (OK_HEAD "%s\r\n\r\n", field);
  GByteArray *answer = g_byte_array_new ();

  g_byte_array_append (answer, (const guint8 *) head, (guint) strlen (head));
  g_byte_array_append (answer, bomb->data, bomb->len);
  return g_byte_array_free_to_bytes (answer);
}

/* ---- The peers ---- */

typedef struct
{
  const Hostile *hostile;
  BadPeer *peer;
  char *ref;
  gboolean is_token, is_mail;
} Target;

typedef struct
{
  Scenario *scenario;
  Receiver *good;
  GByteArray *bomb;
  GPtrArray *targets; /* Target */
  GString *rule;
} World;

static void
target_free (gpointer data)
{
  Target *target = data;

  bad_peer_free (target->peer);
  g_free (target->ref);
  g_free (target);
}

static GBytes *
first_words (World *world, const Hostile *one)
{
  if (strcmp (one->name, "bomb") == 0)
    return bomb_answer (world->bomb, "Content-Encoding: gzip, gzip");
  if (strcmp (one->name, "transfer-bomb") == 0)
    return bomb_answer (world->bomb, "Transfer-Encoding: gzip, gzip");
  return one->says != NULL ? g_bytes_new_static (one->says, strlen (one->says)) : NULL;
}

/* settings: with %u for the port. */
static void
add_target (World *world, const Hostile *one, const char *kind, const char *settings)
{
  Target *target = g_new0 (Target, 1);
  const char *comma = world->targets->len > 0 ? "," : "";
  g_autofree char *path = NULL;
  g_auto (GStrv) parts = g_strsplit (settings, "%u", 2);
  BadPeerScript script = { .says = first_words (world, one),
                           .drips = one->drips,
                           .floods = one->floods,
                           .flood_bytes = one->flood_bytes,
                           .end = one->end,
                           .speaks_first = strcmp (kind, "email") == 0 };

  target->hostile = one;
  target->is_mail = script.speaks_first;
  target->is_token = strstr (settings, "TokenUrl") != NULL;
  target->peer = bad_peer_new (&script);
  target->ref = g_strdup_printf ("%s/%s%s", kind, target->is_token ? "token-" : "", one->name);
  path = g_strconcat (target->ref, ".json", NULL);
  scenario_config (world->scenario, path, "%s%u%s", parts[0], bad_peer_port (target->peer),
                   parts[1]);
  g_string_append_printf (world->rule,
                          "%s{'Id': 't%u', 'Arn': '%s', 'RetryPolicy':"
                          " {'MaximumRetryAttempts': 0}}",
                          comma, world->targets->len, target->ref);
  g_ptr_array_add (world->targets, target);
}

#define BOUNDS "'TimeoutSeconds': " G_STRINGIFY (TIMEOUT_S)

static void
add_webhook (World *world, const Hostile *one, gboolean is_tls)
{
  add_target (world, one, "webhook",
              is_tls ? "{'Url': 'https://127.0.0.1:%u/', 'MaxResponseBytes': 65536, " BOUNDS "}"
                     : "{'Url': 'http://127.0.0.1:%u/', 'MaxResponseBytes': 65536, " BOUNDS "}");
}

static void
add_token_server (World *world, const Hostile *one)
{
  g_autofree char *settings = g_strdup_printf (
      "{'Url': '%s/never', " BOUNDS ", 'Auth': {'Type': 'oauth2', 'ClientId': 'c',"
      " 'Secret': {'Secret': 'client'}, 'TokenUrl': 'http://127.0.0.1:%%u/token'}}",
      receiver_url (world->good));

  add_target (world, one, "webhook", settings);
}

static void
add_gateway (World *world, const Hostile *one)
{
  add_target (world, one, "sms",
              "{'To': ['+4915112345678'], 'Text': 'x', 'Gateway': {'Preset': 'json', " BOUNDS
              ", 'Url': 'http://127.0.0.1:%u/', 'Auth': 'none'}}");
}

static void
add_mail_server (World *world, const Hostile *one)
{
  add_target (world, one, "email",
              "{'To': ['a@example.org'], 'Smtp': {'Host': '127.0.0.1', 'Port': %u, " BOUNDS
              ", 'Security': 'none'}}");
}

static void
world_init (World *world)
{
  *world = (World){ .scenario = scenario_new (),
                    .good = receiver_new (),
                    .bomb = bomb_new (),
                    .targets = g_ptr_array_new_with_free_func (target_free),
                    .rule = g_string_new ("{'EventPattern': {'detail': {'to': ['bad']}},"
                                          " 'Targets': [") };
  scenario_secret (world->scenario, "client", "of-no-use");
  scenario_config (world->scenario, "source/shop.json", "{}");
  scenario_config (world->scenario, "webhook/good.json", "{'Url': '%s/good'}",
                   receiver_url (world->good));
  scenario_config (world->scenario, "rule/default/good.json",
                   "{'EventPattern': {'detail': {'to': ['good']}},"
                   " 'Targets': [{'Id': 'good', 'Arn': 'webhook/good'}]}");
  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      add_webhook (world, &hostile[i], FALSE);
      add_token_server (world, &hostile[i]);
      add_gateway (world, &hostile[i]);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (hostile_tls); i++)
    add_webhook (world, &hostile_tls[i], TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (hostile_mail); i++)
    add_mail_server (world, &hostile_mail[i]);
  g_string_append (world->rule, "]}");
  scenario_config (world->scenario, "rule/default/bad.json", "%s", world->rule->str);
}

static void
world_clear (World *world)
{
  g_ptr_array_unref (world->targets);
  g_string_free (world->rule, TRUE);
  g_byte_array_unref (world->bomb);
  receiver_free (world->good);
  scenario_free (world->scenario);
}

/* ---- What is expected ---- */

/* Of the daemon's memory, the most that it ever had. */
static guint64
peak_kb (Scenario *scenario)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", (int) scenario_pid (scenario));
  g_autofree char *text = NULL;
  const char *line;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  line = strstr (text, "VmHWM:");
  g_assert_nonnull (line);
  return g_ascii_strtoull (g_strchug ((char *) line + strlen ("VmHWM:")), NULL, 10);
}

/* One after the other, while the others hang and flood. */
static void
deliver_good (World *world)
{
  gint64 slowest_us = 0;

  for (guint i = 0; i < N_GOOD; i++)
    {
      gint64 since_us = g_get_monotonic_time ();
      g_autofree char *id G_GNUC_UNUSED = scenario_accept (world->scenario, "/in/shop",
                                                           "{'to': 'good'}");
      const ReceivedRequest *request;

      receiver_wait (world->good, i + 1);
      request = receiver_request (world->good, i);
      g_assert_cmpstr (request->path, ==, "/good");
      g_assert_cmpstr (received_header (request, "webhook-attempt"), ==, "1");
      slowest_us = MAX (slowest_us, request->at_us - since_us);
    }
  g_test_message ("The good receiver had each within %.1f ms", (double) slowest_us / 1000);
}

static gboolean
is_token_failure (const char *code)
{
  return strcmp (code, "NO_PERMISSIONS") == 0 || strcmp (code, "ANSWER_TOO_LONG") == 0;
}

static void
check_target (World *world, const char *event_id, guint index)
{
  const Target *target = world->targets->pdata[index];
  const Hostile *one = target->hostile;
  gboolean is_done = one->code == NULL && !target->is_token && !target->is_mail;
  g_autofree char *path = g_strdup_printf ("/v1/deliveries/%s-%u", event_id, index + 1);
  g_autoptr (Answer) answer = NULL;
  const char *code, *note;

  scenario_wait_delivery (world->scenario, event_id, index + 1, is_done ? "done" : "dead");
  answer = scenario_get (world->scenario, path);
  g_assert_cmpint (json_at_int (answer->json, "attempts"), ==, 1);
  code = json_at_string (answer->json, "last.error_code");
  note = json_at_string (answer->json, "last.note");
  g_test_message ("%s: %s %s", target->ref, code != NULL ? code : "", note);
  if (one->code == NULL && !is_done)
    g_assert_true (target->is_mail || is_token_failure (code));
  else if (target->is_token && strcmp (one->code, "ERROR_FROM_TARGET") == 0)
    g_assert_true (is_token_failure (code));
  else
    {
      g_assert_cmpstr (code, ==, one->code);
      g_assert_true (target->is_token || g_pattern_match_simple (one->note, note));
    }
  g_assert_cmpuint (bad_peer_n_connections (target->peer), ==, 1);
  if (one->floods != NULL)
    g_assert_cmpuint (bad_peer_n_sent (target->peer), <, MAX_SENT_BYTES);
}

/* Nothing is held open that has an end of its own. */
static void
check_closed (World *world)
{
  gint64 deadline_us = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;

  for (guint i = 0; i < world->targets->len; i++)
    {
      const Target *target = world->targets->pdata[i];

      if (target->hostile->code == NULL || strcmp (target->hostile->code, "ERROR_FROM_TARGET") == 0)
        continue; /* a good answer's connection may be kept */
      while (bad_peer_n_open (target->peer) > 0)
        {
          if (g_get_monotonic_time () > deadline_us)
            g_error ("The connection of %s is still open", target->ref);
          g_usleep (1000);
        }
    }
}

static void
test_all_at_once (void)
{
  World world;
  g_autofree char *id = NULL;
  guint64 before_kb, after_kb;

  world_init (&world);
  scenario_start (world.scenario);
  before_kb = peak_kb (world.scenario);
  id = scenario_accept (world.scenario, "/in/shop", "{'to': 'bad'}");
  deliver_good (&world);
  for (guint i = 0; i < world.targets->len; i++)
    check_target (&world, id, i);
  check_closed (&world);
  g_assert_cmpuint (receiver_n_requests (world.good), ==, N_GOOD);
  after_kb = peak_kb (world.scenario);
  g_test_message ("%u targets: %" G_GUINT64_FORMAT " KB at most, before it %" G_GUINT64_FORMAT,
                  world.targets->len, after_kb, before_kb);
  g_assert_cmpuint (after_kb, <, before_kb + MAX_GROWTH_KB);
  scenario_check_ledger (world.scenario);
  scenario_stop (world.scenario);
  world_clear (&world);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scenario/hostile/all-at-once", test_all_at_once);
  return g_test_run ();
}
