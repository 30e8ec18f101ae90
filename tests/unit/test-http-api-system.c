/* The disk below the store, and what a check finds. */
#include "support/api-world.h"

#include <string.h>

static void
test_disk (ApiWorld *world, gconstpointer data)
{
  g_autofree char *path = g_build_filename (world->folder, "signalbox.db", NULL);
  g_autofree char *log = g_build_filename (world->folder, "signalbox.db-wal", NULL);
  g_autoptr (Reply) reply = NULL;
  g_autoptr (Reply) later = NULL;
  g_autofree char *since = NULL, *grown = NULL;

  g_assert_true (g_file_set_contents (path, "12345", 5, NULL));
  g_assert_true (g_file_set_contents (log, "123", 3, NULL));
  reply = world_get (world, "/v1/disk");
  g_assert_cmpuint (reply->status, ==, 200);
  reply_assert (reply, "bytes.events", "5");
  reply_assert (reply, "bytes.log", "3");
  reply_assert (reply, "bytes.index", "0");
  g_assert_null (strstr (reply->body, "\"disk_bytes\":0"));
  reply_assert (reply, "forecast", "null");
  clock_manual_advance (world->clock, 11 * G_TIME_SPAN_MINUTE);
  later = world_get (world, "/v1/disk");
  since = reply_at (later, "forecast.since");
  grown = reply_at (later, "forecast.grown_bytes");
  g_assert_nonnull (since);
  g_assert_nonnull (grown);
}

static void
test_doctor (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) memory = world_post (world, "/v1/doctor", "{}");
  g_autoptr (Reply) wrong = world_post (world, "/v1/doctor", "{'thorough':1}");

  reply_assert_problem (memory, 409, "conflict");
  reply_assert_problem (wrong, 400, "invalid-request");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api-system/disk", NULL, test_disk);
  API_WORLD_TEST ("/http/api-system/doctor", NULL, test_doctor);
  return g_test_run ();
}
