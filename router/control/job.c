/* Jobs as values and as text. */
#include "control/job.h"

#include "base/delivery.h"

#include <string.h>

const guint job_steps[JOB_N_STEPS] = { 1, 10, 100 };

static const char *const state_names[] = {
  [JOB_RUNNING] = "running",     [JOB_PAUSED] = "paused",   [JOB_DONE] = "done",
  [JOB_CANCELLED] = "cancelled", [JOB_STOPPED] = "stopped",
};

static const struct
{
  JournalKind kind;
  const char *name;
} kind_names[] = {
  { JOURNAL_REPLAY, "replay" }, { JOURNAL_DISCARD, "discard" },   { JOURNAL_RESTORE, "restore" },
  { JOURNAL_RETRY, "retry" },   { JOURNAL_POSTPONE, "postpone" }, { JOURNAL_GIVE_UP, "give-up" },
};

Job *
job_new (void)
{
  Job *job = g_new0 (Job, 1);

  job->made = g_ptr_array_new_with_free_func (g_free);
  job->watched = g_array_new (FALSE, FALSE, sizeof (DeliveryKey));
  job->note = g_strdup ("");
  return job;
}

void
job_free (Job *job)
{
  g_free (job->filter);
  g_free (job->actor);
  g_free (job->reason);
  g_free (job->note);
  g_array_unref (job->watched);
  g_ptr_array_unref (job->made);
  g_free (job);
}

gboolean
job_is_finished (const Job *job)
{
  return job->state != JOB_RUNNING && job->state != JOB_PAUSED;
}

const char *
job_state_name (JobState state)
{
  return state_names[state];
}

/* ---- Text ---- */

static const char *
kind_name (JournalKind kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kind_names); i++)
    if (kind_names[i].kind == kind)
      return kind_names[i].name;
  g_return_val_if_reached ("");
}

static void
set_string (JsonObject *object, const char *name, const char *value)
{
  json_object_set_string_member (object, name, value != NULL ? value : "");
}

static void
set_int (JsonObject *object, const char *name, gint64 value)
{
  json_object_set_int_member (object, name, value);
}

/* "12-1,13-1": numbers of the store. */
static char *
format_watched (const GArray *watched)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < watched->len; i++)
    {
      const DeliveryKey *key = &g_array_index (watched, DeliveryKey, i);

      g_string_append_printf (text, "%s%" G_GINT64_FORMAT "-%u", i > 0 ? "," : "", key->event_seq,
                              key->index);
    }
  return g_string_free (text, FALSE);
}

static char *
join (const GPtrArray *ids)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < ids->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "," : "", (const char *) ids->pdata[i]);
  return g_string_free (text, FALSE);
}

char *
job_to_json (const Job *job)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), object);
  g_autofree char *watched = format_watched (job->watched);
  g_autofree char *cursor = store_cursor_format (&job->cursor);
  g_autofree char *made = join (job->made);

  set_string (object, "kind", kind_name (job->kind));
  json_object_set_member (object, "filter", json_from_string (job->filter, NULL));
  set_int (object, "until_us", job->until_us);
  set_string (object, "rules", control_rules_names[job->how.rules]);
  json_object_set_boolean_member (object, "skip_succeeded", job->how.skips_succeeded);
  set_string (object, "actor", job->actor);
  set_string (object, "reason", job->reason);
  json_object_set_double_member (object, "rate", job->rate);
  set_int (object, "max_failed_percent", job->max_failed_percent);
  json_object_set_boolean_member (object, "confirms", job->confirms);
  set_string (object, "state", state_names[job->state]);
  set_string (object, "note", job->note);
  set_int (object, "operation", job->operation);
  set_int (object, "created_us", job->created_us);
  set_int (object, "changed_us", job->changed_us);
  set_int (object, "cutoff_us", job->cutoff_us);
  set_int (object, "total", job->is_counted ? job->total : -1);
  set_int (object, "succeeded", job->succeeded);
  set_int (object, "failed", job->failed);
  set_int (object, "left_succeeded", job->left_succeeded);
  set_int (object, "left_nowhere", job->left_nowhere);
  set_int (object, "step", job->step);
  set_int (object, "step_sent", job->step_sent);
  set_int (object, "step_succeeded", job->step_succeeded);
  set_int (object, "step_failed", job->step_failed);
  json_object_set_boolean_member (object, "exhausted", job->is_exhausted);
  set_string (object, "cursor", cursor);
  set_string (object, "watched", watched);
  set_string (object, "made", made);
  return json_to_string (root, FALSE);
}

static gboolean
read_kind (const char *name, JournalKind *out_kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kind_names); i++)
    if (strcmp (name, kind_names[i].name) == 0)
      {
        *out_kind = kind_names[i].kind;
        return TRUE;
      }
  return FALSE;
}

static gboolean
read_state (const char *name, JobState *out_state)
{
  for (guint i = 0; i < G_N_ELEMENTS (state_names); i++)
    if (strcmp (name, state_names[i]) == 0)
      {
        *out_state = (JobState) i;
        return TRUE;
      }
  return FALSE;
}

static void
read_watched (const char *text, GArray *watched)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);

  for (char **part = parts; *part != NULL; part++)
    {
      char *end;
      DeliveryKey key = { .event_seq = g_ascii_strtoll (*part, &end, 10) };

      if (*end != '-')
        continue;
      key.index = (guint32) g_ascii_strtoull (end + 1, NULL, 10);
      g_array_append_val (watched, key);
    }
}

static void
read_made (const char *text, GPtrArray *made)
{
  g_auto (GStrv) ids = g_strsplit (text, ",", -1);

  for (char **id = ids; *id != NULL; id++)
    if (**id != '\0')
      g_ptr_array_add (made, g_strdup (*id));
}

static void
read_how (JsonObject *object, ControlReplay *how)
{
  const char *rules = json_object_get_string_member_with_default (object, "rules", "");

  for (guint i = 0; i < CONTROL_N_RULES; i++)
    if (strcmp (rules, control_rules_names[i]) == 0)
      how->rules = (ControlRules) i;
  how->skips_succeeded = json_object_get_boolean_member_with_default (object, "skip_succeeded",
                                                                      FALSE);
}

static const char *
get_string (JsonObject *object, const char *name)
{
  return json_object_get_string_member_with_default (object, name, "");
}

static gint64
get_int (JsonObject *object, const char *name)
{
  return json_object_get_int_member_with_default (object, name, 0);
}

static guint
get_uint (JsonObject *object, const char *name)
{
  return (guint) CLAMP (get_int (object, name), 0, G_MAXINT);
}

static void
read_progress (JsonObject *object, Job *job)
{
  gint64 total = get_int (object, "total");

  job->is_counted = total >= 0;
  job->total = MAX (total, 0);
  job->succeeded = get_int (object, "succeeded");
  job->failed = get_int (object, "failed");
  job->left_succeeded = get_int (object, "left_succeeded");
  job->left_nowhere = get_int (object, "left_nowhere");
  job->step = get_uint (object, "step");
  job->step_sent = get_uint (object, "step_sent");
  job->step_succeeded = get_uint (object, "step_succeeded");
  job->step_failed = get_uint (object, "step_failed");
  job->is_exhausted = json_object_get_boolean_member_with_default (object, "exhausted", FALSE);
  read_watched (get_string (object, "watched"), job->watched);
  read_made (get_string (object, "made"), job->made);
}

Job *
job_from_record (const StoredRecord *record)
{
  g_autoptr (JsonNode) root = json_from_string (record->value, NULL);
  g_autoptr (Job) job = job_new ();
  JsonObject *object;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;
  object = json_node_get_object (root);
  if (!read_kind (get_string (object, "kind"), &job->kind) ||
      !read_state (get_string (object, "state"), &job->state) ||
      !json_object_has_member (object, "filter") ||
      !store_cursor_parse (get_string (object, "cursor"), &job->cursor))
    return NULL;
  job->id = record->id;
  job->filter = json_to_string (json_object_get_member (object, "filter"), FALSE);
  job->actor = g_strdup (get_string (object, "actor"));
  job->reason = g_strdup (get_string (object, "reason"));
  job->until_us = get_int (object, "until_us");
  read_how (object, &job->how);
  job->rate = json_object_get_double_member_with_default (object, "rate", 0);
  job->max_failed_percent = get_uint (object, "max_failed_percent");
  job->confirms = json_object_get_boolean_member_with_default (object, "confirms", FALSE);
  g_free (job->note);
  job->note = g_strdup (get_string (object, "note"));
  job->operation = get_int (object, "operation");
  job->created_us = get_int (object, "created_us");
  job->changed_us = get_int (object, "changed_us");
  job->cutoff_us = get_int (object, "cutoff_us");
  job->applied = record->counts[0];
  job->skipped = record->counts[1];
  read_progress (object, job);
  return g_steal_pointer (&job);
}
