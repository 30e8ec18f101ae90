#include "config.h"

#include "sb-timeline.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sb-json.h"
#include "sb-text.h"

/* ---- One thing that happened ----------------------------------------------------------------- */

static const struct
{
  const char *icon, *style, *color, *section;
} kinds[] = {
  [SB_HAPPENING_DEPLOY] = { "sb-configuration-symbolic", "accent", "accent_color",
                            "configuration" },
  [SB_HAPPENING_BREAKER] = { "sb-dead-symbolic", "error", "error_color", "connectors" },
  [SB_HAPPENING_RECOVERY] = { "sb-done-symbolic", "success", "success_color", "connectors" },
  [SB_HAPPENING_REPLAY] = { "sb-jobs-symbolic", "success", "success_color", "jobs" },
  [SB_HAPPENING_PAUSE] = { "sb-held-symbolic", "warning", "warning_color", "connectors" },
  [SB_HAPPENING_RESTART] = { "sb-system-symbolic", "dim-label", "window_fg_color", "system" },
};

const char *
sb_happening_get_icon (SbHappeningKind kind)
{
  return kinds[kind].icon;
}

const char *
sb_happening_get_style (SbHappeningKind kind)
{
  return kinds[kind].style;
}

const char *
sb_happening_get_color (SbHappeningKind kind)
{
  return kinds[kind].color;
}

const char *
sb_happening_get_section (SbHappeningKind kind)
{
  return kinds[kind].section;
}

void
sb_happening_free (SbHappening *self)
{
  g_free (self->text);
  g_free (self);
}

/* Words of others, to be put into a sentence. */
static char *
dup_words (JsonObject *object, const char *member)
{
  return sb_text_visible (sb_json_string (object, member), -1, SB_TEXT_LINE);
}

/* ---- Sentences, by the kind of an entry ------------------------------------------------------ */

typedef struct
{
  JsonObject *entry;
  const char *who, *connector, *reason; /* visible, never NULL */
} Entry;

static char *
describe_generation (const Entry *entry)
{
  int number = (int) sb_json_int (entry->entry, "generation");

  return *entry->reason != '\0'
      /* Translators: a number, who did it, and why */
      ? g_strdup_printf (_ ("Generation %d by %s: %s"), number, entry->who, entry->reason)
      : g_strdup_printf (_ ("Generation %d by %s"), number, entry->who);
}

/* NULL: an action that this client does not know; the next router may have more. */
static const char *
find_action (const char *const (*actions)[2], gsize n_actions, const Entry *entry)
{
  const char *action = sb_json_string (entry->entry, "action");

  for (gsize i = 0; i < n_actions; i++)
    if (g_str_equal (action, actions[i][0]))
      return _ (actions[i][1]);
  return NULL;
}

static char *
describe_job (const Entry *entry)
{
  static const char *const actions[][2] = {
    { "replay", N_ ("Replay") },   { "discard", N_ ("Discard") },
    { "restore", N_ ("Restore") }, { "retry", N_ ("Retry Now") },
    { "postpone", N_ ("Postpone") }, { "give-up", N_ ("Give Up") },
  };
  const char *action = find_action (actions, G_N_ELEMENTS (actions), entry);

  if (action == NULL)
    return NULL;
  if (*entry->connector != '\0')
    /* Translators: what a job does, "Replay", to which connector, and who began it */
    return g_strdup_printf (_ ("%s for %s, begun by %s"), action, entry->connector, entry->who);
  /* Translators: what a job does, "Replay", and who began it */
  return g_strdup_printf (_ ("%s, begun by %s"), action, entry->who);
}

static char *
describe_operation (const Entry *entry)
{
  static const char *const actions[][2] = {
    { "replay", N_ ("Dead letters were replayed by %s") },
      { "discard", N_ ("Dead letters were discarded by %s") },
        { "restore", N_ ("Discarded deliveries were restored by %s") },
          { "retry", N_ ("Deliveries were hurried by %s") },
            { "postpone", N_ ("Deliveries were postponed by %s") },
              { "give-up", N_ ("Deliveries were given up by %s") },
            };
  const char *action = find_action (actions, G_N_ELEMENTS (actions), entry);
  GString *text;

  if (action == NULL)
    return NULL;
  text = g_string_new (action);
  g_string_replace (text, "%s", entry->who, 1);
  return g_string_free (text, FALSE);
}

static char *
describe_pause (const Entry *entry)
{
  return g_strdup_printf (_ ("%s was paused by %s"), entry->connector, entry->who);
}

static char *
describe_resume (const Entry *entry)
{
  return g_strdup_printf (_ ("%s was resumed by %s"), entry->connector, entry->who);
}

static char *
describe_shut (const Entry *entry)
{
  /* Translators: a connector, and why */
  return g_strdup_printf (_ ("The breaker of %s opened: %s"), entry->connector, entry->reason);
}

static char *
describe_opened (const Entry *entry)
{
  /* Translators: a connector, whose breaker closed */
  return g_strdup_printf (_ ("%s takes deliveries again"), entry->connector);
}

static char *
describe_start (const Entry *entry)
{
  return g_strdup (*entry->reason != '\0'
                   ? _ ("The router started; before, it had not stopped by itself")
                   : _ ("The router started"));
}

static char *
describe_stop (const Entry *entry G_GNUC_UNUSED)
{
  return g_strdup (_ ("The router stopped"));
}

static const struct
{
  const char *kind;
  SbHappeningKind happening;
  char *(*describe) (const Entry *entry); /* NULL: leave it out */
} entry_kinds[] = {
  { "generation", SB_HAPPENING_DEPLOY, describe_generation },
  { "job", SB_HAPPENING_REPLAY, describe_job },
  { "operation", SB_HAPPENING_REPLAY, describe_operation },
  { "paused", SB_HAPPENING_PAUSE, describe_pause },
  { "resumed", SB_HAPPENING_PAUSE, describe_resume },
  { "shut", SB_HAPPENING_BREAKER, describe_shut },
  { "opened", SB_HAPPENING_RECOVERY, describe_opened },
  { "started", SB_HAPPENING_RESTART, describe_start },
  { "stopped", SB_HAPPENING_RESTART, describe_stop },
};

static char *
describe (gsize kind, JsonObject *object)
{
  g_autofree char *who = dup_words (object, "actor");
  g_autofree char *connector = dup_words (object, "connector");
  g_autofree char *reason = dup_words (object, "reason");
  const Entry entry = { object, who, connector, reason };

  return entry_kinds[kind].describe (&entry);
}

/* ---- The timeline ---------------------------------------------------------------------------- */

static void
add (GPtrArray *timeline, JsonObject *entry)
{
  const char *kind = sb_json_string (entry, "kind");
  gint64 at_us = sb_json_time_us (entry, "at");

  for (gsize i = 0; i < G_N_ELEMENTS (entry_kinds); i++)
    if (g_str_equal (kind, entry_kinds[i].kind) && at_us >= 0)
      {
        char *text = describe (i, entry);
        SbHappening *happening;

        if (text == NULL)
          return;
        happening = g_new (SbHappening, 1);
        *happening = (SbHappening){ entry_kinds[i].happening, at_us, text };
        g_ptr_array_add (timeline, happening);
      }
}

/* A job acts on many deliveries a chunk at a time, and each chunk is an entry of its own. */
static GHashTable *
find_operations_of_jobs (GPtrArray *entries)
{
  GHashTable *operations = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);

  for (guint i = 0; i < entries->len; i++)
    {
      JsonObject *entry = g_ptr_array_index (entries, i);
      gint64 operation = sb_json_int (entry, "operation");

      if (g_str_equal (sb_json_string (entry, "kind"), "job"))
        g_hash_table_add (operations, g_memdup2 (&operation, sizeof operation));
    }
  return operations;
}

GPtrArray *
sb_timeline_new (JsonObject *answer)
{
  GPtrArray *timeline = g_ptr_array_new_with_free_func ((GDestroyNotify) sb_happening_free);
  g_autoptr (GPtrArray) entries = sb_json_objects (answer, "entries");
  g_autoptr (GHashTable) of_jobs = find_operations_of_jobs (entries);

  for (guint i = 0; i < entries->len; i++)
    {
      JsonObject *entry = g_ptr_array_index (entries, i);
      gint64 operation = sb_json_int (entry, "operation");

      if (!g_str_equal (sb_json_string (entry, "kind"), "operation") ||
          !g_hash_table_contains (of_jobs, &operation))
        add (timeline, entry);
    }
  return timeline;
}
