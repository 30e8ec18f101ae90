/* Trying a connector over the API. */
#include "support/api-world.h"

#include <string.h>

static void
test_tried (ApiWorld *world, gconstpointer data)
{
  g_autoptr (Reply) tried = world_post (world, "/v1/connectors/webhook/chat/test",
                                        "{'source':'s','detail-type':'t','detail':{'a':[1]},"
                                        "'wait_s':5}");
  g_autoptr (Reply) probed = world_post (world, "/v1/connectors/webhook/chat/probe", "{}");

  g_assert_cmpuint (tried->status, ==, 200);
  reply_assert (tried, "connector", "'webhook/chat'");
  reply_assert (tried, "outcome", "'retry'");
  {
    g_autofree char *note = reply_string (tried, "note");

    g_assert_cmpstr (note, ==, "{\\\"a\\\":[1]}");
  }
  reply_assert (tried, "event", "'e-1'");
  reply_assert (tried, "duration_us", "1500");
  reply_assert (probed, "outcome", "'delivered'");
}

static void
test_refused (ApiWorld *world, gconstpointer data)
{
  static const struct
  {
    const char *path, *body, *slug;
  } cases[] = {
    { "/v1/connectors/webhook/nowhere/test", "{}", "not-found" },
    { "/v1/connectors/webhook/chat/test", "{'source':7}", "invalid-request" },
    { "/v1/connectors/webhook/chat/test", "{'colour':'red'}", "invalid-request" },
    { "/v1/connectors/webhook/chat/probe", "{'wait_s':0}", "invalid-request" },
    { "/v1/connectors/webhook/chat/probe", "{'wait_s':'5'}", "invalid-request" },
    { "/v1/connectors/webhook/chat/probe", "{'wait_s':601}", "invalid-request" },
    { "/v1/connectors/webhook/chat/probe", "[]", "invalid-request" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Reply) reply = world_post (world, cases[i].path, cases[i].body);

      reply_assert_problem (reply, strcmp (cases[i].slug, "not-found") == 0 ? 404 : 400,
                            cases[i].slug);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api/trials/tried", NULL, test_tried);
  API_WORLD_TEST ("/http/api/trials/refused", NULL, test_refused);
  return g_test_run ();
}
