/* When something last worked, and when and why it did not. */
#include "base/pulse.h"

static void
test_states (void)
{
  g_autoptr (Pulse) pulse = pulse_new (2);
  g_auto (PulseState) none = { 0 };
  g_auto (PulseState) both = { 0 };
  g_auto (PulseState) third = { 0 };

  pulse_get (pulse, "a", &none);
  g_assert_cmpint (none.worked_us, ==, 0);
  g_assert_cmpstr (none.note, ==, "");
  pulse_note_failed (pulse, "a", 7, 503, "ERROR_FROM_TARGET", "It answered 503");
  pulse_note_worked (pulse, "a", 9);
  pulse_note_worked (NULL, "a", 10);
  pulse_note_worked (pulse, "b", 11);
  pulse_note_worked (pulse, "c", 12); /* one too many */
  pulse_get (pulse, "a", &both);
  g_assert_cmpint (both.worked_us, ==, 9);
  g_assert_cmpint (both.failed_us, ==, 7);
  g_assert_cmpint (both.failing_us, ==, 0);
  g_assert_cmpint (both.status, ==, 503);
  g_assert_cmpstr (both.code, ==, "ERROR_FROM_TARGET");
  g_assert_cmpstr (both.note, ==, "It answered 503");
  pulse_get (pulse, "c", &third);
  g_assert_cmpint (third.worked_us, ==, 0);
}

static void
test_restart (void)
{
  g_autoptr (Pulse) before = pulse_new (10);
  g_autoptr (Pulse) after = pulse_new (10);
  g_autoptr (GVariant) saved = NULL;
  g_auto (PulseState) failed = { 0 };
  g_auto (PulseState) worked = { 0 };
  g_autofree char *long_note = g_strnfill (10000, 'x');

  pulse_note_failed (before, "a", 6, 0, NULL, "");
  pulse_note_failed (before, "a", 7, 0, NULL, long_note);
  pulse_note_worked (before, "b", 9);
  saved = g_variant_ref_sink (pulse_save (before));
  pulse_load (after, saved);
  pulse_get (after, "a", &failed);
  g_assert_cmpint (failed.failed_us, ==, 7);
  g_assert_cmpint (failed.failing_us, ==, 6);
  g_assert_cmpint (failed.worked_us, ==, 0);
  g_assert_cmpuint (strlen (failed.note), ==, 512);
  pulse_get (after, "b", &worked);
  g_assert_cmpint (worked.worked_us, ==, 9);
  g_assert_cmpint (worked.failed_us, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/pulse/states", test_states);
  g_test_add_func ("/base/pulse/restart", test_restart);
  return g_test_run ();
}
