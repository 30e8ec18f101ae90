/* Replay and discard. */
#include "support/api-world.h"

static void
test_operate (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) ids = world_post (world, "/v1/replay",
                                      "{'ids':['a','b'],'actor':'ann','reason':'why'}");
  g_autoptr (Reply) discard = world_post (world, "/v1/discard", "{'ids':[]}");
  g_autoptr (Reply) all = world_post (world, "/v1/replay", "{'filter':{}}");
  g_autoptr (Reply) some = world_post (
      world, "/v1/discard",
      "{'filter':{'connector':'c','rule':'r','target':'t','source':'s','detail-type':'d','error-"
      "code':"
      "'e','status':503,'from':'1970-01-01T00:00:01Z','to':'1970-01-01T00:00:02Z'}}");

  g_autoptr (Reply) class = world_post (world, "/v1/discard", "{'filter':{'status':'5xx'}}");

  reply_assert (ids, "applied", "2");
  reply_assert (ids, "skipped", "1");
  reply_assert (all, "applied", "40000");
  g_assert_cmpuint (discard->status, ==, 200);
  g_assert_cmpuint (some->status, ==, 200);
  g_assert_cmpuint (class->status, ==, 200);
  world_assert_asked (
      world,
      "replay ids=a,b actor=ann reason=why;discard ids= actor=127.0.0.1 reason=;"
      "replay connector=(null) rule=(null) target=(null) source=(null) type=(null) code=(null) "
      "status=0 from=0 to=0;"
      "discard connector=c rule=r target=t source=s type=d code=e status=503 from=1000000 "
      "to=2000000;"
      "discard connector=(null) rule=(null) target=(null) source=(null) type=(null) code=(null) "
      "status=-5 from=0 to=0;");
}

static void
test_operate_refused (ApiWorld *world, gconstpointer data)
{
  static const struct
  {
    const char *body, *slug;
  } cases[] = {
    { "", "invalid-json" },
    { "{", "invalid-json" },
    { "{'ids':['a'],'ids':['b']}", "invalid-json" },
    { "[]", "invalid-request" },
    { "{}", "invalid-request" },
    { "{'ids':['a'],'filter':{}}", "invalid-request" },
    { "{'ids':'a'}", "invalid-request" },
    { "{'ids':[1]}", "invalid-request" },
    { "{'ids':[],'actor':1}", "invalid-request" },
    { "{'ids':[],'force':true}", "invalid-request" },
    { "{'filter':[]}", "invalid-request" },
    { "{'filter':{'colour':'red'}}", "invalid-request" },
    { "{'filter':{'rule':''}}", "invalid-request" },
    { "{'filter':{'rule':null}}", "invalid-request" },
    { "{'filter':{'status':'503'}}", "invalid-request" },
    { "{'filter':{'status':0}}", "invalid-request" },
    { "{'filter':{'from':'today'}}", "invalid-request" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Reply) reply = world_post (world, "/v1/replay", cases[i].body);

      reply_assert_problem (reply, 400, cases[i].slug);
    }
  world_assert_asked (world, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api/operate/done", NULL, test_operate);
  API_WORLD_TEST ("/http/api/operate/refused", NULL, test_operate_refused);
  return g_test_run ();
}
