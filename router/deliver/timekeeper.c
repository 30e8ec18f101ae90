/* Reads the record of the clocks, carries steady time on, and writes the record again. */
#include "deliver/timekeeper.h"

#include "base/log.h"

#include <string.h>

/* The wall clock may be corrected by less, which is nothing to speak of. */
#define JUMP_US (2 * G_TIME_SPAN_SECOND)

/* Times that differ by less begin as one again at a start: small corrections do not add up. */
#define SAME_US G_TIME_SPAN_MINUTE

/* How old the record may be, if the machine ends without warning and then does not know the time.
 */
#define RECORD_US G_TIME_SPAN_HOUR

static void
read_clocks (Clock *clock, StoredClock *out_now)
{
  g_autofree char *boot = clock_boot_id (clock);

  g_strlcpy (out_now->boot, boot, sizeof out_now->boot);
  out_now->boot_us = clock_boot_us (clock);
  out_now->steady_us = clock_steady_us (clock);
  out_now->wall_us = clock_wall_us (clock);
}

gint64
timekeeper_resume_us (const StoredClock *recorded, const StoredClock *now)
{
  gint64 by_wall_us = now->wall_us - (recorded->wall_us - recorded->steady_us);
  gboolean same_boot = *now->boot != '\0' && strcmp (recorded->boot, now->boot) == 0 &&
                       now->boot_us >= recorded->boot_us;

  if (same_boot)
    return recorded->steady_us + (now->boot_us - recorded->boot_us);
  return MAX (by_wall_us, recorded->steady_us);
}

/* Writer thread. */
static void
recorded (const BatchItem *item, const GError *error, gpointer user_data)
{
  if (error != NULL)
    log_message (LOG_WARNING, "deliver",
                 "The time could not be recorded; if the clock was set, deliveries may be early or "
                 "late by as much after the next start: %s",
                 error->message);
}

static void
record (Timekeeper *keeper, const StoredClock *now)
{
  g_autoptr (GError) error = NULL;

  keeper->recorded = *now;
  /* What the writer does not take it has said why, and stopped. */
  writer_submit (keeper->writer, batch_item_new_clock (now), recorded, NULL, &error);
}

gboolean
timekeeper_start (Timekeeper *keeper,
                  Clock *clock,
                  Store *store,
                  Writer *writer,
                  gboolean has_work,
                  GError **error)
{
  StoredClock last, now;

  *keeper = (Timekeeper){ .clock = clock, .store = store, .writer = writer };
  if (!store->engine->last_clock (store, &last, error))
    return FALSE;
  read_clocks (clock, &now);
  now.steady_us = now.wall_us;
  if (has_work && last.wall_us != 0)
    {
      gint64 steady_us = timekeeper_resume_us (&last, &now);

      if (ABS (steady_us - now.wall_us) >= SAME_US)
        now.steady_us = steady_us;
    }
  clock_set_steady (clock, now.steady_us);
  record (keeper, &now);
  return TRUE;
}

static void
say_jump (gint64 by_us)
{
  log_message (LOG_WARNING, "deliver",
               "The wall clock was set %s by %" G_GINT64_FORMAT
               " seconds; what waits is delivered as if it had not been",
               by_us > 0 ? "forward" : "back", ABS (by_us) / G_USEC_PER_SEC);
}

void
timekeeper_check (Timekeeper *keeper)
{
  gint64 wall_us = clock_wall_us (keeper->clock);
  gint64 steady_us = clock_steady_us (keeper->clock);
  gint64 by_us = (wall_us - steady_us) - (keeper->recorded.wall_us - keeper->recorded.steady_us);
  StoredClock now;

  if (ABS (by_us) < JUMP_US && steady_us - keeper->recorded.steady_us < RECORD_US)
    return;
  if (ABS (by_us) >= JUMP_US)
    say_jump (by_us);
  read_clocks (keeper->clock, &now);
  record (keeper, &now);
}
