#include "config.h"

#include "sb-dead-groups-page.h"

#include <glib/gi18n.h>

#include "sb-dead-group.h"
#include "sb-delivery-detail.h"
#include "sb-item-row.h"
#include "sb-json.h"
#include "sb-replay-dialog.h"
#include "sb-text.h"
#include "sb-widget.h"
#include "sb-words.h"

/* What is acted on is chosen by the router's filter, and groups whose messages differ can have the
 * same one: every number that is shown on a button is of all that the filter chooses.
 *
 * A discarded group can be brought back: `undo_filter` chooses what was discarded since. */
struct _SbDeadGroupsPage
{
  SbListPage parent_instance;

  SbDeadGroup *group; /* selected, or NULL */
  GCancellable *sample_cancellable;
  JsonObject *undo_filter;
  char *undo_job;
  gint64 n_discarded;

  GtkWidget *heading;
  GtkWidget *message;
  GtkWidget *ages;
  GtkWidget *discard_button;
  GtkWidget *replay_button;
  SbDeliveryDetail *detail;
};

G_DEFINE_FINAL_TYPE (SbDeadGroupsPage, sb_dead_groups_page, SB_TYPE_LIST_PAGE)

static SbClient *
get_client (SbDeadGroupsPage *self)
{
  return sb_router_get_client (sb_page_get_router (SB_PAGE (self)));
}

static gint64
count_chosen (SbDeadGroupsPage *self, JsonObject *filter)
{
  GListModel *list = G_LIST_MODEL (sb_list_page_get_list (SB_LIST_PAGE (self)));
  gint64 n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (SbDeadGroup) group = g_list_model_get_item (list, i);

      if (sb_dead_group_is_chosen (group, filter))
        n += sb_dead_group_get_count (group);
    }
  return n;
}

/* The router's time now, so that what dies later is not meant. */
static JsonObject *
new_filter (SbDeadGroupsPage *self)
{
  JsonObject *filter = sb_dead_group_new_filter (self->group);
  g_autofree char *to = sb_json_format_time (
      sb_router_get_now_us (sb_page_get_router (SB_PAGE (self))));

  json_object_set_string_member (filter, "to", to);
  return filter;
}

/* ---- Showing --------------------------------------------------------------------------------- */

static void
update_actions (SbDeadGroupsPage *self)
{
  SbRouter *router = sb_page_get_router (SB_PAGE (self));
  gboolean able = self->group != NULL && sb_router_get_state (router) == SB_ROUTER_CONNECTED;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "groups.replay", able);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "groups.discard", able);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "groups.show", self->group != NULL);
}

static void
update_ages (SbDeadGroupsPage *self)
{
  gint64 now_us = sb_router_get_now_us (sb_page_get_router (SB_PAGE (self)));
  g_autofree char *first = sb_words_ago (sb_dead_group_get_first_us (self->group), now_us);
  g_autofree char *last = sb_words_ago (sb_dead_group_get_last_us (self->group), now_us);
  /* Translators: "First 3 h ago, last 12 s ago" */
  g_autofree char *ages = g_strdup_printf (_ ("First %s, last %s"), first, last);

  gtk_label_set_text (GTK_LABEL (self->ages), ages);
}

static void
update_head (SbDeadGroupsPage *self)
{
  g_autoptr (JsonObject) filter = sb_dead_group_new_filter (self->group);
  gint64 n = count_chosen (self, filter);
  g_autofree char *count = sb_words_count (n);
  g_autofree char *own = sb_words_count (sb_dead_group_get_count (self->group));
  g_autofree char *title = sb_dead_group_dup_title (self->group);
  /* Translators: "5 × 401 Unauthorized from webhook/billing" */
  g_autofree char *heading = g_strdup_printf (_ ("%s × %s from %s"), own, title,
                                                 sb_dead_group_get_connector (self->group));
  g_autofree char *message = sb_text_visible (sb_dead_group_get_message (self->group), -1,
                                              SB_TEXT_LINE);
  g_autofree char *replay = g_strdup_printf (_ ("Replay %s…"), count);
  g_autofree char *discard = g_strdup_printf (_ ("Discard %s"), count);

  gtk_label_set_text (GTK_LABEL (self->heading), heading);
  gtk_label_set_text (GTK_LABEL (self->message), message);
  gtk_widget_set_visible (self->message, *message != '\0');
  gtk_button_set_label (GTK_BUTTON (self->replay_button), replay);
  gtk_button_set_label (GTK_BUTTON (self->discard_button), discard);
  update_ages (self);
}

static void
sample_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, NULL);
  SbDeadGroupsPage *self;
  g_autoptr (SbItem) item = NULL;

  /* Cancelled, or it is gone, and the group has another one at the next refresh. */
  if (answer == NULL)
    return;
  self = SB_DEAD_GROUPS_PAGE (user_data);
  item = sb_item_new (SB_TYPE_DELIVERY, answer);
  if (item != NULL)
    sb_delivery_detail_show (self->detail, sb_page_get_router (SB_PAGE (self)), SB_DELIVERY (item));
}

static void
show_sample (SbDeadGroupsPage *self)
{
  g_cancellable_cancel (self->sample_cancellable);
  g_clear_object (&self->sample_cancellable);
  self->sample_cancellable = g_cancellable_new ();
  if (*sb_dead_group_get_sample (self->group) != '\0')
    sb_client_get_delivery_async (get_client (self), sb_dead_group_get_sample (self->group),
                                  self->sample_cancellable, sample_cb, self);
}

static void
sb_dead_groups_page_selected (SbListPage *page, GPtrArray *items)
{
  SbDeadGroupsPage *self = SB_DEAD_GROUPS_PAGE (page);

  SbDeadGroup *group = items->len > 0 ? g_ptr_array_index (items, 0) : NULL;

  g_set_object (&self->group, group);
  update_actions (self);
  if (self->group == NULL)
    return;
  update_head (self);
  show_sample (self);
}

static void
fill_row (SbItemRow *row, gpointer item, gint64 now_us)
{
  SbDeadGroup *group = item;
  g_autofree char *title = sb_dead_group_dup_title (group);
  g_autofree char *count = sb_words_short_count (sb_dead_group_get_count (group));
  g_autofree char *last = sb_words_ago (sb_dead_group_get_last_us (group), now_us);
  g_autofree char *way = g_strdup_printf ("%s → %s", sb_dead_group_get_rule (group),
                                          sb_dead_group_get_connector (group));
  g_autofree char *second = *sb_dead_group_get_message (group) != '\0'
                                ? g_strdup_printf ("%s · %s", last,
                                                   sb_dead_group_get_message (group))
                                : g_strdup (last);

  sb_item_row_set_icon (row, "sb-dead-symbolic", "error");
  sb_item_row_set_title (row, title);
  sb_item_row_set_end (row, count, "dead");
  sb_item_row_set_lines (row, way, second);
}

static GtkWidget *
sb_dead_groups_page_new_row (SbListPage *page)
{
  return sb_item_row_new (fill_row);
}

static void
sb_dead_groups_page_set_row_item (GtkWidget *row, gpointer item)
{
  sb_item_row_set_item (SB_ITEM_ROW (row), item);
}

static void
sb_dead_groups_page_beat_row (GtkWidget *row, gint64 now_us)
{
  sb_item_row_beat (SB_ITEM_ROW (row), now_us);
}

static void
sb_dead_groups_page_beat (SbPage *page)
{
  SbDeadGroupsPage *self = SB_DEAD_GROUPS_PAGE (page);
  const SbStatus *status = sb_router_get_status (sb_page_get_router (page));
  gulong n = status != NULL ? (gulong) status->dead : 0;
  g_autofree char *subtitle = g_strdup_printf (
      ngettext ("%'lu delivery gave up", "%'lu deliveries gave up", n), n);

  sb_page_set_subtitle (page, n > 0 ? subtitle : "");
  SB_PAGE_CLASS (sb_dead_groups_page_parent_class)->beat (page);
  sb_delivery_detail_beat (self->detail);
  update_actions (self);
  if (self->group != NULL)
    update_head (self);
}

/* ---- Acting ---------------------------------------------------------------------------------- */

static void
replay_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbDeadGroupsPage *self = SB_DEAD_GROUPS_PAGE (widget);
  g_autoptr (JsonObject) filter = new_filter (self);
  SbReplayDialog *dialog = sb_replay_dialog_new (
      GTK_WINDOW (gtk_widget_get_root (widget)), sb_page_get_router (SB_PAGE (self)), filter,
      sb_dead_group_get_connector (self->group), count_chosen (self, filter));

  gtk_window_present (GTK_WINDOW (dialog));
}

static void
discarded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  SbDeadGroupsPage *self;
  g_autofree char *words = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self = SB_DEAD_GROUPS_PAGE (user_data);
  if (answer == NULL)
    {
      sb_page_toast (SB_PAGE (self), error->message);
      return;
    }
  g_free (self->undo_job);
  self->undo_job = sb_json_dup_text (answer, "id");
  words = g_strdup_printf (ngettext ("%'lu dead letter discarded", "%'lu dead letters discarded",
                                     (gulong) self->n_discarded),
                           (gulong) self->n_discarded);
  sb_page_offer_undo (SB_PAGE (self), words);
  sb_router_poke (sb_page_get_router (SB_PAGE (self)));
}

static JsonObject *
new_job (const char *kind, JsonObject *filter)
{
  JsonObject *job = json_object_new ();

  json_object_set_string_member (job, "kind", kind);
  json_object_set_object_member (job, "filter", json_object_ref (filter));
  json_object_set_string_member (job, "actor", g_get_user_name ());
  return job;
}

static void
discard_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbDeadGroupsPage *self = SB_DEAD_GROUPS_PAGE (widget);
  g_autoptr (JsonObject) filter = new_filter (self);
  g_autoptr (JsonObject) job = new_job ("discard", filter);

  g_clear_pointer (&self->undo_filter, json_object_unref);
  self->undo_filter = sb_dead_group_new_filter (self->group);
  json_object_set_string_member (self->undo_filter, "from", sb_json_string (filter, "to"));
  self->n_discarded = count_chosen (self, filter);
  sb_client_act_async (get_client (self), "jobs", job, sb_page_get_cancellable (SB_PAGE (self)),
                       discarded_cb, self);
}

static void
restored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  sb_page_toast (SB_PAGE (user_data),
                 answer != NULL ? _ ("They are dead letters again") : error->message);
}

/* Whether the discarding job was cancelled or had ended: what it did is undone now. */
static void
stopped_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer G_GNUC_UNUSED = sb_client_get_finish (SB_CLIENT (source), result,
                                                                      &error);
  g_autoptr (JsonObject) job = NULL;
  SbDeadGroupsPage *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = SB_DEAD_GROUPS_PAGE (user_data);
  job = new_job ("restore", self->undo_filter);
  sb_client_act_async (get_client (self), "jobs", job, sb_page_get_cancellable (SB_PAGE (self)),
                       restored_cb, self);
}

static void
sb_dead_groups_page_undo (SbPage *page)
{
  SbDeadGroupsPage *self = SB_DEAD_GROUPS_PAGE (page);
  g_autofree char *what = NULL;

  if (self->undo_job == NULL)
    return;
  what = g_strdup_printf ("jobs/%s/cancel", self->undo_job);
  g_clear_pointer (&self->undo_job, g_free);
  sb_client_act_async (get_client (self), what, NULL, sb_page_get_cancellable (SB_PAGE (self)),
                       stopped_cb, self);
}

static void
show_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbDeadGroupsPage *self = SB_DEAD_GROUPS_PAGE (widget);
  g_autofree char *query = sb_dead_group_dup_query (self->group);

  gtk_widget_activate_action (widget, "win.list-dead-letters", "s", query);
}

static void
one_by_one_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "win.show-dead-letters", "s", "");
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void
sb_dead_groups_page_dispose (GObject *object)
{
  SbDeadGroupsPage *self = SB_DEAD_GROUPS_PAGE (object);

  g_cancellable_cancel (self->sample_cancellable);
  g_clear_object (&self->sample_cancellable);
  g_clear_object (&self->group);

  G_OBJECT_CLASS (sb_dead_groups_page_parent_class)->dispose (object);
}

static void
sb_dead_groups_page_finalize (GObject *object)
{
  SbDeadGroupsPage *self = SB_DEAD_GROUPS_PAGE (object);

  g_clear_pointer (&self->undo_filter, json_object_unref);
  g_free (self->undo_job);

  G_OBJECT_CLASS (sb_dead_groups_page_parent_class)->finalize (object);
}

static void
sb_dead_groups_page_class_init (SbDeadGroupsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SbListPageClass *list_page_class = SB_LIST_PAGE_CLASS (klass);

  object_class->dispose = sb_dead_groups_page_dispose;
  object_class->finalize = sb_dead_groups_page_finalize;
  SB_PAGE_CLASS (klass)->beat = sb_dead_groups_page_beat;
  SB_PAGE_CLASS (klass)->undo = sb_dead_groups_page_undo;
  list_page_class->query = "";
  list_page_class->get_item_type = sb_dead_group_get_type;
  list_page_class->new_row = sb_dead_groups_page_new_row;
  list_page_class->set_row_item = sb_dead_groups_page_set_row_item;
  list_page_class->beat_row = sb_dead_groups_page_beat_row;
  list_page_class->selected = sb_dead_groups_page_selected;

  g_type_ensure (SB_TYPE_DELIVERY_DETAIL);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/signalbox/Signalbox/ui/sb-dead-groups-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SbDeadGroupsPage, heading);
  gtk_widget_class_bind_template_child (widget_class, SbDeadGroupsPage, message);
  gtk_widget_class_bind_template_child (widget_class, SbDeadGroupsPage, ages);
  gtk_widget_class_bind_template_child (widget_class, SbDeadGroupsPage, discard_button);
  gtk_widget_class_bind_template_child (widget_class, SbDeadGroupsPage, replay_button);
  gtk_widget_class_bind_template_child (widget_class, SbDeadGroupsPage, detail);
  gtk_widget_class_install_action (widget_class, "groups.replay", NULL, replay_action);
  gtk_widget_class_install_action (widget_class, "groups.discard", NULL, discard_action);
  gtk_widget_class_install_action (widget_class, "groups.show", NULL, show_action);
  gtk_widget_class_install_action (widget_class, "groups.one-by-one", NULL, one_by_one_action);
}

static void
sb_dead_groups_page_init (SbDeadGroupsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sb_delivery_detail_hide_buttons (self->detail);
  sb_list_page_add_key (SB_LIST_PAGE (self), GDK_KEY_r, "groups.replay");
  sb_list_page_add_key (SB_LIST_PAGE (self), GDK_KEY_Delete, "groups.discard");
  sb_list_page_set_empty (
      SB_LIST_PAGE (self), "emblem-ok-symbolic",
      _ ("No Dead Letters"),
         _ ("A delivery that gives up is kept here until somebody replays or discards it."));
}
