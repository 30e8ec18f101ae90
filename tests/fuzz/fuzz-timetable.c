/* A schedule's expression, the number of a zone, a moment and the moment it began: what comes next
 * comes later, nothing is left out between, and looking back finds the same. */
#include "fuzz.h"

#include "base/timetable.h"

/* No file of the fuzzer's choice is read. */
static const char *const zones[] = {
  NULL,          "Europe/Zurich",      "America/New_York",     "Australia/Lord_Howe",
  "Asia/Tehran", "Pacific/Kiritimati", "America/Scoresbysund",
};

#define N_STEPS 8

/* Within the years of the calendar. */
static gint64
moment_us (const char *text)
{
  const gint64 last_s = G_GINT64_CONSTANT (7258118400); /* 2200 */
  gint64 seconds = g_ascii_strtoll (text, NULL, 10);

  return CLAMP (seconds, 0, last_s) * G_USEC_PER_SEC;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzPart parts[4];
  size_t count = fuzz_split (data, size, parts, 4);
  g_autofree char *expression = fuzz_string (parts[0]);
  g_autofree char *zone = count > 1 ? fuzz_string (parts[1]) : g_strdup ("0");
  g_autofree char *after = count > 2 ? fuzz_string (parts[2]) : g_strdup ("1795252440");
  g_autofree char *began = count > 3 ? fuzz_string (parts[3]) : g_strdup ("1795252440");
  const char *name = zones[g_ascii_strtoull (zone, NULL, 10) % G_N_ELEMENTS (zones)];
  gint64 after_us = moment_us (after), began_us = moment_us (began);
  g_autoptr (GError) error = NULL;
  gboolean is_zone = FALSE;
  g_autoptr (Timetable) made = timetable_new (expression, name, &is_zone, &error);

  if (!g_utf8_validate (expression, -1, NULL))
    return 0; /* settings are JSON */
  FUZZ_CHECK ((made == NULL) == (error != NULL) && !is_zone);
  if (made == NULL)
    return 0;
  for (int i = 0; i < N_STEPS; i++)
    {
      gint64 next_us = timetable_next (made, began_us, after_us);

      if (next_us == TIMETABLE_NEVER_US)
        break;
      FUZZ_CHECK (next_us > after_us);
      FUZZ_CHECK (timetable_next (made, began_us, next_us - 1) == next_us);
      FUZZ_CHECK (timetable_last (made, began_us, after_us, next_us) == next_us);
      FUZZ_CHECK (timetable_last (made, began_us, after_us, next_us - 1) == TIMETABLE_NEVER_US);
      after_us = next_us;
    }
  return 0;
}
