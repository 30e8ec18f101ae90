/* Refusals that the calls have in common. */
#include "support/api-world.h"

#include <string.h>

static void
test_too_large (ApiWorld *world, gconstpointer data)
{
  g_autofree char *filling = g_strnfill (300 * 1024, 'x');
  g_autofree char *body = g_strdup_printf ("{'a':'%s'}", filling);
  g_autoptr (Reply) hook = world_post (world, "/in/shop", body);
  g_autofree char *detail = reply_string (hook, "detail");

  reply_assert_problem (hook, 413, "body-too-large");
  g_assert_nonnull (strstr (detail, "Limits.EventBytes"));
}

static void
test_refused_questions (ApiWorld *world, gconstpointer data)
{
  static const struct
  {
    const char *path;
    guint status;
    const char *slug;
  } cases[] = {
    { "/v1/events?limit=0", 400, "invalid-parameter" },
    { "/v1/events?limit=1001", 400, "invalid-parameter" },
    { "/v1/events?limit=x", 400, "invalid-parameter" },
    { "/v1/events?after=x", 400, "invalid-parameter" },
    { "/v1/events?matched=1", 400, "invalid-parameter" },
    { "/v1/events?from=today", 400, "invalid-parameter" },
    { "/v1/events?to=1", 400, "invalid-parameter" },
    { "/v1/events?colour=red", 400, "unknown-parameter" },
    { "/v1/deliveries?state=lost", 400, "invalid-parameter" },
    { "/v1/deliveries?state=", 400, "invalid-parameter" },
    { "/v1/deliveries?order=oldest", 400, "invalid-parameter" },
    { "/v1/deliveries?status=0", 400, "invalid-parameter" },
    { "/v1/deliveries?status=2x", 400, "invalid-parameter" },
    { "/v1/status?verbose=1", 400, "unknown-parameter" },
    { "/v1/events/nonsense", 404, "not-found" },
    { "/v1/events/%ff", 404, "not-found" },
    { "/v1/events/01940000-0000-7000-8000-000000000001", 404, "not-found" },
    { "/v1/events/01940000-0000-7000-8000-000000000001/body", 404, "not-found" },
    { "/v1/deliveries/nonsense", 404, "not-found" },
    { "/v1/deliveries/%ff", 404, "not-found" },
    { "/v1/deliveries/01940000-0000-7000-8000-000000000001-1", 404, "not-found" },
    { "/v1/deliveries/01940000-0000-7000-8000-000000000001-1/payload", 404, "not-found" },
    { "/v1/config/file/%ff", 404, "not-found" },
    { "/v1/replay", 405, "method-not-allowed" },
    { "/v2/status", 404, "not-found" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (Reply) reply = world_get (world, cases[i].path);

      reply_assert_problem (reply, cases[i].status, cases[i].slug);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api/too-large", NULL, test_too_large);
  API_WORLD_TEST ("/http/api/refused-questions", NULL, test_refused_questions);
  return g_test_run ();
}
