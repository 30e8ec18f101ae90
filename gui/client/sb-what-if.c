#include "config.h"

#include "sb-what-if.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sb-error.h"
#include "sb-json.h"
#include "sb-rule-check.h"
#include "sb-words.h"

#define N_EVENTS 10000 /* that are looked at: a tenth of a second's work */

struct _SbWhatIf
{
  GObject parent_instance;

  SbClient *client;
  char *rule;
  guint pause_ms;
  char *text;    /* of the rule */
  char *pattern; /* of it, as JSON; NULL: nothing to ask */
  guint pause_id;
  GCancellable *asking;

  gboolean comparing; /* the question under way is about the rule in force too */
  gboolean known;
  gboolean compared; /* with the rule in force */
  gint64 looked_at, matches, oldest_us;
  gint64 n_gained, n_lost;
  char **gained;
  char **lost;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SbWhatIf, sb_what_if, G_TYPE_OBJECT)

static void ask (SbWhatIf *self, gboolean compare);

static void
forget (SbWhatIf *self)
{
  self->known = FALSE;
  self->n_gained = self->n_lost = 0;
  g_clear_pointer (&self->gained, g_strfreev);
  g_clear_pointer (&self->lost, g_strfreev);
}

static void
take_answer (SbWhatIf *self, JsonObject *answer)
{
  JsonObject *gained = sb_json_object (answer, "gained");
  JsonObject *lost = sb_json_object (answer, "lost");

  forget (self);
  self->known = TRUE;
  self->compared = gained != NULL;
  self->looked_at = sb_json_int (answer, "looked_at");
  self->matches = sb_json_int (answer, "matches");
  self->oldest_us = sb_json_time_us (answer, "oldest");
  self->n_gained = sb_json_int (gained, "count");
  self->n_lost = sb_json_int (lost, "count");
  self->gained = sb_json_strings (gained, "events");
  self->lost = sb_json_strings (lost, "events");
}

static void
asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  SbWhatIf *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = SB_WHAT_IF (user_data);
  if (g_error_matches (error, SB_ERROR, SB_ERROR_NOT_FOUND) && self->comparing)
    {
      /* The rule is new: there is nothing to compare with. */
      ask (self, FALSE);
      return;
    }
  if (answer != NULL)
    take_answer (self, answer);
  else
    forget (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
ask (SbWhatIf *self, gboolean compare)
{
  g_autoptr (JsonObject) body = json_object_new ();

  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  self->asking = g_cancellable_new ();
  self->comparing = compare;
  json_object_set_member (body, "pattern", json_from_string (self->pattern, NULL));
  if (compare)
    json_object_set_string_member (body, "rule", self->rule);
  else
    {
      g_autofree char *bus = g_strndup (self->rule, strcspn (self->rule, "/"));

      json_object_set_string_member (body, "bus", bus);
    }
  json_object_set_int_member (body, "events", N_EVENTS);
  sb_client_act_async (self->client, "what-if", body, self->asking, asked_cb, self);
}

static gboolean
paused_cb (gpointer user_data)
{
  SbWhatIf *self = user_data;

  self->pause_id = 0;
  ask (self, TRUE);
  return G_SOURCE_REMOVE;
}

/* A rule without a pattern matches every event, as {} does. */
static char *
dup_pattern (const char *text)
{
  g_autoptr (GPtrArray) faults = sb_rule_check (text, strlen (text));
  g_autoptr (JsonNode) root = faults->len == 0 ? json_from_string (text, NULL) : NULL;
  JsonNode *pattern;

  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return NULL;
  pattern = json_object_get_member (json_node_get_object (root), "EventPattern");
  return pattern != NULL ? json_to_string (pattern, FALSE) : NULL;
}

void
sb_what_if_set_text (SbWhatIf *self, const char *text)
{
  char *pattern;

  g_return_if_fail (SB_IS_WHAT_IF (self));

  if (g_strcmp0 (text, self->text) == 0)
    return;
  g_free (self->text);
  self->text = g_strdup (text);
  pattern = dup_pattern (text);
  if (g_strcmp0 (pattern, self->pattern) == 0)
    {
      g_free (pattern);
      return;
    }
  g_free (self->pattern);
  self->pattern = pattern;
  g_clear_handle_id (&self->pause_id, g_source_remove);
  g_cancellable_cancel (self->asking);
  forget (self);
  if (pattern != NULL)
    self->pause_id = g_timeout_add (self->pause_ms, paused_cb, self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
sb_what_if_refresh (SbWhatIf *self)
{
  g_return_if_fail (SB_IS_WHAT_IF (self));

  if (self->pattern != NULL && self->pause_id == 0)
    ask (self, TRUE);
}

char *
sb_what_if_dup_words (SbWhatIf *self, gint64 now_us)
{
  g_autofree char *matches = NULL;
  g_autofree char *looked_at = NULL;
  g_autofree char *since = NULL;
  g_autofree char *sentence = NULL;

  g_return_val_if_fail (SB_IS_WHAT_IF (self), NULL);

  if (!self->known)
    return g_strdup ("");
  if (self->looked_at == 0)
    return g_strdup (_ ("There are no events yet to hold it against"));
  matches = sb_words_count (self->matches);
  looked_at = sb_words_count (self->looked_at);
  since = sb_words_ago (self->oldest_us, now_us);
  /* Translators: "Matches 1,204 of the newest 10,000 events, the oldest 2 h ago" */
  sentence = g_strdup_printf (_ ("Matches %s of the newest %s events, the oldest %s"), matches,
                                 looked_at, since);
  if (!self->compared)
    return g_steal_pointer (&sentence);
  if (self->n_gained == 0 && self->n_lost == 0)
    /* Translators: a sentence about matches, and that it is the same as before */
    return g_strdup_printf (_ ("%s, as the rule in force"), sentence);
  /* Translators: "… (+37 / −2 against the rule in force)" */
  return g_strdup_printf (_ ("%s (+%'lu / −%'lu against the rule in force)"), sentence,
                             (gulong) self->n_gained, (gulong) self->n_lost);
}

gint64
sb_what_if_get_gained (SbWhatIf *self, char ***out_ids)
{
  g_return_val_if_fail (SB_IS_WHAT_IF (self), 0);

  *out_ids = self->gained;
  return self->n_gained;
}

gint64
sb_what_if_get_lost (SbWhatIf *self, char ***out_ids)
{
  g_return_val_if_fail (SB_IS_WHAT_IF (self), 0);

  *out_ids = self->lost;
  return self->n_lost;
}

static void
sb_what_if_dispose (GObject *object)
{
  SbWhatIf *self = SB_WHAT_IF (object);

  g_clear_handle_id (&self->pause_id, g_source_remove);
  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (sb_what_if_parent_class)->dispose (object);
}

static void
sb_what_if_finalize (GObject *object)
{
  SbWhatIf *self = SB_WHAT_IF (object);

  forget (self);
  g_free (self->rule);
  g_free (self->text);
  g_free (self->pattern);

  G_OBJECT_CLASS (sb_what_if_parent_class)->finalize (object);
}

static void
sb_what_if_class_init (SbWhatIfClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sb_what_if_dispose;
  G_OBJECT_CLASS (klass)->finalize = sb_what_if_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", SB_TYPE_WHAT_IF, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
sb_what_if_init (SbWhatIf *self)
{
}

SbWhatIf *
sb_what_if_new (SbClient *client, const char *rule, guint pause_ms)
{
  SbWhatIf *self = g_object_new (SB_TYPE_WHAT_IF, NULL);

  self->client = g_object_ref (client);
  self->rule = g_strdup (rule);
  self->pause_ms = pause_ms;
  return self;
}
