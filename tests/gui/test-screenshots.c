/* A picture of every page, light, dark, narrow, in German, from right to left and in high contrast,
 * in the folder screenshots of the build folder: to be looked at.  That each page can be drawn at
 * all is what is tested.  High contrast is chosen before GTK starts: ADW_DEBUG_HIGH_CONTRAST. */
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <locale.h>

#include "sb-configuration-page.h"
#include "sb-connect-dialog.h"
#include "sb-connectors-page.h"
#include "sb-dead-groups-page.h"
#include "sb-dead-letters-page.h"
#include "sb-delivery-detail.h"
#include "sb-document-view.h"
#include "sb-event-detail.h"
#include "sb-events-page.h"
#include "sb-graph-view.h"
#include "sb-list-page.h"
#include "sb-new-object-dialog.h"
#include "sb-object-pane.h"
#include "sb-overview-page.h"
#include "sb-queues-page.h"
#include "sb-replay-dialog.h"
#include "sb-retrying-page.h"
#include "sb-routes-page.h"
#include "sb-rule-editor.h"
#include "sb-sources-page.h"
#include "sb-system-page.h"
#include "window-fixture.h"

typedef struct
{
  const char *name;
  int width;
  AdwColorScheme scheme;
  const char *language;
  GtkTextDirection direction;
  gboolean contrast;
  int text_percent; /* 0: as large as usual */
} Look;

static const Look looks[] = {
  { "light", WINDOW_WIDE, ADW_COLOR_SCHEME_FORCE_LIGHT, "en", GTK_TEXT_DIR_LTR },
  { "dark", WINDOW_WIDE, ADW_COLOR_SCHEME_FORCE_DARK, "en", GTK_TEXT_DIR_LTR },
  { "narrow", WINDOW_NARROW, ADW_COLOR_SCHEME_FORCE_LIGHT, "en", GTK_TEXT_DIR_LTR },
  { "german", WINDOW_WIDE, ADW_COLOR_SCHEME_FORCE_LIGHT, "de", GTK_TEXT_DIR_LTR },
  { "german-narrow", WINDOW_NARROW, ADW_COLOR_SCHEME_FORCE_LIGHT, "de", GTK_TEXT_DIR_LTR },
  { "rtl", WINDOW_WIDE, ADW_COLOR_SCHEME_FORCE_LIGHT, "ar", GTK_TEXT_DIR_RTL },
  { "rtl-narrow", WINDOW_NARROW, ADW_COLOR_SCHEME_FORCE_LIGHT, "ar", GTK_TEXT_DIR_RTL },
  { "contrast", WINDOW_WIDE, ADW_COLOR_SCHEME_FORCE_LIGHT, "en", GTK_TEXT_DIR_LTR, TRUE, 125 },
  { "contrast-dark", WINDOW_WIDE, ADW_COLOR_SCHEME_FORCE_DARK, "en", GTK_TEXT_DIR_LTR, TRUE },
};

/* Where pages differ little from each other, not all looks are looked at. */
static gboolean
is_sample (const Look *look)
{
  static const char *const names[] = { "light", "dark", "german-narrow", "rtl", "contrast", NULL };

  return g_strv_contains (names, look->name);
}

/* A frame after everything that is to be seen has come has it all. */
static void
settle (GtkWidget *window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);
  gint64 frame;

  wait_until (gtk_widget_get_mapped (window) && gtk_widget_get_width (window) > 0);

  /* Not until there is nothing left to do: on a busy machine something always is. */
  for (guint i = 0; i < 1000 && g_main_context_iteration (NULL, FALSE); i++)
    ;
  frame = gdk_frame_clock_get_frame_counter (clock);
  gtk_widget_queue_draw (window);
  wait_until (gdk_frame_clock_get_frame_counter (clock) > frame + 1 ||
              (gtk_widget_queue_draw (window), FALSE));
}

static void
take_picture_of (GtkWidget *widget, const Look *look, const char *page)
{
  g_autoptr (GdkPaintable) paintable = NULL;
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture) texture = NULL;
  g_autofree char *folder = g_test_build_filename (G_TEST_BUILT, "screenshots", NULL);
  g_autofree char *name = g_strdup_printf ("%s-%s.png", page, look->name);
  g_autofree char *path = g_build_filename (folder, name, NULL);

  settle (widget);
  paintable = gtk_widget_paintable_new (widget);
  gdk_paintable_snapshot (paintable, snapshot, gdk_paintable_get_intrinsic_width (paintable),
                          gdk_paintable_get_intrinsic_height (paintable));
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  g_assert_nonnull (node);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (widget)), node, NULL);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_true (gdk_texture_save_to_png (texture, path));
}

static void
take_picture (WindowFixture *fixture, const Look *look, const char *page)
{
  settle (GTK_WIDGET (fixture->window));
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (fixture->window)), >=, look->width - 20);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (fixture->window)), <=, look->width + 20);
  take_picture_of (GTK_WIDGET (fixture->window), look, page);
}

static GtkWidget *
peek_dialog (WindowFixture *fixture)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (gtk_window_get_transient_for (window) == GTK_WINDOW (fixture->window) &&
          gtk_widget_get_mapped (GTK_WIDGET (window)))
        return GTK_WIDGET (window);
    }
  return NULL;
}

/* A dialog in front of the window, by itself. */
static void
take_dialog (WindowFixture *fixture, const Look *look, const char *name)
{
  wait_until (peek_dialog (fixture) != NULL);
  take_picture_of (peek_dialog (fixture), look, name);
  gtk_window_destroy (GTK_WINDOW (peek_dialog (fixture)));
}

static void
scroll_to_end (GtkWidget *widget)
{
  GtkWidget *window = widget;

  for (; window != NULL && !GTK_IS_SCROLLED_WINDOW (window);)
    window = gtk_widget_get_first_child (window);
  g_assert_nonnull (window);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (window)),
                            1e6);
}

static guint
n_rows (SbPage *page)
{
  return g_list_model_get_n_items (G_LIST_MODEL (sb_list_page_get_list (SB_LIST_PAGE (page))));
}

static void
take_overlays (WindowFixture *fixture, const Look *look, SbPage *page)
{
  static const char *const names[] = { NULL, "routes-errors", "routes-latency", "routes-pending" };
  GtkDropDown *choice = window_part (page, SB_TYPE_ROUTES_PAGE, "overlay_choice");

  for (guint i = 1; i < G_N_ELEMENTS (names); i++)
    {
      gtk_drop_down_set_selected (choice, i);
      take_picture (fixture, look, names[i]);
    }
  gtk_drop_down_set_selected (choice, 0);
}

static void
test_routes (WindowFixture *fixture, gconstpointer data)
{
  const Look *look = &looks[GPOINTER_TO_INT (data)];
  SbPage *page = window_show (fixture, "routes");
  SbGraphView *view = window_part (page, SB_TYPE_ROUTES_PAGE, "graph_view");

  wait_until (sb_graph_view_get_graph (view) != NULL);
  take_picture (fixture, look, "routes");
  if (look->width != WINDOW_WIDE)
    return;
  sb_graph_view_set_current (view, "rule/default/billing");
  take_picture (fixture, look, "routes-path");
  sb_graph_view_set_current (view, NULL);
  take_overlays (fixture, look, page);
  gtk_toggle_button_set_active (window_part (page, SB_TYPE_ROUTES_PAGE, "list_button"), TRUE);
  sb_graph_view_set_current (view, NULL);
  take_picture (fixture, look, "routes-list");
  /* It is a setting, and would be kept. */
  gtk_toggle_button_set_active (window_part (page, SB_TYPE_ROUTES_PAGE, "graph_button"), TRUE);
}

/* A list, and, where only one of them fits, the detail of its second row. */
static void
take_list (WindowFixture *fixture, const Look *look, const char *section, GtkWidget *filled)
{
  SbPage *page = sb_window_get_page (fixture->window, section);
  GtkListView *list = window_part (page, SB_TYPE_LIST_PAGE, "list_view");
  g_autofree char *detail = g_strconcat (section, "-detail", NULL);

  if (look->width == WINDOW_WIDE)
    wait_until (gtk_widget_get_first_child (filled) != NULL);
  take_picture (fixture, look, section);
  gtk_selection_model_select_item (gtk_list_view_get_model (list), 1, TRUE);
  wait_until (gtk_widget_get_first_child (filled) != NULL);
  if (look->width != WINDOW_WIDE)
    take_picture (fixture, look, detail);
}

static void
test_dead_letters (WindowFixture *fixture, gconstpointer data)
{
  const Look *look = &looks[GPOINTER_TO_INT (data)];
  SbPage *page = window_show (fixture, "dead-letters");
  GtkListView *list = window_part (page, SB_TYPE_LIST_PAGE, "list_view");

  wait_until (n_rows (page) == 8);
  take_list (fixture, look, "dead-letters",
             window_part (window_part (page, SB_TYPE_DEAD_LETTERS_PAGE, "detail"),
                          SB_TYPE_DELIVERY_DETAIL, "attempts_list"));
  gtk_selection_model_select_range (gtk_list_view_get_model (list), 1, 3, TRUE);
  take_picture (fixture, look, "dead-letters-several");
}

static void
test_dead_groups (WindowFixture *fixture, gconstpointer data)
{
  const Look *look = &looks[GPOINTER_TO_INT (data)];
  SbPage *page = window_show (fixture, "dead-groups");

  wait_until (n_rows (page) == 4);
  take_list (fixture, look, "dead-groups",
             window_part (window_part (page, SB_TYPE_DEAD_GROUPS_PAGE, "detail"),
                          SB_TYPE_DELIVERY_DETAIL, "attempts_list"));
  gtk_widget_activate_action (GTK_WIDGET (page), "groups.replay", NULL);
  take_dialog (fixture, look, "replay");
  gtk_widget_activate_action (GTK_WIDGET (page), "groups.edit", NULL);
  wait_until (peek_dialog (fixture) != NULL);
  wait_until (fake_router_count_requests (fixture->world.router, "GET /v1/status") > 0);
  take_dialog (fixture, look, "edit");
  sb_list_page_set_expanded (SB_LIST_PAGE (page), 0, TRUE);
  wait_until (sb_list_page_dup_item (SB_LIST_PAGE (page), 4) != NULL);
  gtk_widget_activate_action (GTK_WIDGET (page), "groups.select-all", NULL);
  take_picture (fixture, look, "dead-groups-all");
}

/* A guarded replay that waits after the first event, in the dialog and on the page of jobs. */
static void
test_jobs (WindowFixture *fixture, gconstpointer data)
{
  const Look *look = &looks[GPOINTER_TO_INT (data)];
  SbPage *page = window_show (fixture, "dead-groups");
  GtkWidget *dialog;

  wait_until (n_rows (page) == 4);
  if (look->width != WINDOW_WIDE)
    gtk_selection_model_select_item (
        gtk_list_view_get_model (window_part (page, SB_TYPE_LIST_PAGE, "list_view")), 0, TRUE);
  gtk_widget_activate_action (GTK_WIDGET (page), "groups.replay", NULL);
  wait_until (peek_dialog (fixture) != NULL);
  dialog = peek_dialog (fixture);
  gtk_widget_activate_action (dialog, "replay.go", NULL);
  wait_until (
      g_str_equal (gtk_label_get_label (window_part (dialog, SB_TYPE_REPLAY_DIALOG, "state")),
                   _("The first event arrived")));
  take_dialog (fixture, look, "replay-step");
  page = window_show (fixture, "jobs");
  wait_until (n_rows (page) == 1);
  take_picture (fixture, look, "jobs");
}

static void
test_overview (WindowFixture *fixture, gconstpointer data)
{
  const Look *look = &looks[GPOINTER_TO_INT (data)];
  SbPage *page = window_show (fixture, "overview");
  GtkWidget *box = window_part (page, SB_TYPE_OVERVIEW_PAGE, "connectors_box");

  wait_until (gtk_widget_get_first_child (box) != NULL);
  wait_until (g_str_equal (
      gtk_stack_get_visible_child_name (window_part (page, SB_TYPE_OVERVIEW_PAGE, "stack")),
      "numbers"));
  take_picture (fixture, look, "overview");
  settle (GTK_WIDGET (fixture->window));
  scroll_to_end (gtk_stack_get_visible_child (window_part (page, SB_TYPE_OVERVIEW_PAGE, "stack")));
  take_picture (fixture, look, "overview-end");
}

/* Pages with a list and facts beside it. */
static void
test_lists (WindowFixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *section;
    guint n_rows;
  } pages[] = { { "problems", 5 }, { "connectors", 6 } };
  const Look *look = &looks[GPOINTER_TO_INT (data)];

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      SbPage *page = window_show (fixture, pages[i].section);
      g_autofree char *detail = g_strconcat (pages[i].section, "-detail", NULL);

      wait_until (n_rows (page) == pages[i].n_rows);
      take_picture (fixture, look, pages[i].section);
      if (look->width == WINDOW_WIDE)
        continue;
      gtk_selection_model_select_item (
          gtk_list_view_get_model (window_part (page, SB_TYPE_LIST_PAGE, "list_view")), 0, TRUE);
      take_picture (fixture, look, detail);
    }
}

static void
test_retrying (WindowFixture *fixture, gconstpointer data)
{
  const Look *look = &looks[GPOINTER_TO_INT (data)];
  SbPage *page = window_show (fixture, "retrying");

  wait_until (n_rows (page) == 4);
  take_list (fixture, look, "retrying",
             window_part (window_part (page, SB_TYPE_RETRYING_PAGE, "detail"),
                          SB_TYPE_DELIVERY_DETAIL, "attempts_list"));
}

/* All that the inspector says of an event. */
static void
test_events (WindowFixture *fixture, gconstpointer data)
{
  static const char *const tabs[] = { "payload", "attempts", "why", "related" };
  const Look *look = &looks[GPOINTER_TO_INT (data)];
  SbPage *page = window_show (fixture, "events");
  GtkWidget *detail = window_part (page, SB_TYPE_EVENTS_PAGE, "detail");
  AdwViewStack *stack = window_part (detail, SB_TYPE_EVENT_DETAIL, "view_stack");
  GtkListView *list = window_part (page, SB_TYPE_LIST_PAGE, "list_view");

  wait_until (n_rows (page) == 41);
  take_list (fixture, look, "events", window_part (detail, SB_TYPE_EVENT_DETAIL, "journey_list"));
  gtk_selection_model_select_item (gtk_list_view_get_model (list), 5, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (tabs); i++)
    {
      g_autofree char *name = g_strconcat ("event-", tabs[i], NULL);

      adw_view_stack_set_visible_child_name (stack, tabs[i]);
      wait_until (gtk_widget_get_mapped (adw_view_stack_get_visible_child (stack)));
      if (i == 2)
        wait_until (fake_router_count_requests (fixture->world.router, "GET /v1/config") > 0);
      take_picture (fixture, look, name);
    }
}

static gboolean
is_shown (SbPage *page, GType type, const char *child)
{
  return g_str_equal (gtk_stack_get_visible_child_name (window_part (page, type, "stack")), child);
}

static void
wait_for_form (SbObjectPane *pane)
{
  GtkStack *stack = window_part (pane, SB_TYPE_OBJECT_PANE, "form_stack");

  wait_until (g_strcmp0 (gtk_stack_get_visible_child_name (stack), "form") == 0);
}

static void
select_row (SbPage *page, guint position)
{
  gtk_selection_model_select_item (
      gtk_list_view_get_model (window_part (page, SB_TYPE_LIST_PAGE, "list_view")), position, TRUE);
}

/* One object: how it is, its settings as a form, with something wrong, and as text. */
static void
test_settings (WindowFixture *fixture, gconstpointer data)
{
  const Look *look = &looks[GPOINTER_TO_INT (data)];
  SbPage *page = window_show (fixture, "connectors");
  SbObjectPane *pane = window_part (page, SB_TYPE_CONNECTORS_PAGE, "pane");
  g_autoptr (JsonNode) bad = json_node_init_string (json_node_alloc (), "-");

  wait_until (n_rows (page) == 6);
  select_row (page, 3);
  wait_for_form (pane);
  sb_object_pane_show (pane, "settings");
  take_picture (fixture, look, "settings");
  sb_document_set_value (sb_object_pane_get_document (pane), "/TimeoutSeconds", bad);
  sb_object_pane_show (pane, "text");
  take_picture (fixture, look, "settings-text");

  page = window_show (fixture, "sources");
  wait_until (n_rows (page) == 5);
  select_row (page, 3);
  wait_for_form (window_part (page, SB_TYPE_SOURCES_PAGE, "pane"));
  take_picture (fixture, look, "sources");
  sb_object_pane_show (window_part (page, SB_TYPE_SOURCES_PAGE, "pane"), "settings");
  take_picture (fixture, look, "sources-settings");
}

static void
test_new (WindowFixture *fixture, gconstpointer data)
{
  const Look *look = &looks[GPOINTER_TO_INT (data)];
  GtkWidget *box;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-source", NULL);
  take_dialog (fixture, look, "new-source");
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-connector", NULL);
  wait_until (peek_dialog (fixture) != NULL);
  box = window_part (peek_dialog (fixture), SB_TYPE_NEW_OBJECT_DIALOG, "card_box");
  take_picture_of (peek_dialog (fixture), look, "new-connector");
  g_signal_emit_by_name (
      gtk_flow_box_child_get_child (gtk_flow_box_get_child_at_index (GTK_FLOW_BOX (box), 0)),
      "clicked");
  gtk_editable_set_text (window_part (peek_dialog (fixture), SB_TYPE_NEW_OBJECT_DIALOG, "name_row"),
                         "Front Desk");
  wait_until (gtk_widget_get_next_sibling (gtk_widget_get_first_child (adw_bin_get_child (
                  window_part (peek_dialog (fixture), SB_TYPE_NEW_OBJECT_DIALOG, "form")))) !=
              NULL);
  take_dialog (fixture, look, "new-connector-settings");
}

static void
test_queues (WindowFixture *fixture, gconstpointer data)
{
  const Look *look = &looks[GPOINTER_TO_INT (data)];
  SbPage *page = window_show (fixture, "queues");
  GtkListBox *queues = window_part (page, SB_TYPE_QUEUES_PAGE, "queue_list");
  GtkWidget *messages = window_part (page, SB_TYPE_QUEUES_PAGE, "message_list");

  wait_until (is_shown (page, SB_TYPE_QUEUES_PAGE, "queues"));
  take_picture (fixture, look, "queues");
  g_signal_emit_by_name (queues, "row-activated", gtk_list_box_get_row_at_index (queues, 1));
  wait_until (ADW_IS_EXPANDER_ROW (gtk_widget_get_first_child (messages)));
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (gtk_widget_get_first_child (messages)), TRUE);
  take_picture (fixture, look, "queue");

  /* Undone within its time, nothing is deleted. */
  gtk_widget_activate_action (GTK_WIDGET (page), "queue.purge", NULL);
  take_picture (fixture, look, "queue-purge");
  g_assert_cmpuint (
      fake_router_count_requests (fixture->world.router, "POST /v1/queues/orders/purge"), ==, 0);
  gtk_widget_activate_action (GTK_WIDGET (page), "queue.send", NULL);
  take_dialog (fixture, look, "queue-send");
  gtk_widget_activate_action (GTK_WIDGET (page), "queue.redrive", NULL);
  take_dialog (fixture, look, "queue-redrive");
}

static void
test_configuration (WindowFixture *fixture, gconstpointer data)
{
  const Look *look = &looks[GPOINTER_TO_INT (data)];
  SbPage *page = window_show (fixture, "configuration");
  GtkStack *stack = window_part (page, SB_TYPE_CONFIGURATION_PAGE, "stack");
  GtkWidget *history = window_part (page, SB_TYPE_CONFIGURATION_PAGE, "history_list");

  wait_until (
      is_shown (page, SB_TYPE_CONFIGURATION_PAGE, "configuration") &&
      gtk_widget_get_visible (window_part (page, SB_TYPE_CONFIGURATION_PAGE, "pending_group")) &&
      gtk_widget_get_first_child (history) != NULL);
  take_picture (fixture, look, "configuration");
  settle (GTK_WIDGET (fixture->window));
  scroll_to_end (gtk_stack_get_visible_child (stack));
  take_picture (fixture, look, "configuration-end");
  gtk_widget_activate_action (GTK_WIDGET (page), "configuration.return", "x", (gint64) 5);
  wait_until (fake_router_count_requests (fixture->world.router, "POST /v1/config/rollback") == 1);
  take_dialog (fixture, look, "configuration-return");
}

static void
test_system (WindowFixture *fixture, gconstpointer data)
{
  const Look *look = &looks[GPOINTER_TO_INT (data)];
  SbPage *page = window_show (fixture, "system");
  GtkStack *stack = window_part (page, SB_TYPE_SYSTEM_PAGE, "stack");
  GtkWidget *audit = window_part (page, SB_TYPE_SYSTEM_PAGE, "audit_list");
  GtkWidget *findings = window_part (page, SB_TYPE_SYSTEM_PAGE, "check_list");

  wait_until (g_str_equal (gtk_stack_get_visible_child_name (stack), "system") &&
              gtk_widget_get_visible (window_part (page, SB_TYPE_SYSTEM_PAGE, "disk_group")));
  take_picture (fixture, look, "system");
  wait_until (gtk_widget_get_first_child (audit) != NULL);
  gtk_widget_activate_action (GTK_WIDGET (page), "system.check", NULL);
  wait_until (gtk_widget_get_visible (findings));
  settle (GTK_WIDGET (fixture->window));
  scroll_to_end (gtk_stack_get_visible_child (stack));
  take_picture (fixture, look, "system-end");
}

static void
test_palette (WindowFixture *fixture, gconstpointer data)
{
  const Look *look = &looks[GPOINTER_TO_INT (data)];

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.palette", NULL);
  take_dialog (fixture, look, "palette");
}

static void
test_editor (WindowFixture *fixture, gconstpointer data)
{
  const Look *look = &looks[GPOINTER_TO_INT (data)];
  SbPage *page = sb_window_get_page (fixture->window, "editor");
  GtkLabel *verdict = window_part (page, SB_TYPE_RULE_EDITOR, "verdict");
  GtkTextBuffer *buffer;
  GtkTextIter iter;

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.edit-rule", "s",
                              "default/billing");
  wait_until (g_str_equal (gtk_label_get_label (verdict), _("Valid and in force")));
  take_picture (fixture, look, "editor");

  buffer = gtk_text_view_get_buffer (
      GTK_TEXT_VIEW (sb_document_view_get_view (window_part (page, SB_TYPE_RULE_EDITOR, "view"))));
  gtk_text_buffer_get_iter_at_line (buffer, &iter, 4);
  gtk_text_buffer_insert (buffer, &iter, "    \"time\": \"2026\",\n", -1);
  take_picture (fixture, look, "editor-problem");
}

static const char *const all_sections[] = {
  "overview",    "problems",     "routes", "sources", "connectors",    "events", "retrying",
  "dead-groups", "dead-letters", "jobs",   "queues",  "configuration", "system",
};

/* All pages as they are when `state` came over them. */
static void
take_sections (WindowFixture *fixture, const Look *look, const char *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (all_sections); i++)
    {
      g_autofree char *name = g_strconcat (state, "-", all_sections[i], NULL);

      window_show (fixture, all_sections[i]);
      take_picture (fixture, look, name);
    }
}

/* A spinner comes only after a while: what is quick shall not flicker. */
static void
test_loading (WindowFixture *fixture, gconstpointer data)
{
  const Look *look = &looks[GPOINTER_TO_INT (data)];

  if (!is_sample (look))
    return;
  fake_router_set_manner (fixture->world.router, FAKE_ROUTER_WAITS);
  take_sections (fixture, look, "loading");
}

static void
test_refused (WindowFixture *fixture, gconstpointer data)
{
  const Look *look = &looks[GPOINTER_TO_INT (data)];

  if (!is_sample (look) || look->width != WINDOW_WIDE)
    return;
  fake_router_set_manner (fixture->world.router, FAKE_ROUTER_REFUSES);
  for (guint i = 0; i < G_N_ELEMENTS (all_sections); i++)
    window_show (fixture, all_sections[i]);
  take_sections (fixture, look, "refused");
}

/* What the pages had stays, faded. */
static void
test_lost (WindowFixture *fixture, gconstpointer data)
{
  const Look *look = &looks[GPOINTER_TO_INT (data)];

  if (!is_sample (look))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (all_sections); i++)
    {
      window_show (fixture, all_sections[i]);
      settle (GTK_WIDGET (fixture->window));
    }
  fake_router_die (fixture->world.router);
  wait_until (sb_router_get_state (fixture->router) == SB_ROUTER_AWAY);
  take_sections (fixture, look, "lost");
  fake_router_listen (fixture->world.router, fixture->world.socket);
}

static void
ignore_address (const SbAddress *address, const char *token, gpointer user_data)
{
}

static void
test_dialogs (WindowFixture *fixture, gconstpointer data)
{
  const Look *look = &looks[GPOINTER_TO_INT (data)];
  g_autoptr (SbAddress) address = sb_address_new_url ("https://router.example:4610", NULL);
  SbPage *page = window_show (fixture, "system");

  wait_until (is_shown (page, SB_TYPE_SYSTEM_PAGE, "system"));
  wait_until (fake_router_count_requests (fixture->world.router, "GET /v1/tokens") > 0);
  settle (GTK_WIDGET (fixture->window));
  gtk_widget_activate_action (window_part (page, SB_TYPE_SYSTEM_PAGE, "tokens"), "tokens.new",
                              NULL);
  take_dialog (fixture, look, "new-token");

  sb_address_set_certificates (address, "/etc/ssl/certs/office-authority.pem");
  sb_connect_dialog_present (GTK_WINDOW (fixture->window), address, ignore_address, NULL);
  take_dialog (fixture, look, "connect");

  page = window_show (fixture, "configuration");
  wait_until (
      is_shown (page, SB_TYPE_CONFIGURATION_PAGE, "configuration") &&
      gtk_widget_get_visible (window_part (page, SB_TYPE_CONFIGURATION_PAGE, "pending_group")));
  gtk_widget_activate_action (GTK_WIDGET (page), "configuration.compare", NULL);
  take_dialog (fixture, look, "compare");
}

static void
test_away (WindowFixture *fixture, gconstpointer data)
{
  const Look *look = &looks[GPOINTER_TO_INT (data)];
  SbPage *page = window_show (fixture, "dead-letters");

  wait_until (n_rows (page) == 8);
  fake_router_die (fixture->world.router);
  wait_until (sb_router_get_state (fixture->router) == SB_ROUTER_AWAY);
  take_picture (fixture, look, "away");
  fake_router_listen (fixture->world.router, fixture->world.socket);
}

static void
test_empty (WindowFixture *fixture, gconstpointer data)
{
  const Look *look = &looks[GPOINTER_TO_INT (data)];
  GtkStack *stack = window_part (window_show (fixture, "routes"), SB_TYPE_ROUTES_PAGE, "stack");

  wait_until (g_str_equal (gtk_stack_get_visible_child_name (stack), "empty"));
  take_picture (fixture, look, "empty-routes");
  for (guint i = 0; i < 4; i++)
    {
      static const char *const sections[] = { "retrying", "dead-letters", "events", "jobs" };
      SbPage *page = window_show (fixture, sections[i]);
      g_autofree char *name = g_strconcat ("empty-", sections[i], NULL);

      stack = window_part (page, SB_TYPE_LIST_PAGE, "stack");
      wait_until (g_str_equal (gtk_stack_get_visible_child_name (stack), "empty"));
      take_picture (fixture, look, name);
    }
  for (guint i = 0; i < 4; i++)
    {
      static const char *const sections[] = { "problems", "sources", "connectors", "queues" };
      g_autofree char *name = g_strconcat ("empty-", sections[i], NULL);

      window_show (fixture, sections[i]);
      take_picture (fixture, look, name);
    }
}

/* Sources and rules, and nothing has happened yet. */
static void
test_first_event (WindowFixture *fixture, gconstpointer data)
{
  const Look *look = &looks[GPOINTER_TO_INT (data)];
  SbPage *page = window_show (fixture, "routes");
  GtkRevealer *hint = window_part (page, SB_TYPE_ROUTES_PAGE, "hint_revealer");

  wait_until (gtk_revealer_get_reveal_child (hint));
  take_picture (fixture, look, "first-event");
}

/* What was looked up before is forgotten when the domain is bound to another folder. */
static void
speak (const Look *look)
{
  /* gtk_test_init() has chosen a locale that may not be there. */
  setlocale (LC_ALL, "C.UTF-8");
  g_setenv ("LANGUAGE", look->language, TRUE);
  bindtextdomain ("signalbox", "/");
  bindtextdomain ("signalbox", g_getenv ("SIGNALBOX_LOCALEDIR"));
  bind_textdomain_codeset ("signalbox", "UTF-8");
  textdomain ("signalbox");
  gtk_widget_set_default_direction (look->direction);
}

static void
set_up_in (WindowFixture *fixture, gconstpointer data, const char *file)
{
  const Look *look = &looks[GPOINTER_TO_INT (data)];

  speak (look);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), look->scheme);
  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi",
                96 * PANGO_SCALE * (look->text_percent > 0 ? look->text_percent : 100) / 100, NULL);
  world_set_up_from (&fixture->world, file);
  window_open (fixture, look->width);
  wait_until (sb_router_get_status (fixture->router) != NULL);
}

static void
set_up_empty (WindowFixture *fixture, gconstpointer data)
{
  set_up_in (fixture, data, "world-empty.json");
}

static void
set_up_fresh (WindowFixture *fixture, gconstpointer data)
{
  set_up_in (fixture, data, "world-fresh.json");
}

static void
set_up (WindowFixture *fixture, gconstpointer data)
{
  set_up_in (fixture, data, "world.json");
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    void (*set_up) (WindowFixture *fixture, gconstpointer data);
    void (*test) (WindowFixture *fixture, gconstpointer data);
  } pages[] = {
    { "routes", set_up, test_routes },
    { "dead-letters", set_up, test_dead_letters },
    { "overview", set_up, test_overview },
    { "lists", set_up, test_lists },
    { "dead-groups", set_up, test_dead_groups },
    { "jobs", set_up, test_jobs },
    { "retrying", set_up, test_retrying },
    { "events", set_up, test_events },
    { "settings", set_up, test_settings },
    { "new", set_up, test_new },
    { "queues", set_up, test_queues },
    { "configuration", set_up, test_configuration },
    { "system", set_up, test_system },
    { "palette", set_up, test_palette },
    { "editor", set_up, test_editor },
    { "away", set_up, test_away },
    { "loading", set_up, test_loading },
    { "refused", set_up, test_refused },
    { "lost", set_up, test_lost },
    { "dialogs", set_up, test_dialogs },
    { "empty", set_up_empty, test_empty },
    { "first-event", set_up_fresh, test_first_event },
  };
  SbApplication *application = window_test_init (&argc, &argv);
  gboolean contrast = adw_style_manager_get_high_contrast (adw_style_manager_get_default ());
  int status;

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    for (guint j = 0; j < G_N_ELEMENTS (pages); j++)
      {
        g_autofree char *path = g_strdup_printf ("/screenshots/%s/%s", pages[j].name,
                                                 looks[i].name);

        if (looks[i].contrast != contrast)
          continue;
        g_test_add (path, WindowFixture, GINT_TO_POINTER (i), pages[j].set_up, pages[j].test,
                    window_tear_down);
      }
  status = g_test_run ();
  g_object_unref (application);
  return status;
}
