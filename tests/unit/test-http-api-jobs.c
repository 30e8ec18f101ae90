/* Jobs and the actions on deliveries over HTTP: what reaches the operator's hands, what is refused.
 */
#include "support/api-world.h"

static void
test_job (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) none = world_get (world, "/v1/jobs");
  g_autoptr (Reply) made = NULL;
  g_autoptr (Reply) list = NULL;
  g_autoptr (Reply) paused = NULL;
  g_autoptr (Reply) rate = NULL;
  g_autoptr (Reply) missing = world_get (world, "/v1/jobs/7");

  reply_assert (none, "jobs", "[]");
  reply_assert_problem (missing, 404, "not-found");
  made = world_post (world, "/v1/jobs",
                     "{'kind':'replay','filter':{'connector':'file/a','status':503},"
                     "'rate_per_second':2.5,'guard':{'max_failed_percent':10,'confirm':true},"
                     "'actor':'ada','reason':'up again'}");
  g_assert_cmpuint (made->status, ==, 200);
  world_assert_asked (world, "job replay {\"connector\":\"file/a\",\"status\":503} rate=2.5 "
                             "percent=10 confirms=1 actor=ada reason=up again;");
  reply_assert (made, "id", "1");
  reply_assert (made, "state", "'running'");
  reply_assert (made, "total", "null");
  reply_assert (made, "guard", "null");
  list = world_get (world, "/v1/jobs");
  reply_assert (list, "jobs.0.rate_per_second", "2.5");
  reply_assert (list, "next", "null");
  paused = world_post (world, "/v1/jobs/1/pause", "");
  reply_assert (paused, "id", "1");
  rate = world_post (world, "/v1/jobs/1/rate", "{'rate_per_second':50}");
  g_assert_cmpuint (rate->status, ==, 200);
  world_assert_asked (world, "job 1 action=0 rate=0.0;job 1 action=3 rate=50.0;");
}

/* How it replays, and jobs of what waits. */
static void
test_kinds (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) now = world_post (
      world, "/v1/jobs",
      "{'kind':'replay','filter':{},'rules':'now','skip_succeeded':true,'actor':'ada'}");
  g_autoptr (Reply) then = world_post (
      world, "/v1/jobs", "{'kind':'replay','filter':{},'rules':'then','actor':'ada'}");
  g_autoptr (Reply) later = world_post (
      world, "/v1/jobs",
      "{'kind':'postpone','filter':{},'until':'1970-01-01T00:00:09Z','actor':'ada'}");
  g_autoptr (Reply) give_up = world_post (world, "/v1/jobs",
                                          "{'kind':'give-up','filter':{},'actor':'ada'}");

  reply_assert (now, "rules", "'then'"); /* of the record, which is from before it had any */
  reply_assert (now, "skip_succeeded", "false");
  g_assert_cmpuint (then->status, ==, 200);
  g_assert_cmpuint (later->status, ==, 200);
  g_assert_cmpuint (give_up->status, ==, 200);
  world_assert_asked (world,
                      "job replay {} rate=0.0 percent=0 confirms=0 actor=ada reason= now skipping;"
                      "job replay {} rate=0.0 percent=0 confirms=0 actor=ada reason=;"
                      "job postpone {} rate=0.0 percent=0 confirms=0 actor=ada reason= until;"
                      "job give-up {} rate=0.0 percent=0 confirms=0 actor=ada reason=;");
}

static void
test_preview (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) first = world_post (
      world, "/v1/replay/preview",
      "{'filter':{'connector':'file/a'},'rules':'now','skip_succeeded':true}");
  g_autoptr (Reply) second = NULL;
  g_autoptr (Reply) ids = world_post (world, "/v1/replay/preview", "{'ids':['a']}");
  g_autofree char *body = NULL;

  reply_assert (first, "looked_at", "6");
  reply_assert (first, "succeeded", "1");
  body = g_strdup_printf ("{'filter':{},'after':'%s'}", "77.0.0");
  second = world_post (world, "/v1/replay/preview", body);
  reply_assert (second, "next", "null");
  reply_assert_problem (ids, 400, "invalid-request");
  world_assert_asked (world, "preview connector=file/a now skipping;preview connector=(null);");
}

static void
test_job_refusals (ApiWorld *world, gconstpointer data)
{
  static const char *const bodies[] = {
    "{}",
    "{'kind':'replay'}",
    "{'kind':'drop','filter':{}}",
    "{'kind':'replay','filter':{'connektor':'x'}}",
    "{'kind':'replay','filter':[]}",
    "{'kind':'replay','filter':{},'rate_per_second':-1}",
    "{'kind':'replay','filter':{},'guard':{'max_failed_percent':0}}",
    "{'kind':'discard','filter':{},'guard':true}",
    "{'kind':'replay','filter':{},'reson':'x'}",
    "{'kind':'replay','filter':{},'rules':'once'}",
    "{'kind':'replay','filter':{},'skip_succeeded':1}",
    "{'kind':'discard','filter':{},'skip_succeeded':true}",
    "{'kind':'postpone','filter':{}}",
    "{'kind':'retry','filter':{},'until':'1970-01-01T00:00:09Z'}",
    "{'kind':'postpone','filter':{},'until':'soon'}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (Reply) reply = world_post (world, "/v1/jobs", bodies[i]);

      reply_assert_problem (reply, 400, "invalid-request");
    }
  world_assert_asked (world, "");
}

static void
test_actions (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) retry = world_post (world, "/v1/retry", "{'ids':['a'],'actor':'ada'}");
  g_autoptr (Reply) restore G_GNUC_UNUSED = world_post (world, "/v1/restore",
                                                        "{'ids':['a'],'actor':'ada'}");
  g_autoptr (Reply) give_up G_GNUC_UNUSED = world_post (world, "/v1/give-up",
                                                        "{'ids':['a'],'actor':'ada'}");
  g_autoptr (Reply) later = world_post (world, "/v1/postpone",
                                        "{'ids':['a','b'],'until':'1970-01-01T00:00:09Z'}");
  g_autoptr (Reply) never = world_post (world, "/v1/postpone", "{'ids':['a']}");
  g_autoptr (Reply) all = world_post (world, "/v1/postpone",
                                      "{'filter':{},'until':'1970-01-01T00:00:09Z'}");
  g_autoptr (Reply) replay = world_post (world, "/v1/replay",
                                         "{'ids':['a'],'until':'1970-01-01T00:00:09Z'}");

  g_assert_cmpuint (retry->status, ==, 200);
  g_assert_cmpuint (later->status, ==, 200);
  reply_assert_problem (never, 400, "invalid-request");
  g_assert_cmpuint (all->status, ==, 200);
  reply_assert_problem (replay, 400, "invalid-request");
  world_assert_asked (world, "retry ids=a actor=ada reason=;restore ids=a actor=ada reason=;"
                             "give-up ids=a actor=ada reason=;postpone until=9000000 ids=a,b;"
                             "postpone connector=(null) rule=(null) target=(null) source=(null) "
                             "type=(null) code=(null) status=0 from=0 to=0 until;");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api-jobs/job", NULL, test_job);
  API_WORLD_TEST ("/http/api-jobs/kinds", NULL, test_kinds);
  API_WORLD_TEST ("/http/api-jobs/preview", NULL, test_preview);
  API_WORLD_TEST ("/http/api-jobs/refusals", NULL, test_job_refusals);
  API_WORLD_TEST ("/http/api-jobs/actions", NULL, test_actions);
  return g_test_run ();
}
