/* What an event says of its own delivery: when, how urgent, behind what. */
#include "config/plan.h"

#include "base/delivery.h"

#include <string.h>

#define NOW_US G_GINT64_CONSTANT (1795251600000000)
#define S G_TIME_SPAN_SECOND

static ConfigPlan
plan (const ConfigTarget *target, const char *event)
{
  return config_target_plan (target, "default/r", event, strlen (event), NOW_US);
}

static void
test_nothing (void)
{
  const ConfigTarget target = { .id = (char *) "t", .priority = 4 };
  ConfigPlan none = plan (&target, "{}");

  g_assert_cmpint (none.due_us, ==, NOW_US);
  g_assert_cmpuint (none.priority, ==, 4);
  g_assert_cmpint (none.order_key, ==, 0);
}

static void
test_order (void)
{
  const ConfigTarget target = { .id = (char *) "t", .order_key = (char *) "$.detail.id" };
  const ConfigTarget other = { .id = (char *) "u", .order_key = (char *) "$.detail.id" };
  gint64 one = plan (&target, "{\"detail\":{\"id\":1}}").order_key;

  g_assert_cmpint (one, >, 0);
  g_assert_cmpint (one, ==, plan (&target, "{\"detail\":{\"x\":5,\"id\":1}}").order_key);
  g_assert_cmpint (one, !=, plan (&target, "{\"detail\":{\"id\":2}}").order_key);
  g_assert_cmpint (one, !=, plan (&other, "{\"detail\":{\"id\":1}}").order_key);
  g_assert_cmpint (plan (&target, "{\"detail\":{}}").order_key, ==, 0);
}

static void
test_priority (void)
{
  static const struct
  {
    const char *event;
    guint priority;
  } cases[] = {
    { "{\"p\":9}", 9 },    { "{\"p\":0}", 0 },   { "{\"p\":100}", 9 },
    { "{\"p\":-3}", 0 },   { "{\"p\":2.7}", 2 }, { "{\"p\":\"9\"}", 4 },
    { "{\"p\":null}", 4 }, { "{}", 4 },          { "{\"p\":1e999}", 4 },
  };
  const ConfigTarget target = { .id = (char *) "t",
                                .priority = 4,
                                .priority_path = (char *) "$.p" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpuint (plan (&target, cases[i].event).priority, ==, cases[i].priority);
}

static void
test_due (void)
{
  const ConfigTarget target = { .id = (char *) "t",
                                .delay_us = 10 * S,
                                .deliver_at = (char *) "$.at" };

  g_assert_cmpint (plan (&target, "{}").due_us, ==, NOW_US + 10 * S);
  g_assert_cmpint (plan (&target, "{\"at\":\"2026-11-21T10:00:00Z\"}").due_us, ==,
                   NOW_US + 3600 * S);
  g_assert_cmpint (plan (&target, "{\"at\":1795255200}").due_us, ==, NOW_US + 3600 * S);
  /* Over, or no time at all. */
  g_assert_cmpint (plan (&target, "{\"at\":\"2020-11-21T10:00:00Z\"}").due_us, ==, NOW_US + 10 * S);
  g_assert_cmpint (plan (&target, "{\"at\":\"soon\"}").due_us, ==, NOW_US + 10 * S);
  g_assert_cmpint (plan (&target, "{\"at\":9e99}").due_us, ==, NOW_US + 10 * S);
  g_assert_cmpint (plan (&target, "{\"at\":[]}").due_us, ==, NOW_US + 10 * S);
}

static void
test_no_time (void)
{
  static const struct
  {
    const char *event, *found; /* NULL: fine */
  } cases[] = {
    { "{}", NULL },
    { "{\"at\":null}", NULL },
    { "{\"at\":1795255200}", NULL },
    { "{\"at\":\"2020-11-21T10:00:00Z\"}", NULL },
    { "{\"at\":\"soon\"}", "\"soon\"" },
    { "{\"at\":9e99}", "9e99" },
    { "{\"at\":[]}", "[]" },
  };
  const ConfigTarget target = { .id = (char *) "t", .deliver_at = (char *) "$.at" };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *found = NULL;
      gboolean is_fine = config_target_check_time (&target, cases[i].event, strlen (cases[i].event),
                                                   &found);

      g_assert_cmpint (is_fine, ==, cases[i].found == NULL);
      g_assert_cmpstr (found, ==, cases[i].found);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/plan/nothing", test_nothing);
  g_test_add_func ("/config/plan/order", test_order);
  g_test_add_func ("/config/plan/priority", test_priority);
  g_test_add_func ("/config/plan/due", test_due);
  g_test_add_func ("/config/plan/no-time", test_no_time);
  return g_test_run ();
}
