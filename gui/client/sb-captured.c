#include "config.h"

#include "sb-captured.h"

#include <string.h>

#include "sb-json.h"
#include "sb-trial.h"

#define N_NEWEST 20  /* of all */
#define N_MATCHED 10 /* that the rule has matched */

typedef struct
{
  SbEvent *event;
  JsonObject *object; /* NULL: not here yet */
} Captured;

struct _SbCaptured
{
  GObject parent_instance;

  SbClient *client;
  char *rule;
  GPtrArray *all;  /* of Captured, the newest first */
  guint n_waiting; /* for answers */
  GCancellable *cancellable;
};

enum
{
  SIGNAL_CHANGED,
  SIGNAL_ARRIVED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SbCaptured, sb_captured, G_TYPE_OBJECT)

static void
captured_free (Captured *captured)
{
  g_object_unref (captured->event);
  g_clear_pointer (&captured->object, json_object_unref);
  g_free (captured);
}

static Captured *
find (SbCaptured *self, const char *id)
{
  for (guint i = 0; i < self->all->len; i++)
    {
      Captured *captured = self->all->pdata[i];

      if (g_str_equal (sb_item_get_id (SB_ITEM (captured->event)), id))
        return captured;
    }
  return NULL;
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 first_us = sb_event_get_received_us ((*(Captured *const *) a)->event);
  gint64 second_us = sb_event_get_received_us ((*(Captured *const *) b)->event);

  return first_us == second_us ? 0 : first_us > second_us ? -1 : 1;
}

static gboolean
is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
event_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  JsonObject *object = sb_json_object (answer, "event");
  SbCaptured *self;
  Captured *captured;

  if (is_cancelled (error))
    return;
  self = SB_CAPTURED (user_data);
  self->n_waiting--;
  /* It may be gone by now. */
  captured = object != NULL ? find (self, sb_json_string (object, "id")) : NULL;
  if (captured != NULL && captured->object == NULL)
    {
      captured->object = json_object_ref (object);
      g_signal_emit (self, signals[SIGNAL_ARRIVED], 0, object);
    }
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* Either list; what both have is taken once. */
static void
list_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  g_autoptr (GPtrArray) events = NULL;
  SbCaptured *self;

  if (is_cancelled (error))
    return;
  self = SB_CAPTURED (user_data);
  self->n_waiting--;
  events = sb_json_objects (answer, "events");
  for (guint i = 0; i < events->len; i++)
    {
      SbItem *item = sb_item_new (SB_TYPE_EVENT, events->pdata[i]);
      Captured *captured;

      if (item == NULL || find (self, sb_item_get_id (item)) != NULL)
        {
          g_clear_object (&item);
          continue;
        }
      captured = g_new0 (Captured, 1);
      captured->event = SB_EVENT (item);
      g_ptr_array_add (self->all, captured);
      self->n_waiting++;
      sb_client_get_event_async (self->client, sb_item_get_id (item), self->cancellable, event_cb,
                                 self);
    }
  g_ptr_array_sort (self->all, compare_times);
  if (self->all->len > 2 * N_NEWEST)
    g_ptr_array_set_size (self->all, 2 * N_NEWEST);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
sb_captured_refresh (SbCaptured *self)
{
  g_autofree char *escaped = NULL;
  g_autofree char *query = NULL;

  g_return_if_fail (SB_IS_CAPTURED (self));

  escaped = g_uri_escape_string (self->rule, NULL, FALSE);
  query = g_strconcat ("rule=", escaped, NULL);
  self->n_waiting += 2;
  sb_client_get_page_async (self->client, "events", "", NULL, N_NEWEST, self->cancellable, list_cb,
                            self);
  sb_client_get_page_async (self->client, "events", query, NULL, N_MATCHED, self->cancellable,
                            list_cb, self);
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void
sb_captured_dispose (GObject *object)
{
  SbCaptured *self = SB_CAPTURED (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (sb_captured_parent_class)->dispose (object);
}

static void
sb_captured_finalize (GObject *object)
{
  SbCaptured *self = SB_CAPTURED (object);

  g_clear_object (&self->cancellable);
  g_ptr_array_unref (self->all);
  g_free (self->rule);

  G_OBJECT_CLASS (sb_captured_parent_class)->finalize (object);
}

static void
sb_captured_class_init (SbCapturedClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sb_captured_dispose;
  G_OBJECT_CLASS (klass)->finalize = sb_captured_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", SB_TYPE_CAPTURED, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ARRIVED] = g_signal_new ("arrived", SB_TYPE_CAPTURED, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, JSON_TYPE_OBJECT);
}

static void
sb_captured_init (SbCaptured *self)
{
  self->cancellable = g_cancellable_new ();
  self->all = g_ptr_array_new_with_free_func ((GDestroyNotify) captured_free);
}

SbCaptured *
sb_captured_new (SbClient *client, const char *rule)
{
  SbCaptured *self = g_object_new (SB_TYPE_CAPTURED, NULL);

  self->client = g_object_ref (client);
  self->rule = g_strdup (rule);
  return self;
}

/* ---- Asking ---------------------------------------------------------------------------------- */

gboolean
sb_captured_is_loading (SbCaptured *self)
{
  g_return_val_if_fail (SB_IS_CAPTURED (self), FALSE);

  return self->n_waiting > 0;
}

guint
sb_captured_get_n (SbCaptured *self)
{
  g_return_val_if_fail (SB_IS_CAPTURED (self), 0);

  return self->all->len;
}

SbEvent *
sb_captured_get_event (SbCaptured *self, guint position)
{
  g_return_val_if_fail (SB_IS_CAPTURED (self) && position < self->all->len, NULL);

  return ((Captured *) self->all->pdata[position])->event;
}

JsonObject *
sb_captured_get_object (SbCaptured *self, guint position)
{
  g_return_val_if_fail (SB_IS_CAPTURED (self) && position < self->all->len, NULL);

  return ((Captured *) self->all->pdata[position])->object;
}

char *
sb_captured_dup_envelope (SbCaptured *self, guint position)
{
  const Captured *captured;
  JsonNode *detail;
  g_autofree char *text = NULL;
  g_autoptr (GBytes) body = NULL;

  g_return_val_if_fail (SB_IS_CAPTURED (self) && position < self->all->len, NULL);

  captured = self->all->pdata[position];
  if (captured->object == NULL)
    return NULL;
  detail = json_object_get_member (captured->object, "detail");
  text = detail != NULL ? json_to_string (detail, FALSE) : g_strdup ("null");
  body = g_bytes_new (text, strlen (text));
  return sb_trial_dup_envelope (captured->event, captured->object, body);
}
