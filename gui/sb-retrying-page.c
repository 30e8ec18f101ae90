#include "config.h"

#include "sb-retrying-page.h"

#include <glib/gi18n.h>

#include "sb-copy-curl.h"
#include "sb-delivery-detail.h"
#include "sb-delivery-row.h"
#include "sb-graph.h"
#include "sb-json.h"
#include "sb-undo-job.h"
#include "sb-widget.h"
#include "sb-words.h"

#define POSTPONE_US ((gint64) 60 * 60 * G_USEC_PER_SEC)

#define STATES "waiting,held"
#define QUERY "state=" STATES "&order=due"

/* What is acted on is what is selected, or all that the list would have, loaded or not: of one
 * connector, or of every one.  Of all it is a job of the router's. */
struct _SbRetryingPage
{
  SbListPage parent_instance;

  GPtrArray *ids;     /* selected */
  SbDelivery *shown;  /* the one that is, or NULL */
  char *connector;    /* that are listed; NULL: of all */
  gint64 n_connector; /* of its deliveries wait */
  gboolean updating;  /* the list of connectors */
  gboolean all;       /* all are selected */
  SbUndoJob *undo;    /* of what was given up last, or NULL */

  GtkWidget *connector_list;
  GtkStringList *connectors;
  GtkWidget *all_button;
  GtkWidget *detail_stack;
  SbDeliveryDetail *detail;
  GtkWidget *several_page;
  GtkWidget *give_up_button;
  GtkWidget *postpone_button;
  GtkWidget *retry_button;
};

G_DEFINE_FINAL_TYPE (SbRetryingPage, sb_retrying_page, SB_TYPE_LIST_PAGE)

static gint64
count_all (SbRetryingPage *self)
{
  const SbStatus *status = sb_router_get_status (sb_page_get_router (SB_PAGE (self)));

  if (self->connector != NULL)
    return self->n_connector;
  return status != NULL ? status->waiting + status->held : 0;
}

/* The number is on the buttons: none of them asks again. */
static void
show_several (SbRetryingPage *self)
{
  gulong n = self->all ? (gulong) count_all (self) : self->ids->len;
  g_autofree char *count = sb_words_count ((gint64) n);
  g_autofree char *title = g_strdup_printf (
      self->all ? ngettext ("All %'lu Delivery Selected", "All %'lu Deliveries Selected", n)
                : ngettext ("%'lu Delivery Selected", "%'lu Deliveries Selected", n),
      n);
  g_autofree char *give_up = g_strdup_printf (_ ("Give Up %s"), count);
  g_autofree char *postpone = g_strdup_printf (_ ("Postpone %s for 1 h"), count);
  g_autofree char *retry = g_strdup_printf (_ ("Retry %s Now"), count);

  adw_status_page_set_title (ADW_STATUS_PAGE (self->several_page), title);
  sb_widget_set_button_label (self->give_up_button, give_up);
  sb_widget_set_button_label (self->postpone_button, postpone);
  sb_widget_set_button_label (self->retry_button, retry);
  gtk_stack_set_visible_child (GTK_STACK (self->detail_stack), self->several_page);
}

static void
update_actions (SbRetryingPage *self)
{
  static const char *const actions[] = { "deliveries.retry", "deliveries.postpone",
                                         "deliveries.give-up" };
  SbRouter *router = sb_page_get_router (SB_PAGE (self));
  gboolean connected = sb_router_get_state (router) == SB_ROUTER_CONNECTED;
  gint64 n = count_all (self);
  g_autofree char *count = sb_words_count (n);
  g_autofree char *label = self->all ? g_strdup (_ ("Select Only One"))
                                     : g_strdup_printf (_ ("Select All %s"), count);

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), actions[i],
                                   connected && (self->all || self->ids->len > 0));
  gtk_button_set_label (GTK_BUTTON (self->all_button), label);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "deliveries.select-all", n > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "deliveries.copy-curl",
                                 connected && self->shown != NULL &&
                                     sb_copy_curl_can (self->shown));
  if (self->all || self->ids->len > 1)
    show_several (self);
}

/* ---- Acting ---------------------------------------------------------------------------------- */

static void
all_acted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  SbRetryingPage *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = SB_RETRYING_PAGE (user_data);
  sb_list_page_select_one (SB_LIST_PAGE (self));
  self->all = FALSE;
  if (answer == NULL)
    sb_page_toast (SB_PAGE (self), error->message);
  else if (g_str_equal (sb_json_string (answer, "kind"), "give-up"))
    {
      g_clear_object (&self->undo);
      self->undo = sb_undo_job_new (SB_CLIENT (source), answer, "replay");
      sb_page_offer_undo (SB_PAGE (self), _ ("They are given up, as a job"));
    }
  else
    sb_page_toast (SB_PAGE (self), _ ("A job of the router does it"));
  sb_router_poke (sb_page_get_router (SB_PAGE (self)));
  sb_page_refresh (SB_PAGE (self));
}

static void
act_on_all (SbRetryingPage *self, const char *verb)
{
  SbRouter *router = sb_page_get_router (SB_PAGE (self));
  g_autoptr (JsonObject) filter = json_object_new ();
  g_autoptr (JsonObject) job = NULL;

  json_object_set_string_member (filter, "state", STATES);
  if (self->connector != NULL)
    json_object_set_string_member (filter, "connector", self->connector);
  job = sb_undo_job_new_job (verb, filter);
  if (g_str_equal (verb, "postpone"))
    {
      g_autofree char *until = sb_json_format_time (sb_router_get_now_us (router) + POSTPONE_US);

      json_object_set_string_member (job, "until", until);
    }
  sb_client_act_async (sb_router_get_client (router), "jobs", job,
                       sb_page_get_cancellable (SB_PAGE (self)), all_acted_cb, self);
}

static void
act_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbRetryingPage *self = SB_RETRYING_PAGE (widget);
  SbRouter *router = sb_page_get_router (SB_PAGE (self));
  const char *verb = name + strlen ("deliveries.");
  g_autoptr (JsonObject) body = NULL;
  JsonArray *ids;

  if (self->all)
    {
      act_on_all (self, verb);
      return;
    }
  body = json_object_new ();
  ids = json_array_new ();
  for (guint i = 0; i < self->ids->len; i++)
    json_array_add_string_element (ids, g_ptr_array_index (self->ids, i));
  json_object_set_array_member (body, "ids", ids);
  json_object_set_string_member (body, "actor", g_get_user_name ());
  if (g_str_equal (verb, "postpone"))
    {
      g_autofree char *until = sb_json_format_time (sb_router_get_now_us (router) + POSTPONE_US);

      json_object_set_string_member (body, "until", until);
    }
  sb_page_act (SB_PAGE (self), verb, body, _ ("It does not wait any more"));
}

static void
copy_curl_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbRetryingPage *self = SB_RETRYING_PAGE (widget);

  if (self->shown != NULL)
    sb_copy_curl (widget, sb_router_get_client (sb_page_get_router (SB_PAGE (self))), self->shown);
}

/* All that the list would have, whether it is loaded or not. */
static void
select_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbRetryingPage *self = SB_RETRYING_PAGE (widget);
  gboolean all = !self->all;

  self->all = FALSE;
  if (all)
    {
      sb_list_page_select_all (SB_LIST_PAGE (self));
      self->all = TRUE;
    }
  else
    sb_list_page_select_one (SB_LIST_PAGE (self));
  update_actions (self);
  if (all && sb_page_get_folded (SB_PAGE (self)))
    sb_list_page_show_detail (SB_LIST_PAGE (self));
}

/* ---- Taking back ----------------------------------------------------------------------------- */

static void
taken_back_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gboolean ok = sb_undo_job_run_finish (SB_UNDO_JOB (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!ok)
    sb_page_toast (SB_PAGE (user_data), error->message);
  sb_router_poke (sb_page_get_router (SB_PAGE (user_data)));
  sb_page_refresh (SB_PAGE (user_data));
}

/* What was given up is a dead letter; replaying it makes it wait again, and be tried at once. */
static void
sb_retrying_page_undo (SbPage *page)
{
  SbRetryingPage *self = SB_RETRYING_PAGE (page);

  if (self->undo != NULL)
    sb_undo_job_run_async (self->undo, sb_page_get_cancellable (page), taken_back_cb, self);
}

/* ---- Connectors ------------------------------------------------------------------------------ */

static gint64
n_waiting (SbGraph *graph, const char *connector)
{
  g_autofree char *id = g_strconcat ("connector/", connector, NULL);
  int node = sb_graph_find (graph, id);
  const SbCounts *counts = node >= 0 ? &sb_graph_node (graph, (guint) node)->counts : NULL;

  return counts != NULL ? counts->waiting : 0;
}

/* Those for which something waits, and the one that is chosen. */
static GPtrArray *
list_connectors (SbRetryingPage *self, SbGraph *graph)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < graph->nodes->len; i++)
    {
      const SbNode *node = sb_graph_node (graph, i);
      const char *name = node->id + strlen ("connector/");

      if (g_str_has_prefix (node->id, "connector/") &&
          (node->counts.waiting > 0 || g_strcmp0 (name, self->connector) == 0))
        g_ptr_array_add (names, g_strdup (name));
    }
  return names;
}

static gboolean
are_listed (SbRetryingPage *self, GPtrArray *names)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (self->connectors)) != names->len + 1)
    return FALSE;
  for (guint i = 0; i < names->len; i++)
    if (!g_str_equal (gtk_string_list_get_string (self->connectors, i + 1),
                      g_ptr_array_index (names, i)))
      return FALSE;
  return TRUE;
}

static void
routes_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (JsonObject) routes = sb_client_get_finish (SB_CLIENT (source), result, NULL);
  g_autoptr (SbGraph) graph = NULL;
  g_autoptr (GPtrArray) names = NULL;
  SbRetryingPage *self;
  guint chosen = 0;

  /* Cancelled, or the router is away and the next refresh asks again. */
  if (routes == NULL)
    return;
  self = SB_RETRYING_PAGE (user_data);
  graph = sb_graph_new (routes);
  names = list_connectors (self, graph);
  if (!are_listed (self, names))
    {
      self->updating = TRUE;
      gtk_string_list_splice (self->connectors, 1,
                              g_list_model_get_n_items (G_LIST_MODEL (self->connectors)) - 1, NULL);
      for (guint i = 0; i < names->len; i++)
        {
          gtk_string_list_append (self->connectors, g_ptr_array_index (names, i));
          if (g_strcmp0 (self->connector, g_ptr_array_index (names, i)) == 0)
            chosen = i + 1;
        }
      gtk_drop_down_set_selected (GTK_DROP_DOWN (self->connector_list), chosen);
      self->updating = FALSE;
    }
  self->n_connector = self->connector != NULL ? n_waiting (graph, self->connector) : 0;
  update_actions (self);
}

static void
connector_cb (SbRetryingPage *self)
{
  guint chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->connector_list));
  g_autofree char *escaped = NULL;
  g_autofree char *query = NULL;

  if (self->updating || sb_page_get_router (SB_PAGE (self)) == NULL ||
      chosen == GTK_INVALID_LIST_POSITION)
    return;
  g_free (self->connector);
  self->connector = chosen > 0 ? g_strdup (gtk_string_list_get_string (self->connectors, chosen))
                               : NULL;
  self->n_connector = 0;
  self->all = FALSE;
  escaped = g_uri_escape_string (self->connector != NULL ? self->connector : "", NULL, FALSE);
  query = self->connector != NULL ? g_strconcat (QUERY "&connector=", escaped, NULL)
                                  : g_strdup (QUERY);
  sb_list_page_set_query (SB_LIST_PAGE (self), query);
}

/* ---- The list -------------------------------------------------------------------------------- */

static void
sb_retrying_page_refresh (SbPage *page)
{
  SB_PAGE_CLASS (sb_retrying_page_parent_class)->refresh (page);
  sb_client_get_routes_async (sb_router_get_client (sb_page_get_router (page)),
                              sb_page_get_cancellable (page), routes_cb, page);
}

static GtkWidget *
sb_retrying_page_new_row (SbListPage *page)
{
  return sb_delivery_row_new ();
}

static void
sb_retrying_page_set_row_item (GtkWidget *row, gpointer item)
{
  sb_delivery_row_set_delivery (SB_DELIVERY_ROW (row), item);
}

static void
sb_retrying_page_beat_row (GtkWidget *row, gint64 now_us)
{
  sb_delivery_row_beat (SB_DELIVERY_ROW (row), now_us);
}

static void
sb_retrying_page_selected (SbListPage *page, GPtrArray *items)
{
  SbRetryingPage *self = SB_RETRYING_PAGE (page);
  SbDelivery *only = items->len == 1 ? g_ptr_array_index (items, 0) : NULL;

  g_ptr_array_set_size (self->ids, 0);
  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (self->ids, g_strdup (sb_item_get_id (g_ptr_array_index (items, i))));
  if (sb_list_page_is_selecting (page) || items->len == 0)
    self->all = FALSE;
  if (!self->all && items->len <= 1)
    gtk_stack_set_visible_child (GTK_STACK (self->detail_stack), GTK_WIDGET (self->detail));
  g_set_object (&self->shown, only);
  sb_delivery_detail_show (self->detail, sb_page_get_router (SB_PAGE (self)), self->shown);
  update_actions (self);
}

static void
sb_retrying_page_beat (SbPage *page)
{
  SbRetryingPage *self = SB_RETRYING_PAGE (page);
  const SbStatus *status = sb_router_get_status (sb_page_get_router (page));
  gulong n = status != NULL ? (gulong) (status->waiting + status->held) : 0;
  g_autofree char *subtitle = g_strdup_printf (
      ngettext ("%'lu delivery waits", "%'lu deliveries wait", n), n);

  sb_page_set_subtitle (page, n > 0 ? subtitle : "");
  SB_PAGE_CLASS (sb_retrying_page_parent_class)->beat (page);
  sb_delivery_detail_beat (self->detail);
  update_actions (self);
}

static void
sb_retrying_page_finalize (GObject *object)
{
  SbRetryingPage *self = SB_RETRYING_PAGE (object);

  g_clear_pointer (&self->ids, g_ptr_array_unref);
  g_clear_object (&self->shown);
  g_free (self->connector);
  g_clear_object (&self->undo);

  G_OBJECT_CLASS (sb_retrying_page_parent_class)->finalize (object);
}

static void
sb_retrying_page_class_init (SbRetryingPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SbListPageClass *list_page_class = SB_LIST_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sb_retrying_page_finalize;
  SB_PAGE_CLASS (klass)->beat = sb_retrying_page_beat;
  SB_PAGE_CLASS (klass)->undo = sb_retrying_page_undo;
  SB_PAGE_CLASS (klass)->refresh = sb_retrying_page_refresh;
  list_page_class->query = QUERY;
  list_page_class->multiple = TRUE;
  list_page_class->get_item_type = sb_delivery_get_type;
  list_page_class->new_row = sb_retrying_page_new_row;
  list_page_class->set_row_item = sb_retrying_page_set_row_item;
  list_page_class->beat_row = sb_retrying_page_beat_row;
  list_page_class->selected = sb_retrying_page_selected;

  g_type_ensure (SB_TYPE_DELIVERY_DETAIL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-retrying-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SbRetryingPage, connector_list);
  gtk_widget_class_bind_template_child (widget_class, SbRetryingPage, connectors);
  gtk_widget_class_bind_template_child (widget_class, SbRetryingPage, all_button);
  gtk_widget_class_bind_template_child (widget_class, SbRetryingPage, detail_stack);
  gtk_widget_class_bind_template_child (widget_class, SbRetryingPage, detail);
  gtk_widget_class_bind_template_child (widget_class, SbRetryingPage, several_page);
  gtk_widget_class_bind_template_child (widget_class, SbRetryingPage, give_up_button);
  gtk_widget_class_bind_template_child (widget_class, SbRetryingPage, postpone_button);
  gtk_widget_class_bind_template_child (widget_class, SbRetryingPage, retry_button);
  gtk_widget_class_bind_template_callback (widget_class, connector_cb);
  gtk_widget_class_install_action (widget_class, "deliveries.select-all", NULL, select_all_action);
  gtk_widget_class_install_action (widget_class, "deliveries.copy-curl", NULL, copy_curl_action);
  gtk_widget_class_install_action (widget_class, "deliveries.retry", NULL, act_action);
  gtk_widget_class_install_action (widget_class, "deliveries.postpone", NULL, act_action);
  gtk_widget_class_install_action (widget_class, "deliveries.give-up", NULL, act_action);
}

static void
sb_retrying_page_init (SbRetryingPage *self)
{
  self->ids = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  sb_list_page_add_key (SB_LIST_PAGE (self), GDK_KEY_r, "deliveries.retry");
  sb_list_page_add_key (SB_LIST_PAGE (self), GDK_KEY_c, "deliveries.copy-curl");
  sb_list_page_add_accelerator (SB_LIST_PAGE (self), GDK_KEY_a, GDK_CONTROL_MASK,
                                "deliveries.select-all");
  sb_list_page_set_empty (SB_LIST_PAGE (self), "sb-waiting-symbolic",
                          _ ("Nothing Is Waiting"),
                             _ ("A delivery that fails waits here for its next attempt."));
}
