#include "config.h"

#include "sb-dead-groups-page.h"

#include <glib/gi18n.h>

#include "sb-answer.h"
#include "sb-bars.h"
#include "sb-copy-curl.h"
#include "sb-dead-filter.h"
#include "sb-dead-row.h"
#include "sb-delivery-detail.h"
#include "sb-edit-dialog.h"
#include "sb-export.h"
#include "sb-facets.h"
#include "sb-histogram.h"
#include "sb-item-row.h"
#include "sb-json.h"
#include "sb-replay-dialog.h"
#include "sb-text.h"
#include "sb-undo-job.h"
#include "sb-widget.h"
#include "sb-words.h"
#include "sb-wrap-box.h"

#define PAGE_SIZE 100
#define N_POINTS 60 /* of the histogram */
/* What changed is told ten times a second; a drawing of the last hours is not looked at so often.
 */
#define HISTOGRAM_INTERVAL_US (2 * G_USEC_PER_SEC)

/* What the actions are about: `all` that the facets choose, one `group` of them, or `ids`. A group
 * and all are the router's to choose, by a filter with the time of the last answer, so that what
 * dies later is not meant; ids are acted on at once.
 *
 * What was discarded can be brought back, and nothing else: everything that was changed by one
 * operation bears its number. */
struct _SbDeadGroupsPage
{
  SbListPage parent_instance;

  SbDeadFilter *filter;
  SbAnswer *histogram;
  gint64 asked_us; /* for it, monotonic */
  gboolean out_of_date;

  gboolean all;
  SbDeadGroup *group; /* or NULL */
  GPtrArray *ids;     /* of selected deliveries */
  SbDelivery *shown;  /* selected, or one of the group; NULL while it is fetched */
  GCancellable *sample_cancellable;

  SbUndoJob *undo; /* of what was discarded last, or NULL */
  gint64 n_discarded;

  SbExport *export;
  GCancellable *export_cancellable;
  gint64 n_to_export;

  GtkWidget *total;
  GtkWidget *oldest;
  GtkWidget *bars;
  GtkWidget *facets;
  GtkWidget *facets_clear;
  GtkWidget *all_button;
  GtkWidget *export_revealer;
  GtkWidget *export_words;
  GtkWidget *export_bar;
  GtkWidget *icon;
  GtkWidget *heading;
  GtkWidget *message;
  GtkWidget *ages;
  GtkWidget *discard_button;
  GtkWidget *replay_button;
  GtkWidget *one_box;
  SbDeliveryDetail *detail;
};

G_DEFINE_FINAL_TYPE (SbDeadGroupsPage, sb_dead_groups_page, SB_TYPE_LIST_PAGE)

static SbClient *
get_client (SbDeadGroupsPage *self)
{
  return sb_router_get_client (sb_page_get_router (SB_PAGE (self)));
}

static gint64
get_now_us (SbDeadGroupsPage *self)
{
  return sb_router_get_now_us (sb_page_get_router (SB_PAGE (self)));
}

/* ---- How many -------------------------------------------------------------------------------- */

/* Of a group: by whether they were replayed before, when that was chosen. */
static gint64
count_group (SbDeadGroupsPage *self, SbDeadGroup *group)
{
  const char *replayed = sb_dead_filter_get (self->filter, "replayed");
  gint64 n_replayed = sb_dead_group_get_replayed (group);

  if (replayed == NULL)
    return sb_dead_group_get_count (group);
  return g_str_equal (replayed, "true") ? n_replayed : sb_dead_group_get_count (group) - n_replayed;
}

/* All that the facets choose.  The groups are the largest two hundred, so their sum would not do.
 */
static gint64
count_all (SbDeadGroupsPage *self)
{
  JsonObject *answer = sb_paged_list_get_answer (sb_list_page_get_list (SB_LIST_PAGE (self)));
  JsonObject *replayed = sb_json_object (sb_json_object (answer, "facets"), "replayed");
  const char *chosen = sb_dead_filter_get (self->filter, "replayed");

  if (chosen != NULL)
    return sb_json_int (replayed, chosen);
  if (replayed != NULL)
    return sb_json_int (replayed, "true") + sb_json_int (replayed, "false");
  return sb_json_int (answer, "total");
}

static gint64
count_chosen (SbDeadGroupsPage *self)
{
  if (self->all)
    return count_all (self);
  return self->group != NULL ? count_group (self, self->group) : self->ids->len;
}

/* By the router's clock of now, so that what dies later is not meant. */
static JsonObject *
new_filter (SbDeadGroupsPage *self)
{
  return sb_dead_filter_new_object (self->filter, self->all ? NULL : self->group,
                                    get_now_us (self));
}

static gint64
find_oldest_us (SbDeadGroupsPage *self)
{
  GListModel *list = G_LIST_MODEL (sb_list_page_get_list (SB_LIST_PAGE (self)));
  gint64 oldest_us = 0;

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (SbDeadGroup) group = g_list_model_get_item (list, i);
      gint64 first_us = sb_dead_group_get_first_us (group);

      if (oldest_us == 0 || first_us < oldest_us)
        oldest_us = first_us;
    }
  return oldest_us;
}

/* ---- Above ----------------------------------------------------------------------------------- */

static void
update_summary (SbDeadGroupsPage *self)
{
  gint64 n = count_all (self), oldest_us = find_oldest_us (self);
  g_autofree char *total = sb_words_count (n);
  g_autofree char *ago = oldest_us > 0 ? sb_words_ago (oldest_us, get_now_us (self)) : NULL;
  /* Translators: "oldest 3 h ago" */
  g_autofree char *oldest = ago != NULL ? g_strdup_printf (_ ("oldest %s"), ago) : g_strdup ("");
  g_autofree char *exact = oldest_us > 0 ? sb_words_exact_time (oldest_us) : NULL;
  g_autofree char *all = self->all ? g_strdup (_ ("Select Only One"))
                                   : g_strdup_printf (_ ("Select All %s"), total);

  /* Not 0 before anything is known. */
  gtk_label_set_label (
      GTK_LABEL (self->total),
      sb_paged_list_get_loaded (sb_list_page_get_list (SB_LIST_PAGE (self))) ? total : "–");
  gtk_label_set_label (GTK_LABEL (self->oldest), oldest);
  gtk_widget_set_tooltip_text (self->oldest, exact);
  gtk_button_set_label (GTK_BUTTON (self->all_button), all);
}

static void
histogram_cb (SbDeadGroupsPage *self)
{
  sb_histogram_show (SB_BARS (self->bars), sb_answer_get (self->histogram), sb_histogram_cause);
}

static void
ask_histogram (SbDeadGroupsPage *self)
{
  g_autofree char *filter = sb_dead_filter_dup_groups_query (self->filter);
  g_autofree char *query = g_strdup_printf ("by=cause&points=%u%s%s", N_POINTS,
                                            *filter != '\0' ? "&" : "", filter);

  self->asked_us = g_get_monotonic_time ();
  self->out_of_date = FALSE;
  sb_answer_set_query (self->histogram, query);
  sb_answer_refresh (self->histogram);
}

/* ---- Facets ---------------------------------------------------------------------------------- */

static char *
replayed_words (const char *value)
{
  return g_strdup (g_str_equal (value, "true") ? _ ("Replayed before") : _ ("Never replayed"));
}

static void
add_facets (SbDeadGroupsPage *self)
{
  SbFacets *facets = SB_FACETS (self->facets);

  sb_facets_add (facets, "connector", _ ("Connector"), NULL);
  sb_facets_add (facets, "cause", _ ("Cause"), sb_histogram_cause);
  sb_facets_add (facets, "status", _ ("Answer"), sb_histogram_status);
  sb_facets_add (facets, "error-code", _ ("Error Code"), NULL);
  sb_facets_add (facets, "rule", _ ("Rule"), NULL);
  sb_facets_add (facets, "detail-type", _ ("Type"), NULL);
  sb_facets_add (facets, "replayed", _ ("Replayed"), replayed_words);
}

static void
apply_filter (SbDeadGroupsPage *self)
{
  g_autofree char *query = sb_dead_filter_dup_groups_query (self->filter);
  gboolean filtered = !sb_dead_filter_is_empty (self->filter);

  self->all = FALSE;
  gtk_widget_set_visible (self->facets_clear, filtered);
  if (filtered)
    sb_list_page_set_empty (SB_LIST_PAGE (self), "system-search-symbolic",
                            _ ("Nothing Fits"), _ ("No dead letter is as the facets say."));
  else
    sb_list_page_set_empty (
        SB_LIST_PAGE (self), "emblem-ok-symbolic",
        _ ("No Dead Letters"),
           _ ("A delivery that gives up is kept here until somebody replays or discards it."));
  sb_list_page_set_query (SB_LIST_PAGE (self), query);
  ask_histogram (self);
}

static void
chosen_cb (SbDeadGroupsPage *self, const char *facet, const char *value)
{
  sb_dead_filter_set (self->filter, facet, value);
  sb_facets_set_chosen (SB_FACETS (self->facets), facet, sb_dead_filter_get (self->filter, facet));
  apply_filter (self);
}

static void
clear_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  static const char *const facets[] = { "connector",  "cause",       "status",   "rule",
                                        "error-code", "detail-type", "replayed", NULL };
  SbDeadGroupsPage *self = SB_DEAD_GROUPS_PAGE (widget);

  sb_dead_filter_clear (self->filter);
  for (guint i = 0; facets[i] != NULL; i++)
    sb_facets_set_chosen (SB_FACETS (self->facets), facets[i], NULL);
  apply_filter (self);
}

static void
facets_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sb_list_page_toggle_side (SB_LIST_PAGE (widget));
}

/* ---- What is selected ------------------------------------------------------------------------ */

static void
update_actions (SbDeadGroupsPage *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  SbRouter *router = sb_page_get_router (SB_PAGE (self));
  gboolean connected = sb_router_get_state (router) == SB_ROUTER_CONNECTED;
  gboolean any = count_chosen (self) > 0;
  gboolean query = self->all || self->group != NULL;

  gtk_widget_action_set_enabled (widget, "groups.replay", connected && any);
  gtk_widget_action_set_enabled (widget, "groups.discard", connected && any);
  gtk_widget_action_set_enabled (widget, "groups.export",
                                 connected && query && any && self->export == NULL);
  gtk_widget_action_set_enabled (widget, "groups.edit", connected && self->shown != NULL);
  gtk_widget_action_set_enabled (widget, "groups.copy-curl",
                                 connected && self->shown != NULL &&
                                     sb_copy_curl_can (self->shown));
  gtk_widget_action_set_enabled (widget, "groups.select-all", count_all (self) > 0);
}

static void
update_ages (SbDeadGroupsPage *self)
{
  gint64 now_us = get_now_us (self);
  g_autofree char *first = NULL;
  g_autofree char *last = NULL;
  g_autofree char *ages = NULL;

  gtk_widget_set_visible (self->ages, self->group != NULL && !self->all);
  if (self->group == NULL || self->all)
    return;
  first = sb_words_ago (sb_dead_group_get_first_us (self->group), now_us);
  last = sb_words_ago (sb_dead_group_get_last_us (self->group), now_us);
  /* Translators: "First 3 h ago, last 12 s ago" */
  ages = g_strdup_printf (_ ("First %s, last %s"), first, last);
  gtk_label_set_text (GTK_LABEL (self->ages), ages);
}

static char *
heading_words (SbDeadGroupsPage *self, gint64 n)
{
  g_autofree char *count = sb_words_count (n);
  g_autofree char *title = NULL;

  if (self->all)
    return g_strdup_printf (ngettext ("All %s Dead Letter", "All %s Dead Letters", (gulong) n),
                            count);
  if (self->group == NULL)
    return g_strdup_printf (
        ngettext ("%s Dead Letter Selected", "%s Dead Letters Selected", (gulong) n), count);
  title = sb_dead_group_dup_title (self->group);
  /* Translators: "5 × 401 Unauthorized from webhook/billing" */
  return g_strdup_printf (_ ("%s × %s from %s"), count, title,
                             sb_dead_group_get_connector (self->group));
}

static void
update_head (SbDeadGroupsPage *self)
{
  gint64 n = count_chosen (self);
  gboolean one = !self->all && self->group == NULL && n == 1;
  g_autofree char *count = sb_words_count (n);
  g_autofree char *heading = heading_words (self, n);
  g_autofree char *visible = sb_text_visible (heading, -1, SB_TEXT_LINE);
  g_autofree char *shown = sb_text_isolate (visible);
  g_autofree char *message = NULL;
  g_autofree char *replay = NULL;
  g_autofree char *discard = g_strdup_printf (_ ("Discard %s"), count);

  if (self->all)
    message = g_strdup (sb_dead_filter_is_empty (self->filter)
                        ? _ ("Everything that has died until now.")
                        : _ ("Everything that is as the facets say and has died until now."));
  else if (self->group != NULL)
    message = sb_text_visible (sb_dead_group_get_message (self->group), -1, SB_TEXT_LINE);
  else
    message = g_strdup ("");
  if (self->all || self->group != NULL)
    replay = g_strdup_printf (_ ("Replay %s…"), count);
  else
    replay = g_strdup_printf (_ ("Replay %s"), count);
  gtk_label_set_text (GTK_LABEL (self->heading), shown);
  gtk_widget_set_visible (gtk_widget_get_ancestor (self->icon, GTK_TYPE_BOX), !one);
  gtk_label_set_text (GTK_LABEL (self->message), message);
  gtk_widget_set_visible (self->message, *message != '\0');
  sb_widget_set_button_label (self->replay_button, one ? _ ("Replay") : replay);
  sb_widget_set_button_label (self->discard_button, one ? _ ("Discard") : discard);
  gtk_widget_set_visible (self->one_box, !self->all && (one || self->group != NULL));
  gtk_widget_set_visible (GTK_WIDGET (self->detail), !self->all && (one || self->group != NULL));
  update_ages (self);
  update_summary (self);
  update_actions (self);
}

static void
show_delivery (SbDeadGroupsPage *self, SbDelivery *delivery)
{
  g_set_object (&self->shown, delivery);
  sb_delivery_detail_show (self->detail, sb_page_get_router (SB_PAGE (self)), delivery);
  update_actions (self);
}

static void
sample_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, NULL);
  g_autoptr (SbItem) item = NULL;

  /* Cancelled, or it is gone, and the group has another one at the next refresh. */
  if (answer == NULL)
    return;
  item = sb_item_new (SB_TYPE_DELIVERY, answer);
  if (item != NULL)
    show_delivery (SB_DEAD_GROUPS_PAGE (user_data), SB_DELIVERY (item));
}

static void
show_sample (SbDeadGroupsPage *self)
{
  const char *sample = sb_dead_group_get_sample (self->group);

  if (*sample == '\0' ||
      (self->shown != NULL && g_str_equal (sb_item_get_id (SB_ITEM (self->shown)), sample)))
    return;
  self->sample_cancellable = g_cancellable_new ();
  sb_client_get_delivery_async (get_client (self), sample, self->sample_cancellable, sample_cb,
                                self);
}

static void
forget_sample (SbDeadGroupsPage *self)
{
  g_cancellable_cancel (self->sample_cancellable);
  g_clear_object (&self->sample_cancellable);
}

static void
sb_dead_groups_page_selected (SbListPage *page, GPtrArray *items)
{
  SbDeadGroupsPage *self = SB_DEAD_GROUPS_PAGE (page);
  gpointer only = items->len == 1 ? g_ptr_array_index (items, 0) : NULL;
  SbDeadGroup *group = SB_IS_DEAD_GROUP (only) ? only : NULL;

  forget_sample (self);
  self->all = FALSE;
  g_ptr_array_set_size (self->ids, 0);
  g_set_object (&self->group, group);
  /* Among several rows only dead letters count: a group is chosen by itself. */
  for (guint i = 0; i < items->len; i++)
    if (SB_IS_DELIVERY (g_ptr_array_index (items, i)))
      g_ptr_array_add (self->ids,
                       g_strdup (sb_item_get_id (SB_ITEM (g_ptr_array_index (items, i)))));
  if (self->group != NULL)
    show_sample (self);
  else
    show_delivery (self, SB_IS_DELIVERY (only) ? only : NULL);
  update_head (self);
}

/* All that the query chooses, whether it is loaded or not. */
static void
select_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbDeadGroupsPage *self = SB_DEAD_GROUPS_PAGE (widget);

  if (self->all)
    {
      sb_list_page_select_one (SB_LIST_PAGE (self));
      return;
    }
  sb_list_page_select_all (SB_LIST_PAGE (self));
  self->all = TRUE;
  forget_sample (self);
  show_delivery (self, NULL);
  update_head (self);
  if (sb_page_get_folded (SB_PAGE (self)))
    sb_list_page_show_detail (SB_LIST_PAGE (self));
}

/* ---- Rows ------------------------------------------------------------------------------------ */

static GtkWidget *
sb_dead_groups_page_new_row (SbListPage *page)
{
  return sb_dead_row_new ();
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

static char *
dup_letters_query (SbDeadGroupsPage *self, SbDeadGroup *group)
{
  g_autofree char *query = sb_dead_filter_dup_query (self->filter, group);

  return g_strconcat ("state=dead&order=newest", *query != '\0' ? "&" : "", query, NULL);
}

static SbPagedList *
sb_dead_groups_page_new_children (SbListPage *page, gpointer item)
{
  SbDeadGroupsPage *self = SB_DEAD_GROUPS_PAGE (page);
  g_autofree char *query = NULL;

  if (!SB_IS_DEAD_GROUP (item))
    return NULL;
  query = dup_letters_query (self, item);
  return sb_paged_list_new (get_client (self), SB_TYPE_DELIVERY, query, PAGE_SIZE);
}

static void
settled_cb (SbDeadGroupsPage *self)
{
  JsonObject *answer = sb_paged_list_get_answer (sb_list_page_get_list (SB_LIST_PAGE (self)));

  sb_facets_set_counts (SB_FACETS (self->facets), sb_json_object (answer, "facets"));
  update_head (self);
}

static void
sb_dead_groups_page_connected (SbPage *page)
{
  SbDeadGroupsPage *self = SB_DEAD_GROUPS_PAGE (page);

  SB_PAGE_CLASS (sb_dead_groups_page_parent_class)->connected (page);
  g_signal_connect_object (sb_list_page_get_list (SB_LIST_PAGE (self)), "settled",
                           G_CALLBACK (settled_cb), self, G_CONNECT_SWAPPED);
  self->histogram = sb_answer_new (get_client (self), "dead-letters/histogram", "");
  g_signal_connect_object (self->histogram, "changed", G_CALLBACK (histogram_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
sb_dead_groups_page_refresh (SbPage *page)
{
  SbDeadGroupsPage *self = SB_DEAD_GROUPS_PAGE (page);

  SB_PAGE_CLASS (sb_dead_groups_page_parent_class)->refresh (page);
  self->out_of_date = TRUE;
  if (sb_answer_get (self->histogram) == NULL)
    ask_histogram (self);
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
  update_ages (self);
  update_summary (self);
  update_actions (self);
  if (self->out_of_date && g_get_monotonic_time () - self->asked_us > HISTOGRAM_INTERVAL_US)
    ask_histogram (self);
}

/* ---- Replaying and discarding ---------------------------------------------------------------- */

static JsonObject *
new_ids (GPtrArray *ids)
{
  JsonObject *body = json_object_new ();
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < ids->len; i++)
    json_array_add_string_element (array, g_ptr_array_index (ids, i));
  json_object_set_array_member (body, "ids", array);
  json_object_set_string_member (body, "actor", g_get_user_name ());
  return body;
}

static void
ask_again (SbDeadGroupsPage *self)
{
  sb_router_poke (sb_page_get_router (SB_PAGE (self)));
  sb_page_refresh (SB_PAGE (self));
}

static char *
skipped_words (char *done, gulong skipped)
{
  g_autofree char *text = done;
  g_autofree char *rest = NULL;

  if (skipped == 0)
    return g_steal_pointer (&text);
  rest = g_strdup_printf (
      ngettext ("%'lu was not dead any more", "%'lu were not dead any more", skipped), skipped);
  return g_strjoin (_ (", "), text, rest, NULL);
}

static void
replayed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  gulong applied = (gulong) sb_json_int (answer, "applied");
  g_autofree char *words = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  words = answer == NULL
              ? g_strdup (error->message)
              : skipped_words (g_strdup_printf (ngettext ("%'lu dead letter replayed",
                                                          "%'lu dead letters replayed", applied),
                                                applied),
                               (gulong) sb_json_int (answer, "skipped"));
  sb_page_toast (SB_PAGE (user_data), words);
  ask_again (SB_DEAD_GROUPS_PAGE (user_data));
}

static void
replay_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbDeadGroupsPage *self = SB_DEAD_GROUPS_PAGE (widget);
  g_autoptr (JsonObject) body = NULL;
  const char *connector = sb_dead_filter_get (self->filter, "connector");

  if (!self->all && self->group != NULL)
    connector = sb_dead_group_get_connector (self->group);
  if (self->all || self->group != NULL)
    {
      body = new_filter (self);
      gtk_window_present (GTK_WINDOW (sb_replay_dialog_new (
          GTK_WINDOW (gtk_widget_get_root (widget)), sb_page_get_router (SB_PAGE (self)), body,
          connector != NULL ? connector : "", count_chosen (self))));
      return;
    }
  body = new_ids (self->ids);
  sb_client_act_async (get_client (self), "replay", body, sb_page_get_cancellable (SB_PAGE (self)),
                       replayed_cb, self);
}

static void
offer_undo (SbDeadGroupsPage *self, gint64 n)
{
  g_autofree char *words = g_strdup_printf (
      ngettext ("%'lu dead letter discarded", "%'lu dead letters discarded", (gulong) n),
      (gulong) n);

  sb_page_offer_undo (SB_PAGE (self), words);
  ask_again (self);
}

static void
discarded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  SbDeadGroupsPage *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self = SB_DEAD_GROUPS_PAGE (user_data);
  if (answer == NULL)
    {
      sb_page_toast (SB_PAGE (self), error->message);
      return;
    }
  self->undo = sb_undo_job_new (get_client (self), answer, "restore");
  if (!json_object_has_member (answer, "id"))
    self->n_discarded = sb_json_int (answer, "applied");
  offer_undo (self, self->n_discarded);
}

static void
discard_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbDeadGroupsPage *self = SB_DEAD_GROUPS_PAGE (widget);
  g_autoptr (JsonObject) filter = new_filter (self);
  g_autoptr (JsonObject) body = NULL;
  gboolean ids = !self->all && self->group == NULL;

  g_clear_object (&self->undo);
  self->n_discarded = count_chosen (self);
  body = ids ? new_ids (self->ids) : sb_undo_job_new_job ("discard", filter);
  sb_client_act_async (get_client (self), ids ? "discard" : "jobs", body,
                       sb_page_get_cancellable (SB_PAGE (self)), discarded_cb, self);
}

static void
restored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = sb_undo_job_run_finish (SB_UNDO_JOB (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  sb_page_toast (SB_PAGE (user_data), ok ? _ ("They are dead letters again") : error->message);
  ask_again (SB_DEAD_GROUPS_PAGE (user_data));
}

static void
sb_dead_groups_page_undo (SbPage *page)
{
  SbDeadGroupsPage *self = SB_DEAD_GROUPS_PAGE (page);

  if (self->undo != NULL)
    sb_undo_job_run_async (self->undo, sb_page_get_cancellable (page), restored_cb, self);
}

/* ---- One of them ----------------------------------------------------------------------------- */

static void
edit_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbDeadGroupsPage *self = SB_DEAD_GROUPS_PAGE (widget);

  sb_edit_dialog_present (widget, sb_page_get_router (SB_PAGE (self)), self->shown);
}

static void
copy_curl_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbDeadGroupsPage *self = SB_DEAD_GROUPS_PAGE (widget);

  sb_copy_curl (widget, get_client (self), self->shown);
}

static void
one_by_one_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "win.show-dead-letters", "s", "");
}

/* ---- Exporting ------------------------------------------------------------------------------- */

static void
progress_cb (SbDeadGroupsPage *self)
{
  gint64 n = sb_export_get_n_written (self->export);
  g_autofree char *written = sb_words_count (n);
  g_autofree char *all = sb_words_count (self->n_to_export);
  /* Translators: "1,200 of 40,218 exported" */
  g_autofree char *words = g_strdup_printf (_ ("%s of %s exported"), written, all);

  gtk_label_set_label (GTK_LABEL (self->export_words), words);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->export_bar),
                                 CLAMP ((double) n / (double) MAX (self->n_to_export, 1), 0, 1));
}

static void
exported_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gboolean done = sb_export_finish (SB_EXPORT (source), result, &error);
  gulong n = (gulong) sb_export_get_n_written (SB_EXPORT (source));
  g_autofree char *words = done ? g_strdup_printf (ngettext ("%'lu dead letter exported",
                                                             "%'lu dead letters exported", n),
                                                   n)
                                : g_strdup (error->message);
  GWeakRef *weak = user_data;
  g_autoptr (SbDeadGroupsPage) self = g_weak_ref_get (weak);

  g_weak_ref_clear (weak);
  g_free (weak);
  if (self == NULL)
    return;
  g_clear_object (&self->export);
  g_clear_object (&self->export_cancellable);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->export_revealer), FALSE);
  sb_page_toast (SB_PAGE (self), g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)
                 ? _ ("Nothing was exported")
                 : words);
  update_actions (self);
}

static void
export_to (SbDeadGroupsPage *self, GFile *file)
{
  g_autofree char *query = dup_letters_query (self, self->all ? NULL : self->group);
  g_autofree char *to = sb_json_format_time (get_now_us (self));
  g_autofree char *escaped = g_uri_escape_string (to, NULL, FALSE);
  g_autofree char *whole = g_strconcat (query, "&to=", escaped, NULL);
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, self);
  self->n_to_export = count_chosen (self);
  self->export = sb_export_new (get_client (self), whole, file);
  self->export_cancellable = g_cancellable_new ();
  g_signal_connect_object (self->export, "progress", G_CALLBACK (progress_cb), self,
                           G_CONNECT_SWAPPED);
  progress_cb (self);
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->export_revealer), TRUE);
  sb_export_run_async (self->export, self->export_cancellable, exported_cb, weak);
  update_actions (self);
}

static void
file_chosen_cb (SbDeadGroupsPage *self, int response, GtkNativeDialog *dialog)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));

  if (response == GTK_RESPONSE_ACCEPT && file != NULL && self->export == NULL)
    export_to (self, file);
  g_object_unref (dialog);
}

static void
export_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbDeadGroupsPage *self = SB_DEAD_GROUPS_PAGE (widget);
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
      _ ("Export Dead Letters"), GTK_WINDOW (gtk_widget_get_root (widget)),
         GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Export"), _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), "dead-letters.jsonl");
  g_signal_connect_object (dialog, "response", G_CALLBACK (file_chosen_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
stop_export_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_cancellable_cancel (SB_DEAD_GROUPS_PAGE (widget)->export_cancellable);
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void
sb_dead_groups_page_dispose (GObject *object)
{
  SbDeadGroupsPage *self = SB_DEAD_GROUPS_PAGE (object);

  forget_sample (self);
  g_cancellable_cancel (self->export_cancellable);
  g_clear_object (&self->export_cancellable);
  g_clear_object (&self->export);
  g_clear_object (&self->histogram);
  g_clear_object (&self->group);
  g_clear_object (&self->shown);

  G_OBJECT_CLASS (sb_dead_groups_page_parent_class)->dispose (object);
}

static void
sb_dead_groups_page_finalize (GObject *object)
{
  SbDeadGroupsPage *self = SB_DEAD_GROUPS_PAGE (object);

  g_clear_pointer (&self->filter, sb_dead_filter_free);
  g_clear_pointer (&self->ids, g_ptr_array_unref);
  g_clear_object (&self->undo);

  G_OBJECT_CLASS (sb_dead_groups_page_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, SbDeadGroupsPage, total);
  gtk_widget_class_bind_template_child (widget_class, SbDeadGroupsPage, oldest);
  gtk_widget_class_bind_template_child (widget_class, SbDeadGroupsPage, bars);
  gtk_widget_class_bind_template_child (widget_class, SbDeadGroupsPage, facets);
  gtk_widget_class_bind_template_child (widget_class, SbDeadGroupsPage, facets_clear);
  gtk_widget_class_bind_template_child (widget_class, SbDeadGroupsPage, all_button);
  gtk_widget_class_bind_template_child (widget_class, SbDeadGroupsPage, export_revealer);
  gtk_widget_class_bind_template_child (widget_class, SbDeadGroupsPage, export_words);
  gtk_widget_class_bind_template_child (widget_class, SbDeadGroupsPage, export_bar);
  gtk_widget_class_bind_template_child (widget_class, SbDeadGroupsPage, icon);
  gtk_widget_class_bind_template_child (widget_class, SbDeadGroupsPage, heading);
  gtk_widget_class_bind_template_child (widget_class, SbDeadGroupsPage, message);
  gtk_widget_class_bind_template_child (widget_class, SbDeadGroupsPage, ages);
  gtk_widget_class_bind_template_child (widget_class, SbDeadGroupsPage, discard_button);
  gtk_widget_class_bind_template_child (widget_class, SbDeadGroupsPage, replay_button);
  gtk_widget_class_bind_template_child (widget_class, SbDeadGroupsPage, one_box);
  gtk_widget_class_bind_template_child (widget_class, SbDeadGroupsPage, detail);
  gtk_widget_class_bind_template_callback (widget_class, chosen_cb);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "groups.replay", NULL, replay_action);
  gtk_widget_class_install_action (widget_class, "groups.discard", NULL, discard_action);
  gtk_widget_class_install_action (widget_class, "groups.edit", NULL, edit_action);
  gtk_widget_class_install_action (widget_class, "groups.copy-curl", NULL, copy_curl_action);
  gtk_widget_class_install_action (widget_class, "groups.export", NULL, export_action);
  gtk_widget_class_install_action (widget_class, "groups.stop-export", NULL, stop_export_action);
  gtk_widget_class_install_action (widget_class, "groups.select-all", NULL, select_all_action);
  gtk_widget_class_install_action (widget_class, "groups.one-by-one", NULL, one_by_one_action);
  gtk_widget_class_install_action (widget_class, "groups.facets", NULL, facets_action);
  gtk_widget_class_install_action (widget_class, "groups.clear-facets", NULL, clear_action);
}

static void
sb_dead_groups_page_class_init (SbDeadGroupsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SbPageClass *page_class = SB_PAGE_CLASS (klass);
  SbListPageClass *list_page_class = SB_LIST_PAGE_CLASS (klass);

  object_class->dispose = sb_dead_groups_page_dispose;
  object_class->finalize = sb_dead_groups_page_finalize;
  page_class->connected = sb_dead_groups_page_connected;
  page_class->refresh = sb_dead_groups_page_refresh;
  page_class->beat = sb_dead_groups_page_beat;
  page_class->undo = sb_dead_groups_page_undo;
  list_page_class->query = "";
  list_page_class->multiple = TRUE;
  list_page_class->get_item_type = sb_dead_group_get_type;
  list_page_class->new_row = sb_dead_groups_page_new_row;
  list_page_class->set_row_item = sb_dead_groups_page_set_row_item;
  list_page_class->beat_row = sb_dead_groups_page_beat_row;
  list_page_class->new_children = sb_dead_groups_page_new_children;
  list_page_class->selected = sb_dead_groups_page_selected;

  g_type_ensure (SB_TYPE_BARS);
  g_type_ensure (SB_TYPE_DELIVERY_DETAIL);
  g_type_ensure (SB_TYPE_FACETS);
  g_type_ensure (SB_TYPE_WRAP_BOX);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/signalbox/Signalbox/ui/sb-dead-groups-page.ui");
  bind_children (widget_class);
  install_actions (widget_class);
}

static void
sb_dead_groups_page_init (SbDeadGroupsPage *self)
{
  self->filter = sb_dead_filter_new ();
  self->ids = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  add_facets (self);
  sb_delivery_detail_hide_buttons (self->detail);
  sb_list_page_add_key (SB_LIST_PAGE (self), GDK_KEY_r, "groups.replay");
  sb_list_page_add_key (SB_LIST_PAGE (self), GDK_KEY_e, "groups.edit");
  sb_list_page_add_key (SB_LIST_PAGE (self), GDK_KEY_c, "groups.copy-curl");
  sb_list_page_add_key (SB_LIST_PAGE (self), GDK_KEY_Delete, "groups.discard");
  sb_list_page_add_accelerator (SB_LIST_PAGE (self), GDK_KEY_a, GDK_CONTROL_MASK,
                                "groups.select-all");
  sb_list_page_set_empty (
      SB_LIST_PAGE (self), "emblem-ok-symbolic",
      _ ("No Dead Letters"),
         _ ("A delivery that gives up is kept here until somebody replays or discards it."));
}
