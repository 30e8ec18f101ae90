/* sb-status.h: what GET /v1/status says, as a value. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *version;
  char *started_at;  /* as sent: only compared */
  gint64 started_us; /* -1: not said */
  char *config_dir;
  char *listen; /* the first http URL that it listens on, or "" */
  gint64 generation;
  gint64 revision;
  gint64 now_us; /* the router's clock */
  gboolean stopping;
  gboolean disk_full;
  gint64 events, unmatched, ready, waiting, held, done, dead, discarded;
} SbStatus;

SbStatus *sb_status_new (JsonObject *answer);
void sb_status_free (SbStatus *self);

/* Is everything that the router told before still true?  A router that was started anew counts from
 * the beginning, so its start belongs to the comparison. */
gboolean sb_status_is_unchanged (const SbStatus *self, const SbStatus *before);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SbStatus, sb_status_free)

G_END_DECLS
