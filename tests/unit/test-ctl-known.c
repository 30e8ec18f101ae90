/* Did you mean? */
#include "ctl/known.h"

#include "support/ctl-run.h"
#include "support/receiver.h"

static const char routes[] = "{\"type\":\"urn:signalbox:problem:not-found\",\"title\":\"No\","
                             "\"detail\":\"There is no connector “webhook/biling”\",\"events\":[],"
                             "\"rules\":[{\"name\":\"default/paid-orders\"}],"
                             "\"connectors\":[{\"name\":\"webhook/billing\"}],\"sources\":[]}";

/* Whatever is asked is answered with this: a list without a line, and the routes. */
static void
test_empty (void)
{
  Receiver *router = receiver_new ();
  const char *url = receiver_url (router);
  g_autoptr (CtlRun) near = NULL;
  g_autoptr (CtlRun) there = NULL;

  receiver_set_body (router, routes, -1);
  near = CTL_RUN ("events", "--rule", "default/paid-order", "-u", url);
  g_assert_cmpint (near->exit_code, ==, EX_NOTHING);
  ctl_run_assert_contains (near->err, "There is no rule “default/paid-order” now.");
  ctl_run_assert_contains (near->err, "Did you mean “default/paid-orders”?");
  there = CTL_RUN ("events", "--rule", "default/paid-orders", "-u", url);
  g_assert_cmpstr (there->err, ==, "");
  receiver_free (router);
}

static void
test_refused (void)
{
  Receiver *router = receiver_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (Client) client = client_new (NULL, receiver_url (router), &error);
  g_autoptr (JsonNode) problem = json_from_string (routes, NULL);
  FILE *stream = tmpfile ();
  Ctl ctl = { .err = output_new (stream, FALSE, 0) };
  char text[200] = "";

  g_assert_no_error (error);
  receiver_set_body (router, routes, -1);
  known_hint_refused (&ctl, client, json_node_get_object (problem));
  output_flush (ctl.err);
  rewind (stream);
  g_assert_cmpuint (fread (text, 1, sizeof text - 1, stream), >, 0);
  g_assert_cmpstr (text, ==, "  Did you mean “webhook/billing”?\n");
  output_free (ctl.err);
  fclose (stream);
  receiver_free (router);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ctl/known/empty", test_empty);
  g_test_add_func ("/ctl/known/refused", test_refused);
  return g_test_run ();
}
