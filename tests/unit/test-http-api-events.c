/* Events: lists, pages, one with its journey. */
#include "support/api-world.h"

#include <string.h>

static void
test_event (ApiWorld *world, gconstpointer data)
{
  static const char body[] = "{ 'paid': true, 'n': 1.50, 'big': 9007199254740993 }";
  g_autofree char *id = world_accept (world, "/in/shop", body);
  g_autofree char *first = world_delivery_id (id, 1);
  g_autofree char *second = world_delivery_id (id, 2);
  g_autofree char *path = g_strconcat ("/v1/events/", id, NULL);
  g_autofree char *body_path = g_strconcat (path, "/body", NULL);
  g_autofree char *quoted = g_strdup_printf ("'%s'", id);
  g_autofree char *sent = g_strdelimit (g_strdup (body), "'", '"');
  g_autoptr (Reply) reply = NULL, raw = NULL;

  world_settle (world, first, DELIVERY_DONE, DEAD_NOT, 200);
  world_settle (world, second, DELIVERY_DEAD, DEAD_AGE, 503);
  reply = world_get (world, path);
  raw = world_get (world, body_path);
  g_assert_cmpstr (raw->body, ==, sent);
  g_assert_nonnull (strstr (reply->body, sent));
  reply_assert (reply, "event.id", quoted);
  reply_assert (reply, "event.bus", "'default'");
  reply_assert (reply, "event.ingress", "'source/shop'");
  reply_assert (reply, "event.source", "'shop'");
  reply_assert (reply, "event.detail-type", "'webhook'");
  reply_assert (reply, "event.time", "'2026-11-21T09:14:00.123456Z'");
  reply_assert (reply, "event.received", "'2026-11-21T09:14:00.123456Z'");
  reply_assert (reply, "event.bytes", "52");
  reply_assert (reply, "event.matched", "['default/paid']");
  reply_assert (reply, "event.generation", "7");
  reply_assert (reply, "event.deliveries", "2");
  reply_assert (reply, "event.counts", "{'done':1,'dead':1}");
  reply_assert (reply, "event.resources", "[]");
  reply_assert (reply, "event.content_type", "'application/json'");
  g_assert_cmpuint (reply_count (reply, "deliveries"), ==, 2);
  reply_assert (reply, "deliveries.0.state", "'done'");
  reply_assert (reply, "deliveries.0.dead_letter", "null");
  reply_assert (reply, "deliveries.0.dead_reason", "null");
  reply_assert (reply, "deliveries.0.last.error_code", "null");
  reply_assert (reply, "deliveries.1.state", "'dead'");
  reply_assert (reply, "deliveries.1.due", "null");
  reply_assert (reply, "deliveries.1.attempts", "1");
  reply_assert (reply, "deliveries.1.dead_reason", "'too-old'");
  reply_assert (
      reply, "deliveries.1.last",
      "{'outcome':'retry','status':503,'error_code':'ERROR_FROM_TARGET','note':'It answered "
      "503'}");
  reply_assert (reply, "deliveries.1.history.0.kind", "'attempt'");
  reply_assert (reply, "deliveries.1.history.0.n", "1");
  reply_assert (reply, "deliveries.1.history.0.duration_us", "1234");
  reply_assert (reply, "deliveries.1.history.0.response", "'no\xef\xbf\xbd!'");
  reply_assert (
      reply, "deliveries.1.dead_letter",
      "{'RULE_ARN':'signalbox:rule/default/paid','TARGET_ARN':'signalbox:file/b','ERROR_CODE':"
      "'ERROR_FROM_TARGET','ERROR_MESSAGE':'It answered 503','EXHAUSTED_RETRY_CONDITION':"
      "'MaximumEventAgeInSeconds','RETRY_ATTEMPTS':'0'}");
}

static void
test_time_of_1970 (ApiWorld *world, gconstpointer data)
{
  g_autofree char *id G_GNUC_UNUSED = world_accept (
      world, "/v1/events", "{'source':'s','detail-type':'d','detail':{},'time':0}");
  g_autoptr (Reply) list = world_get (world, "/v1/events");

  reply_assert (list, "events.0.time", "'1970-01-01T00:00:00.000000Z'");
}

static void
test_event_list (ApiWorld *world, gconstpointer data)
{
  static const struct
  {
    const char *query;
    guint n;
  } cases[] = {
    { "", 5 },
    { "?source=shop", 3 },
    { "?source=other", 2 },
    { "?bus=eu", 1 },
    { "?ingress=api", 2 },
    { "?ingress=source%2Fshop", 3 },
    { "?detail-type=d", 2 },
    { "?rule=default/paid", 2 },
    { "?matched=true", 2 },
    { "?matched=false", 3 },
    { "?source=shop&matched=false", 1 },
    { "?from=2026-11-21T09:14:00Z", 5 },
    { "?from=2026-11-21T09:14:01Z", 0 },
    { "?to=2026-11-21T09:14:00Z", 0 },
    { "?source=none", 0 },
  };

  for (guint i = 0; i < 3; i++)
    g_free (world_accept (world, "/in/shop", i < 2 ? "{'paid':true}" : "{}"));
  g_free (world_accept (world, "/v1/events", "{'source':'other','detail-type':'d','detail':{}}"));
  g_free (world_accept (world, "/v1/events?bus=eu",
                        "{'source':'other','detail-type':'d','detail':{}}"));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/v1/events", cases[i].query, NULL);
      g_autoptr (Reply) reply = world_get (world, path);

      g_assert_cmpuint (reply->status, ==, 200);
      g_assert_cmpuint (reply_count (reply, "events"), ==, cases[i].n);
      reply_assert (reply, "next", "null");
    }
}

/* All three are asked of the same delivery. */
static void
test_by_delivery (ApiWorld *world, gconstpointer data)
{
  static const struct
  {
    const char *query;
    guint n;
  } cases[] = {
    { "state=dead", 1 },
    { "state=done,dead", 1 },
    { "state=ready", 1 },
    { "state=discarded", 0 },
    { "status=503", 1 },
    { "status=404", 0 },
    { "status=5xx", 1 },
    { "status=4xx", 0 },
    { "connector=file%2Fb", 2 },
    { "connector=file%2Fnone", 0 },
    { "state=dead&status=503&connector=file%2Fb", 1 },
    { "state=done&status=503", 0 },
    { "state=done&connector=file%2Fb", 0 },
    { "state=dead&source=other", 0 },
    { "state=dead&text=true", 1 },
    { "state=dead&where=$.detail.paid=false", 0 },
  };
  static const char *const refused[] = { "state=gone", "state=", "status=0xx", "status=5x",
                                         "status=0" };
  g_autofree char *id = world_accept (world, "/in/shop", "{'paid':true}");
  g_autofree char *first = world_delivery_id (id, 1);
  g_autofree char *second = world_delivery_id (id, 2);

  g_free (world_accept (world, "/in/shop", "{'paid':true,'n':2}"));
  g_free (world_accept (world, "/in/shop", "{}"));
  world_settle (world, first, DELIVERY_DONE, DEAD_NOT, 200);
  world_settle (world, second, DELIVERY_DEAD, DEAD_AGE, 503);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/v1/events?", cases[i].query, NULL);
      g_autofree char *count = g_strconcat ("/v1/events/histogram?", cases[i].query, NULL);
      g_autofree char *total = g_strdup_printf ("%u", cases[i].n);
      g_autoptr (Reply) reply = world_get (world, path);
      g_autoptr (Reply) counted = world_get (world, count);

      g_test_message ("%s", path);
      g_assert_cmpuint (reply->status, ==, 200);
      g_assert_cmpuint (reply_count (reply, "events"), ==, cases[i].n);
      reply_assert (reply, "next", "null");
      reply_assert (counted, "total", total);
    }
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autofree char *path = g_strconcat ("/v1/events?", refused[i], NULL);
      g_autoptr (Reply) reply = world_get (world, path);

      g_assert_cmpuint (reply->status, ==, 400);
    }
}

static void
test_paging (ApiWorld *world, gconstpointer data)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *path = g_strdup ("/v1/events?limit=3");
  guint n_seen = 0;

  for (guint i = 0; i < 7; i++)
    g_ptr_array_add (ids, world_accept (world, "/in/shop", "{'paid':true}"));
  while (path != NULL)
    {
      g_autoptr (Reply) reply = world_get (world, path);
      g_autofree char *next = reply_at (reply, "next");

      for (guint i = 0; i < reply_count (reply, "events"); i++, n_seen++)
        {
          g_autofree char *where = g_strdup_printf ("events.%u.id", i);
          g_autofree char *id = reply_string (reply, where);

          g_assert_cmpstr (id, ==, ids->pdata[6 - n_seen]);
        }
      g_clear_pointer (&path, g_free);
      if (strcmp (next, "null") != 0)
        path = g_strdup_printf ("/v1/events?limit=3&after=%.*s", (int) strlen (next) - 2, next + 1);
    }
  g_assert_cmpuint (n_seen, ==, 7);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api/events/one", NULL, test_event);
  API_WORLD_TEST ("/http/api/events/time-of-1970", NULL, test_time_of_1970);
  API_WORLD_TEST ("/http/api/events/list", NULL, test_event_list);
  API_WORLD_TEST ("/http/api/events/by-delivery", NULL, test_by_delivery);
  API_WORLD_TEST ("/http/api/events/paging", NULL, test_paging);
  return g_test_run ();
}
