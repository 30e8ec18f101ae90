#include "config.h"

#include "sb-problems-page.h"

#include <glib/gi18n.h>

#include "sb-item-detail.h"
#include "sb-item-row.h"
#include "sb-problem.h"
#include "sb-words.h"

struct _SbProblemsPage
{
  SbListPage parent_instance;

  SbProblem *problem; /* selected, or NULL */

  SbItemDetail *detail;
};

G_DEFINE_FINAL_TYPE (SbProblemsPage, sb_problems_page, SB_TYPE_LIST_PAGE)

/* ---- Showing --------------------------------------------------------------------------------- */

static const char *
style_of (SbProblem *problem)
{
  return sb_problem_is_acknowledged (problem) ? "dim-label" : "error";
}

static void
update (SbProblemsPage *self)
{
  SbRouter *router = sb_page_get_router (SB_PAGE (self));
  SbProblem *problem = self->problem;
  gboolean able = problem != NULL && sb_router_get_state (router) == SB_ROUTER_CONNECTED;
  gboolean seen = problem != NULL && sb_problem_is_acknowledged (problem);
  gint64 now_us = sb_router_get_now_us (router);
  g_autofree char *first = NULL;
  g_autofree char *last = NULL;
  g_autofree char *count = NULL;
  g_autofree char *note = NULL;

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "problems.acknowledge", able && !seen);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "problems.reopen", able && seen);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "problems.look", able);
  if (problem == NULL)
    return;

  first = sb_words_ago (sb_problem_get_first_us (problem), now_us);
  last = sb_words_ago (sb_problem_get_last_us (problem), now_us);
  count = sb_words_count (sb_problem_get_count (problem));
  note = sb_problem_dup_acknowledged (problem, now_us);
  sb_item_detail_set_title (self->detail, sb_problem_get_connector (problem),
                            sb_problem_get_rule (problem));
  sb_item_detail_set_state (self->detail, seen ? "sb-discarded-symbolic" : "sb-dead-symbolic",
                            style_of (problem), sb_problem_get_sentence (problem));
  sb_item_detail_set_lines (self->detail, note, "");
  sb_item_detail_clear_facts (self->detail);
  sb_item_detail_add_fact (self->detail,
                           sb_problem_is_connector (problem) ? _ ("Deliveries that wait")
                                                             : _ ("Dead Letters"), count);
  sb_item_detail_add_fact (self->detail, _ ("Trend"), sb_problem_get_trend (problem));
  sb_item_detail_add_fact (self->detail, _ ("First seen"), first);
  sb_item_detail_add_fact (self->detail, _ ("Last seen"), last);
  sb_item_detail_add_fact (self->detail, _ ("It said"), sb_problem_get_message (problem));
}

static void
fill_row (SbItemRow *row, gpointer item, gint64 now_us)
{
  SbProblem *problem = item;
  g_autofree char *count = sb_words_short_count (sb_problem_get_count (problem));
  g_autofree char *last = sb_words_ago (sb_problem_get_last_us (problem), now_us);
  g_autofree char *words = g_strdup_printf ("%s · %s", sb_problem_get_trend (problem), last);
  gboolean seen = sb_problem_is_acknowledged (problem);

  sb_item_row_set_icon (row, seen ? "sb-discarded-symbolic" : "sb-dead-symbolic",
                        style_of (problem));
  sb_item_row_set_title (row, sb_problem_get_connector (problem));
  sb_item_row_set_end (row, count, seen ? "plain" : "dead");
  sb_item_row_set_lines (row, sb_problem_get_sentence (problem), words);
}

static GtkWidget *
sb_problems_page_new_row (SbListPage *page)
{
  return sb_item_row_new (fill_row);
}

static void
sb_problems_page_set_row_item (GtkWidget *row, gpointer item)
{
  sb_item_row_set_item (SB_ITEM_ROW (row), item);
}

static void
sb_problems_page_beat_row (GtkWidget *row, gint64 now_us)
{
  sb_item_row_beat (SB_ITEM_ROW (row), now_us);
}

static void
sb_problems_page_selected (SbListPage *page, GPtrArray *items)
{
  SbProblemsPage *self = SB_PROBLEMS_PAGE (page);
  SbProblem *item = items->len > 0 ? g_ptr_array_index (items, 0) : NULL;

  if (self->problem != NULL)
    g_signal_handlers_disconnect_by_func (self->problem, update, self);
  g_set_object (&self->problem, item);
  if (item != NULL)
    g_signal_connect_object (item, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
sb_problems_page_beat (SbPage *page)
{
  SB_PAGE_CLASS (sb_problems_page_parent_class)->beat (page);
  if (sb_router_get_state (sb_page_get_router (page)) == SB_ROUTER_CONNECTED)
    sb_paged_list_refresh (sb_list_page_get_list (SB_LIST_PAGE (page)));
  update (SB_PROBLEMS_PAGE (page));
}

/* ---- Acting ---------------------------------------------------------------------------------- */

static void
act_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbProblemsPage *self = SB_PROBLEMS_PAGE (widget);
  g_autofree char *what = g_strdup_printf (
      "problems/%s/%s", sb_item_get_id (SB_ITEM (self->problem)), name + strlen ("problems."));

  sb_page_act (SB_PAGE (self), what, NULL, NULL);
}

/* To where something can be done about it. */
static void
look_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbProblemsPage *self = SB_PROBLEMS_PAGE (widget);

  gtk_widget_activate_action (widget, "win.show-section", "s",
                              sb_problem_is_connector (self->problem) ? "connectors"
                                                                      : "dead-groups");
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void
sb_problems_page_dispose (GObject *object)
{
  SbProblemsPage *self = SB_PROBLEMS_PAGE (object);

  g_clear_object (&self->problem);

  G_OBJECT_CLASS (sb_problems_page_parent_class)->dispose (object);
}

static void
sb_problems_page_class_init (SbProblemsPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SbListPageClass *list_page_class = SB_LIST_PAGE_CLASS (klass);

  object_class->dispose = sb_problems_page_dispose;
  SB_PAGE_CLASS (klass)->beat = sb_problems_page_beat;
  list_page_class->query = "";
  list_page_class->get_item_type = sb_problem_get_type;
  list_page_class->new_row = sb_problems_page_new_row;
  list_page_class->set_row_item = sb_problems_page_set_row_item;
  list_page_class->beat_row = sb_problems_page_beat_row;
  list_page_class->selected = sb_problems_page_selected;

  g_type_ensure (SB_TYPE_ITEM_DETAIL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-problems-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SbProblemsPage, detail);
  gtk_widget_class_install_action (widget_class, "problems.acknowledge", NULL, act_action);
  gtk_widget_class_install_action (widget_class, "problems.reopen", NULL, act_action);
  gtk_widget_class_install_action (widget_class, "problems.look", NULL, look_action);
}

static void
sb_problems_page_init (SbProblemsPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  sb_item_detail_add_button (self->detail, _ ("Acknowledge"), _ ("Somebody sees to it"),
                                                                 "problems.acknowledge", NULL);
  sb_item_detail_add_button (self->detail, _ ("Reopen"), _ ("Nobody sees to it any more"),
                                                            "problems.reopen", NULL);
  sb_item_detail_add_button (self->detail, _ ("Show"),
                                              _ ("Go to where something can be done about it"),
                                                 "problems.look", "suggested-action");
  sb_list_page_set_empty (SB_LIST_PAGE (self), "emblem-ok-symbolic",
                          _ ("No Problems"),
                             _ ("What fails is listed here, one row a cause, for as long as it "
                                "fails."));
}
