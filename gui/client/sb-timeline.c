#include "config.h"

#include "sb-timeline.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sb-job.h"
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

/* Takes the text.  What has no time is no part of a timeline. */
static void
add (GPtrArray *timeline, SbHappeningKind kind, gint64 at_us, char *text)
{
  SbHappening *happening;

  if (at_us < 0)
    {
      g_free (text);
      return;
    }
  happening = g_new (SbHappening, 1);
  *happening = (SbHappening){ kind, at_us, text };
  g_ptr_array_add (timeline, happening);
}

/* Words of others, to be put into a sentence. */
static char *
dup_words (JsonObject *object, const char *member)
{
  return sb_text_visible (sb_json_string (object, member), -1, SB_TEXT_LINE);
}

/* ---- Where they are from --------------------------------------------------------------------- */

static void
add_deploys (GPtrArray *timeline, JsonObject *history)
{
  g_autoptr (GPtrArray) generations = sb_json_objects (history, "generations");

  for (guint i = 0; i < generations->len; i++)
    {
      JsonObject *generation = g_ptr_array_index (generations, i);
      g_autofree char *reason = dup_words (generation, "reason");
      g_autofree char *author = dup_words (generation, "author");
      int number = (int) sb_json_int (generation, "generation");
      char *text = *reason != '\0'
          /* Translators: a number, who did it, and why */
          ? g_strdup_printf (_ ("Generation %d by %s: %s"), number, author, reason)
          : g_strdup_printf (_ ("Generation %d by %s"), number, author);

      add (timeline, SB_HAPPENING_DEPLOY, sb_json_time_us (generation, "at"), text);
    }
}

static void
add_breakers (GPtrArray *timeline, JsonObject *connectors)
{
  g_autoptr (GPtrArray) objects = sb_json_objects (connectors, "connectors");

  for (guint i = 0; i < objects->len; i++)
    {
      JsonObject *connector = g_ptr_array_index (objects, i);
      JsonObject *shut = sb_json_object (connector, "shut");
      g_autofree char *name = dup_words (connector, "name");
      g_autofree char *reason = dup_words (shut, "reason");

      if (shut != NULL)
        add (timeline, SB_HAPPENING_BREAKER, sb_json_time_us (shut, "since"),
             /* Translators: a connector, and why */
             g_strdup_printf (_ ("The breaker of %s opened: %s"), name, reason));
    }
}

static void
add_jobs (GPtrArray *timeline, JsonObject *jobs)
{
  g_autoptr (GPtrArray) objects = sb_json_objects (jobs, "jobs");

  for (guint i = 0; i < objects->len; i++)
    {
      g_autoptr (SbItem) item = sb_item_new (SB_TYPE_JOB, g_ptr_array_index (objects, i));
      g_autofree char *title = NULL;
      g_autofree char *actor = NULL;

      if (item == NULL)
        continue;
      title = sb_job_dup_title (SB_JOB (item));
      actor = sb_text_visible (sb_job_get_actor (SB_JOB (item)), -1, SB_TEXT_LINE);
      add (timeline, SB_HAPPENING_REPLAY, sb_job_get_created_us (SB_JOB (item)),
           /* Translators: what a job does, "Replay to webhook/a", and who began it */
           g_strdup_printf (_ ("%s, begun by %s"), title, actor));
    }
}

/* "/v1/connectors/webhook/a/pause" -> "webhook/a", with who did it. */
static gboolean
add_pause (GPtrArray *timeline, gint64 at_us, const char *target, const char *who)
{
  const char *const folder = "/v1/connectors/";
  gboolean pause = g_str_has_suffix (target, "/pause");
  g_autofree char *name = NULL;
  g_autofree char *words = NULL;

  if (!g_str_has_prefix (target, folder) || (!pause && !g_str_has_suffix (target, "/resume")))
    return FALSE;
  name = g_strndup (target + strlen (folder),
                    (gsize) (strrchr (target, '/') - target) - strlen (folder));
  words = sb_text_visible (name, -1, SB_TEXT_LINE);
  add (timeline, SB_HAPPENING_PAUSE, at_us,
       pause ? g_strdup_printf (_ ("%s was paused by %s"), words, who)
             : g_strdup_printf (_ ("%s was resumed by %s"), words, who));
  return TRUE;
}

static void
add_operation (GPtrArray *timeline, gint64 at_us, const char *target, const char *who)
{
  static const struct
  {
    const char *target, *text;
  } operations[] = {
    { "/v1/replay", N_ ("Dead letters were replayed by %s") },
      { "/v1/discard", N_ ("Dead letters were discarded by %s") },
        { "/v1/restore", N_ ("Discarded deliveries were restored by %s") },
          { "/v1/retry", N_ ("Deliveries were hurried by %s") },
            { "/v1/give-up", N_ ("Deliveries were given up by %s") },
          };

  for (guint i = 0; i < G_N_ELEMENTS (operations); i++)
    if (g_str_equal (target, operations[i].target))
      {
        g_autoptr (GString) text = g_string_new (_ (operations[i].text));

        g_string_replace (text, "%s", who, 1);
        add (timeline, SB_HAPPENING_REPLAY, at_us, g_string_free (g_steal_pointer (&text), FALSE));
      }
}

static void
add_audit (GPtrArray *timeline, JsonObject *audit)
{
  g_autoptr (GPtrArray) lines = sb_json_objects (audit, "lines");

  for (guint i = 0; i < lines->len; i++)
    {
      JsonObject *line = sb_json_object (g_ptr_array_index (lines, i), "line");
      gint64 status = sb_json_int (line, "status");
      const char *target = sb_json_string (line, "target");
      gint64 at_us = sb_json_time_us (line, "at");
      g_autofree char *who = dup_words (line, "who");

      if (line == NULL || status < 200 || status > 299)
        continue;
      if (!add_pause (timeline, at_us, target, who))
        add_operation (timeline, at_us, target, who);
    }
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const SbHappening *first = *(SbHappening *const *) a;
  const SbHappening *second = *(SbHappening *const *) b;

  return (second->at_us > first->at_us) - (second->at_us < first->at_us);
}

GPtrArray *
sb_timeline_new (gint64 started_us,
                 JsonObject *connectors,
                 JsonObject *history,
                 JsonObject *jobs,
                 JsonObject *audit)
{
  GPtrArray *timeline = g_ptr_array_new_with_free_func ((GDestroyNotify) sb_happening_free);

  add (timeline, SB_HAPPENING_RESTART, started_us, g_strdup (_ ("The router started")));
  add_deploys (timeline, history);
  add_breakers (timeline, connectors);
  add_jobs (timeline, jobs);
  add_audit (timeline, audit);
  g_ptr_array_sort (timeline, compare);
  return timeline;
}
