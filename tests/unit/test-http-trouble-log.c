/* What the store keeps of problems that came and went. */
#include "support/api-world.h"

#include "http/trouble-log.h"

#include <string.h>

/* What a log that is read from the store says of those that went. */
static char *
read_resolved (ApiWorld *world)
{
  TroubleLog *log = trouble_log_new (world->api);
  g_autoptr (GString) out = json_out_new ();

  json_out_array (out, NULL);
  trouble_log_put_resolved (log, out);
  json_out_end_array (out);
  trouble_log_free (log);
  return g_strdup (out->str);
}

static void
wait_for_writer (ApiWorld *world)
{
  g_assert_true (writer_submit_and_wait (
      world->writer, batch_item_new_record (record_change_new (RECORD_PROOF, 0, NULL, "{}")),
      NULL));
}

/* Another log of the same store knows what is there, so that it notices when that goes. */
static void
test_restart (ApiWorld *world, gconstpointer data)
{
  g_autofree char *event G_GNUC_UNUSED = world_accept (world, "/in/shop", "{'paid':true}");
  g_autofree char *none = NULL, *resolved = NULL, *kept = NULL;
  g_auto (Troubles) troubles = { 0 };
  TroubleLog *log;
  g_autoptr (GString) out = json_out_new ();

  /* The router itself looks, too, whenever it likes: the clock stands still meanwhile. */
  clock_manual_advance (world->clock, 5 * G_USEC_PER_SEC);
  pulse_note_failed (world->pulse, "file/a", API_WORLD_US, 401, "ERROR_FROM_TARGET", "\"No\"");
  trouble_log_look (((Api *) world->api)->troubles);
  wait_for_writer (world);
  none = read_resolved (world);
  g_assert_cmpstr (none, ==, "[]");

  clock_manual_advance (world->clock, G_USEC_PER_SEC);
  pulse_note_worked (world->pulse, "file/a", API_WORLD_US);
  log = trouble_log_new (world->api);
  g_assert_true (trouble_log_take (log, &troubles, NULL));
  trouble_log_look (log);
  trouble_log_put_resolved (log, out);
  trouble_log_free (log);
  wait_for_writer (world);
  resolved = g_strdup_printf ("[%s]", out->str);
  kept = read_resolved (world);
  g_assert_cmpstr (kept, ==, resolved);
  g_assert_nonnull (strstr (kept, "\"opened\":\"2026-11-21T09:14:05.123456Z\""));
  g_assert_nonnull (strstr (kept, "\"resolved\":\"2026-11-21T09:14:06.123456Z\""));
  g_assert_nonnull (strstr (kept, "\"message\":\"\\\"No\\\"\""));
}

/* What comes and goes between two looks is there at the next one. */
static void
test_look (ApiWorld *world, gconstpointer data)
{
  g_autofree char *event G_GNUC_UNUSED = world_accept (world, "/in/shop", "{'paid':true}");
  g_autoptr (GString) before = json_out_new ();
  g_autoptr (GString) after = json_out_new ();
  TroubleLog *log = trouble_log_new (world->api);

  pulse_note_failed (world->pulse, "file/a", API_WORLD_US, 401, NULL, NULL);
  trouble_log_look (log);
  trouble_log_put_resolved (log, before);
  g_assert_cmpstr (before->str, ==, "");
  pulse_note_worked (world->pulse, "file/a", API_WORLD_US);
  trouble_log_look (log);
  trouble_log_put_resolved (log, after);
  g_assert_cmpstr (after->str, !=, "");
  trouble_log_free (log);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/trouble-log/restart", NULL, test_restart);
  API_WORLD_TEST ("/http/trouble-log/look", NULL, test_look);
  return g_test_run ();
}
