#include "config.h"

#include "sb-comparison.h"

#include "sb-json.h"

#define MAX_CHANGES 30
#define MAX_PAGES 10 /* of a search that finds nothing: each takes the router 60 ms */
#define MAX_BODY_BYTES                                                                             \
  (256 * 1024) /* larger ones are not compared: it is done on the UI thread                        \
                */

/* First the delivery to compare with is looked for, then both bodies are fetched. */
struct _SbComparison
{
  GObject parent_instance;

  SbClient *client;
  SbDelivery *delivery;
  GCancellable *cancellable;
  guint n_pages;
  char *event;
  gint64 at_us;
  GBytes *bodies[2]; /* of the one that was taken, and of this one */
  GPtrArray *changes;
  guint n_all;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SbComparison, sb_comparison, G_TYPE_OBJECT)

static void
clear (SbComparison *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->delivery);
  g_clear_pointer (&self->event, g_free);
  g_clear_pointer (&self->bodies[0], g_bytes_unref);
  g_clear_pointer (&self->bodies[1], g_bytes_unref);
  g_clear_pointer (&self->changes, g_ptr_array_unref);
  self->n_all = self->n_pages = 0;
}

static char *
text_of (GBytes *bytes)
{
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
compare (SbComparison *self)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  if (self->bodies[0] == NULL || self->bodies[1] == NULL ||
      g_bytes_get_size (self->bodies[0]) > MAX_BODY_BYTES ||
      g_bytes_get_size (self->bodies[1]) > MAX_BODY_BYTES)
    return;
  before = text_of (self->bodies[0]);
  after = text_of (self->bodies[1]);
  self->changes = sb_json_diff (before, after, "$.detail", MAX_CHANGES, &self->n_all);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
take_body (GObject *source, GAsyncResult *result, gpointer user_data, guint which)
{
  g_autoptr (GBytes) bytes = sb_client_fetch_finish (SB_CLIENT (source), result, NULL, NULL);

  /* Cancelled, or it is kept no more: there is nothing to compare with. */
  if (bytes == NULL)
    return;
  SB_COMPARISON (user_data)->bodies[which] = g_steal_pointer (&bytes);
  compare (SB_COMPARISON (user_data));
}

static void
taken_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  take_body (source, result, user_data, 0);
}

static void
failed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  take_body (source, result, user_data, 1);
}

static void look (SbComparison *self, const char *after);

static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, NULL);
  g_autoptr (GPtrArray) found = NULL;
  g_autofree char *next = NULL;
  SbComparison *self;

  if (answer == NULL)
    return;
  self = SB_COMPARISON (user_data);
  found = sb_json_objects (answer, "deliveries");
  next = sb_json_dup_text (answer, "next");
  if (found->len == 0)
    {
      if (*next != '\0' && self->n_pages < MAX_PAGES)
        look (self, next);
      return;
    }
  self->event = g_strdup (sb_json_string (g_ptr_array_index (found, 0), "event"));
  self->at_us = sb_json_time_us (g_ptr_array_index (found, 0), "changed");
  sb_client_fetch_body_async (self->client, self->event, self->cancellable, taken_cb, self);
  sb_client_fetch_body_async (self->client, sb_delivery_get_event (self->delivery),
                              self->cancellable, failed_cb, self);
}

static void
look (SbComparison *self, const char *after)
{
  g_autofree char *connector = g_uri_escape_string (sb_delivery_get_connector (self->delivery),
                                                    NULL, FALSE);
  g_autofree char *rule = g_uri_escape_string (sb_delivery_get_rule (self->delivery), NULL, FALSE);
  g_autofree char *type = g_uri_escape_string (sb_delivery_get_detail_type (self->delivery), NULL,
                                               FALSE);
  g_autofree char *query = g_strdup_printf (
      "state=done&order=newest&connector=%s&rule=%s&detail-type=%s", connector, rule, type);

  self->n_pages++;
  sb_client_get_page_async (self->client, "deliveries", query, after, 1, self->cancellable,
                            found_cb, self);
}

static void
sb_comparison_dispose (GObject *object)
{
  SbComparison *self = SB_COMPARISON (object);

  clear (self);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (sb_comparison_parent_class)->dispose (object);
}

static void
sb_comparison_class_init (SbComparisonClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sb_comparison_dispose;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", SB_TYPE_COMPARISON, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
sb_comparison_init (SbComparison *self)
{
}

SbComparison *
sb_comparison_new (SbClient *client)
{
  SbComparison *self = g_object_new (SB_TYPE_COMPARISON, NULL);

  self->client = g_object_ref (client);
  return self;
}

void
sb_comparison_set_delivery (SbComparison *self, SbDelivery *delivery)
{
  g_return_if_fail (SB_IS_COMPARISON (self));

  clear (self);
  if (delivery != NULL)
    {
      self->delivery = g_object_ref (delivery);
      self->cancellable = g_cancellable_new ();
      look (self, NULL);
    }
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

GPtrArray *
sb_comparison_get_changes (SbComparison *self, guint *out_n_all)
{
  g_return_val_if_fail (SB_IS_COMPARISON (self), NULL);

  *out_n_all = self->n_all;
  return self->changes;
}

const char *
sb_comparison_get_event (SbComparison *self)
{
  g_return_val_if_fail (SB_IS_COMPARISON (self), NULL);

  return self->event != NULL ? self->event : "";
}

gint64
sb_comparison_get_at_us (SbComparison *self)
{
  g_return_val_if_fail (SB_IS_COMPARISON (self), -1);

  return self->at_us;
}
