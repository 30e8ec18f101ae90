/* Which bodies a comparison holds for, and which comparisons cannot be read. */
#include "store/event-match.h"

#include "base/error.h"

#include <string.h>

static const struct
{
  const char *where, *body;
  gboolean holds;
} cases[] = {
  { "$.detail.a=1", "{\"a\":1}", TRUE },
  { "$.detail.a=1", "{\"a\":1.0e0}", TRUE },
  { "$.detail.a=1", "{\"a\":\"1\"}", FALSE },
  { "$.detail.a=\"1\"", "{\"a\":\"1\"}", TRUE },
  { "$.detail.a=x y", "{\"a\":\"x y\"}", TRUE },
  { "$.detail.a=ab", "{\"a\":\"\\u0061b\"}", TRUE },
  { "$.detail.a=ab", "{\"b\":\"ab\"}", FALSE },
  { "$.detail.a.b[1]=true", "{\"a\":{\"b\":[false,true]}}", TRUE },
  { "$.detail.a.b[1]!=true", "{\"a\":{\"b\":[false,true]}}", FALSE },
  { "$.detail['a b'].c=null", "{\"a b\":{\"c\":null}}", TRUE },
  { "$.detail['a/b']<2", "{\"a/b\":1}", TRUE },
  { "$.detail.a>2", "{\"a\":2}", FALSE },
  { "$.detail.a>=2", "{\"a\":2}", TRUE },
  { "$.detail.a<=-1.5", "{\"a\":-2}", TRUE },
  { "$.detail.a>2", "{\"a\":\"3\"}", FALSE },
  { "$.detail.a!=2", "{\"b\":2}", TRUE },
  { "$.detail=7", "7", TRUE },
  { "$.detail.a=1700", "{\"a\":1700.00}", TRUE },
  { "$.detail.a=1700", "{\"a\":1.7e3}", TRUE },
  { "$.detail.a=1700", "{\"a\":17E+2}", TRUE },
  { "$.detail.a=1700", "{\"a\":170,\"b\":1700}", FALSE },
  { "$.detail.a=1700", "{\"a\":170}", FALSE },
  { "$.detail.a=-17", "{\"a\":17}", FALSE },
  { "$.detail.a=-17", "{\"a\":-17}", TRUE },
  { "$.detail.a=0", "{\"a\":-0.0}", TRUE },
};

static void
test_holds (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (EventWhere) where = event_where_parse (cases[i].where, &error);

      g_test_message ("%s of %s", cases[i].where, cases[i].body);
      g_assert_no_error (error);
      g_assert_cmpint (event_where_holds (where, cases[i].body, strlen (cases[i].body)), ==,
                       cases[i].holds);
    }
}

static void
test_refusals (void)
{
  static const char *const bad[] = { "",
                                     "$.detail.a",
                                     "a=1",
                                     "$.detail.=1",
                                     "$.detail[x]=1",
                                     "$.detail['x=1",
                                     "$.detail.a<x",
                                     "$.source=1" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_null (event_where_parse (bad[i], &error));
      g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/event-match/holds", test_holds);
  g_test_add_func ("/store/event-match/refusals", test_refusals);
  return g_test_run ();
}
