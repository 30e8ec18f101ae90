/* Senders that want to do harm, all at once, beside one that does not: slow heads and bodies, idle
 * connections, floods of requests whose answers nobody reads, bodies and heads without an end.  The
 * good one is always answered, memory stays bounded, each of the others is cut off at its bound,
 * and nothing of theirs is taken in.  And requests that two readers would read in two ways.
 *
 * HOSTILE_CONNECTIONS of the environment: how many idle connections (as many as descriptors allow).
 * What the good sender waits for its answers is told and not judged (--verbose). */
#include "support/scenario.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define N_IDLE 400
#define N_SLOW 60
#define N_FLOODS 10
#define REQUEST_S 3
#define N_ROUNDS 2     /* how often each of them is cut off before the test ends */
#define MAX_BURST 2000 /* units at a time, of a flood */
#define DRIP_MS 50
/* A connection may cost this, and all of it together so much more. */
#define CONNECTION_KB 64
#if defined(__SANITIZE_ADDRESS__)
#define MAX_GROWTH_KB (1024 * 1024) /* freed memory is kept for a while, to be watched */
#else
#define MAX_GROWTH_KB (64 * 1024)
#endif

typedef enum
{
  IDLE,        /* says nothing */
  SLOW_HEAD,   /* a byte now and then of a field */
  SLOW_BODY,   /* a byte now and then of a body */
  SLOW_CHUNKS, /* a chunk of one byte now and then */
  LONG_BODY,   /* chunks as fast as they go */
  LONG_HEAD,   /* fields as fast as they go */
  PIPELINE,    /* requests as fast as they go; the answers are not read */
  N_KINDS,
} Kind;

static const char *const kind_names[] = { "idle",      "slow head", "slow body", "slow chunks",
                                          "long body", "long head", "pipeline" };

#define POST_HEAD "POST /in/bad HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
#define X64 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

typedef struct
{
  const char *opening, *unit;
  gboolean drips;
} Behaviour;

static const Behaviour behaviours[N_KINDS] = {
  [IDLE] = { "", NULL, FALSE },
  [SLOW_HEAD] = { "POST /in/bad HTTP/1.1\r\nX-Slow: ", "a", TRUE },
  [SLOW_BODY] = { POST_HEAD "Content-Length: 100000\r\n\r\n{\"a\":\"", "a", TRUE },
  [SLOW_CHUNKS] = { POST_HEAD "Transfer-Encoding: chunked\r\n\r\n", "1\r\n1\r\n", TRUE },
  [LONG_BODY] = { POST_HEAD "Transfer-Encoding: chunked\r\n\r\n", "40\r\n" X64 "\r\n", FALSE },
  [LONG_HEAD] = { "POST /in/bad HTTP/1.1\r\nHost: localhost\r\n", "X-Long: " X64 "\r\n", FALSE },
  [PIPELINE] = { "", "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", FALSE },
};

typedef struct
{
  Kind kind;
  int fd;
  gboolean is_open;
  gsize offset; /* in the opening, then in the unit */
  gboolean is_opened;
} Attacker;

typedef struct
{
  guint16 port;
  GArray *attackers;   /* Attacker */
  gint stop;           /* atomic */
  gint n_cut[N_KINDS]; /* atomic: connections that the router has ended */
} Attack;

/* ---- Attackers ---- */

static int
connect_to (guint16 port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons (port),
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (connect (fd, (struct sockaddr *) &address, sizeof address), ==, 0);
  return fd;
}

static void
open_attacker (Attack *attack, Attacker *attacker)
{
  attacker->fd = connect_to (attack->port);
  g_assert_cmpint (fcntl (attacker->fd, F_SETFL, O_NONBLOCK), ==, 0);
  attacker->is_open = TRUE;
  attacker->is_opened = FALSE;
  attacker->offset = 0;
}

static void
note_end (Attack *attack, Attacker *attacker)
{
  close (attacker->fd);
  attacker->is_open = FALSE;
  g_atomic_int_inc (&attack->n_cut[attacker->kind]);
}

/* FALSE: the connection is at its end. */
static gboolean
push (Attacker *attacker, const char *text)
{
  gsize length = strlen (text + attacker->offset);
  gssize n = send (attacker->fd, text + attacker->offset, length, MSG_NOSIGNAL);

  if (n < 0)
    return errno == EAGAIN || errno == EINTR;
  attacker->offset += (gsize) n;
  if ((gsize) n == length)
    {
      attacker->offset = 0;
      attacker->is_opened = TRUE;
    }
  return TRUE;
}

static gboolean
misbehave (Attacker *attacker)
{
  const Behaviour *behaviour = &behaviours[attacker->kind];
  char answer[4096];

  if (!attacker->is_opened && *behaviour->opening != '\0')
    return push (attacker, behaviour->opening);
  if (behaviour->unit != NULL)
    for (guint i = 0; i < (behaviour->drips ? 1 : MAX_BURST); i++)
      if (!push (attacker, behaviour->unit))
        return FALSE;
  /* A flood is sent on whatever the answer is, and does not read it. */
  return attacker->kind == PIPELINE || recv (attacker->fd, answer, sizeof answer, 0) != 0;
}

/* Has the router hung up?  Of a flood that does not read, what is unread stands before the end. */
static gboolean
is_ended (const Attacker *attacker)
{
  struct pollfd look = { .fd = attacker->fd, .events = POLLRDHUP };

  return poll (&look, 1, 0) > 0 && (look.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

static gpointer
attack_in_thread (gpointer data)
{
  Attack *attack = data;

  while (!g_atomic_int_get (&attack->stop))
    {
      for (guint i = 0; i < attack->attackers->len; i++)
        {
          Attacker *attacker = &g_array_index (attack->attackers, Attacker, i);

          if (!attacker->is_open)
            open_attacker (attack, attacker);
          else if (is_ended (attacker) || !misbehave (attacker))
            note_end (attack, attacker);
        }
      poll (NULL, 0, DRIP_MS);
    }
  for (guint i = 0; i < attack->attackers->len; i++)
    if (g_array_index (attack->attackers, Attacker, i).is_open)
      close (g_array_index (attack->attackers, Attacker, i).fd);
  return NULL;
}

static void
add_attackers (Attack *attack, Kind kind, guint n)
{
  const Attacker attacker = { .kind = kind };

  for (guint i = 0; i < n; i++)
    g_array_append_val (attack->attackers, attacker);
}

static guint
count_idle (void)
{
  const char *wanted = g_getenv ("HOSTILE_CONNECTIONS");
  guint n = wanted != NULL ? (guint) g_ascii_strtoull (wanted, NULL, 10) : N_IDLE;
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  return MIN (n, (guint) MIN (limit.rlim_cur, 1000000) - 1000);
}

/* ---- The good sender ---- */

static gsize
memory_kb (Scenario *scenario)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", (int) scenario_pid (scenario));
  g_autofree char *text = NULL;
  const char *line;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  line = strstr (text, "VmRSS:");
  g_assert_nonnull (line);
  return (gsize) g_ascii_strtoull (line + strlen ("VmRSS:"), NULL, 10);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

static gboolean
is_over (Attack *attack)
{
  for (guint kind = 0; kind < N_KINDS; kind++)
    if (g_atomic_int_get (&attack->n_cut[kind]) < N_ROUNDS * N_FLOODS)
      return FALSE;
  return TRUE;
}

/* Until each kind was cut off often enough; returns how many events were taken. */
static guint
send_well (Scenario *scenario, Attack *attack, gsize allowed_kb)
{
  g_autoptr (GArray) waits = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 deadline_us = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;
  gsize most_kb = 0;

  while (!is_over (attack))
    {
      gint64 begun_us = g_get_monotonic_time (), wait_us;

      /* With a connection of its own: those that wait to be accepted stand before it. */
      g_free (scenario_accept (scenario, "/in/good", "{'n': 1}"));
      wait_us = g_get_monotonic_time () - begun_us;
      g_array_append_val (waits, wait_us);
      most_kb = MAX (most_kb, memory_kb (scenario));
      g_assert_cmpuint (most_kb, <, allowed_kb);
      for (guint kind = 0; begun_us > deadline_us && kind < N_KINDS; kind++)
        g_test_message ("%s: %d cut off", kind_names[kind],
                        g_atomic_int_get (&attack->n_cut[kind]));
      g_assert_cmpint (begun_us, <, deadline_us);
    }
  g_array_sort (waits, compare_times);
  g_test_message ("%u events, p50 %.1f ms, p99 %.1f ms, most %.1f ms; memory %" G_GSIZE_FORMAT
                  " of %" G_GSIZE_FORMAT " KB",
                  waits->len, (double) g_array_index (waits, gint64, waits->len / 2) / 1000,
                  (double) g_array_index (waits, gint64, waits->len * 99 / 100) / 1000,
                  (double) g_array_index (waits, gint64, waits->len - 1) / 1000, most_kb,
                  allowed_kb);
  for (guint kind = 0; kind < N_KINDS; kind++)
    g_test_message ("%s: %d cut off", kind_names[kind], g_atomic_int_get (&attack->n_cut[kind]));
  return waits->len;
}

static guint16
port_of (Scenario *scenario)
{
  return (guint16) atoi (strrchr (scenario_url (scenario), ':') + 1);
}

static void
test_all_at_once (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  guint n_idle = count_idle (), n_events;
  Attack attack = { .attackers = g_array_new (FALSE, FALSE, sizeof (Attacker)) };
  g_autofree char *expected = NULL;
  GThread *thread;

  add_attackers (&attack, IDLE, n_idle);
  add_attackers (&attack, SLOW_HEAD, N_SLOW);
  add_attackers (&attack, SLOW_BODY, N_SLOW);
  add_attackers (&attack, SLOW_CHUNKS, N_SLOW);
  add_attackers (&attack, LONG_BODY, N_FLOODS);
  add_attackers (&attack, LONG_HEAD, N_FLOODS);
  add_attackers (&attack, PIPELINE, N_FLOODS);
  scenario_config (scenario, "router.json", "{'Limits': {'Connections': %u, 'RequestSeconds': %d}}",
                   attack.attackers->len + 100, REQUEST_S);
  scenario_config (scenario, "source/good.json", "{}");
  scenario_config (scenario, "source/bad.json", "{}");
  scenario_start (scenario);
  attack.port = port_of (scenario);
  g_free (scenario_accept (scenario, "/in/good", "{'n': 0}"));

  thread = g_thread_new ("attack", attack_in_thread, &attack);
  n_events = 1 + send_well (scenario, &attack,
                            memory_kb (scenario) + MAX_GROWTH_KB +
                                attack.attackers->len * CONNECTION_KB);
  g_atomic_int_set (&attack.stop, TRUE);
  g_thread_join (thread);
  expected = g_strdup_printf ("%u", n_events);
  scenario_wait (scenario, "/v1/status", "ledger.events", expected);
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
  g_array_unref (attack.attackers);
}

/* More than the limit: the others are told so, and who is in goes on. */
static void
test_too_many (void)
{
  enum
  {
    LIMIT = 20
  };
  g_autoptr (Scenario) scenario = scenario_new ();
  Attack attack = { .attackers = g_array_new (FALSE, FALSE, sizeof (Attacker)) };
  g_autoptr (Answer) refused = NULL;
  gint64 deadline_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  add_attackers (&attack, IDLE, LIMIT);
  scenario_config (scenario, "router.json", "{'Limits': {'Connections': %d, 'RequestSeconds': %d}}",
                   LIMIT, REQUEST_S);
  scenario_config (scenario, "source/good.json", "{}");
  scenario_start (scenario);
  attack.port = port_of (scenario);
  for (guint i = 0; i < LIMIT; i++)
    open_attacker (&attack, &g_array_index (attack.attackers, Attacker, i));
  refused = scenario_post (scenario, "/in/good", "{}");
  g_assert_cmpuint (refused->status, ==, 503);
  /* Idle ones make room by themselves. */
  while (refused->status == 503)
    {
      g_clear_pointer (&refused, answer_free);
      refused = scenario_post (scenario, "/in/good", "{}");
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
    }
  g_assert_cmpuint (refused->status, ==, 202);
  for (guint i = 0; i < LIMIT; i++)
    close (g_array_index (attack.attackers, Attacker, i).fd);
  scenario_stop (scenario);
  g_array_unref (attack.attackers);
}

/* ---- Two ways to read a request ---- */

#define HIDDEN                                                                                     \
  "POST /in/bad HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"                 \
  "Content-Length: 2\r\n\r\n{}"

/* What one reader takes for the body of the first, another takes for a second request.  %H is that
 * one, %L its length, %C the length in hexadecimal digits. */
static const char *const ambiguous[] = {
  "Content-Length: %L\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n%H",
  "Transfer-Encoding: chunked\r\nContent-Length: %L\r\n\r\n0\r\n\r\n%H",
  "Content-Length: 0\r\nContent-Length: %L\r\n\r\n%H",
  "Content-Length: %L\r\nContent-Length: 0\r\n\r\n%H",
  "Content-Length: %L\r\nContent-Length: %L\r\n\r\n%H",
  "Content-Length: 0, %L\r\n\r\n%H",
  "Content-Length: +0\r\n\r\n%H",
  "Content-Length: -1\r\n\r\n%H",
  "Content-Length: 0x0\r\n\r\n%H",
  "Content-Length: \r\n\r\n%H",
  "Content-Length: 99999999999999999999999\r\n\r\n%H",
  "Content-Length: 18446744073709551616\r\n\r\n%H",
  "Content-Length : 0\r\nContent-Length: %L\r\n\r\n%H",
  "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n%H",
  "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n%H",
  "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n%H",
  "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n%H",
  "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n%H",
  "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n%H",
  "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n%H",
  "Transfer-Encoding: chunked\v\r\n\r\n0\r\n\r\n%H",
  "Transfer-Encoding:\r\n chunked\r\nContent-Length: %L\r\n\r\n0\r\n\r\n%H",
  "Transfer-Encoding : chunked\r\nContent-Length: %L\r\n\r\n0\r\n\r\n%H",
  "Transfer-Encoding\t: chunked\r\nContent-Length: %L\r\n\r\n0\r\n\r\n%H",
  " Transfer-Encoding: chunked\r\nContent-Length: %L\r\n\r\n0\r\n\r\n%H",
  "X: y\nTransfer-Encoding: chunked\r\nContent-Length: %L\r\n\r\n0\r\n\r\n%H",
  "X: y\rTransfer-Encoding: chunked\r\nContent-Length: %L\r\n\r\n0\r\n\r\n%H",
  "Transfer-Encoding: chunked\r\n\r\n-1\r\n%H",
  "Transfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n%H",
  "Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\n%H",
  "Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n%H",
  "Transfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n0\r\n\r\n%H",
  "Transfer-Encoding: chunked\r\n\r\n\r\n%H",
};

static char *
expand (const char *text)
{
  g_autoptr (GString) out = g_string_new ("POST /in/good HTTP/1.1\r\nHost: localhost\r\n"
                                          "Content-Type: application/json\r\n");

  g_string_append (out, text);
  {
    g_autofree char *length = g_strdup_printf ("%" G_GSIZE_FORMAT, strlen (HIDDEN));

    g_string_replace (out, "%L", length, 0);
  }
  g_string_replace (out, "%H", HIDDEN, 0);
  return g_strdup (out->str);
}

/* All that is answered until the router hangs up. */
static char *
exchange (guint16 port, const char *text)
{
  g_autoptr (GString) answers = g_string_new (NULL);
  struct pollfd look = { .fd = connect_to (port), .events = POLLIN };
  char piece[4096];
  gssize n = 1;

  send (look.fd, text, strlen (text), MSG_NOSIGNAL);
  while (n > 0)
    {
      g_assert_cmpint (poll (&look, 1, 60000), ==, 1);
      n = recv (look.fd, piece, sizeof piece, 0);
      if (n > 0)
        g_string_append_len (answers, piece, n);
    }
  close (look.fd);
  return g_strdup (answers->str);
}

static void
test_ambiguous (void)
{
  g_autoptr (Scenario) scenario = scenario_new ();
  guint n_wrong = 0;

  scenario_config (scenario, "router.json", "{'Limits': {'RequestSeconds': 1}}");
  scenario_config (scenario, "source/good.json", "{}");
  scenario_config (scenario, "source/bad.json", "{}");
  scenario_start (scenario);
  for (guint i = 0; i < G_N_ELEMENTS (ambiguous); i++)
    {
      g_autofree char *text = expand (ambiguous[i]);
      g_autofree char *answers = exchange (port_of (scenario), text);
      gboolean refused = *answers == '\0' || g_str_has_prefix (answers, "HTTP/1.1 4") ||
                         g_str_has_prefix (answers, "HTTP/1.1 501");

      g_test_message ("%s: %.40s", ambiguous[i], answers);
      if (!refused || strstr (answers, "HTTP/1.1 202") != NULL)
        n_wrong++;
    }
  g_assert_cmpuint (n_wrong, ==, 0);
  scenario_wait (scenario, "/v1/status", "ledger.events", "0");
  scenario_stop (scenario);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scenario/hostile-senders/all-at-once", test_all_at_once);
  g_test_add_func ("/scenario/hostile-senders/too-many", test_too_many);
  g_test_add_func ("/scenario/hostile-senders/ambiguous", test_ambiguous);
  return g_test_run ();
}
