/* fake-router.h: a test double of the router: answers its HTTP API from a world that is made up.
 *
 * The world is read from a JSON file and lives in memory; times in it are relative to the start.
 * Replaying, discarding and editing change it as the router would, so a test can press a button and
 * see what comes of it.  Runs on the main context of the thread that makes it. */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct FakeRouter FakeRouter;

typedef enum
{
  FAKE_ROUTER_ANSWERS,
  FAKE_ROUTER_REFUSES, /* everything but its status and changes, with a 503 */
  FAKE_ROUTER_WAITS,   /* answers none of these until its socket is closed */
} FakeRouterManner;

/* Aborts when the file is not as it should be: a test without its world has no point. */
FakeRouter *fake_router_new (const char *world_path);
void fake_router_free (FakeRouter *self);

/* Begins to listen on a Unix socket; the path must not be there. */
void fake_router_listen (FakeRouter *self, const char *socket_path);
/* Closes the socket and all connections, as if it had died; listen begins anew. */
void fake_router_die (FakeRouter *self);

void fake_router_set_manner (FakeRouter *self, FakeRouterManner manner);

/* An event comes in at a source and is delivered at once. */
void fake_router_receive (FakeRouter *self, const char *source);

/* Somebody else edits a file. */
void fake_router_write (FakeRouter *self, const char *path, const char *text);
const char *fake_router_read (FakeRouter *self, const char *path); /* NULL when there is none */

/* What it was asked for, by "METHOD /path" without the query. */
guint fake_router_count_requests (FakeRouter *self, const char *method_and_path);
guint fake_router_count_state (FakeRouter *self, const char *state);

/* The body of the last POST to /v1/replay or /v1/discard, or NULL. */
const char *fake_router_get_last_operation (FakeRouter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeRouter, fake_router_free)

G_END_DECLS
