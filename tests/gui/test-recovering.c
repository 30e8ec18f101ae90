/* Recovering in process: dead letters by their facets, all at once, edited, discarded and brought
 * back; the filters of events. */
#include <string.h>

#include "sb-dead-group.h"
#include "sb-dead-groups-page.h"
#include "sb-delivery.h"
#include "sb-edit-dialog.h"
#include "sb-events-page.h"
#include "sb-facets.h"
#include "sb-json.h"
#include "sb-retrying-page.h"
#include "sb-saved-views.h"
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
begins_with (SbPage *page, const char *heading)
{
  return g_str_has_prefix (label_of (page, SB_TYPE_DEAD_GROUPS_PAGE, "heading"), heading);
}

static SbPage *
show_groups (WindowFixture *fixture)
{
  SbPage *page = window_show (fixture, "dead-groups");

  wait_until (n_rows (page) == 4);
  wait_until (begins_with (page, "5 "));
  return page;
}

static void
test_facets (WindowFixture *fixture, gconstpointer data)
{
  SbPage *page = show_groups (fixture);
  SbFacets *facets = window_part (page, SB_TYPE_DEAD_GROUPS_PAGE, "facets");

  g_signal_emit_by_name (facets, "chosen", "connector", "webhook/billing");
  wait_until (n_rows (page) == 1);
  wait_until (g_str_equal (label_of (page, SB_TYPE_DEAD_GROUPS_PAGE, "total"), "5"));
  g_signal_emit_by_name (facets, "chosen", "cause", "attempts-used-up");
  wait_until (n_rows (page) == 0);

  /* The same again lets go of it. */
  g_signal_emit_by_name (facets, "chosen", "cause", "attempts-used-up");
  wait_until (n_rows (page) == 1);
  gtk_widget_activate_action (GTK_WIDGET (page), "groups.clear-facets", NULL);
  wait_until (n_rows (page) == 4);
}

static void
test_open (WindowFixture *fixture, gconstpointer data)
{
  SbPage *page = show_groups (fixture);
  GtkSelectionModel *selection = gtk_list_view_get_model (
      window_part (page, SB_TYPE_LIST_PAGE, "list_view"));
  g_autoptr (GObject) item = NULL;

  sb_list_page_set_expanded (SB_LIST_PAGE (page), 0, TRUE);
  wait_until (g_list_model_get_n_items (G_LIST_MODEL (selection)) == 9);
  item = sb_list_page_dup_item (SB_LIST_PAGE (page), 1);
  g_assert_true (SB_IS_DELIVERY (item));
  gtk_selection_model_select_item (selection, 1, TRUE);
  gtk_selection_model_select_item (selection, 2, FALSE);
  wait_until (begins_with (page, "2 Dead Letters Selected"));
  gtk_widget_activate_action (GTK_WIDGET (page), "groups.replay", NULL);
  wait_until (fake_router_count_state (fixture->world.router, "dead") == 6);
  wait_until (g_list_model_get_n_items (G_LIST_MODEL (selection)) == 7);
}

/* What was dead before by another hand stays discarded: only what one operation took comes back. */
static void
test_all (WindowFixture *fixture, gconstpointer data)
{
  SbPage *page = show_groups (fixture);
  g_autoptr (SbDelivery) letter = NULL;
  const char *ids[2] = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  sb_list_page_set_expanded (SB_LIST_PAGE (page), 0, TRUE);
  wait_until ((letter = sb_list_page_dup_item (SB_LIST_PAGE (page), 4)) != NULL);
  ids[0] = sb_item_get_id (SB_ITEM (letter));
  sb_client_operate_async (fixture->world.client, SB_OPERATION_DISCARD,
                           &(SbDeadLetters){ .ids = ids }, NULL, take_result_cb, &result);
  wait_until (result != NULL);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.refresh", NULL);
  wait_until (g_str_equal (label_of (page, SB_TYPE_DEAD_GROUPS_PAGE, "total"), "7"));

  gtk_widget_activate_action (GTK_WIDGET (page), "groups.select-all", NULL);
  g_assert_true (begins_with (page, "All 7 Dead Letters"));
  gtk_widget_activate_action (GTK_WIDGET (page), "groups.discard", NULL);
  wait_until (fake_router_count_state (fixture->world.router, "dead") == 0);
  wait_until (n_rows (page) == 0);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.undo", NULL);
  wait_until (fake_router_count_state (fixture->world.router, "dead") == 7);
  g_assert_cmpuint (fake_router_count_state (fixture->world.router, "discarded"), ==, 1);
  wait_until (n_rows (page) == 4);
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

/* What would happen is said before it does, and what was chosen goes with the job. */
static void
test_preview (WindowFixture *fixture, gconstpointer data)
{
  SbPage *page = show_groups (fixture);
  GtkWidget *dialog;
  AdwActionRow *rules, *skip;
  GType type;

  g_signal_emit_by_name (window_part (page, SB_TYPE_DEAD_GROUPS_PAGE, "facets"), "chosen",
                         "connector", "webhook/billing");
  wait_until (n_rows (page) == 1 && begins_with (page, "5 "));
  gtk_widget_activate_action (GTK_WIDGET (page), "groups.replay", NULL);
  wait_until (peek_dialog (fixture) != NULL);
  dialog = peek_dialog (fixture);
  type = G_OBJECT_TYPE (dialog);
  rules = window_part (dialog, type, "rules_row");
  skip = window_part (dialog, type, "skip_row");
  wait_until (g_str_equal (adw_action_row_get_subtitle (rules), "1 of 5 would now go elsewhere"));
  g_assert_true (g_str_has_prefix (adw_action_row_get_subtitle (skip), "1 arrived meanwhile"));
  gtk_switch_set_active (window_part (dialog, type, "guard_switch"), FALSE);
  g_assert_cmpstr (gtk_button_get_label (window_part (dialog, type, "go_button")), ==, "Replay 4");

  adw_combo_row_set_selected (ADW_COMBO_ROW (rules), 1);
  gtk_switch_set_active (window_part (dialog, type, "skip_switch"), FALSE);
  wait_until (
      g_str_has_prefix (adw_action_row_get_subtitle (rules), "To the targets that were chosen"));
  g_assert_cmpstr (gtk_button_get_label (window_part (dialog, type, "go_button")), ==, "Replay 5");
  gtk_widget_activate_action (dialog, "replay.go", NULL);
  wait_until (fake_router_get_last_operation (fixture->world.router) != NULL);
  g_assert_nonnull (strstr (fake_router_get_last_operation (fixture->world.router),
                            "\"rules\":\"then\",\"skip_succeeded\":false"));
  wait_until (fake_router_count_state (fixture->world.router, "dead") == 3);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

/* Numbers are sent as they were written. */
static void
test_edit (WindowFixture *fixture, gconstpointer data)
{
  SbPage *page = show_groups (fixture);
  GtkWidget *dialog;
  GType type;
  GtkTextBuffer *buffer;

  wait_until ((gtk_widget_activate_action (GTK_WIDGET (page), "groups.edit", NULL),
               peek_dialog (fixture) != NULL));
  dialog = peek_dialog (fixture);
  type = G_OBJECT_TYPE (dialog);
  buffer = gtk_text_view_get_buffer (window_part (dialog, type, "view"));
  wait_until (gtk_text_buffer_get_char_count (buffer) > 0);
  gtk_text_buffer_set_text (buffer, "{\"total\": 12345678901234567890.10", -1);
  gtk_widget_activate_action (dialog, "edit.send", NULL);
  g_assert_true (gtk_widget_get_visible (window_part (dialog, type, "problem")));
  g_assert_null (fake_router_get_last_operation (fixture->world.router));

  gtk_text_buffer_set_text (buffer, "{\"total\": 12345678901234567890.10}", -1);
  gtk_widget_activate_action (dialog, "edit.send", NULL);
  wait_until (fake_router_get_last_operation (fixture->world.router) != NULL);
  g_assert_nonnull (strstr (fake_router_get_last_operation (fixture->world.router),
                            "{\"detail\":{\"total\": 12345678901234567890.10},"));
  wait_until (
      g_str_equal (gtk_stack_get_visible_child_name (window_part (dialog, type, "stack")), "sent"));
  /* The dead letter is discarded, as the switch says. */
  wait_until (fake_router_count_state (fixture->world.router, "discarded") == 1);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_brush (WindowFixture *fixture, gconstpointer data)
{
  SbPage *page = window_show (fixture, "events");
  GtkEditable *entry = window_part (page, SB_TYPE_EVENTS_PAGE, "search_entry");
  GtkWidget *bars = window_part (page, SB_TYPE_EVENTS_PAGE, "bars");

  wait_until (n_rows (page) == 41);
  gtk_editable_set_text (entry, "source:shop");
  g_signal_emit_by_name (bars, "brushed", G_GINT64_CONSTANT (1795252440000000),
                         G_GINT64_CONSTANT (1795252500000000));
  g_assert_cmpstr (gtk_editable_get_text (entry), ==,
                   "source:shop since:2026-11-21T09:14:00Z until:2026-11-21T09:15:00Z");
  g_signal_emit_by_name (bars, "brushed", (gint64) 0, (gint64) 0);
  g_assert_cmpstr (gtk_editable_get_text (entry), ==, "source:shop");
}

static void
test_views (WindowFixture *fixture, gconstpointer data)
{
  SbPage *page = window_show (fixture, "events");
  GtkEditable *entry = window_part (page, SB_TYPE_EVENTS_PAGE, "search_entry");
  g_autoptr (GSettings) settings = g_settings_new ("org.signalbox.Signalbox");
  g_autofree char *filter = NULL;

  wait_until (n_rows (page) == 41);
  sb_saved_views_save (settings, "Shop", "source:shop matched:yes");
  sb_saved_views_save (settings, "Other", "source:github");
  sb_saved_views_rename (settings, "Other", "GitHub");
  filter = sb_saved_views_dup_filter (settings, "GitHub");
  g_assert_cmpstr (filter, ==, "source:github");
  gtk_widget_activate_action (GTK_WIDGET (page), "events.show-view", "s", "Shop");
  g_assert_cmpstr (gtk_editable_get_text (entry), ==, "source:shop matched:yes");
  wait_until (n_rows (page) > 0 && n_rows (page) < 41);

  gtk_widget_activate_action (GTK_WIDGET (page), "events.delete-view", "s", "Shop");
  g_assert_null (sb_saved_views_dup_filter (settings, "Shop"));
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.undo", NULL);
  g_clear_pointer (&filter, g_free);
  filter = sb_saved_views_dup_filter (settings, "Shop");
  g_assert_cmpstr (filter, ==, "source:shop matched:yes");
  sb_saved_views_remove (settings, "Shop");
  sb_saved_views_remove (settings, "GitHub");
}

static void
test_retrying (WindowFixture *fixture, gconstpointer data)
{
  SbPage *page = window_show (fixture, "retrying");
  GtkSelectionModel *selection = gtk_list_view_get_model (
      window_part (page, SB_TYPE_LIST_PAGE, "list_view"));
  GtkDropDown *connectors = window_part (page, SB_TYPE_RETRYING_PAGE, "connector_list");
  GListModel *names = G_LIST_MODEL (window_part (page, SB_TYPE_RETRYING_PAGE, "connectors"));
  AdwStatusPage *several = window_part (page, SB_TYPE_RETRYING_PAGE, "several_page");

  wait_until (n_rows (page) == 4);
  gtk_selection_model_select_range (selection, 0, 3, TRUE);
  wait_until (gtk_widget_get_mapped (GTK_WIDGET (several)));
  g_assert_cmpstr (adw_status_page_get_title (several), ==, "3 Deliveries Selected");

  wait_until (g_list_model_get_n_items (names) > 1);
  gtk_drop_down_set_selected (connectors, 1);
  wait_until (n_rows (page) < 4 && n_rows (page) > 0);
  gtk_drop_down_set_selected (connectors, 0);
  wait_until (n_rows (page) == 4);
}

/* All that wait, as a job of the router's, and back. */
static void
test_retrying_all (WindowFixture *fixture, gconstpointer data)
{
  FakeRouter *router = fixture->world.router;
  SbPage *page = window_show (fixture, "retrying");
  AdwStatusPage *several = window_part (page, SB_TYPE_RETRYING_PAGE, "several_page");
  guint n_dead = fake_router_count_state (router, "dead");

  wait_until (n_rows (page) == 4);
  gtk_widget_activate_action (GTK_WIDGET (page), "deliveries.select-all", NULL);
  wait_until (gtk_widget_get_mapped (GTK_WIDGET (several)));
  g_assert_cmpstr (adw_status_page_get_title (several), ==, "All 4 Deliveries Selected");
  g_assert_cmpstr (
      gtk_button_get_label (window_part (page, SB_TYPE_RETRYING_PAGE, "give_up_button")), ==,
      "Give Up 4");
  g_assert_cmpstr (gtk_button_get_label (window_part (page, SB_TYPE_RETRYING_PAGE, "all_button")),
                   ==, "Select Only One");
  gtk_widget_activate_action (GTK_WIDGET (page), "deliveries.give-up", NULL);
  wait_until (fake_router_count_state (router, "dead") == n_dead + 4);
  g_assert_nonnull (strstr (fake_router_get_last_operation (router),
                            "\"kind\":\"give-up\",\"filter\":{\"state\":\"waiting,held\"}"));
  wait_until (n_rows (page) == 0);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.undo", NULL);
  wait_until (fake_router_count_state (router, "dead") == n_dead);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    void (*test) (WindowFixture *fixture, gconstpointer data);
  } tests[] = {
    { "/recovering/facets", test_facets },
    { "/recovering/open", test_open },
    { "/recovering/all", test_all },
    { "/recovering/edit", test_edit },
    { "/recovering/preview", test_preview },
    { "/recovering/brush", test_brush },
    { "/recovering/views", test_views },
    { "/recovering/retrying", test_retrying },
    { "/recovering/retrying-all", test_retrying_all },
  };
  SbApplication *application = window_test_init (&argc, &argv);
  int status;

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, WindowFixture, NULL, window_set_up, tests[i].test, window_tear_down);
  status = g_test_run ();
  g_object_unref (application);
  return status;
}
