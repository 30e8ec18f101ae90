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
    { "matched:no", "matched=false" },
    { "state:", "" },
    { "state:dead,held status:503", "state=dead%2Cheld&status=503" },
    { "status:5xx", "status=5xx" },
    { "connector:webhook/chat status: o-88", "connector=webhook%2Fchat&text=o-88" },
    { "until:2026-11-21T09:14:00Z", "to=2026-11-21T09%3A14%3A00Z" },
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
  static const char *const texts[] = {
    "since:",      "since:2",    "since:h",           "since:2hours", "$.detail.total",
    "$.a=1 $.b=2", "state:gone", "matched:what",      "until:noon",   "state:dead,",
    "status:xx",   "status:0",   "error-code:TIMEOUT"
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *problem = NULL;

      g_assert_null (sb_filter_dup_query (texts[i], NOW_US, &problem));
      g_assert_cmpstr (problem, !=, "");
      g_assert_nonnull (problem);
    }
}

static void
test_span (void)
{
  static const struct
  {
    const char *text, *with, *without;
  } cases[] = {
    { "", "since:2026-11-21T09:14:00Z until:2026-11-21T09:15:00Z", "" },
    { "type:\"Order Paid\"  since:2h o-88",
      "type:\"Order Paid\" o-88 since:2026-11-21T09:14:00Z until:2026-11-21T09:15:00Z",
      "type:\"Order Paid\" o-88" },
    { "before:1d after:2d x ", "x since:2026-11-21T09:14:00Z until:2026-11-21T09:15:00Z", "x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *with = sb_filter_dup_with_span (cases[i].text, NOW_US,
                                                       NOW_US + 60 * G_USEC_PER_SEC);
      g_autofree char *without = sb_filter_dup_with_span (with, 0, 0);

      g_assert_cmpstr (with, ==, cases[i].with);
      g_assert_cmpstr (without, ==, cases[i].without);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/filter/queries", test_queries);
  g_test_add_func ("/filter/since", test_since);
  g_test_add_func ("/filter/problems", test_problems);
  g_test_add_func ("/filter/span", test_span);
  return g_test_run ();
}
