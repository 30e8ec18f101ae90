#include "config.h"

#include "sb-problem.h"

#include <glib/gi18n.h>

#include "sb-json.h"
#include "sb-words.h"

struct _SbProblem
{
  SbItem parent_instance;

  SbProblemKind kind;
  SbProblemState state;
  char *cause;
  char *error_code;
  char *connector;
  char *rule;
  char *sentence;
  char *message;
  char *trend;
  char *seen_by, *seen_reason;
  int status;
  gint64 count, times;
  gint64 first_us, last_us, seen_us, worked_us, until_us, resolved_us;
};

G_DEFINE_FINAL_TYPE (SbProblem, sb_problem, SB_TYPE_ITEM)

static void
clear (SbProblem *self)
{
  g_clear_pointer (&self->cause, g_free);
  g_clear_pointer (&self->error_code, g_free);
  g_clear_pointer (&self->connector, g_free);
  g_clear_pointer (&self->rule, g_free);
  g_clear_pointer (&self->sentence, g_free);
  g_clear_pointer (&self->message, g_free);
  g_clear_pointer (&self->trend, g_free);
  g_clear_pointer (&self->seen_by, g_free);
  g_clear_pointer (&self->seen_reason, g_free);
}

static guint
parse (const char *const *names, const char *name)
{
  for (guint i = 0; names[i] != NULL; i++)
    if (g_str_equal (names[i], name))
      return i;
  return 0;
}

static void
sb_problem_read (SbItem *item, JsonObject *object)
{
  SbProblem *self = SB_PROBLEM (item);
  static const char *const kinds[] = {
    "", "connector", "dead-letters", "certificate", "disk", NULL
  };
  static const char *const states[] = { "open", "acknowledged", "resolved", NULL };
  JsonObject *seen = sb_json_object (object, "acknowledged");

  clear (self);
  self->kind = (SbProblemKind) parse (kinds, sb_json_string (object, "kind"));
  self->state = (SbProblemState) parse (states, sb_json_string (object, "state"));
  self->cause = g_strdup (sb_json_string (object, "cause"));
  self->status = (int) sb_json_int (object, "status");
  self->error_code = g_strdup (sb_json_string (object, "error_code"));
  self->times = sb_json_int (object, "times");
  self->worked_us = sb_json_time_us (object, "worked");
  self->until_us = sb_json_time_us (object, "until");
  self->resolved_us = sb_json_time_us (object, "resolved");
  self->connector = g_strdup (sb_json_string (object, "connector"));
  self->rule = g_strdup (sb_json_string (object, "rule"));
  self->sentence = g_strdup (sb_json_string (object, "sentence"));
  self->message = g_strdup (sb_json_string (object, "message"));
  self->trend = g_strdup (sb_json_string (object, "trend"));
  self->count = sb_json_int (object, "count");
  self->first_us = sb_json_time_us (object, "first");
  self->last_us = sb_json_time_us (object, "last");
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
GETTER (const char *, message, NULL)
GETTER (gint64, count, 0)
GETTER (gint64, first_us, -1)
GETTER (gint64, last_us, -1)
GETTER (gint64, worked_us, -1)
GETTER (gint64, resolved_us, -1)
GETTER (gint64, times, 0)
GETTER (SbProblemKind, kind, SB_PROBLEM_OTHER)
GETTER (SbProblemState, state, SB_PROBLEM_OPEN)

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

char *
sb_problem_dup_title (SbProblem *self)
{
  g_return_val_if_fail (SB_IS_PROBLEM (self), NULL);

  if (self->kind == SB_PROBLEM_CERTIFICATE)
    return g_strdup (_ ("The Router’s Certificate"));
  if (self->kind == SB_PROBLEM_DISK)
    return g_strdup (_ ("The Router’s Disk"));
  return g_strdup (self->connector);
}

/* ---- The diagnosis --------------------------------------------------------------------------- */

/* "last success 02:13:57", "" when that is not known of what failed long ago. */
static char *
last_success (SbProblem *self, gint64 now_us)
{
  g_autofree char *time = NULL;

  if (self->worked_us <= 0)
    return g_strdup (_ ("no success is known"));
  time = sb_words_time (self->worked_us, now_us);
  return g_strdup_printf (_ ("last success %s"), time);
}

static char *
diagnose_connector (SbProblem *self, gint64 now_us)
{
  g_autofree char *since = sb_words_time (self->first_us, now_us);
  g_autofree char *said = sb_words_answer (self->connector, "down", self->status, self->error_code);
  g_autofree char *waiting = g_strdup_printf (
      ngettext ("%'lu delivery waits", "%'lu deliveries wait", (gulong) self->count),
      (gulong) self->count);
  g_autofree char *worked = last_success (self, now_us);
  g_autofree char *what = self->status >= 100 && self->status < 600
      /* Translators: "webhook/orders answers 401 Unauthorized since 02:14:00" */
      ? g_strdup_printf (_ ("%s answers %s since %s"), self->connector, said, since)
      /* Translators: "webhook/orders fails since 02:14:00 (No connection)" */
      : g_strdup_printf (_ ("%s fails since %s (%s)"), self->connector, since, said);

  /* Translators: three parts of a sentence: what fails, how many wait, the last success */
  return g_strdup_printf (C_ ("diagnosis", "%s; %s; %s"), what, waiting, worked);
}

static char *
diagnose_dead_letters (SbProblem *self, gint64 now_us)
{
  gboolean known = self->status != 0 || *self->error_code != '\0';
  g_autofree char *said = known ? sb_words_answer (self->connector, "refused", self->status,
                                                   self->error_code)
                                : g_strdup (self->message);
  g_autofree char *worked = last_success (self, now_us);
  g_autofree char *what = g_strdup_printf (
      /* Translators: "5 dead letters of rule default/paid to webhook/orders: 401 Unauthorized" */
      ngettext ("%'lu dead letter of rule %s to %s: %s", "%'lu dead letters of rule %s to %s: %s",
                (gulong) self->count),
      (gulong) self->count, self->rule, self->connector, said);

  /* Translators: two parts of a sentence: what died, the last success */
  return g_strdup_printf (C_ ("diagnosis", "%s; %s"), what, worked);
}

static char *
diagnose_certificate (SbProblem *self, gint64 now_us)
{
  g_autofree char *time = sb_words_time (self->until_us, now_us);
  g_autofree char *left = sb_words_countdown (self->until_us, now_us);

  if (g_str_equal (self->cause, "expired"))
    return g_strdup_printf (_ ("The certificate of %s expired on %s: clients refuse to connect"),
                               self->message, time);
  if (g_str_equal (self->cause, "expires-soon"))
    /* Translators: whose, "in 5 days", and the date */
    return g_strdup_printf (_ ("The certificate of %s expires %s, on %s"), self->message, left,
                               time);
  return g_strdup_printf (_ ("The new certificate is not used: %s"), self->message);
}

char *
sb_problem_dup_sentence (SbProblem *self, gint64 now_us)
{
  g_return_val_if_fail (SB_IS_PROBLEM (self), NULL);

  switch (self->kind)
    {
    case SB_PROBLEM_CONNECTOR:
      return diagnose_connector (self, now_us);
    case SB_PROBLEM_DEAD_LETTERS:
      return diagnose_dead_letters (self, now_us);
    case SB_PROBLEM_CERTIFICATE:
      return diagnose_certificate (self, now_us);
    case SB_PROBLEM_DISK:
      return g_strdup (g_str_equal (self->cause, "full")
                       ? _ ("The disk is full: no event is taken in until there is room")
                       : _ ("The disk takes nothing: no event is taken in until it does"));
    case SB_PROBLEM_OTHER:
    default:
      return g_strdup (self->sentence);
    }
}

/* What is said, without who and when. */
char *
sb_problem_dup_summary (SbProblem *self, gint64 now_us)
{
  gboolean known;
  g_autofree char *left = NULL;

  g_return_val_if_fail (SB_IS_PROBLEM (self), NULL);

  known = self->status != 0 || *self->error_code != '\0';
  left = sb_words_countdown (self->until_us, now_us);
  if (known)
    return sb_words_answer (self->connector, "down", self->status, self->error_code);
  if (self->kind == SB_PROBLEM_CERTIFICATE && g_str_equal (self->cause, "expires-soon"))
    /* Translators: "Expires in 5 days" */
    return g_strdup_printf (_ ("Expires %s"), left);
  if (self->kind == SB_PROBLEM_CERTIFICATE || self->kind == SB_PROBLEM_DISK)
    return sb_problem_dup_sentence (self, now_us);
  return g_strdup (*self->message != '\0' ? self->message : self->sentence);
}

char *
sb_problem_dup_acknowledged (SbProblem *self, gint64 now_us)
{
  g_autofree char *ago = NULL;

  g_return_val_if_fail (SB_IS_PROBLEM (self), NULL);

  if (self->state != SB_PROBLEM_ACKNOWLEDGED)
    return g_strdup ("");
  ago = sb_words_ago (self->seen_us, now_us);
  return *self->seen_reason != '\0'
      /* Translators: "Acknowledged 3 min ago by mira: the vendor knows" */
      ? g_strdup_printf (_ ("Acknowledged %s by %s: %s"), ago, self->seen_by, self->seen_reason)
      : g_strdup_printf (_ ("Acknowledged %s by %s"), ago, self->seen_by);
}
