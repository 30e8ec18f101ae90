#include "config.h"

#include "sb-problem.h"

#include <glib/gi18n.h>

#include "sb-json.h"
#include "sb-words.h"

struct _SbProblem
{
  SbItem parent_instance;

  char *kind;
  char *connector;
  char *rule;
  char *sentence;
  char *message;
  char *trend;
  char *seen_by, *seen_reason;
  gint64 count;
  gint64 first_us, last_us, seen_us;
  gboolean acknowledged;
};

G_DEFINE_FINAL_TYPE (SbProblem, sb_problem, SB_TYPE_ITEM)

static void
clear (SbProblem *self)
{
  g_clear_pointer (&self->kind, g_free);
  g_clear_pointer (&self->connector, g_free);
  g_clear_pointer (&self->rule, g_free);
  g_clear_pointer (&self->sentence, g_free);
  g_clear_pointer (&self->message, g_free);
  g_clear_pointer (&self->trend, g_free);
  g_clear_pointer (&self->seen_by, g_free);
  g_clear_pointer (&self->seen_reason, g_free);
}

static void
sb_problem_read (SbItem *item, JsonObject *object)
{
  SbProblem *self = SB_PROBLEM (item);
  JsonObject *seen = sb_json_object (object, "acknowledged");

  clear (self);
  self->kind = g_strdup (sb_json_string (object, "kind"));
  self->connector = g_strdup (sb_json_string (object, "connector"));
  self->rule = g_strdup (sb_json_string (object, "rule"));
  self->sentence = g_strdup (sb_json_string (object, "sentence"));
  self->message = g_strdup (sb_json_string (object, "message"));
  self->trend = g_strdup (sb_json_string (object, "trend"));
  self->count = sb_json_int (object, "count");
  self->first_us = sb_json_time_us (object, "first");
  self->last_us = sb_json_time_us (object, "last");
  self->acknowledged = g_str_equal (sb_json_string (object, "state"), "acknowledged");
  self->seen_by = g_strdup (sb_json_string (seen, "by"));
  self->seen_reason = g_strdup (sb_json_string (seen, "reason"));
  self->seen_us = sb_json_time_us (seen, "at");
}

static void
sb_problem_finalize (GObject *object)
{
  clear (SB_PROBLEM (object));

  G_OBJECT_CLASS (sb_problem_parent_class)->finalize (object);
}

static void
sb_problem_class_init (SbProblemClass *klass)
{
  SbItemClass *item_class = SB_ITEM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sb_problem_finalize;
  item_class->list = "problems";
  item_class->id = "fingerprint";
  item_class->is_whole = TRUE;
  item_class->read = sb_problem_read;
}

static void
sb_problem_init (SbProblem *self)
{
}

#define GETTER(type, name, none)                                                                   \
  type sb_problem_get_##name (SbProblem *self)                                                     \
  {                                                                                                \
    g_return_val_if_fail (SB_IS_PROBLEM (self), none);                                             \
                                                                                                   \
    return self->name;                                                                             \
  }

GETTER (const char *, connector, NULL)
GETTER (const char *, rule, NULL)
GETTER (const char *, sentence, NULL)
GETTER (const char *, message, NULL)
GETTER (gint64, count, 0)
GETTER (gint64, first_us, -1)
GETTER (gint64, last_us, -1)

const char *
sb_problem_get_trend (SbProblem *self)
{
  g_return_val_if_fail (SB_IS_PROBLEM (self), NULL);

  if (g_str_equal (self->trend, "growing"))
    return _ ("Growing");
  if (g_str_equal (self->trend, "falling"))
    return _ ("Falling");
  return _ ("Steady");
}

gboolean
sb_problem_is_connector (SbProblem *self)
{
  g_return_val_if_fail (SB_IS_PROBLEM (self), FALSE);

  return g_str_equal (self->kind, "connector");
}

gboolean
sb_problem_is_acknowledged (SbProblem *self)
{
  g_return_val_if_fail (SB_IS_PROBLEM (self), FALSE);

  return self->acknowledged;
}

char *
sb_problem_dup_acknowledged (SbProblem *self, gint64 now_us)
{
  g_autofree char *ago = NULL;

  g_return_val_if_fail (SB_IS_PROBLEM (self), NULL);

  if (!self->acknowledged)
    return g_strdup ("");
  ago = sb_words_ago (self->seen_us, now_us);
  return *self->seen_reason != '\0'
      /* Translators: "Acknowledged 3 min ago by mira: the vendor knows" */
      ? g_strdup_printf (_ ("Acknowledged %s by %s: %s"), ago, self->seen_by, self->seen_reason)
      : g_strdup_printf (_ ("Acknowledged %s by %s"), ago, self->seen_by);
}
