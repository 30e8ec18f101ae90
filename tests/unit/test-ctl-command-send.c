/* What send posts, what it makes of the answer, and which errors it sees before posting. */
#include "ctl/ctl.h"

#include "support/ctl-run.h"
#include "support/receiver.h"

#include <string.h>

static const char accepted[] =
    "{\"id\":\"0193-a\",\"matched\":[\"default/chat\",\"default/file\"],\"deliveries\":2}";
static const char unmatched[] = "{\"id\":\"0193-b\",\"matched\":[],\"deliveries\":0}";
static const char batch[] = "{\"events\":[{\"id\":\"a\",\"matched\":[],\"deliveries\":0},"
                            "{\"id\":\"b\",\"matched\":[\"default/x\"],\"deliveries\":1}]}";

typedef struct
{
  Receiver *router;
  const char *url;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer answer)
{
  fixture->router = receiver_new ();
  fixture->url = receiver_url (fixture->router);
  receiver_set_status (fixture->router, 202);
  receiver_set_header (fixture->router, "Content-Type", "application/json");
  receiver_set_body (fixture->router, answer, -1);
}

static void
tear_down (Fixture *fixture, gconstpointer answer)
{
  receiver_free (fixture->router);
}

static void
assert_posted (Fixture *fixture, const char *path, const char *content_type, const char *body)
{
  const ReceivedRequest *request;
  g_autofree char *text = NULL;

  g_assert_cmpuint (receiver_n_requests (fixture->router), ==, 1);
  request = receiver_request (fixture->router, 0);
  text = received_body (request);
  g_assert_cmpstr (request->method, ==, "POST");
  g_assert_cmpstr (request->target, ==, path);
  g_assert_cmpstr (received_header (request, "content-type"), ==, content_type);
  g_assert_cmpstr (text, ==, body);
}

static void
test_source (Fixture *fixture, gconstpointer answer)
{
  g_autoptr (CtlRun) run = CTL_RUN ("send", "-u", fixture->url, "--source", "git hub", "-H",
                                    "X-GitHub-Event: push", "--header", "X-Two:2", "--data",
                                    "{ \"a\": 1.50 }");

  g_assert_cmpstr (run->err, ==, "");
  g_assert_cmpint (run->exit_code, ==, EX_OK);
  g_assert_cmpstr (run->out, ==,
                   "accepted 0193-a  2 deliveries, matched default/chat, default/file\n");
  assert_posted (fixture, "/in/git%20hub", "application/json", "{ \"a\": 1.50 }");
  g_assert_cmpstr (received_header (receiver_request (fixture->router, 0), "x-github-event"), ==,
                   "push");
  g_assert_cmpstr (received_header (receiver_request (fixture->router, 0), "x-two"), ==, "2");
}

static void
test_detail (Fixture *fixture, gconstpointer answer)
{
  g_autoptr (CtlRun) run = CTL_RUN ("send", "-u", fixture->url, "--bus", "eu", "--event-source",
                                    "my \"shop\"", "--detail-type", "Paid", "--data",
                                    "{\"n\":9007199254740993}", "--json");

  g_assert_cmpint (run->exit_code, ==, EX_OK);
  assert_posted (fixture, "/v1/events?bus=eu", "application/json",
                 "{\"source\":\"my \\\"shop\\\"\",\"detail-type\":\"Paid\","
                 "\"detail\":{\"n\":9007199254740993}}");
  g_assert_cmpstr (g_strchomp (run->out), ==, accepted);
}

static void
test_content_type (Fixture *fixture, gconstpointer answer)
{
  g_autoptr (CtlRun) run = CTL_RUN ("send", "-u", fixture->url, "-H",
                                    "content-type: application/x-ndjson", "--data",
                                    "{\"source\":\"a\"}\n{\"source\":\"b\"}\n");

  g_assert_cmpint (run->exit_code, ==, EX_OK);
  assert_posted (fixture, "/v1/events", "application/x-ndjson",
                 "{\"source\":\"a\"}\n{\"source\":\"b\"}\n");
  g_assert_cmpstr (run->out, ==,
                   "accepted a  matched no rule; it is kept\n"
                   "accepted b  1 delivery, matched default/x\n");
}

static void
test_unmatched (Fixture *fixture, gconstpointer answer)
{
  g_autoptr (CtlRun) run = CTL_RUN ("send", "-u", fixture->url, "--source", "x", "--data", "1");

  g_assert_cmpint (run->exit_code, ==, EX_NOTHING);
  g_assert_cmpstr (run->out, ==, "accepted 0193-b  matched no rule; it is kept\n");
  g_assert_cmpstr (run->err, ==, "");
}

/* A typing error never leaves the house. */
static void
test_not_json (Fixture *fixture, gconstpointer answer)
{
  g_autoptr (CtlRun) run = CTL_RUN ("send", "-u", fixture->url, "--source", "x", "--data",
                                    "{\n  \"a\": tru\n}");

  g_assert_cmpint (run->exit_code, ==, EX_DATAERR);
  g_assert_cmpuint (receiver_n_requests (fixture->router), ==, 0);
  ctl_run_assert_contains (run->err, "--data:2:8: not valid JSON");
  ctl_run_assert_contains (run->err, "    2 |   \"a\": tru\n      |        ^\n");
}

static void
test_no_file (Fixture *fixture, gconstpointer answer)
{
  g_autoptr (CtlRun) run = CTL_RUN ("send", "-u", fixture->url, "--source", "x", "/nowhere/a.json");

  g_assert_cmpint (run->exit_code, ==, EX_NOINPUT);
  ctl_run_assert_contains (run->err, "/nowhere/a.json");
}

static void
test_refused (Fixture *fixture, gconstpointer answer)
{
  static const struct
  {
    guint status;
    int exit_code;
  } cases[] = {
    { 400, EX_DATAERR },  { 403, EX_NOPERM },   { 404, EX_DATAERR },
    { 413, EX_DATAERR },  { 422, EX_CONFIG },   { 429, EX_TEMPFAIL },
    { 500, EX_SOFTWARE }, { 503, EX_TEMPFAIL }, { 507, EX_TEMPFAIL },
  };

  receiver_set_header (fixture->router, NULL, NULL);
  receiver_set_header (fixture->router, "Content-Type", "application/problem+json");
  receiver_set_header (fixture->router, "Retry-After", "7");
  receiver_set_body (fixture->router,
                     "{\"type\":\"urn:x\",\"title\":\"No such\033[2J thing\",\"status\":400,"
                     "\"detail\":\"It is not there\",\"remedy\":\"Look elsewhere\","
                     "\"pointer\":\"/a\",\"line\":1,\"column\":6}",
                     -1);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CtlRun) run = NULL;

      receiver_set_status (fixture->router, cases[i].status);
      run = CTL_RUN ("send", "-u", fixture->url, "--source", "x", "--data", "{\"a\":1}");
      g_test_message ("%u: %s", cases[i].status, run->err);
      g_assert_cmpint (run->exit_code, ==, cases[i].exit_code);
      g_assert_cmpstr (run->out, ==, "");
      g_assert_null (strchr (run->err, '\033'));
      ctl_run_assert_contains (run->err, "thing: It is not there\n");
      ctl_run_assert_contains (run->err, "At /a, line 1, column 6\n");
      ctl_run_assert_contains (run->err, "    1 | {\"a\":1}\n      |      ^\n");
      ctl_run_assert_contains (run->err, "Look elsewhere\n");
      ctl_run_assert_contains (run->err, "try again in 7 s");
    }
}

static void
test_stranger (Fixture *fixture, gconstpointer answer)
{
  g_autoptr (CtlRun) run = NULL;

  receiver_set_status (fixture->router, 404);
  receiver_set_body (fixture->router, "<html>", -1);
  run = CTL_RUN ("send", "-u", fixture->url, "--source", "x", "--data", "1");
  g_assert_cmpint (run->exit_code, ==, EX_DATAERR);
  ctl_run_assert_contains (run->err, "is this a Signalbox router?");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, answer, test)                                                                    \
  g_test_add ("/ctl/command-send/" name, Fixture, answer, set_up, test, tear_down)
  ADD ("source", accepted, test_source);
  ADD ("detail", accepted, test_detail);
  ADD ("content-type", batch, test_content_type);
  ADD ("unmatched", unmatched, test_unmatched);
  ADD ("not-json", accepted, test_not_json);
  ADD ("no-file", accepted, test_no_file);
  ADD ("refused", accepted, test_refused);
  ADD ("stranger", accepted, test_stranger);

  return g_test_run ();
}
