/* The journey of an event, from the API's answer to the page that an operator reads. */
#include "ctl/ctl.h"

#include "support/ctl-run.h"
#include "support/receiver.h"

#include <string.h>

/* As http/API.md has it, with one delivery done, one waiting, and one replayed by an operator. */
static const char journey[] =
    "{'event':{'id':'0193','bus':'default','ingress':'source/github','source':'github',"
    "'detail-type':'push','time':'2026-11-21T09:14:00.000000Z','received':'2026-11-21T09:14:00."
    "123456Z',"
    "'bytes':12345,'matched':['default/chat','default/tracker'],'generation':3,'deliveries':2,"
    "'counts':{'done':1,'waiting':1},'resources':[],'content_type':'application/json','detail':{}},"
    "'deliveries':["
    "{'id':'0193-1','event':'0193','rule':'default/chat','target':'t','connector':'webhook/chat',"
    "'state':'done','created':'2026-11-21T09:14:00.123456Z','changed':'2026-11-21T09:14:00.135456Z'"
    ","
    "'due':null,'attempts':1,'dead_reason':null,'dead_sentence':null,'last':{'outcome':'delivered',"
    "'status':200,'error_code':null,'note':''},'history':[{'n':1,'kind':'attempt',"
    "'at':'2026-11-21T09:14:00.124000Z','attempt':1,'duration_us':11000,'outcome':'delivered',"
    "'status':200,'error_code':null,'note':'','response':'ok','actor':null,'reason':null}],"
    "'dead_letter':null},"
    "{'id':'0193-2','event':'0193','rule':'default/tracker','target':'u','connector':'webhook/"
    "flaky',"
    "'state':'waiting','created':'2026-11-21T09:14:00.123456Z','changed':'2026-11-21T09:14:00."
    "135456Z',"
    "'due':'2126-11-21T09:14:02.000000Z','attempts':2,'last':{'outcome':'retry','status':500,"
    "'error_code':'ERROR_FROM_TARGET','note':'The target failed'},'history':["
    "{'n':1,'kind':'attempt','at':'2026-11-21T09:14:00.124000Z','attempt':1,'duration_us':900,"
    "'outcome':'retry','status':500,'error_code':'ERROR_FROM_TARGET','note':'The target failed',"
    "'response':'oh\\nno','actor':null,'reason':null},"
    "{'n':2,'kind':'replay','at':'2026-11-21T09:15:00Z','attempt':0,'duration_us':0,'outcome':null,"
    "'status':0,'error_code':null,'note':'','response':null,'actor':'eve','reason':'again'}],"
    "'dead_letter':null}]}";

static void
test_event (void)
{
  g_autoptr (Receiver) router = receiver_new ();
  g_autofree char *answer = g_strdelimit (g_strdup (journey), "'", '"');
  g_autoptr (CtlRun) run = NULL;
  g_autoptr (CtlRun) json = NULL;

  receiver_set_body (router, answer, -1);
  run = CTL_RUN ("show", "-u", receiver_url (router), "0193");
  g_assert_cmpstr (run->err, ==, "");
  g_assert_cmpint (run->exit_code, ==, EX_OK);
  g_assert_cmpstr (receiver_request (router, 0)->target, ==, "/v1/events/0193");
  ctl_run_assert_contains (run->out, "Event          0193\n");
  ctl_run_assert_contains (run->out,
                           "at source/github, bus default, by configuration generation 3\n");
  ctl_run_assert_contains (run->out, "Body           12.3 KB application/json\n");
  ctl_run_assert_contains (run->out, "Matched        default/chat, default/tracker\n");
  ctl_run_assert_contains (run->out, "0193-1 to webhook/chat, target t of rule default/chat\n"
                                     "  done, 1 attempt, took 12.0 ms\n");
  ctl_run_assert_contains (run->out, "11.0 ms  delivered  200");
  ctl_run_assert_contains (run->out, "  waiting, 2 attempts, next in 3");
  ctl_run_assert_contains (run->out,
                           "900 µs  retry    500     ERROR_FROM_TARGET: The target failed\n");
  ctl_run_assert_contains (run->out, "replay           by eve: again\n");
  ctl_run_assert_contains (run->out, "    last answer: oh\\nno\n");

  json = CTL_RUN ("show", "-u", receiver_url (router), "--json", "0193");
  g_assert_cmpstr (g_strchomp (json->out), ==, answer);
}

/* A delivery's id is its event's and a number. */
static void
test_delivery (void)
{
  g_autoptr (Receiver) router = receiver_new ();
  g_autoptr (CtlRun) run = NULL;
  g_autoptr (CtlRun) none = NULL;

  receiver_set_body (
      router, "{\"id\":\"x-2\",\"state\":\"dead\",\"dead_sentence\":\"It was refused\"}", -1);
  run = CTL_RUN ("dead", "show", "-u", receiver_url (router),
                 "01939b2e-7c1a-7000-8000-5f0e1c9a3b21-2");
  g_assert_cmpint (run->exit_code, ==, EX_OK);
  g_assert_cmpuint (receiver_n_requests (router), ==, 2);
  g_assert_cmpstr (receiver_request (router, 0)->target, ==,
                   "/v1/deliveries/01939b2e-7c1a-7000-8000-5f0e1c9a3b21-2");
  g_assert_cmpstr (receiver_request (router, 1)->target, ==,
                   "/v1/deliveries/01939b2e-7c1a-7000-8000-5f0e1c9a3b21-2/payload");
  ctl_run_assert_contains (run->out, "  dead, 0 attempts: It was refused\n");
  ctl_run_assert_contains (run->out, "signalboxctl replay 01939b2e");

  receiver_set_status (router, 404);
  receiver_set_body (router, "{\"title\":\"Not found\"}", -1);
  none = CTL_RUN ("show", "-u", receiver_url (router), "../status");
  g_assert_cmpint (none->exit_code, ==, EX_NOTHING);
  g_assert_cmpstr (receiver_request (router, 2)->target, ==, "/v1/events/..%2Fstatus");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ctl/journey/event", test_event);
  g_test_add_func ("/ctl/journey/delivery", test_delivery);

  return g_test_run ();
}
