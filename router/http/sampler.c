/* One thread, which looks at the counters and adds what they grew by since it last looked. */
#include "http/sampler.h"

#include "base/log.h"
#include "http/disk.h"

#include <string.h>

/* Of the file, which says what it is; another one is passed over. */
#define FILE_VERSION 1
#define FILE_TYPE "(u" SERIES_SAVED PULSE_SAVED ")"
#define SAVE_US (5 * G_TIME_SPAN_MINUTE)
/* Between two looks at the disk: they ask for every file of the folder. */
#define DISK_US (20 * G_TIME_SPAN_SECOND)
#define MAX_FILE_BYTES ((gsize) 512 * 1024 * 1024)

struct Sampler
{
  SamplerSettings settings;
  char *path;
  GThread *thread;

  gint is_noted; /* atomic */

  GMutex lock; /* guards what follows */
  GCond moved;
  gboolean stopping;
  SamplerLooked looked;
  gpointer user_data;

  GMutex series_lock; /* guards what follows; taken without the other */
  Series *series;
  GHashTable *seen; /* what a counter said last: char* -> guint64* */
  gint64 saved_us;  /* steady */
  gint64 disk_us;   /* the same: when the disk was measured; 0: never */
};

/* ---- What counters grew by ---- */

/* Of a counter that went back (it began anew) all of it is new. */
static guint64
growth (Sampler *sampler, const char *counter, const char *name, guint64 value)
{
  g_autofree char *key = g_strconcat (counter, "\n", name, NULL);
  guint64 *seen = g_hash_table_lookup (sampler->seen, key);
  guint64 before;

  if (seen == NULL)
    {
      seen = g_new0 (guint64, 1);
      g_hash_table_insert (sampler->seen, g_steal_pointer (&key), seen);
    }
  before = *seen;
  *seen = value;
  return value >= before ? value - before : value;
}

static void
count (Sampler *sampler, SeriesKind kind, const char *name, SeriesColumn column, guint64 value)
{
  static const char *const counters[SERIES_N_KINDS] = { "total", "connector", "rule", "source",
                                                        "disk" };
  g_autofree char *counter = g_strdup_printf ("%s %u", counters[kind], column);

  series_add (sampler->series, kind, name, column, growth (sampler, counter, name, value));
}

/* ---- The store's counters ---- */

typedef struct
{
  gint64 pending, dead;
  gint64 since_us; /* wall clock; 0: nothing is owed */
} Level;

static Level *
level_of (GHashTable *levels, const char *connector)
{
  Level *level = g_hash_table_lookup (levels, connector);

  if (level == NULL)
    {
      level = g_new0 (Level, 1);
      g_hash_table_insert (levels, g_strdup (connector), level);
    }
  return level;
}

static void
take_count (Sampler *sampler, const StoreCount *counted, GHashTable *levels)
{
  guint64 n = (guint64) MAX (counted->n, 0);

  switch (counted->kind)
    {
    case COUNT_EVENTS:
      count (sampler, SERIES_TOTAL, "", SERIES_IN, n);
      break;
    case COUNT_INGRESS:
      count (sampler, SERIES_SOURCE, counted->name, SERIES_IN, n);
      break;
    case COUNT_RULE:
      count (sampler, SERIES_RULE, counted->name, SERIES_MATCHED, n);
      break;
    case COUNT_STATE:
      if (counted->state == DELIVERY_DEAD)
        level_of (levels, counted->connector)->dead += counted->n;
      else if (store_is_unsettled (counted->state))
        level_of (levels, counted->connector)->pending += counted->n;
      break;
    case COUNT_UNMATCHED:
    case COUNT_CREATED:
    case COUNT_EXPIRED:
    case COUNT_EXPIRED_EVENTS:
    case COUNT_EXPIRED_UNMATCHED:
    default:
      break;
    }
}

/* Connectors that were never seen before have no levels; all others are told that theirs are 0. */
static void
set_levels (Sampler *sampler, GHashTable *levels)
{
  Level total = { 0 };
  GHashTableIter iter;
  gpointer name, value;

  g_hash_table_iter_init (&iter, levels);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      const Level *level = value;

      series_set (sampler->series, SERIES_CONNECTOR, name, SERIES_PENDING,
                  (guint64) MAX (level->pending, 0));
      series_set (sampler->series, SERIES_CONNECTOR, name, SERIES_DEAD,
                  (guint64) MAX (level->dead, 0));
      series_set_oldest (sampler->series, SERIES_CONNECTOR, name, level->since_us);
      total.pending += level->pending;
      total.dead += level->dead;
      if (level->since_us != 0 && (total.since_us == 0 || level->since_us < total.since_us))
        total.since_us = level->since_us;
    }
  series_set (sampler->series, SERIES_TOTAL, "", SERIES_PENDING, (guint64) MAX (total.pending, 0));
  series_set (sampler->series, SERIES_TOTAL, "", SERIES_DEAD, (guint64) MAX (total.dead, 0));
  series_set_oldest (sampler->series, SERIES_TOTAL, "", total.since_us);
}

static gboolean
sample_store (Sampler *sampler, GError **error)
{
  Store *store = sampler->settings.store;
  g_autoptr (GHashTable) levels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GPtrArray) counts = NULL;
  g_autoptr (GPtrArray) oldest = NULL;

  if (!store->engine->counts (store, &counts, error) ||
      !store->engine->oldest_pending (store, &oldest, error))
    return FALSE;
  for (guint i = 0; i < counts->len; i++)
    take_count (sampler, counts->pdata[i], levels);
  for (guint i = 0; i < oldest->len; i++)
    {
      const StoredOldest *one = oldest->pdata[i];

      level_of (levels, one->connector)->since_us = MAX (
          clock_wall_from_steady (sampler->settings.clock, one->since_us), 1);
    }
  set_levels (sampler, levels);
  return TRUE;
}

/* ---- The metrics ---- */

static void
take_attempts (const char *connector,
               const char *outcome,
               guint64 n,
               const guint64 *buckets,
               gpointer user_data)
{
  Sampler *sampler = user_data;
  gboolean delivered = strcmp (outcome, "delivered") == 0;
  g_autofree char *counter = g_strconcat ("attempts ", outcome, NULL);
  guint64 grown = growth (sampler, counter, connector, n);
  SeriesColumn column = delivered ? SERIES_DELIVERED : SERIES_FAILED;

  series_add (sampler->series, SERIES_CONNECTOR, connector, column, grown);
  series_add (sampler->series, SERIES_TOTAL, "", column, grown);
}

static void
take_times (const char *connector,
            const char *ignored,
            guint64 n,
            const guint64 *buckets,
            gpointer user_data)
{
  Sampler *sampler = user_data;
  guint64 grown[METRIC_N_BUCKETS], sum = 0;

  for (guint i = 0; i < METRIC_N_BUCKETS; i++)
    {
      char counter[16];

      g_snprintf (counter, sizeof counter, "time %u", i);
      grown[i] = growth (sampler, counter, connector, buckets[i]);
      sum += grown[i];
    }
  if (sum > 0)
    series_add_times (sampler->series, connector, grown);
}

static void
take_requests (const char *source,
               const char *outcome,
               guint64 n,
               const guint64 *buckets,
               gpointer user_data)
{
  Sampler *sampler = user_data;
  gboolean is_api = strcmp (source, "api") == 0;
  g_autofree char *counter = g_strconcat ("requests ", outcome, NULL);
  g_autofree char *name = is_api ? g_strdup (source) : g_strconcat ("source/", source, NULL);

  if (strcmp (outcome, "accepted") != 0 && strcmp (outcome, "repeated") != 0)
    series_add (sampler->series, SERIES_SOURCE, name, SERIES_REFUSED,
                growth (sampler, counter, name, n));
}

static void
sample_metrics (Sampler *sampler)
{
  Metrics *metrics = sampler->settings.metrics;

  metrics_visit (metrics, METRIC_DELIVERY_ATTEMPTS, take_attempts, sampler);
  metrics_visit (metrics, METRIC_DELIVERY_TIME, take_times, sampler);
  metrics_visit (metrics, METRIC_INGRESS_REQUESTS, take_requests, sampler);
}

static void
sample_disk (Sampler *sampler)
{
  gint64 now_us = clock_steady_us (sampler->settings.clock), used = 0;
  DiskUsage usage;

  if (sampler->disk_us != 0 && now_us - sampler->disk_us < DISK_US)
    return;
  sampler->disk_us = now_us;
  if (!disk_measure (sampler->settings.state_dir, &usage))
    return;
  for (guint i = 0; i < DISK_N_KINDS; i++)
    used += usage.bytes[i];
  series_set (sampler->series, SERIES_DISK, "", SERIES_USED, (guint64) used / 1024);
  series_set (sampler->series, SERIES_DISK, "", SERIES_FREE, (guint64) usage.free_bytes / 1024);
}

/* With the series' lock. */
static gboolean
sample (Sampler *sampler, GError **error)
{
  series_advance (sampler->series, clock_wall_us (sampler->settings.clock));
  sample_metrics (sampler);
  sample_disk (sampler);
  return sample_store (sampler, error);
}

/* ---- The file ---- */

static void
save (Sampler *sampler)
{
  g_autoptr (GVariant) saved = NULL;
  g_autoptr (GError) error = NULL;

  g_mutex_lock (&sampler->series_lock);
  saved = g_variant_ref_sink (g_variant_new ("(u@" SERIES_SAVED "@" PULSE_SAVED ")",
                                             (guint32) FILE_VERSION, series_save (sampler->series),
                                             pulse_save (sampler->settings.pulse)));
  sampler->saved_us = clock_steady_us (sampler->settings.clock);
  g_mutex_unlock (&sampler->series_lock);
  if (!g_file_set_contents_full (sampler->path, g_variant_get_data (saved),
                                 (gssize) g_variant_get_size (saved), G_FILE_SET_CONTENTS_NONE,
                                 0600, &error))
    log_message (LOG_DEBUG, "http", "The time series are not kept over a restart: %s",
                 error->message);
}

/* Every process that writes it has the byte order of the one that reads it; a file from elsewhere
 * has another version. */
static void
load (Sampler *sampler)
{
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GVariant) saved = NULL;
  g_autoptr (GVariant) series = NULL;
  g_autoptr (GVariant) pulse = NULL;
  guint32 version;
  gsize length;

  if (!g_file_get_contents (sampler->path, &text, &length, NULL) || length > MAX_FILE_BYTES)
    return;
  bytes = g_bytes_new_take (g_steal_pointer (&text), length);
  saved = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (FILE_TYPE), bytes, FALSE));
  g_variant_get (saved, "(u@" SERIES_SAVED "@" PULSE_SAVED ")", &version, &series, &pulse);
  if (version != FILE_VERSION || !g_variant_is_normal_form (saved))
    return;
  series_load (sampler->series, series);
  pulse_load (sampler->settings.pulse, pulse);
}

/* ---- The thread ---- */

static void
look (Sampler *sampler)
{
  g_autoptr (GError) error = NULL;
  gboolean is_due;

  g_mutex_lock (&sampler->series_lock);
  if (!sample (sampler, &error))
    log_message (LOG_DEBUG, "http", "The counters cannot be read: %s", error->message);
  is_due = clock_steady_us (sampler->settings.clock) - sampler->saved_us >= SAVE_US;
  g_mutex_unlock (&sampler->series_lock);
  if (is_due)
    save (sampler);
}

static gpointer
sample_in_thread (gpointer data)
{
  Sampler *sampler = data;

  g_mutex_lock (&sampler->lock);
  while (!sampler->stopping)
    {
      gint64 next_us = g_get_monotonic_time () + G_USEC_PER_SEC;
      SamplerLooked looked;
      gpointer user_data;

      if (!g_atomic_int_exchange (&sampler->is_noted, FALSE))
        {
          g_cond_wait (&sampler->moved, &sampler->lock);
          continue;
        }
      looked = sampler->looked;
      user_data = sampler->user_data;
      g_mutex_unlock (&sampler->lock);
      look (sampler);
      if (looked != NULL)
        looked (user_data);
      g_mutex_lock (&sampler->lock);
      while (!sampler->stopping && g_cond_wait_until (&sampler->moved, &sampler->lock, next_us))
        ;
    }
  g_mutex_unlock (&sampler->lock);
  return NULL;
}

void
sampler_watch (Sampler *sampler, SamplerLooked looked, gpointer user_data)
{
  g_mutex_lock (&sampler->lock);
  sampler->looked = looked;
  sampler->user_data = user_data;
  g_mutex_unlock (&sampler->lock);
}

void
sampler_note (Sampler *sampler)
{
  if (!g_atomic_int_compare_and_exchange (&sampler->is_noted, FALSE, TRUE))
    return;
  g_mutex_lock (&sampler->lock);
  g_cond_signal (&sampler->moved);
  g_mutex_unlock (&sampler->lock);
}

/* What the counters say at the start is nothing that happened now. */
static void
begin (Sampler *sampler)
{
  g_autoptr (GError) error = NULL;
  Series *series = sampler->series;

  sampler->series = series_new (sampler->settings.max_tracks,
                                clock_wall_us (sampler->settings.clock));
  if (!sample_store (sampler, &error))
    log_message (LOG_DEBUG, "http", "The counters cannot be read: %s", error->message);
  series_free (sampler->series);
  sampler->series = series;
}

Sampler *
sampler_new (const SamplerSettings *settings)
{
  Sampler *sampler = g_new0 (Sampler, 1);

  sampler->settings = *settings;
  sampler->path = g_strdup (settings->path);
  g_mutex_init (&sampler->lock);
  g_cond_init (&sampler->moved);
  g_mutex_init (&sampler->series_lock);
  sampler->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  sampler->series = series_new (settings->max_tracks, clock_wall_us (settings->clock));
  sampler->saved_us = clock_steady_us (settings->clock);
  load (sampler);
  begin (sampler);
  sampler->is_noted = TRUE; /* levels are not zero */
  sampler->thread = g_thread_new ("sampler", sample_in_thread, sampler);
  return sampler;
}

void
sampler_free (Sampler *sampler)
{
  g_mutex_lock (&sampler->lock);
  sampler->stopping = TRUE;
  g_cond_signal (&sampler->moved);
  g_mutex_unlock (&sampler->lock);
  g_thread_join (sampler->thread);
  look (sampler);
  save (sampler);
  series_free (sampler->series);
  g_hash_table_unref (sampler->seen);
  g_mutex_clear (&sampler->series_lock);
  g_mutex_clear (&sampler->lock);
  g_cond_clear (&sampler->moved);
  g_free (sampler->path);
  g_free (sampler);
}

gboolean
sampler_lock (Sampler *sampler, Series **out_series, GError **error)
{
  g_mutex_lock (&sampler->series_lock);
  if (sample (sampler, error))
    {
      *out_series = sampler->series;
      return TRUE;
    }
  g_mutex_unlock (&sampler->series_lock);
  return FALSE;
}

void
sampler_unlock (Sampler *sampler)
{
  g_mutex_unlock (&sampler->series_lock);
}
