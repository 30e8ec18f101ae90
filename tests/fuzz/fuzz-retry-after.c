/* A Retry-After and a Date field, as any server may answer them. */
#include "fuzz.h"

#include "connector/webhook/retry-after.h"

/* Sat, 21 Nov 2026 09:14:00 GMT */
#define NOW_US (G_GINT64_CONSTANT (1795252440) * G_USEC_PER_SEC)

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzPart parts[2];
  size_t count = fuzz_split (data, size, parts, 2);
  g_autofree char *value = fuzz_string (parts[0]);
  g_autofree char *date = count == 2 ? fuzz_string (parts[1]) : NULL;
  gint64 wait_us = retry_after_parse (value, date, NOW_US);
  gint64 then_us = G_MININT64;

  FUZZ_CHECK (wait_us >= RETRY_AFTER_NEVER && wait_us <= (gint64) G_MAXINT32 * G_USEC_PER_SEC);
  if (http_date_parse (value, NOW_US, &then_us))
    {
      FUZZ_CHECK (then_us != G_MININT64 && then_us % G_USEC_PER_SEC == 0);
      FUZZ_CHECK (wait_us >= 0);
    }
  else
    FUZZ_CHECK (then_us == G_MININT64);
  return 0;
}
