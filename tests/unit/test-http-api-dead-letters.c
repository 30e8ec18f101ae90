/* Dead letters in groups, and events found by what is in them. */
#include "store/mark.h"
#include "support/api-world.h"

static void
test_groups (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) none = world_get (world, "/v1/dead-letters/groups");
  g_autoptr (Reply) reply = NULL;

  reply_assert (none, "groups", "[]");
  reply_assert (none, "total", "0");
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *event = world_accept (world, "/in/shop", "{'paid':true}");
      g_autofree char *one = world_delivery_id (event, 1);
      g_autofree char *two = world_delivery_id (event, 2);

      world_settle (world, one, DELIVERY_DEAD, DEAD_REFUSED, 404);
      if (i == 0)
        world_settle (world, two, DELIVERY_DEAD, DEAD_ATTEMPTS, 503);
    }
  reply = world_get (world, "/v1/dead-letters/groups");
  reply_assert (reply, "total", "4");
  g_assert_cmpuint (reply_count (reply, "groups"), ==, 2);
  reply_assert (reply, "groups.0.count", "3");
  reply_assert (reply, "groups.0.connector", "'file/a'");
  reply_assert (reply, "groups.0.cause", "'refused'");
  reply_assert (reply, "groups.0.status", "404");
  reply_assert (reply, "groups.1.count", "1");
  reply_assert (reply, "facets.connector", "{'file/a':3,'file/b':1}");
  reply_assert (reply, "facets.status", "{'404':3,'503':1}");
  reply_assert (reply, "facets.detail-type", "{'webhook':4}");
  reply_assert (reply, "facets.error-code", "{'ERROR_FROM_TARGET':4}");
  reply_assert (reply, "facets.cause", "{'attempts-used-up':1,'refused':3}");
}

static void
add_dead_letters (ApiWorld *world)
{
  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *event = world_accept (world, "/in/shop", "{'paid':true}");
      g_autofree char *one = world_delivery_id (event, 1);
      g_autofree char *two = world_delivery_id (event, 2);

      world_settle (world, one, DELIVERY_DEAD, DEAD_REFUSED, 404);
      if (i == 0)
        world_settle (world, two, DELIVERY_DEAD, DEAD_ATTEMPTS, 503);
    }
}

/* Each facet shows what else there is beside what was chosen. */
static void
test_filtered_groups (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) reply = NULL;
  g_autoptr (Reply) bad = NULL;

  add_dead_letters (world);
  reply = world_get (world, "/v1/dead-letters/groups?cause=attempts-used-up");
  reply_assert (reply, "total", "1");
  g_assert_cmpuint (reply_count (reply, "groups"), ==, 1);
  reply_assert (reply, "facets.cause", "{'attempts-used-up':1,'refused':4}");
  reply_assert (reply, "facets.connector", "{'file/b':1}");
  reply_assert (reply, "facets.replayed", "{'false':1,'true':0}");
  bad = world_get (world, "/v1/dead-letters/groups?cause=boredom");
  reply_assert_problem (bad, 400, "invalid-parameter");
}

static void
test_fingerprint (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) groups = NULL;
  g_autoptr (Reply) list = NULL;
  g_autoptr (Reply) none = NULL;
  g_autofree char *fingerprint = NULL;
  g_autofree char *listed = NULL;
  g_autofree char *path = NULL;

  add_dead_letters (world);
  groups = world_get (world, "/v1/dead-letters/groups");
  fingerprint = reply_string (groups, "groups.0.fingerprint");
  path = g_strconcat ("/v1/deliveries?state=dead&limit=3&fingerprint=", fingerprint, NULL);
  list = world_get (world, path);
  g_assert_cmpuint (reply_count (list, "deliveries"), ==, 3);
  reply_assert (list, "deliveries.0.connector", "'file/a'");
  reply_assert (list, "deliveries.0.replays", "0");
  reply_assert (list, "deliveries.0.operation", "null");
  listed = reply_string (list, "deliveries.0.fingerprint");
  g_assert_cmpstr (listed, ==, fingerprint);
  none = world_get (world, "/v1/deliveries?fingerprint=0123456789abcdef");
  reply_assert (none, "deliveries", "[]");
}

/* Of an array of numbers. */
static gint64
sum (const Reply *reply, const char *path)
{
  g_autofree char *array = reply_at (reply, path);
  g_auto (GStrv) numbers = NULL;
  gint64 total = 0;

  g_assert_nonnull (array);
  numbers = g_strsplit (array + 1, ",", -1);
  for (guint i = 0; numbers[i] != NULL; i++)
    total += g_ascii_strtoll (numbers[i], NULL, 10);
  return total;
}

static void
test_histograms (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) dead = NULL;
  g_autoptr (Reply) rules = NULL;
  g_autoptr (Reply) events = NULL;
  g_autoptr (Reply) found = NULL;
  g_autoptr (Reply) early = NULL;
  g_autoptr (Reply) bad = NULL;

  add_dead_letters (world);
  dead = world_get (world, "/v1/dead-letters/histogram?points=10");
  reply_assert (dead, "by", "'cause'");
  reply_assert (dead, "total", "5");
  reply_assert (dead, "series.0.name", "'refused'");
  reply_assert (dead, "series.0.total", "4");
  g_assert_cmpint (sum (dead, "series.0.values"), ==, 4);
  reply_assert (dead, "series.1.name", "'attempts-used-up'");
  rules = world_get (world, "/v1/dead-letters/histogram?by=status&connector=file/b");
  reply_assert (rules, "total", "1");
  reply_assert (rules, "series.0.name", "'503'");
  events = world_get (world, "/v1/events/histogram");
  reply_assert (events, "total", "4");
  reply_assert (events, "complete", "true");
  reply_assert (events, "next", "null");
  g_assert_cmpint (sum (events, "values"), ==, 4);
  found = world_get (world, "/v1/events/histogram?where=$.detail.paid=true");
  reply_assert (found, "total", "4");
  reply_assert (found, "complete", "true");
  g_assert_cmpint (sum (found, "values"), ==, 4);
  early = world_get (world,
                     "/v1/events/histogram?to=2020-01-01T00:00:00Z&from=2019-12-31T00:00:00Z");
  reply_assert (early, "total", "0");
  reply_assert (early, "step_seconds", "1800");
  bad = world_get (world, "/v1/dead-letters/histogram?by=colour");
  reply_assert_problem (bad, 400, "invalid-parameter");
}

static void
put_mark (ApiWorld *world, MarkKind kind, const char *connector)
{
  const Mark mark = { .kind = kind,
                      .at_us = clock_wall_us (world->clock),
                      .connector = connector,
                      .actor = "ada",
                      .reason = "why" };
  g_autoptr (BatchItem) item = batch_item_new_record (mark_to_record (&mark));
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  Batch batch = { .items = items };
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (items, item);
  world->store->engine->commit (world->store, &batch, &error);
  g_assert_no_error (error);
}

static void
test_timeline (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) all = NULL;
  g_autoptr (Reply) one = NULL;
  g_autoptr (Reply) early = NULL;

  g_autoptr (Reply) job = world_post (world, "/v1/jobs", "{'kind':'replay','filter':{}}");
  g_autoptr (Reply) jobs = world_get (world, "/v1/timeline");

  g_assert_cmpuint (job->status, ==, 200);
  reply_assert (jobs, "entries.1.kind", "'job'");
  reply_assert (jobs, "entries.1.connector", "'file/a'");
  put_mark (world, MARK_STARTED, NULL);
  put_mark (world, MARK_SHUT, "file/a");
  all = world_get (world, "/v1/timeline");
  reply_assert (all, "complete", "true");
  g_assert_cmpuint (reply_count (all, "entries"), >=, 2);
  one = world_get (world, "/v1/timeline?limit=1");
  reply_assert (one, "complete", "false");
  g_assert_cmpuint (reply_count (one, "entries"), ==, 1);
  early = world_get (world, "/v1/timeline?to=2001-01-01T00:00:00Z");
  g_assert_cmpuint (reply_count (early, "entries"), ==, 1); /* the job of 1970 */
}

static void
test_search (ApiWorld *world, gconstpointer data)
{
  g_autofree char *first = world_accept (world, "/in/shop", "{'paid':true,'n':7}");
  g_autofree char *second = world_accept (world, "/in/shop", "{'paid':false,'n':8}");
  g_autoptr (Reply) where = world_get (world, "/v1/events?where=$.detail.n%3E7");
  g_autoptr (Reply) text = world_get (world, "/v1/events?text=%22n%22:7");
  g_autoptr (Reply) none = world_get (world, "/v1/events?where=$.detail.n=9");
  g_autoptr (Reply) bad = world_get (world, "/v1/events?where=n=9");
  g_autoptr (Reply) empty = world_get (world, "/v1/events?text=");
  g_autofree char *found = reply_string (where, "events.0.id");
  g_autofree char *other = reply_string (text, "events.0.id");

  g_assert_cmpstr (found, ==, second);
  g_assert_cmpstr (other, ==, first);
  reply_assert (none, "events", "[]");
  reply_assert (none, "next", "null");
  reply_assert_problem (bad, 400, "invalid-parameter");
  reply_assert_problem (empty, 400, "invalid-parameter");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api-dead-letters/groups", NULL, test_groups);
  API_WORLD_TEST ("/http/api-dead-letters/filtered-groups", NULL, test_filtered_groups);
  API_WORLD_TEST ("/http/api-dead-letters/fingerprint", NULL, test_fingerprint);
  API_WORLD_TEST ("/http/api-dead-letters/histograms", NULL, test_histograms);
  API_WORLD_TEST ("/http/api-dead-letters/timeline", NULL, test_timeline);
  API_WORLD_TEST ("/http/api-dead-letters/search", NULL, test_search);
  return g_test_run ();
}
