/* series.h: what went on, second by second, minute by minute and hour by hour, for plots.
 *
 * Rings of fixed length, a set for each thing that is told apart: the router as a whole, each
 * connector, rule and source.  The memory is bounded by their number, and by nothing that happens.
 * Values are 32 bits and stay at the largest when they would pass it.
 *
 * Times are wall clock; a step begins at a whole second, minute or hour of UTC.  One thread, or the
 * caller's lock. */
#pragma once

#include "base/metric.h"
#include "http/json.h"

G_BEGIN_DECLS

typedef struct Series Series;

typedef enum
{
  SERIES_TOTAL, /* name: "" */
  SERIES_CONNECTOR,
  SERIES_RULE,
  SERIES_SOURCE, /* "source/github", or "api" */
  SERIES_DISK,   /* "" */
  SERIES_N_KINDS,
} SeriesKind;

typedef enum
{
  SERIES_SECONDS,
  SERIES_MINUTES,
  SERIES_HOURS,
  SERIES_N_STEPS,
} SeriesStep;

/* Of each kind only some are there. */
typedef enum
{
  SERIES_IN,        /* events; of a source, those that it took in */
  SERIES_DELIVERED, /* attempts that were */
  SERIES_FAILED,    /* attempts that were not */
  SERIES_PENDING,   /* deliveries owed, at the end of the step */
  SERIES_OLDEST,    /* seconds since the oldest of these began to be owed, likewise */
  SERIES_DEAD,      /* dead letters, likewise */
  SERIES_P95,       /* microseconds that attempts took; 0: there were none */
  SERIES_MATCHED,   /* events */
  SERIES_REFUSED,   /* requests */
  SERIES_USED,      /* kilobytes of the router's files, at the end of the step */
  SERIES_FREE,      /* kilobytes of the disk that nobody uses, likewise */
  SERIES_N_COLUMNS,
} SeriesColumn;

gint64 series_step_us (SeriesStep step);
guint series_max_points (SeriesStep step);

/* max_tracks: things that are told apart; of further ones nothing is kept. */
Series *series_new (guint max_tracks, gint64 now_us);
void series_free (Series *series);

/* It is now_us; nothing happened since the last call but what is added after this one.  A clock
 * that was set back is waited for. */
void series_advance (Series *series, gint64 now_us);

/* For the steps that now is in.  What the kind has not is not kept. */
void series_add (Series *series, SeriesKind kind, const char *name, SeriesColumn column, guint64 n);
void
series_set (Series *series, SeriesKind kind, const char *name, SeriesColumn column, guint64 value);
/* SERIES_OLDEST, which grows by itself; since_us 0: nothing is owed. */
void series_set_oldest (Series *series, SeriesKind kind, const char *name, gint64 since_us);
/* SERIES_P95, of attempts that took so long: METRIC_N_BUCKETS of them. */
void series_add_times (Series *series, const char *connector, const guint64 *buckets);

/* The sum of the last steps, the one under way included. */
guint64 series_sum (Series *series,
                    SeriesKind kind,
                    const char *name,
                    SeriesColumn column,
                    SeriesStep step,
                    guint n);
/* In this minute and the one before, in microseconds; 0: there were no attempts. */
gint64 series_recent_p95_us (Series *series, const char *connector);
/* Now; 0 when nothing is owed. */
gint64 series_oldest_us (Series *series, SeriesKind kind, const char *name);

/* The earliest level above 0 that is known of one thing, and when it was so; 0: none is.  What was
 * too high to be kept is not known. */
gint64 series_first_known (Series *series,
                           SeriesKind kind,
                           const char *name,
                           SeriesColumn column,
                           SeriesStep step,
                           guint64 *out_value);

/* Members "start", "series" …: the last points (at most series_max_points) of one thing, or of
 * all of this kind when name is NULL. */
void series_write (Series *series,
                   SeriesKind kind,
                   const char *name,
                   SeriesStep step,
                   guint points,
                   JsonOut *out);

/* Minutes and hours, to be kept over a restart.  What was loaded is there as if it had been seen;
 * steps of which nobody knows are null. */
#define SERIES_SAVED "(a(xay)a(ysaau))"
GVariant *series_save (Series *series); /* floating */
void series_load (Series *series, GVariant *saved);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Series, series_free)

G_END_DECLS
