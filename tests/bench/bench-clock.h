/* bench-clock.h: times that mean something on a machine whose speed changes from moment to moment.
 *
 * What is compared is measured in turns, a few hundred events each, over several rounds; each turn
 * also has json-glib parse a few order events.  A time is given twice: the best that was seen, and
 * the median of its ratios to json-glib's time in the same turn, scaled to a machine on which that
 * takes BENCH_YARDSTICK_NS.  Times are the processor's, of this thread.
 */
#pragma once

#include "bench-data.h"

G_BEGIN_DECLS

/* What json-glib takes for an order event of 775 bytes on the machine of the peers. */
#define BENCH_YARDSTICK_NS 10900.0
#define BENCH_YARDSTICK_BYTES 775.0

/* Does what is measured with events [first, last). */
typedef void (*BenchWork) (gpointer user, const BenchLines *events, guint first, guint last);

typedef struct
{
  BenchWork work;
  gpointer user;
  double best_ns;   /* out: an event */
  double scaled_ns; /* out */
} BenchTask;

typedef struct BenchClock BenchClock;

BenchClock *bench_clock_new (void);
void bench_clock_free (BenchClock *clock);

/* Measures all tasks in turns, with all events in each round. */
void bench_clock_run (BenchClock *clock,
                      BenchTask *tasks,
                      gsize n_tasks,
                      const BenchLines *events,
                      guint rounds);

/* Measures one call of something long, rounds times: *out_best_ns and the scaled median. */
void bench_clock_once (BenchClock *clock,
                       void (*work) (gpointer user),
                       gpointer user,
                       guint rounds,
                       double *out_best_ns,
                       double *out_scaled_ns);

/* The median of all that json-glib has taken so far for an event of BENCH_YARDSTICK_BYTES. */
double bench_clock_yardstick_ns (BenchClock *clock);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BenchClock, bench_clock_free)

G_END_DECLS
