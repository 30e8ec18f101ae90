/* What is wrong now, and who has seen it. */
#include "support/api-world.h"

#include <string.h>

static void
test_dead (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) none = world_get (world, "/v1/problems");
  g_autofree char *event = world_accept (world, "/in/shop", "{'paid':true}");
  g_autofree char *one = world_delivery_id (event, 1);
  g_autoptr (Reply) open = NULL;
  g_autoptr (Reply) seen = NULL;
  g_autoptr (Reply) acknowledged = NULL;
  g_autoptr (Reply) reopened = NULL;
  g_autoptr (Reply) missing = NULL;
  g_autofree char *fingerprint = NULL, *sentence = NULL, *path = NULL, *back = NULL;

  reply_assert (none, "problems", "[]");
  world_settle (world, one, DELIVERY_DEAD, DEAD_REFUSED, 404);
  clock_manual_advance (world->clock, G_USEC_PER_SEC); /* the attempt has ended */
  open = world_get (world, "/v1/problems");
  g_assert_cmpuint (reply_count (open, "problems"), ==, 1);
  reply_assert (open, "problems.0.kind", "'dead-letters'");
  reply_assert (open, "problems.0.connector", "'file/a'");
  reply_assert (open, "problems.0.count", "1");
  reply_assert (open, "problems.0.trend", "'growing'");
  reply_assert (open, "problems.0.state", "'open'");
  sentence = reply_string (open, "problems.0.sentence");
  g_assert_true (g_str_has_prefix (sentence, "1 dead letter of rule default/paid to file/a, "));
  fingerprint = reply_string (open, "problems.0.fingerprint");
  path = g_strdup_printf ("/v1/problems/%s/acknowledge", fingerprint);
  seen = world_post (world, path, "{'reason':'It is being mended'}");
  reply_assert (seen, "state", "'acknowledged'");
  acknowledged = world_get (world, "/v1/problems");
  reply_assert (acknowledged, "problems.0.state", "'acknowledged'");
  reply_assert (acknowledged, "problems.0.acknowledged.reason", "'It is being mended'");
  back = g_strdup_printf ("/v1/problems/%s/reopen", fingerprint);
  reply_free (world_post (world, back, "{}"));
  reopened = world_get (world, "/v1/problems");
  reply_assert (reopened, "problems.0.state", "'open'");
  missing = world_post (world, "/v1/problems/abc/acknowledge", "{}");
  reply_assert_problem (missing, 404, "not-found");
}

static void
test_connector (ApiWorld *world, gconstpointer data)
{
  g_autofree char *event G_GNUC_UNUSED = world_accept (world, "/in/shop", "{'paid':true}");
  g_autoptr (Reply) failing = NULL;
  g_autoptr (Reply) mended = NULL;
  g_autofree char *sentence = NULL;

  pulse_note_worked (world->pulse, "file/a", API_WORLD_US - 10 * G_USEC_PER_SEC);
  pulse_note_failed (world->pulse, "file/a", API_WORLD_US, 401, "ERROR_FROM_TARGET", "No");
  pulse_note_failed (world->pulse, "file/unused", API_WORLD_US, 401, "ERROR_FROM_TARGET", "No");
  failing = world_get (world, "/v1/problems");
  g_assert_cmpuint (reply_count (failing, "problems"), ==, 1);
  reply_assert (failing, "problems.0.kind", "'connector'");
  reply_assert (failing, "problems.0.cause", "'failing'");
  reply_assert (failing, "problems.0.count", "1");
  reply_assert (failing, "problems.0.rule", "null");
  sentence = reply_string (failing, "problems.0.sentence");
  g_assert_cmpstr (sentence, ==,
                   "file/a answers 401 since 2026-11-21T09:14:00Z; 1 delivery waits; it last "
                   "worked at 2026-11-21T09:13:50Z: No");
  pulse_note_worked (world->pulse, "file/a", API_WORLD_US + 1);
  mended = world_get (world, "/v1/problems");
  reply_assert (mended, "problems", "[]");
}

/* One that went is told of until days have passed, and counts when it comes again; the store keeps
 * what is known of it. */
static void
test_resolved (ApiWorld *world, gconstpointer data)
{
  g_autofree char *event G_GNUC_UNUSED = world_accept (world, "/in/shop", "{'paid':true}");
  g_autoptr (Reply) failing = NULL;
  g_autoptr (Reply) mended = NULL;
  g_autoptr (Reply) told = NULL;
  g_autoptr (Reply) again = NULL;
  g_autoptr (Reply) later = NULL;
  g_autoptr (GPtrArray) records = NULL;

  pulse_note_failed (world->pulse, "file/a", API_WORLD_US, 401, "ERROR_FROM_TARGET", "No");
  failing = world_get (world, "/v1/problems?resolved=true");
  g_assert_cmpuint (reply_count (failing, "problems"), ==, 1);
  reply_assert (failing, "problems.0.resolved", "null");
  reply_assert (failing, "problems.0.times", "1");
  reply_assert (failing, "problems.0.worked", "null");
  clock_manual_advance (world->clock, G_USEC_PER_SEC);
  pulse_note_worked (world->pulse, "file/a", API_WORLD_US);
  mended = world_get (world, "/v1/problems");
  reply_assert (mended, "problems", "[]");
  told = world_get (world, "/v1/problems?resolved=true");
  g_assert_cmpuint (reply_count (told, "problems"), ==, 1);
  reply_assert (told, "problems.0.state", "'resolved'");
  reply_assert (told, "problems.0.connector", "'file/a'");
  reply_assert (told, "problems.0.resolved", "'2026-11-21T09:14:01.123456Z'");
  /* Behind those that are to be looked for. */
  g_assert_true (writer_submit_and_wait (
      world->writer, batch_item_new_record (record_change_new (RECORD_PROOF, 0, NULL, "{}")),
      NULL));
  g_assert_true (world->store->engine->find_records (world->store, RECORD_TROUBLE, NULL, 0, 10,
                                                     &records, NULL));
  g_assert_cmpuint (records->len, ==, 2);
  pulse_note_failed (world->pulse, "file/a", API_WORLD_US, 401, "ERROR_FROM_TARGET", "No");
  again = world_get (world, "/v1/problems?resolved=true");
  g_assert_cmpuint (reply_count (again, "problems"), ==, 1);
  reply_assert (again, "problems.0.state", "'open'");
  reply_assert (again, "problems.0.times", "2");
  pulse_note_worked (world->pulse, "file/a", API_WORLD_US);
  reply_free (world_get (world, "/v1/problems"));
  clock_manual_advance (world->clock, 8 * G_TIME_SPAN_DAY);
  later = world_get (world, "/v1/problems?resolved=true");
  reply_assert (later, "problems", "[]");
}

/* What waited for a connector and died is not called resolved while it is there. */
static void
test_died (ApiWorld *world, gconstpointer data)
{
  g_autofree char *event = world_accept (world, "/in/shop", "{'paid':true}");
  g_autofree char *id = world_delivery_id (event, 1);
  g_autoptr (Reply) died = NULL;
  g_autoptr (Reply) discarded = NULL;
  BatchItem *discard = batch_item_new_operate (1);
  JournalEntry *entry = g_new0 (JournalEntry, 1);

  entry->kind = JOURNAL_DISCARD;
  entry->at_us = API_WORLD_US;

  pulse_note_failed (world->pulse, "file/a", API_WORLD_US, 401, "ERROR_FROM_TARGET", "No");
  reply_free (world_get (world, "/v1/problems"));
  world_settle (world, id, DELIVERY_DEAD, DEAD_REFUSED, 401);
  died = world_get (world, "/v1/problems?resolved=true");
  g_assert_cmpuint (reply_count (died, "problems"), ==, 1);
  reply_assert (died, "problems.0.kind", "'dead-letters'");
  reply_assert (died, "problems.0.state", "'open'");
  discard->operate.actions[0] = (OperatorAction){ .key = { 1, 1 }, .entry = entry };
  g_assert_true (writer_submit_and_wait (world->writer, discard, NULL));
  discarded = world_get (world, "/v1/problems?resolved=true");
  g_assert_cmpuint (reply_count (discarded, "problems"), ==, 2);
  reply_assert (discarded, "problems.0.state", "'resolved'");
  reply_assert (discarded, "problems.1.state", "'resolved'");
}

static void
test_bad (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) member = world_post (world, "/v1/problems/abc/acknowledge", "{'why':'x'}");
  g_autoptr (Reply) type = world_post (world, "/v1/problems/abc/acknowledge", "{'reason':1}");

  reply_assert_problem (member, 400, "invalid-request");
  reply_assert_problem (type, 400, "invalid-request");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api/problems/dead", NULL, test_dead);
  API_WORLD_TEST ("/http/api/problems/connector", NULL, test_connector);
  API_WORLD_TEST ("/http/api/problems/resolved", NULL, test_resolved);
  API_WORLD_TEST ("/http/api/problems/died", NULL, test_died);
  API_WORLD_TEST ("/http/api/problems/bad", NULL, test_bad);
  return g_test_run ();
}
