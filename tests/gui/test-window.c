/* The window in process: real widgets, a fake router in the same main context. */
#include <gtksourceview/gtksource.h>
#include <string.h>

#include "sb-dead-letters-page.h"
#include "sb-delivery-detail.h"
#include "sb-document-view.h"
#include "sb-events-page.h"
#include "sb-graph-view.h"
#include "sb-json.h"
#include "sb-list-page.h"
#include "sb-node-view.h"
#include "sb-routes-page.h"
#include "sb-rule-editor.h"
#include "sb-try-pane.h"
#include "window-fixture.h"

static guint
n_rows (SbPage *page)
{
  return g_list_model_get_n_items (G_LIST_MODEL (sb_list_page_get_list (SB_LIST_PAGE (page))));
}

static const char *
label_of (gpointer widget, GType type, const char *name)
{
  return gtk_label_get_label (window_part (widget, type, name));
}

static gboolean
is_enabled (gpointer widget, const char *action)
{
  GtkWidget *button = gtk_button_new ();
  gboolean enabled;

  /* A button follows the action that it finds above itself. */
  gtk_widget_set_parent (button, widget);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  enabled = gtk_widget_get_sensitive (button);
  gtk_widget_unparent (button);
  return enabled;
}

/* The dialog in front of the window, once it is there. */
static GtkWindow *
peek_dialog (WindowFixture *fixture)
{
  g_autoptr (GListModel) windows = G_LIST_MODEL (g_object_ref (gtk_window_get_toplevels ()));

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (gtk_window_get_transient_for (window) == GTK_WINDOW (fixture->window) &&
          gtk_widget_get_mapped (GTK_WIDGET (window)))
        return window;
    }
  return NULL;
}

/* A dialog has its buttons twice, for wide and for narrow windows: the one that is seen. */
static GtkWidget *
find_button (GtkWidget *widget, const char *label)
{
  if (GTK_IS_BUTTON (widget) && gtk_widget_get_mapped (widget) &&
      g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), label) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child, label);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
respond (WindowFixture *fixture, const char *response)
{
  GtkWindow *dialog;
  const char *label;

  wait_until (peek_dialog (fixture) != NULL);
  dialog = peek_dialog (fixture);
  label = adw_message_dialog_get_response_label (ADW_MESSAGE_DIALOG (dialog), response);
  wait_until (find_button (GTK_WIDGET (dialog), label) != NULL);
  g_signal_emit_by_name (find_button (GTK_WIDGET (dialog), label), "clicked");
  wait_until (peek_dialog (fixture) == NULL);
}

/* ---- Routes ---------------------------------------------------------------------------------- */

static void
test_routes (WindowFixture *fixture, gconstpointer data)
{
  SbPage *page = window_show (fixture, "routes");
  SbGraphView *view = window_part (page, SB_TYPE_ROUTES_PAGE, "graph_view");
  GtkWidget *edit = window_part (page, SB_TYPE_ROUTES_PAGE, "edit_button");
  guint n_views = 0;

  wait_until (sb_graph_view_get_graph (view) != NULL);
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (view)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      g_assert_true (SB_IS_NODE_VIEW (child));
      gtk_test_accessible_assert_role (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_ROLE_BUTTON);
      n_views++;
    }
  g_assert_cmpuint (n_views, ==, 5 + 2 + 7 + 7);

  sb_graph_view_set_current (view, "rule/default/billing");
  g_assert_cmpstr (label_of (page, SB_TYPE_ROUTES_PAGE, "strip_title"), ==,
                   "Rule billing on bus default: 8120 matches, 5 dead letters");
  g_assert_true (gtk_widget_get_visible (edit));
  g_signal_emit_by_name (edit, "clicked");
  wait_until (g_str_equal (sb_window_get_section (fixture->window), "editor"));
}

/* Only what is looked for; the way of one event over it; what is not there any more is gone. */
static void
test_routes_filter (WindowFixture *fixture, gconstpointer data)
{
  SbPage *page = window_show (fixture, "routes");
  SbGraphView *view = window_part (page, SB_TYPE_ROUTES_PAGE, "graph_view");
  GtkEditable *entry = window_part (page, SB_TYPE_ROUTES_PAGE, "search_entry");
  GtkStack *stack = window_part (page, SB_TYPE_ROUTES_PAGE, "stack");

  wait_until (sb_graph_view_get_graph (view) != NULL);
  sb_graph_view_set_current (view, "rule/default/chat");
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.search", NULL);
  gtk_editable_set_text (entry, "BILLING");
  wait_until (sb_graph_find (sb_graph_view_get_graph (view), "rule/default/chat") < 0);
  g_assert_cmpint (sb_graph_find (sb_graph_view_get_graph (view), "rule/default/billing"), >=, 0);
  g_assert_null (sb_graph_view_get_current (view));
  for (GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (view)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    g_assert_cmpint (
        sb_graph_find (sb_graph_view_get_graph (view), sb_node_view_get_id (SB_NODE_VIEW (child))),
        >=, 0);
  gtk_editable_set_text (entry, "nothing like that");
  wait_until (g_str_equal (gtk_stack_get_visible_child_name (stack), "nothing-found"));
  gtk_editable_set_text (entry, "");
  wait_until (g_str_equal (gtk_stack_get_visible_child_name (stack), "routes"));
}

static guint
n_visited (SbGraphView *view)
{
  const SbGraph *graph = sb_graph_view_get_graph (view);
  guint n = 0;

  for (guint i = 0; graph != NULL && i < graph->nodes->len; i++)
    n += sb_graph_node (graph, i)->visit != SB_VISIT_NONE;
  return n;
}

static void
test_event_way (WindowFixture *fixture, gconstpointer data)
{
  SbPage *events = window_show (fixture, "events");
  SbPage *page = sb_window_get_page (fixture->window, "routes");
  SbGraphView *view = window_part (page, SB_TYPE_ROUTES_PAGE, "graph_view");
  GtkWidget *revealer = window_part (page, SB_TYPE_ROUTES_PAGE, "event_revealer");
  g_autoptr (SbItem) event = NULL;

  wait_until (n_rows (events) == 41);
  event = sb_list_page_dup_item (SB_LIST_PAGE (events), 5);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-way", "(ss)",
                              sb_item_get_id (event), "x");
  wait_until (g_str_equal (sb_window_get_section (fixture->window), "routes"));
  g_assert_true (gtk_revealer_get_reveal_child (GTK_REVEALER (revealer)));
  g_assert_cmpstr (label_of (page, SB_TYPE_ROUTES_PAGE, "event_label"), ==, "The way of x");
  wait_until (n_visited (view) > 0);
  /* A bus, a rule and a connector at least. */
  g_assert_cmpuint (n_visited (view), >=, 3);
}

static void
test_live_counts (WindowFixture *fixture, gconstpointer data)
{
  SbPage *page = window_show (fixture, "routes");
  SbGraphView *view = window_part (page, SB_TYPE_ROUTES_PAGE, "graph_view");
  GtkWidget *first;
  gint64 before;

  wait_until (sb_graph_view_get_graph (view) != NULL);
  first = gtk_widget_get_first_child (GTK_WIDGET (view));
  before = sb_graph_view_get_graph (view)->n_events;
  fake_router_receive (fixture->world.router, "shop");
  wait_until (sb_graph_view_get_graph (view)->n_events == before + 1);
  /* The same nodes are the same widgets: focus and pointer stay where they are. */
  g_assert_true (gtk_widget_get_first_child (GTK_WIDGET (view)) == first);
}

static void
test_activate_connector (WindowFixture *fixture, gconstpointer data)
{
  SbPage *page = window_show (fixture, "routes");
  SbPage *dead = sb_window_get_page (fixture->window, "dead-letters");
  SbGraphView *view = window_part (page, SB_TYPE_ROUTES_PAGE, "graph_view");

  wait_until (sb_graph_view_get_graph (view) != NULL);
  g_signal_emit_by_name (view, "node-activated", "connector/webhook/billing");
  wait_until (g_str_equal (sb_window_get_section (fixture->window), "dead-letters"));
  wait_until (n_rows (dead) == 5);
  g_assert_cmpstr (label_of (dead, SB_TYPE_DEAD_LETTERS_PAGE, "filter_label"), ==,
                   "Only webhook/billing");
  wait_until (g_strcmp0 (gtk_button_get_label (
                             window_part (dead, SB_TYPE_DEAD_LETTERS_PAGE, "replay_all_button")),
                         "Replay All 5") == 0);
  gtk_widget_activate_action (GTK_WIDGET (dead), "deliveries.show-all", NULL);
  wait_until (n_rows (dead) == 8);
}

/* ---- Dead letters ---------------------------------------------------------------------------- */

static void
test_replay (WindowFixture *fixture, gconstpointer data)
{
  SbPage *page = window_show (fixture, "dead-letters");
  SbDeliveryDetail *detail = window_part (page, SB_TYPE_DEAD_LETTERS_PAGE, "detail");
  GtkWidget *attempts = window_part (detail, SB_TYPE_DELIVERY_DETAIL, "attempts_list");
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) next = NULL;
  g_autoptr (JsonObject) operation = NULL;
  g_auto (GStrv) ids = NULL;

  wait_until (n_rows (page) == 8);
  /* The first is selected by itself, and told about. */
  first = sb_list_page_dup_selected (SB_LIST_PAGE (page));
  g_assert_cmpuint (first->len, ==, 1);
  g_assert_cmpstr (label_of (detail, SB_TYPE_DELIVERY_DETAIL, "sentence"), ==,
                   "webhook/billing refused it: it answered 401 Unauthorized");
  wait_until (gtk_widget_get_first_child (attempts) != NULL);

  gtk_widget_activate_action (GTK_WIDGET (detail), "deliveries.replay", NULL);
  g_assert_false (is_enabled (page, "deliveries.replay"));
  wait_until (n_rows (page) == 7);
  operation = parse_json (fake_router_get_last_operation (fixture->world.router));
  ids = sb_json_strings (operation, "ids");
  g_assert_cmpuint (g_strv_length (ids), ==, 1);
  g_assert_cmpstr (ids[0], ==, sb_item_get_id (g_ptr_array_index (first, 0)));

  /* The one below has taken its place, so that one may go on. */
  wait_until (is_enabled (page, "deliveries.replay"));
  next = sb_list_page_dup_selected (SB_LIST_PAGE (page));
  g_assert_cmpuint (next->len, ==, 1);
  g_assert_true (g_ptr_array_index (next, 0) != g_ptr_array_index (first, 0));
}

static void
test_several (WindowFixture *fixture, gconstpointer data)
{
  SbPage *page = window_show (fixture, "dead-letters");
  GtkListView *list = window_part (page, SB_TYPE_LIST_PAGE, "list_view");
  GtkSelectionModel *selection;

  wait_until (n_rows (page) == 8);
  selection = gtk_list_view_get_model (list);
  gtk_selection_model_select_range (selection, 1, 3, TRUE);
  g_assert_cmpstr (
      gtk_button_get_label (window_part (page, SB_TYPE_DEAD_LETTERS_PAGE, "replay_several_button")),
      ==, "Replay 3");
  gtk_widget_activate_action (GTK_WIDGET (page), "deliveries.discard", NULL);
  respond (fixture, "cancel");
  g_assert_null (fake_router_get_last_operation (fixture->world.router));
  gtk_widget_activate_action (GTK_WIDGET (page), "deliveries.discard", NULL);
  respond (fixture, "discard");
  wait_until (n_rows (page) == 5);
  g_assert_cmpuint (fake_router_count_state (fixture->world.router, "discarded"), ==, 3);
}

static void
test_replay_all (WindowFixture *fixture, gconstpointer data)
{
  SbPage *page = window_show (fixture, "dead-letters");
  GtkStack *stack = window_part (page, SB_TYPE_LIST_PAGE, "stack");

  wait_until (n_rows (page) == 8);
  wait_until (is_enabled (page, "deliveries.replay-all"));
  gtk_widget_activate_action (GTK_WIDGET (page), "deliveries.replay-all", NULL);
  respond (fixture, "replay");
  wait_until (n_rows (page) == 0);
  /* What dies after the question was asked is not meant. */
  g_assert_nonnull (strstr (fake_router_get_last_operation (fixture->world.router), "\"to\""));
  wait_until (g_str_equal (gtk_stack_get_visible_child_name (stack), "empty"));
  wait_until (fake_router_count_state (fixture->world.router, "dead") == 0);
}

/* ---- Other lists ----------------------------------------------------------------------------- */

static void
test_retrying (WindowFixture *fixture, gconstpointer data)
{
  SbPage *page = window_show (fixture, "retrying");
  g_autoptr (SbDelivery) first = NULL;
  g_autoptr (SbDelivery) second = NULL;
  GListModel *list;

  wait_until (n_rows (page) == 4);
  list = G_LIST_MODEL (sb_list_page_get_list (SB_LIST_PAGE (page)));
  first = g_list_model_get_item (list, 0);
  second = g_list_model_get_item (list, 1);
  g_assert_cmpint (sb_delivery_get_due_us (first), <, sb_delivery_get_due_us (second));
}

static void
test_events (WindowFixture *fixture, gconstpointer data)
{
  SbPage *page = window_show (fixture, "events");
  GtkDropDown *filter = window_part (page, SB_TYPE_EVENTS_PAGE, "filter");

  wait_until (n_rows (page) == 41);
  gtk_drop_down_set_selected (filter, 2);
  wait_until (n_rows (page) == 2);
}

static void
test_event_filter (WindowFixture *fixture, gconstpointer data)
{
  SbPage *page = window_show (fixture, "events");
  GtkEditable *entry = window_part (page, SB_TYPE_EVENTS_PAGE, "search_entry");
  GtkWidget *problem = window_part (page, SB_TYPE_EVENTS_PAGE, "problem");
  GtkStack *stack = window_part (page, SB_TYPE_LIST_PAGE, "stack");
  guint n_shop;
  int position;

  wait_until (n_rows (page) == 41);
  gtk_editable_set_text (entry, "source:shop");
  wait_until (n_rows (page) > 0 && n_rows (page) < 41);
  n_shop = n_rows (page);

  /* What cannot be read changes nothing, and says why. */
  position = (int) strlen (gtk_editable_get_text (entry));
  gtk_editable_insert_text (entry, " since:soon", -1, &position);
  wait_until (gtk_widget_get_visible (problem));
  g_assert_cmpuint (n_rows (page), ==, n_shop);

  /* The entry stays where nothing fits. */
  gtk_editable_set_text (entry, "source:nobody");
  wait_until (g_str_equal (gtk_stack_get_visible_child_name (stack), "empty"));
  g_assert_false (gtk_widget_get_visible (problem));
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (entry)));
  gtk_editable_set_text (entry, "");
  wait_until (n_rows (page) == 41);
}

/* ---- The editor ------------------------------------------------------------------------------ */

static GtkTextBuffer *
edit (WindowFixture *fixture, const char *rule)
{
  SbPage *page = sb_window_get_page (fixture->window, "editor");
  GtkStack *stack = window_part (page, SB_TYPE_RULE_EDITOR, "stack");

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.edit-rule", "s", rule);
  wait_until (g_str_equal (sb_window_get_section (fixture->window), "editor"));
  wait_until (g_str_equal (gtk_stack_get_visible_child_name (stack), "text"));
  return gtk_text_view_get_buffer (
      GTK_TEXT_VIEW (sb_document_view_get_view (window_part (page, SB_TYPE_RULE_EDITOR, "view"))));
}

static const char *
verdict (WindowFixture *fixture)
{
  return label_of (sb_window_get_page (fixture->window, "editor"), SB_TYPE_RULE_EDITOR, "verdict");
}

static void
test_editor (WindowFixture *fixture, gconstpointer data)
{
  const char *path = "rule/default/billing.json";
  GtkTextBuffer *buffer = edit (fixture, "default/billing");
  SbPage *page = sb_window_get_page (fixture->window, "editor");
  GtkTextIter start;

  wait_until (g_str_equal (verdict (fixture), "Valid and in force"));
  g_assert_false (is_enabled (page, "editor.save"));

  gtk_text_buffer_set_text (buffer, "{\n  \"EventPattern\": {\"source\": \"shop\"}\n}", -1);
  g_assert_cmpstr (label_of (page, SB_TYPE_RULE_EDITOR, "place"), ==, "Line 2");
  g_assert_false (is_enabled (page, "editor.save"));
  gtk_text_buffer_get_iter_at_line (buffer, &start, 1);
  g_assert_nonnull (
      gtk_source_buffer_get_source_marks_at_line (GTK_SOURCE_BUFFER (buffer), 1, "problem"));

  gtk_text_buffer_set_text (buffer, "{\"Targets\": [{\"Arn\": \"webhook/nobody\"}]}", -1);
  wait_until (g_str_has_prefix (verdict (fixture), "Targets[0].Arn: there is no connector"));

  gtk_text_buffer_set_text (buffer, "{\"Targets\": []}", -1);
  wait_until (g_str_equal (verdict (fixture), "Valid, not saved yet"));
  g_assert_true (is_enabled (page, "editor.save"));
  gtk_widget_activate_action (GTK_WIDGET (page), "editor.save", NULL);
  wait_until (g_str_equal (fake_router_read (fixture->world.router, path), "{\"Targets\": []}"));
  wait_until (!sb_rule_editor_get_modified (SB_RULE_EDITOR (page)));
}

/* The event beside the rule: the latest that it matched, and what would be sent. */
static void
test_try (WindowFixture *fixture, gconstpointer data)
{
  GtkTextBuffer *rule = edit (fixture, "default/billing");
  SbPage *page = sb_window_get_page (fixture->window, "editor");
  gpointer pane = window_part (page, SB_TYPE_RULE_EDITOR, "try_pane");
  GtkTextBuffer *event = gtk_text_view_get_buffer (
      window_part (pane, SB_TYPE_TRY_PANE, "event_view"));
  GtkWidget *leaves = window_part (pane, SB_TYPE_TRY_PANE, "leaves_list");
  GtkWidget *targets = window_part (pane, SB_TYPE_TRY_PANE, "targets_box");
  GtkLabel *summary = window_part (pane, SB_TYPE_TRY_PANE, "summary");

  wait_until (fake_router_count_requests (fixture->world.router, "GET /v1/events") >= 1 &&
              gtk_widget_get_first_child (targets) != NULL);
  g_assert_nonnull (gtk_widget_get_first_child (leaves));
  g_assert_cmpstr (gtk_label_get_text (summary), ==, "The rule matches");

  gtk_text_buffer_set_text (event, "{\"source\": \"shop\", \"detail-type\": \"Order Placed\"}", -1);
  g_assert_null (gtk_widget_get_first_child (targets));
  gtk_text_buffer_set_text (rule, "{\"Targets\": [{\"Arn\": \"file/audit\"}]}", -1);
  g_assert_nonnull (gtk_widget_get_first_child (targets));
  g_assert_null (gtk_widget_get_first_child (leaves));
}

static void
test_conflict (WindowFixture *fixture, gconstpointer data)
{
  const char *path = "rule/default/billing.json";
  GtkTextBuffer *buffer = edit (fixture, "default/billing");
  SbPage *page = sb_window_get_page (fixture->window, "editor");
  GtkRevealer *revealer = window_part (page, SB_TYPE_RULE_EDITOR, "conflict_revealer");

  gtk_text_buffer_set_text (buffer, "{\"Targets\": []}", -1);
  fake_router_write (fixture->world.router, path, "{\"State\": \"DISABLED\"}");
  wait_until (gtk_revealer_get_reveal_child (revealer));
  g_assert_false (is_enabled (page, "editor.save"));
  gtk_widget_activate_action (GTK_WIDGET (page), "editor.keep", NULL);
  wait_until (g_str_equal (fake_router_read (fixture->world.router, path), "{\"Targets\": []}"));
  wait_until (!gtk_revealer_get_reveal_child (revealer));
}

static void
test_leave_editor (WindowFixture *fixture, gconstpointer data)
{
  const char *path = "rule/default/billing.json";
  GtkTextBuffer *buffer = edit (fixture, "default/billing");

  /* Unsaved text is not lost without a word: not by going elsewhere, not by closing the window. */
  gtk_text_buffer_set_text (buffer, "{\"Targets\": []}", -1);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-section", "s", "events");
  respond (fixture, "cancel");
  g_assert_cmpstr (sb_window_get_section (fixture->window), ==, "editor");
  gtk_window_close (GTK_WINDOW (fixture->window));
  respond (fixture, "cancel");
  g_assert_cmpstr (sb_window_get_section (fixture->window), ==, "editor");

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-section", "s", "events");
  respond (fixture, "save");
  wait_until (g_str_equal (sb_window_get_section (fixture->window), "events"));
  g_assert_cmpstr (fake_router_read (fixture->world.router, path), ==, "{\"Targets\": []}");

  buffer = edit (fixture, "default/chat");
  gtk_text_buffer_set_text (buffer, "{}", -1);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.leave-editor", NULL);
  respond (fixture, "discard");
  wait_until (g_str_equal (sb_window_get_section (fixture->window), "routes"));
  g_assert_cmpstr (fake_router_read (fixture->world.router, "rule/default/chat.json"), !=, "{}");
}

/* ---- The router goes ------------------------------------------------------------------------- */

static void
test_away (WindowFixture *fixture, gconstpointer data)
{
  SbPage *page = window_show (fixture, "dead-letters");
  GtkRevealer *banner = window_part (page, SB_TYPE_PAGE, "away_revealer");
  GtkWidget *content = window_part (page, SB_TYPE_PAGE, "content_bin");

  wait_until (n_rows (page) == 8);
  fake_router_die (fixture->world.router);
  wait_until (gtk_revealer_get_reveal_child (banner));
  g_assert_true (gtk_widget_has_css_class (content, "away"));
  g_assert_true (
      g_str_has_prefix (label_of (page, SB_TYPE_PAGE, "away_label"), "The router is away."));
  wait_until (!is_enabled (page, "deliveries.replay"));
  g_assert_cmpuint (n_rows (page), ==, 8);

  fake_router_listen (fixture->world.router, fixture->world.socket);
  wait_until (!gtk_revealer_get_reveal_child (banner));
  g_assert_false (gtk_widget_has_css_class (content, "away"));
  wait_until (is_enabled (page, "deliveries.replay"));
}

static void
test_away_from_the_beginning (WindowFixture *fixture, gconstpointer data)
{
  GtkStack *stack;

  world_set_up (&fixture->world, data);
  fake_router_die (fixture->world.router);
  window_open (fixture, WINDOW_WIDE);
  stack = window_part (fixture->window, SB_TYPE_WINDOW, "stack");
  wait_until (sb_router_get_state (fixture->router) == SB_ROUTER_AWAY);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (stack), ==, "away");
  g_assert_cmpstr (
      adw_status_page_get_title (window_part (fixture->window, SB_TYPE_WINDOW, "away_page")), ==,
      "The Router Does Not Answer");
  fake_router_listen (fixture->world.router, fixture->world.socket);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.try-again", NULL);
  wait_until (g_str_equal (gtk_stack_get_visible_child_name (stack), "main"));
}

/* ---- Narrow ---------------------------------------------------------------------------------- */

static void
test_narrow (WindowFixture *fixture, gconstpointer data)
{
  SbPage *page = window_show (fixture, "dead-letters");
  AdwLeaflet *outer = window_part (fixture->window, SB_TYPE_WINDOW, "leaflet");
  AdwLeaflet *inner = window_part (page, SB_TYPE_LIST_PAGE, "leaflet");
  GtkWidget *list_box = window_part (page, SB_TYPE_LIST_PAGE, "list_box");
  GtkListView *list = window_part (page, SB_TYPE_LIST_PAGE, "list_view");

  wait_until (n_rows (page) == 8);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 420, 700);
  wait_until (adw_leaflet_get_folded (outer) && adw_leaflet_get_folded (inner));
  wait_until (sb_page_get_folded (page));
  wait_until (gtk_widget_get_width (GTK_WIDGET (fixture->window)) <= 420);

  /* List, detail, list, groups, sidebar. */
  adw_leaflet_set_visible_child (inner, list_box);
  wait_until (
      gtk_bitset_is_empty (gtk_selection_model_get_selection (gtk_list_view_get_model (list))));
  gtk_selection_model_select_item (gtk_list_view_get_model (list), 2, TRUE);
  wait_until (adw_leaflet_get_visible_child (inner) != list_box);
  gtk_widget_activate_action (GTK_WIDGET (page), "page.back", NULL);
  wait_until (adw_leaflet_get_visible_child (inner) == list_box);
  gtk_widget_activate_action (GTK_WIDGET (page), "page.back", NULL);
  wait_until (g_str_equal (sb_window_get_section (fixture->window), "dead-groups"));
  page = sb_window_get_page (fixture->window, "dead-groups");
  gtk_widget_activate_action (GTK_WIDGET (page), "page.back", NULL);
  wait_until (adw_leaflet_get_visible_child (outer) ==
              window_part (fixture->window, SB_TYPE_WINDOW, "sidebar"));
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    void (*test) (WindowFixture *fixture, gconstpointer data);
  } tests[] = {
    { "/window/routes", test_routes },
    { "/window/routes-filter", test_routes_filter },
    { "/window/event-way", test_event_way },
    { "/window/live-counts", test_live_counts },
    { "/window/activate-connector", test_activate_connector },
    { "/window/replay", test_replay },
    { "/window/several", test_several },
    { "/window/replay-all", test_replay_all },
    { "/window/retrying", test_retrying },
    { "/window/events", test_events },
    { "/window/event-filter", test_event_filter },
    { "/window/editor", test_editor },
    { "/window/try", test_try },
    { "/window/conflict", test_conflict },
    { "/window/leave-editor", test_leave_editor },
    { "/window/away", test_away },
  };
  SbApplication *application = window_test_init (&argc, &argv);
  int status;

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, WindowFixture, NULL, window_set_up, tests[i].test, window_tear_down);
  g_test_add ("/window/narrow", WindowFixture, GINT_TO_POINTER (WINDOW_NARROW), window_set_up,
              test_narrow, window_tear_down);
  g_test_add ("/window/away-from-the-beginning", WindowFixture, NULL, NULL,
              test_away_from_the_beginning, window_tear_down);
  status = g_test_run ();
  g_object_unref (application);
  return status;
}
