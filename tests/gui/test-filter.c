#include <string.h>

#include "sb-filter.h"

#define NOW_US G_GINT64_CONSTANT (1795252440000000)

static void
test_queries (void)
{
  static const struct
  {
    const char *text, *query;
  } cases[] = {
    { "", "" },
    { "  ", "" },
    { "o-88", "text=o-88" },
    { "two  words", "text=two%20words" },
    { "source:shop", "source=shop" },
    { "type:\"Order Paid\" late", "detail-type=Order%20Paid&text=late" },
    { "rule:default/billing bus:", "rule=default%2Fbilling" },
    { "$.detail.total>=100.5", "where=%24.detail.total%3E%3D100.5" },
    { "http://x", "text=http%3A%2F%2Fx" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *problem = NULL;
      g_autofree char *query = sb_filter_dup_query (cases[i].text, NOW_US, &problem);

      g_assert_cmpstr (problem, ==, NULL);
      g_assert_cmpstr (query, ==, cases[i].query);
    }
}

static void
test_since (void)
{
  g_autofree char *problem = NULL;
  g_autofree char *zero = sb_filter_dup_query ("since:0s", NOW_US, &problem);
  g_autofree char *hours = sb_filter_dup_query ("since:2h", NOW_US, &problem);
  g_autofree char *before = sb_filter_dup_query ("since:0s",
                                                 NOW_US - G_GINT64_CONSTANT (7200000000), &problem);

  g_assert_cmpstr (problem, ==, NULL);
  g_assert_true (g_str_has_prefix (zero, "from=2026-"));
  g_assert_cmpstr (hours, ==, before);
}

static void
test_problems (void)
{
  static const char *const texts[] = { "since:",       "since:2",        "since:h",
                                       "since:2hours", "$.detail.total", "$.a=1 $.b=2" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *problem = NULL;

      g_assert_null (sb_filter_dup_query (texts[i], NOW_US, &problem));
      g_assert_cmpstr (problem, !=, "");
      g_assert_nonnull (problem);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter/queries", test_queries);
  g_test_add_func ("/filter/since", test_since);
  g_test_add_func ("/filter/problems", test_problems);
  return g_test_run ();
}
