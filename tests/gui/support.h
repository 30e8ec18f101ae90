/* support.h: what the app's tests share. */
#pragma once

#include <gio/gio.h>

#include "fake-router.h"
#include "sb-client.h"

G_BEGIN_DECLS

/* Runs the main context until the condition holds; a test never sleeps for a fixed time. */
#define WAIT_S 20
#define wait_until(condition)                                                                      \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 end_us_ = g_get_monotonic_time () + WAIT_S * G_USEC_PER_SEC;                            \
    guint wake_ = g_timeout_add (10, wake_cb, NULL);                                               \
    while (!(condition) && g_get_monotonic_time () < end_us_)                                      \
      g_main_context_iteration (NULL, TRUE);                                                       \
    g_source_remove (wake_);                                                                       \
    g_assert_true (condition);                                                                     \
  }                                                                                                \
  G_STMT_END

gboolean wake_cb (gpointer user_data);

/* A fake router on a socket in a folder of its own, and a client of it. */
typedef struct
{
  char *folder;
  char *socket;
  FakeRouter *router;
  SbClient *client;
} World;

void world_set_up (World *world, gconstpointer data);
/* file: beside the tests' sources. */
void world_set_up_from (World *world, const char *file);
void world_tear_down (World *world, gconstpointer data);

/* GAsyncReadyCallback that puts a reference to the result where user_data (GAsyncResult **) says.
 */
void take_result_cb (GObject *source, GAsyncResult *result, gpointer user_data);

/* The object of a JSON text. */
JsonObject *parse_json (const char *text);

G_END_DECLS
