/* The wake-up: once for each time that it is set, from any thread, at its time or never. */
#include "connector/wakeup.h"

static gboolean
count (gpointer data)
{
  ++*(guint *) data;
  return G_SOURCE_REMOVE; /* ignored */
}

static gpointer
wake_in_thread (gpointer data)
{
  wakeup_now (data);
  return NULL;
}

static void
test_now (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  guint n = 0;
  GSource *wakeup = wakeup_new ("test", context, count, &n);

  g_assert_false (g_main_context_iteration (context, FALSE));
  for (guint i = 1; i <= 3; i++)
    {
      GThread *thread = g_thread_new ("waker", wake_in_thread, wakeup);

      while (n < i)
        g_main_context_iteration (context, TRUE);
      g_thread_join (thread);
      g_assert_false (g_main_context_iteration (context, FALSE));
      g_assert_cmpuint (n, ==, i);
    }
  wakeup_free (wakeup);
}

static void
test_in_and_never (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  guint n_late = 0, n_soon = 0;
  GSource *late = wakeup_new ("late", context, count, &n_late);
  GSource *soon = wakeup_new ("soon", NULL, count, &n_soon);
  gint64 begun_us = g_get_monotonic_time ();

  /* Set before it is attached. */
  wakeup_in (soon, 20 * G_TIME_SPAN_MILLISECOND);
  g_source_attach (soon, context);
  wakeup_now (late);
  wakeup_never (late);
  while (n_soon == 0)
    g_main_context_iteration (context, TRUE);
  g_assert_cmpint (g_get_monotonic_time () - begun_us, >=, 20 * G_TIME_SPAN_MILLISECOND);
  g_assert_cmpuint (n_late, ==, 0);
  wakeup_free (late);
  wakeup_free (soon);
}

static gboolean
again (gpointer data)
{
  GSource *wakeup = g_main_current_source ();

  if (++*(guint *) data < 5)
    wakeup_now (wakeup);
  return G_SOURCE_CONTINUE;
}

static void
test_set_from_within (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  guint n = 0;
  GSource *wakeup = wakeup_new ("test", context, again, &n);

  wakeup_now (wakeup);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_assert_cmpuint (n, ==, 5);
  wakeup_free (wakeup);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connector/wakeup/now", test_now);
  g_test_add_func ("/connector/wakeup/in-and-never", test_in_and_never);
  g_test_add_func ("/connector/wakeup/set-from-within", test_set_from_within);

  return g_test_run ();
}
