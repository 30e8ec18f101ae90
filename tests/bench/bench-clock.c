/* bench-clock.c: measuring in turns, with json-glib as the yardstick. */
#include "bench-clock.h"

#include <json-glib/json-glib.h>
#include <time.h>

#define CHUNK 200u           /* events of one turn: more than the nearest cache holds */
#define YARDSTICK_EVENTS 12u /* that json-glib parses in each turn */

struct BenchClock
{
  BenchLines orders;
  JsonParser *parser;
  guint next;      /* order event */
  GArray *samples; /* double: ns of an event of BENCH_YARDSTICK_BYTES */
};

static double
now_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e9 + (double) now.tv_nsec;
}

BenchClock *
bench_clock_new (void)
{
  BenchClock *self = g_new0 (BenchClock, 1);

  bench_lines_init (&self->orders);
  bench_add_events (&self->orders, BENCH_ORDERS, 40 * YARDSTICK_EVENTS, 1000);
  self->parser = json_parser_new_immutable ();
  self->samples = g_array_new (FALSE, FALSE, sizeof (double));
  return self;
}

void
bench_clock_free (BenchClock *self)
{
  bench_lines_clear (&self->orders);
  g_object_unref (self->parser);
  g_array_unref (self->samples);
  g_free (self);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static double
median (GArray *values)
{
  g_array_sort (values, compare_doubles);
  return values->len ? g_array_index (values, double, values->len / 2) : 0;
}

static gsize
parse_orders (BenchClock *self, guint count)
{
  gsize bytes = 0;

  for (guint i = 0; i < count; i++)
    {
      const GString *order = self->orders.lines->pdata[self->next++ % self->orders.lines->len];

      if (!json_parser_load_from_data (self->parser, order->str, (gssize) order->len, NULL))
        g_error ("json-glib refuses an order event");
      bytes += order->len;
    }
  return bytes;
}

/* How long json-glib takes just now, once its code and memory are in the caches again. */
static double
measure_yardstick (BenchClock *self)
{
  double start, taken;
  gsize bytes;

  parse_orders (self, YARDSTICK_EVENTS / 2);
  start = now_ns ();
  bytes = parse_orders (self, YARDSTICK_EVENTS);
  taken = (now_ns () - start) / (double) bytes * BENCH_YARDSTICK_BYTES;
  g_array_append_val (self->samples, taken);
  return taken;
}

double
bench_clock_yardstick_ns (BenchClock *self)
{
  return median (self->samples);
}

void
bench_clock_run (BenchClock *self,
                 BenchTask *tasks,
                 gsize n_tasks,
                 const BenchLines *events,
                 guint rounds)
{
  guint n_events = events->lines->len, n_chunks = (n_events + CHUNK - 1) / CHUNK;
  g_autofree double *best = g_new0 (double, n_chunks *n_tasks);
  g_autofree GArray **ratios = g_new (GArray *, n_tasks);

  for (gsize t = 0; t < n_tasks; t++)
    ratios[t] = g_array_new (FALSE, FALSE, sizeof (double));
  for (guint round = 0; round < rounds; round++)
    for (guint chunk = 0; chunk < n_chunks; chunk++)
      {
        guint first = chunk * CHUNK, last = MIN (first + CHUNK, n_events);
        double yardstick = measure_yardstick (self);

        for (gsize t = 0; t < n_tasks; t++)
          {
            double start = now_ns (), taken, ratio;
            double *least = &best[chunk * n_tasks + t];

            tasks[t].work (tasks[t].user, events, first, last);
            taken = now_ns () - start;
            ratio = taken / (last - first) / yardstick;
            *least = round == 0 ? taken : MIN (*least, taken);
            g_array_append_val (ratios[t], ratio);
          }
      }
  for (gsize t = 0; t < n_tasks; t++)
    {
      tasks[t].best_ns = 0;
      for (guint chunk = 0; chunk < n_chunks; chunk++)
        tasks[t].best_ns += best[chunk * n_tasks + t] / n_events;
      tasks[t].scaled_ns = median (ratios[t]) * BENCH_YARDSTICK_NS;
      g_array_unref (ratios[t]);
    }
}

void
bench_clock_once (BenchClock *self,
                  void (*work) (gpointer user),
                  gpointer user,
                  guint rounds,
                  double *out_best_ns,
                  double *out_scaled_ns)
{
  g_autoptr (GArray) ratios = g_array_new (FALSE, FALSE, sizeof (double));

  *out_best_ns = 0;
  for (guint round = 0; round < rounds; round++)
    {
      double before = measure_yardstick (self), start = now_ns (), taken, ratio;

      work (user);
      taken = now_ns () - start;
      ratio = taken / ((before + measure_yardstick (self)) / 2);
      *out_best_ns = round == 0 ? taken : MIN (*out_best_ns, taken);
      g_array_append_val (ratios, ratio);
    }
  *out_scaled_ns = median (ratios) * BENCH_YARDSTICK_NS;
}
