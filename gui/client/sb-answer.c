#include "config.h"

#include "sb-answer.h"

/* Keeps the text of the answer: most answers are the same as the one before, and whoever shows them
 * would build rows for nothing. */
struct _SbAnswer
{
  GObject parent_instance;

  SbClient *client;
  char *what;
  char *query;

  GCancellable *asking; /* NULL when nothing is under way */
  gboolean ask_again;
  JsonObject *answer;
  char *text;
  char *error;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SbAnswer, sb_answer, G_TYPE_OBJECT)

static void
tell (SbAnswer *self)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
take_answer (SbAnswer *self, JsonObject *answer)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), answer);
  g_autofree char *text = json_to_string (node, FALSE);
  gboolean same = self->error == NULL && g_strcmp0 (text, self->text) == 0;

  g_clear_pointer (&self->error, g_free);
  if (same)
    return;
  g_free (self->text);
  self->text = g_steal_pointer (&text);
  g_clear_pointer (&self->answer, json_object_unref);
  self->answer = json_object_ref (answer);
  tell (self);
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  g_autoptr (SbAnswer) self = NULL;

  /* By dispose or another question: user_data may be gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = g_object_ref (SB_ANSWER (user_data));
  g_clear_object (&self->asking);
  if (answer != NULL)
    take_answer (self, answer);
  else if (g_strcmp0 (self->error, error->message) != 0)
    {
      g_free (self->error);
      self->error = g_strdup (error->message);
      tell (self);
    }
  if (self->ask_again && self->asking == NULL)
    sb_answer_refresh (self);
}

static void
stop (SbAnswer *self)
{
  if (self->asking != NULL)
    g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  self->ask_again = FALSE;
}

static void
sb_answer_dispose (GObject *object)
{
  stop (SB_ANSWER (object));

  G_OBJECT_CLASS (sb_answer_parent_class)->dispose (object);
}

static void
sb_answer_finalize (GObject *object)
{
  SbAnswer *self = SB_ANSWER (object);

  g_clear_object (&self->client);
  g_clear_pointer (&self->answer, json_object_unref);
  g_free (self->what);
  g_free (self->query);
  g_free (self->text);
  g_free (self->error);

  G_OBJECT_CLASS (sb_answer_parent_class)->finalize (object);
}

static void
sb_answer_class_init (SbAnswerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sb_answer_dispose;
  G_OBJECT_CLASS (klass)->finalize = sb_answer_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", SB_TYPE_ANSWER, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
sb_answer_init (SbAnswer *self)
{
}

SbAnswer *
sb_answer_new (SbClient *client, const char *what, const char *query)
{
  SbAnswer *self = g_object_new (SB_TYPE_ANSWER, NULL);

  self->client = g_object_ref (client);
  self->what = g_strdup (what);
  self->query = g_strdup (query);
  return self;
}

void
sb_answer_set_question (SbAnswer *self, const char *what, const char *query)
{
  g_return_if_fail (SB_IS_ANSWER (self));

  if (g_strcmp0 (what, self->what) == 0 && g_strcmp0 (query, self->query) == 0)
    return;
  stop (self);
  g_free (self->what);
  self->what = g_strdup (what);
  g_free (self->query);
  self->query = g_strdup (query);
  g_clear_pointer (&self->answer, json_object_unref);
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->error, g_free);
  tell (self);
}

void
sb_answer_set_query (SbAnswer *self, const char *query)
{
  g_return_if_fail (SB_IS_ANSWER (self));

  if (g_strcmp0 (self->query, query) == 0)
    return;
  stop (self);
  g_free (self->query);
  self->query = g_strdup (query);
}

void
sb_answer_refresh (SbAnswer *self)
{
  g_return_if_fail (SB_IS_ANSWER (self));

  self->ask_again = self->asking != NULL;
  if (self->asking != NULL || self->what == NULL)
    return;
  self->asking = g_cancellable_new ();
  sb_client_ask_async (self->client, self->what, self->query, self->asking, answered_cb, self);
}

JsonObject *
sb_answer_get (SbAnswer *self)
{
  g_return_val_if_fail (SB_IS_ANSWER (self), NULL);

  return self->answer;
}

const char *
sb_answer_get_error (SbAnswer *self)
{
  g_return_val_if_fail (SB_IS_ANSWER (self), NULL);

  return self->error;
}
