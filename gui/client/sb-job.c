#include "config.h"

#include "sb-job.h"

#include <glib/gi18n.h>

#include "sb-json.h"
#include "sb-text.h"
#include "sb-words.h"

struct _SbJob
{
  SbItem parent_instance;

  SbJobState state;
  char *kind;
  char *note;
  char *actor;
  char *reason;
  char *connector;
  char *filter;
  gint64 created_us, changed_us;
  gint64 total;
  gint64 applied, skipped, succeeded, failed;
  gint64 step;
  gint64 operation;
  JsonObject *which; /* the filter, or NULL */
  double rate;
};

G_DEFINE_FINAL_TYPE (SbJob, sb_job, SB_TYPE_ITEM)

static const struct
{
  const char *name, *words, *icon, *style;
} states[] = {
  [SB_JOB_RUNNING] = {
      "running", N_ ("Running"), "sb-ready-symbolic", "accent" },
      [SB_JOB_PAUSED] = {
          "paused", N_ ("Paused"), "sb-held-symbolic", "warning" },
          [SB_JOB_DONE] = {
              "done", N_ ("Done"), "sb-done-symbolic", "success" },
              [SB_JOB_CANCELLED] = {
                  "cancelled", N_ ("Cancelled"), "sb-discarded-symbolic", "dim-label" },
                  [SB_JOB_STOPPED] = { "stopped",
                                       N_ ("Stopped by itself"), "sb-dead-symbolic", "error" },
                  };

static void
clear (SbJob *self)
{
  g_clear_pointer (&self->kind, g_free);
  g_clear_pointer (&self->note, g_free);
  g_clear_pointer (&self->actor, g_free);
  g_clear_pointer (&self->reason, g_free);
  g_clear_pointer (&self->connector, g_free);
  g_clear_pointer (&self->filter, g_free);
  g_clear_pointer (&self->which, json_object_unref);
}

static SbJobState
parse_state (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_str_equal (states[i].name, name))
      return (SbJobState) i;
  return SB_JOB_RUNNING;
}

static void
sb_job_read (SbItem *item, JsonObject *object)
{
  SbJob *self = SB_JOB (item);
  JsonObject *filter = sb_json_object (object, "filter");

  clear (self);
  self->state = parse_state (sb_json_string (object, "state"));
  self->kind = g_strdup (sb_json_string (object, "kind"));
  self->note = g_strdup (sb_json_string (object, "note"));
  self->actor = g_strdup (sb_json_string (object, "actor"));
  self->reason = g_strdup (sb_json_string (object, "reason"));
  self->connector = g_strdup (sb_json_string (filter, "connector"));
  self->filter = filter != NULL ? json_to_string (json_object_get_member (object, "filter"), FALSE)
                                : g_strdup ("{}");
  self->which = filter != NULL ? json_object_ref (filter) : NULL;
  self->operation = sb_json_int (object, "operation");
  self->created_us = sb_json_time_us (object, "created");
  self->changed_us = sb_json_time_us (object, "changed");
  self->total = json_object_has_member (object, "total") &&
                        !json_object_get_null_member (object, "total")
                    ? sb_json_int (object, "total")
                    : -1;
  self->applied = sb_json_int (object, "applied");
  self->skipped = sb_json_int (object, "skipped");
  self->succeeded = sb_json_int (object, "succeeded");
  self->failed = sb_json_int (object, "failed");
  self->step = sb_json_int (sb_json_object (object, "guard"), "step");
  self->rate = json_object_has_member (object, "rate_per_second")
                   ? json_node_get_double (json_object_get_member (object, "rate_per_second"))
                   : 0;
}

static void
sb_job_finalize (GObject *object)
{
  clear (SB_JOB (object));

  G_OBJECT_CLASS (sb_job_parent_class)->finalize (object);
}

static void
sb_job_class_init (SbJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sb_job_finalize;
  SB_ITEM_CLASS (klass)->list = "jobs";
  SB_ITEM_CLASS (klass)->read = sb_job_read;
}

static void
sb_job_init (SbJob *self)
{
}

SbJobState
sb_job_get_state (SbJob *self)
{
  g_return_val_if_fail (SB_IS_JOB (self), SB_JOB_RUNNING);

  return self->state;
}

gboolean
sb_job_is_finished (SbJob *self)
{
  g_return_val_if_fail (SB_IS_JOB (self), TRUE);

  return self->state != SB_JOB_RUNNING && self->state != SB_JOB_PAUSED;
}

const char *
sb_job_get_kind (SbJob *self)
{
  g_return_val_if_fail (SB_IS_JOB (self), NULL);

  return self->kind;
}

const char *
sb_job_get_note (SbJob *self)
{
  g_return_val_if_fail (SB_IS_JOB (self), NULL);

  return self->note;
}

const char *
sb_job_get_actor (SbJob *self)
{
  g_return_val_if_fail (SB_IS_JOB (self), NULL);

  return self->actor;
}

const char *
sb_job_get_reason (SbJob *self)
{
  g_return_val_if_fail (SB_IS_JOB (self), NULL);

  return self->reason;
}

const char *
sb_job_get_connector (SbJob *self)
{
  g_return_val_if_fail (SB_IS_JOB (self), NULL);

  return self->connector;
}

const char *
sb_job_get_filter (SbJob *self)
{
  g_return_val_if_fail (SB_IS_JOB (self), NULL);

  return self->filter;
}

gint64
sb_job_get_created_us (SbJob *self)
{
  g_return_val_if_fail (SB_IS_JOB (self), -1);

  return self->created_us;
}

gint64
sb_job_get_changed_us (SbJob *self)
{
  g_return_val_if_fail (SB_IS_JOB (self), -1);

  return self->changed_us;
}

gint64
sb_job_get_total (SbJob *self)
{
  g_return_val_if_fail (SB_IS_JOB (self), -1);

  return self->total;
}

gint64
sb_job_get_applied (SbJob *self)
{
  g_return_val_if_fail (SB_IS_JOB (self), 0);

  return self->applied;
}

gint64
sb_job_get_skipped (SbJob *self)
{
  g_return_val_if_fail (SB_IS_JOB (self), 0);

  return self->skipped;
}

gint64
sb_job_get_succeeded (SbJob *self)
{
  g_return_val_if_fail (SB_IS_JOB (self), 0);

  return self->succeeded;
}

gint64
sb_job_get_failed (SbJob *self)
{
  g_return_val_if_fail (SB_IS_JOB (self), 0);

  return self->failed;
}

gint64
sb_job_get_operation (SbJob *self)
{
  g_return_val_if_fail (SB_IS_JOB (self), 0);

  return self->operation;
}

/* ---- Which it acts on ------------------------------------------------------------------------ */

static void
add_words (GPtrArray *parts, JsonObject *which, const char *member, const char *format)
{
  g_autofree char *visible = sb_text_visible (sb_json_string (which, member), -1, SB_TEXT_LINE);
  g_auto (GStrv) around = g_strsplit (format, "%s", 2);

  if (*visible != '\0')
    g_ptr_array_add (parts, g_strconcat (around[0], visible, around[1], NULL));
}

static void
add_time (GPtrArray *parts,
          JsonObject *which,
          const char *member,
          const char *format,
          gint64 now_us)
{
  gint64 at_us = sb_json_time_us (which, member);
  g_autofree char *time = sb_words_time (at_us, now_us);
  g_auto (GStrv) around = g_strsplit (format, "%s", 2);

  if (at_us > 0)
    g_ptr_array_add (parts, g_strconcat (around[0], time, around[1], NULL));
}

static void
add_status (GPtrArray *parts, JsonObject *which)
{
  int status = (int) sb_json_int (which, "status");

  if (status != 0)
    g_ptr_array_add (parts, sb_words_answer (sb_json_string (which, "connector"), "", status, ""));
}

char *
sb_job_dup_which (SbJob *self, gint64 now_us)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new_with_free_func (g_free);

  g_return_val_if_fail (SB_IS_JOB (self), NULL);

  add_words (parts, self->which, "connector", _ ("to %s"));
  add_words (parts, self->which, "rule", _ ("of rule %s"));
  add_words (parts, self->which, "target", _ ("of target %s"));
  add_words (parts, self->which, "source", _ ("from source %s"));
  add_words (parts, self->which, "detail-type", _ ("of type %s"));
  add_words (parts, self->which, "cause", _ ("that died of: %s"));
  add_status (parts, self->which);
  add_words (parts, self->which, "error-code", _ ("with error %s"));
  add_words (parts, self->which, "fingerprint", _ ("with the cause %s"));
  if (self->which != NULL && json_object_has_member (self->which, "replayed"))
    g_ptr_array_add (parts,
                     g_strdup (sb_json_bool (self->which, "replayed") ? _ ("replayed before")
                                                                      : _ ("not replayed before")));
  add_time (parts, self->which, "from", _ ("from %s on"), now_us);
  add_time (parts, self->which, "to", _ ("before %s"), now_us);
  if (parts->len == 0)
    return g_strdup (_ ("All"));
  g_ptr_array_add (parts, NULL);
  return g_strjoinv (" · ", (char **) parts->pdata);
}

double
sb_job_get_rate (SbJob *self)
{
  g_return_val_if_fail (SB_IS_JOB (self), 0);

  return self->rate;
}

gint64
sb_job_get_step (SbJob *self)
{
  g_return_val_if_fail (SB_IS_JOB (self), 0);

  return self->step;
}

char *
sb_job_dup_title (SbJob *self)
{
  g_return_val_if_fail (SB_IS_JOB (self), NULL);

  if (g_str_equal (self->kind, "replay"))
    return *self->connector != '\0' ? g_strdup_printf (_ ("Replay to %s"), self->connector)
                                    : g_strdup (_ ("Replay"));
  if (g_str_equal (self->kind, "discard"))
    return *self->connector != '\0' ? g_strdup_printf (_ ("Discard for %s"), self->connector)
                                    : g_strdup (_ ("Discard"));
  if (g_str_equal (self->kind, "restore"))
    return *self->connector != '\0' ? g_strdup_printf (_ ("Restore for %s"), self->connector)
                                    : g_strdup (_ ("Restore"));
  if (g_str_equal (self->kind, "retry"))
    return *self->connector != '\0' ? g_strdup_printf (_ ("Retry Now for %s"), self->connector)
                                    : g_strdup (_ ("Retry Now"));
  if (g_str_equal (self->kind, "postpone"))
    return *self->connector != '\0' ? g_strdup_printf (_ ("Postpone for %s"), self->connector)
                                    : g_strdup (_ ("Postpone"));
  if (g_str_equal (self->kind, "give-up"))
    return *self->connector != '\0' ? g_strdup_printf (_ ("Give Up for %s"), self->connector)
                                    : g_strdup (_ ("Give Up"));
  return g_strdup (self->kind);
}

const char *
sb_job_get_state_words (SbJob *self)
{
  g_return_val_if_fail (SB_IS_JOB (self), NULL);

  return _ (states[self->state].words);
}

const char *
sb_job_get_state_icon (SbJob *self)
{
  g_return_val_if_fail (SB_IS_JOB (self), NULL);

  return states[self->state].icon;
}

const char *
sb_job_get_state_style (SbJob *self)
{
  g_return_val_if_fail (SB_IS_JOB (self), NULL);

  return states[self->state].style;
}

char *
sb_job_dup_progress (SbJob *self)
{
  g_autofree char *applied = NULL;
  g_autofree char *total = NULL;
  g_autofree char *sent = NULL;
  g_autofree char *succeeded = NULL;
  g_autofree char *failed = NULL;

  g_return_val_if_fail (SB_IS_JOB (self), NULL);

  applied = sb_words_count (self->applied);
  total = sb_words_count (self->total);
  /* Translators: "120 of 40,218" */
  sent = self->total >= 0 ? g_strdup_printf (_ ("%s of %s"), applied, total)
                          : g_steal_pointer (&applied);
  if (!g_str_equal (self->kind, "replay"))
    return g_steal_pointer (&sent);
  succeeded = sb_words_count (self->succeeded);
  failed = sb_words_count (self->failed);
  if (self->skipped > 0)
    {
      g_autofree char *skipped = sb_words_count (self->skipped);

      /* Translators: "120 of 40,218 sent, 118 arrived, 2 failed, 3 left out" */
      return g_strdup_printf (_ ("%s sent, %s arrived, %s failed, %s left out"), sent, succeeded,
                                 failed, skipped);
    }
  /* Translators: "120 of 40,218 sent, 118 arrived, 2 failed" */
  return g_strdup_printf (_ ("%s sent, %s arrived, %s failed"), sent, succeeded, failed);
}

double
sb_job_get_fraction (SbJob *self)
{
  g_return_val_if_fail (SB_IS_JOB (self), -1);

  if (self->total < 0)
    return -1;
  return self->total == 0
             ? 1
             : CLAMP ((double) (self->applied + self->skipped) / (double) self->total, 0, 1);
}

char *
sb_job_dup_remaining (SbJob *self, gint64 now_us)
{
  gint64 done, taken_us;
  g_autofree char *left = NULL;

  g_return_val_if_fail (SB_IS_JOB (self), NULL);

  done = self->applied + self->skipped;
  taken_us = now_us - self->created_us;
  if (self->state != SB_JOB_RUNNING || self->total <= 0 || done == 0 || taken_us <= 0)
    return g_strdup ("");
  /* A rate is what it keeps to from now on, however it went until now. */
  left = sb_words_duration (
      self->rate > 0
          ? (gint64) ((double) (self->total - done) / self->rate * G_USEC_PER_SEC)
          : (gint64) ((double) taken_us / (double) done * (double) (self->total - done)));
  /* Translators: "about 3 min left" */
  return g_strdup_printf (_ ("about %s left"), left);
}
