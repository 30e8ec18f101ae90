/* api.h: the calls of API.md: routes, limits and what the handlers work with.
 *
 * Modules beside http/ (deliver, control) are not seen from here: the composition root hands over
 * what they do as functions.  All of them may block; handlers that use them run on the pool. */
#pragma once

#include "base/metric.h"
#include "base/pulse.h"
#include "http/server.h"
#include "ingress/ingress.h"

G_BEGIN_DECLS

typedef struct Api Api;

typedef struct
{
  guint64 applied, skipped;
  gint64 operation; /* see DeliveryQuery */
} ApiOperated;

/* As control/control.h has them. */
typedef struct
{
  GHashTable *files;
  guint64 expected;
  gboolean check_only, overwrite, skip_tests;
  const char *author, *reason;
} ApiApply;

typedef struct
{
  guint64 generation;
  GPtrArray *changes; /* ConfigChange; the caller's */
  guint n_tests;
} ApiApplied;

/* Of a replay: control/control.h says what each is. */
typedef struct
{
  gboolean by_rules_now;
  gboolean skips_succeeded;
} ApiReplay;

typedef struct
{
  gint64 looked_at, moved, more, elsewhere, nowhere, succeeded;
} ApiPreview;

typedef struct
{
  JournalKind kind;
  gint64 until_us;    /* of a postponing: a wall time */
  const char *filter; /* JSON object */
  ApiReplay how;
  const char *actor, *reason;
  double rate;              /* a second; 0: as fast as it goes */
  guint max_failed_percent; /* 0: not guarded */
  gboolean confirms;
} ApiJob;

typedef enum
{
  API_JOB_PAUSE,
  API_JOB_RESUME,
  API_JOB_CANCEL,
  API_JOB_RATE,
} ApiJobAction;

/* deliver/deliver.h says what each is. */
typedef struct
{
  const char *connector;
  gboolean is_probe;
  const char *source, *detail_type, *detail;
  gint64 wait_us;
} ApiTrial;

typedef struct
{
  Outcome outcome;
  gint64 duration_us;
  char *event_id;
} ApiTried;

/* Each FALSE comes with problems (GPtrArray of ConfigProblem) or with error. */
typedef struct
{
  gboolean (*reload) (const char *author,
                      const char *reason,
                      guint64 *out_generation,
                      GPtrArray **out_problems,
                      GError **error,
                      gpointer user_data);
  /* text NULL: delete.  expected_digest: NULL, or "" when there must be no such file. */
  gboolean (*edit) (const char *relative_path,
                    const char *text,
                    const char *expected_digest,
                    gboolean check_only,
                    const char *author,
                    const char *reason,
                    guint64 *out_generation,
                    GPtrArray **out_problems,
                    GError **error,
                    gpointer user_data);
  gboolean (*read) (const char *relative_path,
                    char **out_text,
                    char **out_digest,
                    GError **error,
                    gpointer user_data);
  gboolean (*operate_ids) (JournalKind kind,
                           const ApiReplay *how,
                           const char *const *ids,
                           const char *actor,
                           const char *reason,
                           ApiOperated *out_operated,
                           GError **error,
                           gpointer user_data);
  gboolean (*operate_query) (JournalKind kind,
                             const ApiReplay *how,
                             gint64 until_us, /* of a postponing: a wall time */
                             const DeliveryQuery *query,
                             const char *actor,
                             const char *reason,
                             ApiOperated *out_operated,
                             GError **error,
                             gpointer user_data);
  gboolean (*set_paused) (const char *connector,
                          gboolean paused,
                          const char *actor,
                          const char *reason,
                          gboolean *out_applied,
                          GError **error,
                          gpointer user_data);
  gboolean (*try_connector) (const ApiTrial *trial,
                             ApiTried *out_tried,
                             GError **error,
                             gpointer user_data);
  gboolean (*apply) (const ApiApply *apply,
                     ApiApplied *out_applied,
                     GPtrArray **out_problems,
                     GError **error,
                     gpointer user_data);
  GHashTable *(*generation_files) (guint64 generation, GError **error, gpointer user_data);
  /* Are the files other than those of the generation in force? */
  gboolean (*is_edited) (gpointer user_data);

  gboolean (*postpone) (gint64 until_us, /* wall clock */
                        const char *const *ids,
                        const char *actor,
                        const char *reason,
                        ApiOperated *out_operated,
                        GError **error,
                        gpointer user_data);
  gboolean (*preview_replay) (const ApiReplay *how,
                              const DeliveryQuery *query,
                              StoreCursor *cursor,
                              gint64 budget_us,
                              ApiPreview *out_preview,
                              gboolean *out_complete,
                              GError **error,
                              gpointer user_data);
  gboolean (*create_job) (const ApiJob *job, gint64 *out_id, GError **error, gpointer user_data);
  gboolean (*act_on_job) (gint64 id,
                          ApiJobAction action,
                          double rate,
                          GError **error,
                          gpointer user_data);
  /* What the schedule holds now. */
  void (*schedule_stats) (guint *out_queued, guint *out_under_way, gpointer user_data);
  /* Where a connector goes, in a few words; to be freed. */
  char *(*describe) (const ConfigConnector *connector, gpointer user_data);
  gpointer user_data;
} ApiOperations;

/* All of it outlives the Api; strings are copied. */
typedef struct
{
  Clock *clock;
  Random *random;
  Store *store;
  Writer *writer;
  Ingress *ingress;
  SnapshotHolder *snapshots;
  Metrics *metrics;
  Pulse *pulse;
  ApiOperations operations;
  const char *config_dir;
  const char *state_dir;
  const ConfigSchema *const *connector_schemas;
  gboolean config_read_only;
} ApiSetup;

Api *api_new (const ApiSetup *setup);
void api_free (Api *api);

/* For HttpSettings. */
const HttpRoute *api_routes (void);
gsize api_max_body_bytes (const char *path, const char **out_setting, gpointer api);

/* Keeps a line of what was asked and how it was answered. */
void api_note_answer (HttpRequest *request, guint status, gpointer api);

/* Who has no right to it: 401 or 403; events while the disk is full: 507; before the body is read.
 */
Problem *api_refuse (HttpRequest *request, const HttpRoute *route, gpointer api);
/* Counts what no handler saw. */
void api_note_refusal (const Problem *problem, gpointer api);

/* Once it is known where the server listens ("http://…", "unix:…"), NULL-terminated.  From
 * then on it is looked after what is wrong. */
void api_set_listen (Api *api, const char *const *urls);

/* What it listens with, before the server starts; it outlives the Api.  NULL: plain HTTP. */
void api_set_tls (Api *api, HttpTls *tls);

/* Is there a token in force? */
gboolean api_has_tokens (Api *api);

/* A configuration is in force.  Any thread. */
void api_note_generation (Api *api, guint64 generation);

/* From now on the status says "stopping", and no receive waits and no stream goes on any longer.
 * Any thread. */
void api_set_stopping (Api *api);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Api, api_free)

G_END_DECLS
