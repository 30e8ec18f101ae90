/* Rings, one row a step, one cell a column of the kind.
 *
 * A step has a number: its time divided by its length.  Row number modulo length is where it is.
 * All rings of one step length stand at the same number, so that what was known when is kept once,
 * for all of them.  Must stay true: rows of numbers that are yet to come are all zero. */
#include "http/series.h"

#include <string.h>

static const struct
{
  gint64 us;
  guint points;
} steps[SERIES_N_STEPS] = {
  [SERIES_SECONDS] = { G_USEC_PER_SEC, 300 },
  [SERIES_MINUTES] = { 60 * (gint64) G_USEC_PER_SEC, 1440 },
  [SERIES_HOURS] = { 3600 * (gint64) G_USEC_PER_SEC, 168 },
};

/* Those that are kept over a restart. */
#define FIRST_SAVED SERIES_MINUTES

#define MAX_COLUMNS 6

static const struct
{
  guint n;
  SeriesColumn columns[MAX_COLUMNS];
} kinds[SERIES_N_KINDS] = {
  [SERIES_TOTAL] = { 6,
                     { SERIES_IN, SERIES_DELIVERED, SERIES_FAILED, SERIES_PENDING, SERIES_OLDEST,
                       SERIES_DEAD } },
  [SERIES_CONNECTOR] = { 6,
                         { SERIES_DELIVERED, SERIES_FAILED, SERIES_PENDING, SERIES_OLDEST,
                           SERIES_DEAD, SERIES_P95 } },
  [SERIES_RULE] = { 1, { SERIES_MATCHED } },
  [SERIES_SOURCE] = { 2, { SERIES_IN, SERIES_REFUSED } },
  [SERIES_DISK] = { 2, { SERIES_USED, SERIES_FREE } },
};

static const char *const column_names[SERIES_N_COLUMNS] = {
  [SERIES_IN] = "in",
  [SERIES_DELIVERED] = "delivered",
  [SERIES_FAILED] = "failed",
  [SERIES_PENDING] = "pending",
  [SERIES_OLDEST] = "oldest_pending_seconds",
  [SERIES_DEAD] = "dead_letters",
  [SERIES_P95] = "p95_ms",
  [SERIES_MATCHED] = "matched",
  [SERIES_REFUSED] = "refused",
  [SERIES_USED] = "used_kilobytes",
  [SERIES_FREE] = "free_kilobytes",
};

typedef struct
{
  SeriesKind kind;
  char *name;
  guint32 *rings[SERIES_N_STEPS]; /* points rows of the kind's columns */
  gint64 since_us;                /* of SERIES_OLDEST */
  /* Of a connector: of the step under way, and of the minute before. */
  guint64 (*times)[METRIC_N_BUCKETS];
} Track;

#define LAST_MINUTE SERIES_N_STEPS /* the place in times behind the steps' own */

struct Series
{
  guint max_tracks;
  gint64 now_us;
  gint64 numbers[SERIES_N_STEPS];
  guint8 *known[SERIES_N_STEPS]; /* was the router there? */
  GHashTable *tracks;            /* Track by itself */
};

gint64
series_step_us (SeriesStep step)
{
  return steps[step].us;
}

guint
series_max_points (SeriesStep step)
{
  return steps[step].points;
}

/* ---- Tracks ---- */

static guint
track_hash (gconstpointer data)
{
  const Track *track = data;

  return g_str_hash (track->name) * SERIES_N_KINDS + track->kind;
}

static gboolean
track_equal (gconstpointer a, gconstpointer b)
{
  const Track *left = a, *right = b;

  return left->kind == right->kind && strcmp (left->name, right->name) == 0;
}

static void
track_free (gpointer data)
{
  Track *track = data;

  for (guint step = 0; step < SERIES_N_STEPS; step++)
    g_free (track->rings[step]);
  g_free (track->times);
  g_free (track->name);
  g_free (track);
}

static Track *
find (Series *series, SeriesKind kind, const char *name)
{
  const Track key = { .kind = kind, .name = (char *) name };

  return g_hash_table_lookup (series->tracks, &key);
}

/* NULL: there are too many. */
static Track *
get (Series *series, SeriesKind kind, const char *name)
{
  Track *track = find (series, kind, name);

  if (track != NULL || g_hash_table_size (series->tracks) >= series->max_tracks)
    return track;
  track = g_new0 (Track, 1);
  track->kind = kind;
  track->name = g_strdup (name);
  for (guint step = 0; step < SERIES_N_STEPS; step++)
    track->rings[step] = g_new0 (guint32, steps[step].points * kinds[kind].n);
  if (kind == SERIES_CONNECTOR)
    track->times = g_malloc0 ((SERIES_N_STEPS + 1) * sizeof *track->times);
  g_hash_table_add (series->tracks, track);
  return track;
}

static guint
place_of (SeriesStep step, gint64 number)
{
  return (guint) (number % steps[step].points);
}

static guint32 *
row_at (const Track *track, SeriesStep step, gint64 number)
{
  return track->rings[step] + place_of (step, number) * kinds[track->kind].n;
}

/* -1: it has none. */
static int
column_of (SeriesKind kind, SeriesColumn column)
{
  for (guint i = 0; i < kinds[kind].n; i++)
    if (kinds[kind].columns[i] == column)
      return (int) i;
  return -1;
}

/* ---- Time ---- */

static guint32
saturate (guint64 value)
{
  return (guint32) MIN (value, G_MAXUINT32);
}

static guint32
age_s (const Track *track, gint64 at_us)
{
  return track->since_us == 0
             ? 0
             : saturate ((guint64) MAX (at_us - track->since_us, 0) / G_USEC_PER_SEC);
}

/* The row of a step that has just begun: levels go on, counts begin anew. */
static void
begin_row (Track *track, SeriesStep step, gint64 number)
{
  const guint32 *before = row_at (track, step, number - 1);
  guint32 *row = row_at (track, step, number);

  for (guint i = 0; i < kinds[track->kind].n; i++)
    switch (kinds[track->kind].columns[i])
      {
      case SERIES_PENDING:
      case SERIES_DEAD:
      case SERIES_USED:
      case SERIES_FREE:
        row[i] = before[i];
        break;
      case SERIES_OLDEST:
        row[i] = age_s (track, (number + 1) * steps[step].us);
        break;
      default:
        row[i] = 0;
      }
}

static void
begin_times (Track *track, SeriesStep step, gboolean follows)
{
  if (track->times == NULL)
    return;
  if (step == SERIES_MINUTES)
    {
      memset (track->times[LAST_MINUTE], 0, sizeof *track->times);
      if (follows)
        memcpy (track->times[LAST_MINUTE], track->times[step], sizeof *track->times);
    }
  memset (track->times[step], 0, sizeof *track->times);
}

/* What lies further back than the ring is long need not be filled. */
static void
advance_step (Series *series, SeriesStep step, gint64 to)
{
  gint64 was = series->numbers[step], from = MAX (was + 1, to - steps[step].points + 1);
  GHashTableIter iter;
  gpointer track;

  if (to <= was)
    return;
  g_hash_table_iter_init (&iter, series->tracks);
  while (g_hash_table_iter_next (&iter, &track, NULL))
    {
      /* So that the levels are found just before the first row that is filled. */
      if (from > was + 1)
        memcpy (row_at (track, step, from - 1), row_at (track, step, was),
                sizeof (guint32) * kinds[((Track *) track)->kind].n);
      for (gint64 number = from; number <= to; number++)
        begin_row (track, step, number);
      begin_times (track, step, to == was + 1);
    }
  for (gint64 number = from; number <= to; number++)
    series->known[step][place_of (step, number)] = TRUE;
  series->numbers[step] = to;
}

static void
note_ages (Series *series)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, series->tracks);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      Track *track = key;
      int column = column_of (track->kind, SERIES_OLDEST);

      for (guint step = 0; column >= 0 && step < SERIES_N_STEPS; step++)
        row_at (track, step, series->numbers[step])[column] = age_s (track, series->now_us);
    }
}

void
series_advance (Series *series, gint64 now_us)
{
  series->now_us = MAX (series->now_us, now_us);
  for (guint step = 0; step < SERIES_N_STEPS; step++)
    advance_step (series, step, series->now_us / steps[step].us);
  note_ages (series);
}

Series *
series_new (guint max_tracks, gint64 now_us)
{
  Series *series = g_new0 (Series, 1);

  series->max_tracks = max_tracks;
  series->now_us = now_us;
  series->tracks = g_hash_table_new_full (track_hash, track_equal, track_free, NULL);
  for (guint step = 0; step < SERIES_N_STEPS; step++)
    {
      series->numbers[step] = now_us / steps[step].us;
      series->known[step] = g_new0 (guint8, steps[step].points);
      series->known[step][place_of (step, series->numbers[step])] = TRUE;
    }
  get (series, SERIES_TOTAL, "");
  return series;
}

void
series_free (Series *series)
{
  for (guint step = 0; step < SERIES_N_STEPS; step++)
    g_free (series->known[step]);
  g_hash_table_unref (series->tracks);
  g_free (series);
}

/* ---- Values ---- */

void
series_add (Series *series, SeriesKind kind, const char *name, SeriesColumn column, guint64 n)
{
  int place = column_of (kind, column);
  Track *track = n > 0 && place >= 0 ? get (series, kind, name) : NULL;

  for (guint step = 0; track != NULL && step < SERIES_N_STEPS; step++)
    {
      guint32 *row = row_at (track, step, series->numbers[step]);

      row[place] = saturate (row[place] + n);
    }
}

void
series_set (Series *series, SeriesKind kind, const char *name, SeriesColumn column, guint64 value)
{
  int place = column_of (kind, column);
  Track *track = place < 0   ? NULL
                 : value > 0 ? get (series, kind, name)
                             : find (series, kind, name);

  for (guint step = 0; track != NULL && step < SERIES_N_STEPS; step++)
    row_at (track, step, series->numbers[step])[place] = saturate (value);
}

void
series_set_oldest (Series *series, SeriesKind kind, const char *name, gint64 since_us)
{
  Track *track = since_us != 0 ? get (series, kind, name) : find (series, kind, name);

  if (track == NULL)
    return;
  track->since_us = since_us;
  series_set (series, kind, name, SERIES_OLDEST, age_s (track, series->now_us));
}

void
series_add_times (Series *series, const char *connector, const guint64 *buckets)
{
  Track *track = get (series, SERIES_CONNECTOR, connector);
  int place = column_of (SERIES_CONNECTOR, SERIES_P95);

  for (guint step = 0; track != NULL && step < SERIES_N_STEPS; step++)
    {
      for (guint i = 0; i < METRIC_N_BUCKETS; i++)
        track->times[step][i] += buckets[i];
      row_at (track, step, series->numbers[step])[place] = saturate (
          (guint64) metrics_quantile_us (track->times[step], 0.95));
    }
}

guint64
series_sum (Series *series,
            SeriesKind kind,
            const char *name,
            SeriesColumn column,
            SeriesStep step,
            guint n)
{
  const Track *track = find (series, kind, name);
  int place = column_of (kind, column);
  guint64 sum = 0;

  for (guint i = 0; track != NULL && place >= 0 && i < MIN (n, steps[step].points); i++)
    sum += row_at (track, step, series->numbers[step] - i)[place];
  return sum;
}

gint64
series_recent_p95_us (Series *series, const char *connector)
{
  const Track *track = find (series, SERIES_CONNECTOR, connector);
  guint64 buckets[METRIC_N_BUCKETS];

  if (track == NULL)
    return 0;
  for (guint i = 0; i < METRIC_N_BUCKETS; i++)
    buckets[i] = track->times[SERIES_MINUTES][i] + track->times[LAST_MINUTE][i];
  return metrics_quantile_us (buckets, 0.95);
}

gint64
series_oldest_us (Series *series, SeriesKind kind, const char *name)
{
  const Track *track = find (series, kind, name);

  return track == NULL || track->since_us == 0 ? 0 : MAX (series->now_us - track->since_us, 0);
}

/* ---- Writing ---- */

static void
put_value (JsonOut *out, SeriesColumn column, guint32 value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (column != SERIES_P95)
    json_out_int (out, NULL, value);
  else if (value == 0)
    json_out_null (out, NULL);
  else
    json_out_raw (out, NULL, g_ascii_formatd (text, sizeof text, "%.3f", value / 1000.0), -1);
}

gint64
series_first_known (Series *series,
                    SeriesKind kind,
                    const char *name,
                    SeriesColumn column,
                    SeriesStep step,
                    guint64 *out_value)
{
  const Track *track = find (series, kind, name);
  int place = column_of (kind, column);
  gint64 last = series->numbers[step];

  if (track == NULL || place < 0)
    return 0;
  for (gint64 number = MAX (last - steps[step].points + 1, 0); number <= last; number++)
    {
      *out_value = row_at (track, step, number)[place];
      if (series->known[step][place_of (step, number)] && *out_value > 0 &&
          *out_value < G_MAXUINT32)
        return MIN ((number + 1) * steps[step].us, series->now_us);
    }
  return 0;
}

static void
put_column (const Series *series,
            const Track *track,
            guint place,
            SeriesStep step,
            guint points,
            JsonOut *out)
{
  SeriesColumn column = kinds[track->kind].columns[place];

  json_out_array (out, column_names[column]);
  for (gint64 number = series->numbers[step] - points + 1; number <= series->numbers[step];
       number++)
    if (number >= 0 && series->known[step][place_of (step, number)])
      put_value (out, column, row_at (track, step, number)[place]);
    else
      json_out_null (out, NULL);
  json_out_end_array (out);
}

static void
put_track (const Series *series, const Track *track, SeriesStep step, guint points, JsonOut *out)
{
  json_out_object (out, NULL);
  json_out_string (out, "name", track->name);
  for (guint place = 0; place < kinds[track->kind].n; place++)
    put_column (series, track, place, step, points, out);
  json_out_end_object (out);
}

static int
compare_tracks (gconstpointer a, gconstpointer b)
{
  return strcmp (((const Track *) a)->name, ((const Track *) b)->name);
}

void
series_write (Series *series,
              SeriesKind kind,
              const char *name,
              SeriesStep step,
              guint points,
              JsonOut *out)
{
  g_autoptr (GList) tracks = g_list_sort (g_hash_table_get_keys (series->tracks), compare_tracks);

  points = MIN (points, steps[step].points);
  json_out_int (out, "step_seconds", steps[step].us / G_USEC_PER_SEC);
  json_out_int (out, "points", points);
  json_out_time (out, "start", (series->numbers[step] - points + 1) * steps[step].us);
  json_out_array (out, "series");
  for (GList *one = tracks; one != NULL; one = one->next)
    {
      const Track *track = one->data;

      if (track->kind == kind && (name == NULL || strcmp (track->name, name) == 0))
        put_track (series, track, step, points, out);
    }
  json_out_end_array (out);
}

/* ---- Over a restart ---- */

/* From the oldest row to the one under way. */
static GVariant *
save_ring (const Series *series, const Track *track, SeriesStep step)
{
  guint columns = kinds[track->kind].n, points = steps[step].points;
  g_autofree guint32 *rows = g_new (guint32, points * columns);

  for (guint i = 0; i < points; i++)
    memcpy (rows + i * columns, row_at (track, step, series->numbers[step] + 1 + i),
            sizeof *rows * columns);
  return g_variant_new_fixed_array (G_VARIANT_TYPE_UINT32, rows, points * columns, sizeof *rows);
}

static GVariant *
save_known (const Series *series, SeriesStep step)
{
  guint points = steps[step].points;
  g_autofree guint8 *known = g_new (guint8, points);

  for (guint i = 0; i < points; i++)
    known[i] = series->known[step][place_of (step, series->numbers[step] + 1 + i)];
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, known, points, 1);
}

GVariant *
series_save (Series *series)
{
  GVariantBuilder builder;
  GHashTableIter iter;
  gpointer key;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (SERIES_SAVED));
  g_variant_builder_open (&builder, G_VARIANT_TYPE ("a(xay)"));
  for (guint step = FIRST_SAVED; step < SERIES_N_STEPS; step++)
    g_variant_builder_add (&builder, "(x@ay)", series->numbers[step], save_known (series, step));
  g_variant_builder_close (&builder);
  g_variant_builder_open (&builder, G_VARIANT_TYPE ("a(ysaau)"));
  g_hash_table_iter_init (&iter, series->tracks);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      const Track *track = key;

      g_variant_builder_open (&builder, G_VARIANT_TYPE ("(ysaau)"));
      g_variant_builder_add (&builder, "y", (guint8) track->kind);
      g_variant_builder_add (&builder, "s", track->name);
      g_variant_builder_open (&builder, G_VARIANT_TYPE ("aau"));
      for (guint step = FIRST_SAVED; step < SERIES_N_STEPS; step++)
        g_variant_builder_add_value (&builder, save_ring (series, track, step));
      g_variant_builder_close (&builder);
      g_variant_builder_close (&builder);
    }
  g_variant_builder_close (&builder);
  return g_variant_builder_end (&builder);
}

/* Is this step, of those that were saved up to last, still among those that are shown? */
static gboolean
is_shown (const Series *series, SeriesStep step, gint64 number)
{
  return number <= series->numbers[step] &&
         number > series->numbers[step] - (gint64) steps[step].points && number >= 0;
}

static void
load_known (Series *series, SeriesStep step, gint64 last, GVariant *saved)
{
  gsize n;
  const guint8 *known = g_variant_get_fixed_array (saved, &n, 1);

  for (gsize i = 0; i < n && n == steps[step].points; i++)
    {
      gint64 number = last - (gint64) n + 1 + (gint64) i;

      if (is_shown (series, step, number) && known[i])
        series->known[step][place_of (step, number)] = TRUE;
    }
}

static void
load_ring (Series *series, Track *track, SeriesStep step, gint64 last, GVariant *saved)
{
  guint columns = kinds[track->kind].n, points = steps[step].points;
  gsize n;
  const guint32 *rows = g_variant_get_fixed_array (saved, &n, sizeof *rows);

  for (guint i = 0; i < points && n == (gsize) points * columns; i++)
    {
      gint64 number = last - (gint64) points + 1 + i;

      if (is_shown (series, step, number))
        memcpy (row_at (track, step, number), rows + i * columns, sizeof *rows * columns);
    }
}

static void
load_track (Series *series, const gint64 *last, GVariant *saved)
{
  g_autoptr (GVariant) rings = g_variant_get_child_value (saved, 2);
  const char *name;
  guint8 kind;
  Track *track;

  g_variant_get_child (saved, 0, "y", &kind);
  g_variant_get_child (saved, 1, "&s", &name);
  track = kind < SERIES_N_KINDS ? get (series, kind, name) : NULL;
  for (guint step = FIRST_SAVED;
       track != NULL && step < SERIES_N_STEPS && step - FIRST_SAVED < g_variant_n_children (rings);
       step++)
    {
      g_autoptr (GVariant) ring = g_variant_get_child_value (rings, step - FIRST_SAVED);

      load_ring (series, track, step, last[step], ring);
    }
}

void
series_load (Series *series, GVariant *saved)
{
  g_autoptr (GVariant) numbers = g_variant_get_child_value (saved, 0);
  g_autoptr (GVariant) tracks = g_variant_get_child_value (saved, 1);
  gint64 last[SERIES_N_STEPS];

  if (g_variant_n_children (numbers) != SERIES_N_STEPS - FIRST_SAVED)
    return;
  for (guint step = FIRST_SAVED; step < SERIES_N_STEPS; step++)
    {
      g_autoptr (GVariant) known = NULL;

      g_variant_get_child (numbers, step - FIRST_SAVED, "(x@ay)", &last[step], &known);
      last[step] = CLAMP (last[step], 0, G_MAXINT32);
      load_known (series, step, last[step], known);
    }
  for (gsize i = 0; i < g_variant_n_children (tracks); i++)
    {
      g_autoptr (GVariant) track = g_variant_get_child_value (tracks, i);

      load_track (series, last, track);
    }
}
