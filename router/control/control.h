/* control.h: what an operator does to a running router: reload, edit, replay, discard. */
#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "config/snapshot.h"
#include "store/writer.h"

G_BEGIN_DECLS

typedef struct Control Control;

typedef struct
{
  Clock *clock;
  Random *random;
  Store *store;
  Writer *writer;
  SnapshotHolder *snapshots;
  const char *config_dir;
  const ConfigSchema *const *connector_schemas;
  /* Any thread: a delivery is due again; a snapshot was published. */
  void (*due) (const StoreDue *due, gpointer user_data); /* its names: as long as the call */
  void (*reconfigured) (gpointer user_data);
  /* Writer thread: an unsettled delivery is not what it was when it was accepted.  NULL: none. */
  void (*changed) (DeliveryKey key, gpointer user_data);
  /* Writer thread: it is durable that a connector is paused, or no longer. */
  void (*paused) (const char *connector, gboolean paused, gpointer user_data);
  gpointer user_data;
} ControlSetup;

Control *control_new (const ControlSetup *setup);
void control_free (Control *control);

/* Ends all that waits for the writer (with ROUTER_ERROR_UNAVAILABLE), for good.  Any thread. */
void control_stop (Control *control);

/* Reads the folder at start: the generation in the store is taken on when nothing changed, else the
 * next number is recorded.  NULL with problems (GPtrArray of ConfigProblem) or error. */
Snapshot *control_first_snapshot (const char *config_dir,
                                  const ConfigSchema *const *connector_schemas,
                                  Store *store,
                                  Writer *writer,
                                  Clock *clock,
                                  GPtrArray **out_problems,
                                  GError **error);

/* Who changes the configuration, and why; NULL: nothing was said. */
typedef struct
{
  const char *author, *reason;
} ControlCause;

/* All of these may block: not on an HTTP or delivery thread. */

/* Loads the folder anew.  FALSE: problems say what is wrong, the running generation stays in force.
 * An unchanged folder keeps its generation. */
gboolean control_reload (Control *control,
                         const ControlCause *cause,
                         guint64 *out_generation,
                         GPtrArray **out_problems,
                         GError **error);

/* Checks the whole folder with the one file as it would be (text NULL: deleted), and unless
 * check_only writes it atomically and publishes the new generation.  expected_digest: SHA-256 of
 * the file's text that the editor began from, "" when there must be no such file yet, NULL:
 * whatever is there; a file that is different by now is ROUTER_ERROR_CONFLICT. */
gboolean control_edit (Control *control,
                       const char *relative_path,
                       const char *text,
                       const char *expected_digest,
                       gboolean check_only,
                       const ControlCause *cause,
                       guint64 *out_generation,
                       GPtrArray **out_problems,
                       GError **error);

/* The file's text and its SHA-256. */
gboolean control_read (Control *control,
                       const char *relative_path,
                       char **out_text,
                       char **out_digest,
                       GError **error);

typedef struct
{
  GHashTable *files;   /* path -> text of every file, tests included */
  guint64 expected;    /* the generation that the change was made from; 0: any */
  gboolean check_only; /* say what would change */
  gboolean overwrite;  /* edits by hand on the disk that are not in force too */
  gboolean skip_tests;
  ControlCause cause;
} ControlApply;

typedef struct
{
  guint64 generation; /* in force now */
  GPtrArray *changes; /* ConfigChange */
  guint n_tests;      /* that were run */
} ControlApplied;

void control_applied_clear (ControlApplied *applied);

/* Makes the folder's files just these and puts them in force, all or nothing.  The tests of the new
 * configuration must hold.  ROUTER_ERROR_CONFLICT: another generation is in force than the one
 * expected, or somebody has edited the files and not reloaded; nothing was done.  out_problems as
 * for control_edit(). */
gboolean control_apply (Control *control,
                        const ControlApply *apply,
                        ControlApplied *out_applied,
                        GPtrArray **out_problems,
                        GError **error);

/* The files of the recorded generation; ROUTER_ERROR_NOT_FOUND. */
GHashTable *control_generation_files (Control *control, guint64 generation, GError **error);

/* Are the files other than those of the generation in force? */
gboolean control_is_edited (Control *control);

typedef struct
{
  guint64 applied;  /* deliveries that changed */
  guint64 skipped;  /* not in a state in which it could be done, or not found */
  gint64 operation; /* see DeliveryQuery */
} OperateResult;

/* By which rules dead letters are replayed. */
typedef enum
{
  CONTROL_RULES_THEN, /* each goes again to the target chosen then, as that is set now */
  CONTROL_RULES_NOW,  /* its event is matched by the rules in force: control/replay.h */
  CONTROL_N_RULES,
} ControlRules;

typedef struct
{
  ControlRules rules;
  /* What is delivered to the same target already, as an event that was made of this one, is left
   * out. */
  gboolean skips_succeeded;
} ControlReplay;

extern const char *const control_rules_names[CONTROL_N_RULES];

/* Of dead letters: how many would go elsewhere than to their own target, and how many are left out.
 */
typedef struct
{
  gint64 looked_at;
  gint64 moved;     /* to their target, which names another connector now */
  gint64 more;      /* to their target, and to others too */
  gint64 elsewhere; /* to others instead */
  gint64 nowhere;   /* they stay dead letters */
  gint64 succeeded; /* left out */
} ControlPreview;

/* Looks at those that match, from the cursor on, for about budget_us; out_complete: at all of them.
 * May block that long. */
gboolean control_preview_replay (Control *control,
                                 const ControlReplay *how,
                                 const DeliveryQuery *query,
                                 StoreCursor *cursor,
                                 gint64 budget_us,
                                 ControlPreview *out_preview,
                                 gboolean *out_complete,
                                 GError **error);

/* how: of a replay; NULL: to their own targets.  What is left out counts as skipped. */

/* kind: anything but JOURNAL_ATTEMPT and JOURNAL_POSTPONE; ids: delivery ids or event ids (all
 * deliveries of it that are in a state in which it can be done). */
gboolean control_operate_ids (Control *control,
                              JournalKind kind,
                              const ControlReplay *how,
                              const char *const *ids,
                              const char *actor,
                              const char *reason,
                              OperateResult *out_result,
                              GError **error);
/* To a wall time. */
gboolean control_postpone (Control *control,
                           gint64 until_us,
                           const char *const *ids,
                           const char *actor,
                           const char *reason,
                           OperateResult *out_result,
                           GError **error);
/* All deliveries that match and are in such a state. */
gboolean control_operate_query (Control *control,
                                JournalKind kind,
                                const ControlReplay *how,
                                gint64 until_us, /* of a postponing: a wall time */
                                const DeliveryQuery *query,
                                const char *actor,
                                const char *reason,
                                OperateResult *out_result,
                                GError **error);

/* What a job is to do.  It goes on by itself, over restarts too. */
typedef struct
{
  JournalKind kind;   /* anything but JOURNAL_ATTEMPT */
  gint64 until_us;    /* of a postponing: a wall time */
  const char *filter; /* JSON object, as delivery_filter_read() takes it */
  ControlReplay how;  /* of a replay */
  const char *actor, *reason;
  double rate; /* deliveries a second; 0: as fast as it goes */
  /* Of a replay: 1, 10, 100, and then the rest, and an end when more than so many of the last step
   * fail; 0: all at once. */
  guint max_failed_percent;
  gboolean confirms; /* waits after each step until it is resumed */
} ControlJob;

typedef enum
{
  CONTROL_JOB_PAUSE,
  CONTROL_JOB_RESUME,
  CONTROL_JOB_CANCEL,
  CONTROL_JOB_RATE,
} ControlJobAction;

/* Once it is durable. */
gboolean
control_create_job (Control *control, const ControlJob *job, gint64 *out_id, GError **error);
/* ROUTER_ERROR_NOT_FOUND: there is no such job, or it is finished. */
gboolean control_act_on_job (Control *control,
                             gint64 id,
                             ControlJobAction action,
                             double rate,
                             GError **error);

/* Holds a connector's deliveries until it is resumed.  What is resumed and shut by its breaker is
 * tried at once.  out_applied: FALSE when it was so already.  ROUTER_ERROR_NOT_FOUND: no such
 * connector is configured, and none is held. */
gboolean control_set_paused (Control *control,
                             const char *connector,
                             gboolean paused,
                             const char *actor,
                             const char *reason,
                             gboolean *out_applied,
                             GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Control, control_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ControlApplied, control_applied_clear)

G_END_DECLS
