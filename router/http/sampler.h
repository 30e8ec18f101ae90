/* sampler.h: looks once a second at what was counted, and keeps it as time series.
 *
 * It reads counters only: those of the metrics, and the store's small table of them.  While nothing
 * happens it sleeps; what is asked for then is brought up to now by the question itself.  Minutes
 * and hours are kept in a file over restarts: losing it loses pictures, nothing else.  Any thread,
 * except where it says otherwise. */
#pragma once

#include "base/clock.h"
#include "base/pulse.h"
#include "http/series.h"
#include "store/store.h"

G_BEGIN_DECLS

typedef struct Sampler Sampler;

typedef struct
{
  Clock *clock;
  Store *store;
  Metrics *metrics;
  Pulse *pulse;     /* kept in the file too */
  const char *path; /* of the file; copied */
  const char *state_dir;
  guint max_tracks; /* see series_new() */
} SamplerSettings;

/* All of it outlives the sampler. */
Sampler *sampler_new (const SamplerSettings *settings);
/* Writes the file. */
void sampler_free (Sampler *sampler);

/* Called by the sampler's thread after it has looked; NULL: nobody. */
typedef void (*SamplerLooked) (gpointer user_data);
void sampler_watch (Sampler *sampler, SamplerLooked looked, gpointer user_data);

/* Something was counted.  Quick; the writer's thread too. */
void sampler_note (Sampler *sampler);

/* Brings the series up to now; FALSE: the store could not be read.  Then, until sampler_unlock(),
 * they are the caller's. */
gboolean sampler_lock (Sampler *sampler, Series **out_series, GError **error);
void sampler_unlock (Sampler *sampler);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sampler, sampler_free)

G_END_DECLS
