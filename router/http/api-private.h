/* api-private.h: what the calls share. */
#pragma once

#include "http/access.h"
#include "http/api.h"
#include "http/changes.h"
#include "http/counts.h"
#include "http/json.h"
#include "http/queue-wait.h"
#include "http/sampler.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* See api_health.c. */
typedef struct ReadyProof ReadyProof;
/* See trouble-log.h. */
typedef struct TroubleLog TroubleLog;

struct Api
{
  ApiSetup setup;
  Configuration *started_with; /* for what needs a restart */
  HttpTls *tls;                /* NULL: plain HTTP */
  char *config_dir, *state_dir;
  gint64 started_us; /* wall clock */
  QueueWaits *waits;
  Changes *changes;
  guint max_streams;
  Sampler *sampler;
  ReadyProof *ready;
  Access *access;
  TroubleLog *troubles;

  GMutex lock; /* guards what follows */
  char **listen;
  gboolean stopping;
  gint64 edited_checked_us; /* steady clock: when the files were last looked at, */
  gboolean edited;          /* and whether they were other than what is in force */
  guint64 known_generation; /* the last one that the store was asked about, and its time */
  gint64 known_at_us;
};

/* ---- Answers ---- */

/* Takes out. */
void api_answer_json (HttpRequest *request, JsonOut *out);
void api_answer_error (HttpRequest *request, const GError *error);
/* 422 with the configuration's problems. */
void api_answer_problems (HttpRequest *request, GPtrArray *problems);
/* "problems", within an object. */
void api_put_problems (JsonOut *out, GPtrArray *problems);
void api_answer_not_found (HttpRequest *request, const char *what, const char *id);

/* ---- Questions.  NULL: fine.  A parameter that is absent leaves its output alone. ---- */

#define API_DEFAULT_LIMIT 100
#define API_MAX_LIMIT 1000

Problem *api_status (HttpRequest *request, int *out_wanted);
Problem *api_limit (HttpRequest *request, guint *out_limit);
Problem *api_after (HttpRequest *request, StoreCursor *out_cursor);
Problem *api_time (HttpRequest *request, const char *name, gint64 *out_wall_us);
Problem *api_flag (HttpRequest *request, const char *name, gboolean *out_flag);
Problem *
api_number (HttpRequest *request, const char *name, gint64 min, gint64 max, gint64 *out_number);
Problem *api_refuse_parameter (const char *name, const char *value, const char *expected);

/* The body as a JSON object, checked strictly. */
Problem *api_body_object (HttpRequest *request, JsonNode **out_root);

/* "next": where the page ended, or null when it was the last. */
void api_put_next (JsonOut *out, const StoreCursor *cursor, guint n_found, guint limit);

/* ---- Objects ---- */

/* {"ready":…} of all states; only those above 0 when sparse. */
void api_put_counts (JsonOut *out, const char *name, const gint64 *by_state, gboolean sparse);
void api_put_delivery (Api *api, JsonOut *out, const StoredDelivery *delivery);
/* With history and dead letter; FALSE: the store failed. */
gboolean
api_put_delivery_full (Api *api, JsonOut *out, const StoredDelivery *delivery, GError **error);

/* "state" of a connector and what holds it; hold: NULL when nothing does. */
void api_put_hold (JsonOut *out, const StoredHold *hold, gint64 now_us);

/* Of /v1/routes, within an object; holds: GPtrArray of StoredHold. */
void api_put_source_members (JsonOut *out, const ConfigSource *source, const ApiCounts *counted);
void api_put_connector_members (Api *api,
                                JsonOut *out,
                                const ConfigConnector *connector,
                                const ApiCounts *counted,
                                GPtrArray *holds);

/* How much passes through it: means over the last minute; ingress: "source/shop" or "api". */
void api_put_source_rates (Series *series, JsonOut *out, const char *ingress);
void api_put_rule_rates (Series *series, JsonOut *out, const char *rule);
void api_put_connector_rates (Series *series, JsonOut *out, const char *connector);

/* ---- The calls, one file a group ---- */

void api_ingest_source (HttpRequest *request, gpointer api);
void api_ingest_events (HttpRequest *request, gpointer api);

void api_get_status (HttpRequest *request, gpointer api);
void api_get_metrics (HttpRequest *request, gpointer api);
void api_get_routes (HttpRequest *request, gpointer api);
void api_get_openapi (HttpRequest *request, gpointer api);
void api_get_series (HttpRequest *request, gpointer api);
void api_list_connectors (HttpRequest *request, gpointer api);
void api_get_connector (HttpRequest *request, gpointer api);
void api_list_sources (HttpRequest *request, gpointer api);

ReadyProof *ready_proof_new (void);
/* Waits for the proof that is under way. */
void ready_proof_free (ReadyProof *proof);
void api_get_health (HttpRequest *request, gpointer api);
void api_get_ready (HttpRequest *request, gpointer api);

/* Grows with every commit, and a new generation is one; beginning from the start's time, so that a
 * restart does not lead back to numbers that were seen before: no store commits as often as once a
 * microsecond. */
gint64 api_revision (gpointer api);
void api_stream_changes (HttpRequest *request, gpointer api);

void api_list_events (HttpRequest *request, gpointer api);
void api_get_event (HttpRequest *request, gpointer api);
void api_get_event_body (HttpRequest *request, gpointer api);

void api_edit_event (HttpRequest *request, gpointer api);
/* What it was made of, and what was made of it; FALSE: the store failed. */
gboolean api_put_ties (Api *api, JsonOut *out, const char *event_id, GError **error);

/* The parameters by which events are chosen.  The texts are the request's; *out_where is to be
 * freed, problem or not. */
Problem *api_event_query (HttpRequest *request, EventQuery *query, EventWhere **out_where);

/* Those by which groups of dead letters are chosen. */
Problem *api_dead_query (HttpRequest *request, DeliveryQuery *query);
Problem *api_states (HttpRequest *request, guint *out_states);
Problem *api_cause (HttpRequest *request, DeadReason *out_dead);

void api_count_events (HttpRequest *request, gpointer api);
void api_count_dead_letters (HttpRequest *request, gpointer api);
void api_group_dead_letters (HttpRequest *request, gpointer api);
void api_list_problems (HttpRequest *request, gpointer api);
void api_acknowledge_problem (HttpRequest *request, gpointer api);
void api_reopen_problem (HttpRequest *request, gpointer api);

void api_list_deliveries (HttpRequest *request, gpointer api);
void api_get_delivery (HttpRequest *request, gpointer api);
void api_get_payload (HttpRequest *request, gpointer api);

void api_list_rejected (HttpRequest *request, gpointer api);
void api_get_rejected_body (HttpRequest *request, gpointer api);
void api_accept_rejected (HttpRequest *request, gpointer api);

void api_replay (HttpRequest *request, gpointer api);
void api_preview_replay (HttpRequest *request, gpointer api);
/* name: "rules" or "skip_succeeded". */
Problem *api_read_how (const char *name, JsonNode *node, ApiReplay *how);
void api_discard (HttpRequest *request, gpointer api);
void api_restore (HttpRequest *request, gpointer api);
void api_retry (HttpRequest *request, gpointer api);
void api_postpone (HttpRequest *request, gpointer api);
void api_give_up (HttpRequest *request, gpointer api);
void api_create_job (HttpRequest *request, gpointer api);
void api_list_jobs (HttpRequest *request, gpointer api);
void api_get_job (HttpRequest *request, gpointer api);
void api_pause_job (HttpRequest *request, gpointer api);
void api_resume_job (HttpRequest *request, gpointer api);
void api_cancel_job (HttpRequest *request, gpointer api);
void api_set_job_rate (HttpRequest *request, gpointer api);
void api_list_tokens (HttpRequest *request, gpointer api);
void api_create_token (HttpRequest *request, gpointer api);
void api_revoke_token (HttpRequest *request, gpointer api);
void api_get_timeline (HttpRequest *request, gpointer api);
void api_list_audit (HttpRequest *request, gpointer api);
void api_get_disk (HttpRequest *request, gpointer api);
void api_examine (HttpRequest *request, gpointer api);
void api_list_pending (HttpRequest *request, gpointer api);
void api_what_if (HttpRequest *request, gpointer api);
void api_backup (HttpRequest *request, gpointer api);

void api_pause (HttpRequest *request, gpointer api);
void api_resume (HttpRequest *request, gpointer api);
void api_test_connector (HttpRequest *request, gpointer api);
void api_probe_connector (HttpRequest *request, gpointer api);

void api_reload (HttpRequest *request, gpointer api);
void api_list_files (HttpRequest *request, gpointer api);
void api_get_file (HttpRequest *request, gpointer api);
void api_put_file (HttpRequest *request, gpointer api);
void api_delete_file (HttpRequest *request, gpointer api);
void api_patch_file (HttpRequest *request, gpointer api);
void api_list_schemas (HttpRequest *request, gpointer api);
void api_get_schema (HttpRequest *request, gpointer api);

Problem *api_refuse_read_only (void);
void api_get_config (HttpRequest *request, gpointer api);
void api_put_config (HttpRequest *request, gpointer api);
void api_list_generations (HttpRequest *request, gpointer api);
void api_get_generation (HttpRequest *request, gpointer api);
void api_diff_generations (HttpRequest *request, gpointer api);
void api_roll_back (HttpRequest *request, gpointer api);
/* The reload's or edit's failure: either problems or an error. */
void api_answer_config_failure (HttpRequest *request, GPtrArray *problems, const GError *error);
/* What changed since the router started and shows only after a restart: an array of strings. */
void api_put_restart (Api *api, JsonOut *out);
/* Were the files edited by hand and not put in force?  Looks at most every two seconds. */
gboolean api_config_is_edited (Api *api);

void api_list_queues (HttpRequest *request, gpointer api);
void api_get_queue (HttpRequest *request, gpointer api);
void api_peek_messages (HttpRequest *request, gpointer api);
void api_send_message (HttpRequest *request, gpointer api);
void api_receive_messages (HttpRequest *request, gpointer api);
void api_delete_message (HttpRequest *request, gpointer api);
void api_extend_message (HttpRequest *request, gpointer api);
void api_purge_queue (HttpRequest *request, gpointer api);
void api_redrive_queue (HttpRequest *request, gpointer api);
/* As QueueWaitResume. */
void api_resume_receive (gpointer waiting, gboolean is_over);

void api_test_pattern (HttpRequest *request, gpointer api);

G_END_DECLS
