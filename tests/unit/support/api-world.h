/* api-world.h: the whole API over a real listener, with a store in memory, for tests.
 *
 * What an operator does (reload, edit, replay …) is only noted, and fails as the test wishes.  JSON
 * may be written with ' for ". */
#pragma once

#include "http/api.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* 2026-11-21T09:14:00.123456Z: the time at which it begins; the clock stands still. */
#define API_WORLD_US G_GINT64_CONSTANT (1795252440123456)

/* source/shop (and source/off, disabled), bus/eu, file/a and file/b; rule/default/paid sends what
 * shop has paid ({"paid":true}) to target "one" at file/a and "two" at file/b; generation 7. */
typedef struct
{
  char *folder;
  Clock *clock;
  Random *random;
  Store *store;
  Writer *writer;
  SnapshotHolder *snapshots;
  Ingress *ingress;
  Api *api;
  HttpServer *server;
  Metrics *metrics;
  Pulse *pulse;

  GMutex lock;      /* guards what follows */
  GString *asked;   /* what operations were asked for */
  int fail;         /* ROUTER_ERROR code that the next operation gives, or -1 */
  gboolean invalid; /* the next operation finds problems */
} ApiWorld;

/* For g_test_add(); data: "read-only" or NULL. */
void api_world_set_up (ApiWorld *world, gconstpointer data);
void api_world_tear_down (ApiWorld *world, gconstpointer data);

#define API_WORLD_TEST(path, data, function)                                                       \
  g_test_add (path, ApiWorld, data, api_world_set_up, function, api_world_tear_down)

typedef struct
{
  guint status;
  char *head;
  char *body;
  gsize length;
  JsonNode *json; /* NULL when it is none */
} Reply;

void reply_free (Reply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reply, reply_free)

/* headers: each with its CRLF, or "". */
Reply *world_ask (ApiWorld *world,
                  const char *method,
                  const char *path,
                  const char *headers,
                  const char *body);
Reply *world_get (ApiWorld *world, const char *path);
Reply *world_post (ApiWorld *world, const char *path, const char *body);

/* The JSON of the value at a dotted path, "deliveries.0.state"; NULL when there is none. */
char *reply_at (const Reply *reply, const char *path);
void reply_assert (const Reply *reply, const char *path, const char *expected);
char *reply_string (const Reply *reply, const char *path);
guint reply_count (const Reply *reply, const char *member);
void reply_assert_problem (const Reply *reply, guint status, const char *slug);

/* What operations were asked for since the last time, each with ';' behind it. */
void world_assert_asked (ApiWorld *world, const char *expected);

/* Posts an event that must be accepted; its id. */
char *world_accept (ApiWorld *world, const char *path, const char *body);
/* An attempt was made of the delivery, a second later than the last. */
void world_settle (ApiWorld *world,
                   const char *delivery_id,
                   DeliveryState state,
                   DeadReason dead,
                   int status);
char *world_delivery_id (const char *event_id, guint index);

G_END_DECLS
