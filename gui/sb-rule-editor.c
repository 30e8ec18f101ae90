#include "config.h"

#include "sb-rule-editor.h"

#include <glib/gi18n.h>

#include "sb-answer.h"
#include "sb-captured.h"
#include "sb-completion.h"
#include "sb-document-view.h"
#include "sb-event-window.h"
#include "sb-fields.h"
#include "sb-form.h"
#include "sb-json.h"
#include "sb-pattern-view.h"
#include "sb-settings.h"
#include "sb-text.h"
#include "sb-try-pane.h"
#include "sb-what-if.h"
#include "sb-widget.h"
#include "sb-words.h"

#define PAUSE_MS 500 /* without typing, before the router is asked */

/* What an unwritten rule begins with: a pattern to be changed, and no target yet. */
static const char example[] = "{\n"
                              "  \"Description\": \"\",\n"
                              "  \"State\": \"ENABLED\",\n"
                              "  \"EventPattern\": {\n"
                              "    \"source\": [\"shop\"]\n"
                              "  },\n"
                              "  \"Targets\": []\n"
                              "}\n";

/* The document knows everything; the view shows it and tells it what is typed. */
struct _SbRuleEditor
{
  SbPage parent_instance;

  char *rule;
  SbDocument *document;
  GSignalGroup *signals; /* of the document */
  gboolean leaving;      /* once it is saved */
  SbDocument *acted;     /* what undo is about */
  SbFields *fields;
  SbCaptured *captured;
  SbCompletion *completion; /* of the text */
  SbWhatIf *what_if;
  SbAnswer *table; /* of the settings of a rule */
  SbAnswer *files; /* of the configuration */

  GtkWidget *save_button;
  GtkWidget *try_button;
  SbTryPane *try_pane;
  GtkWidget *stack;
  GtkWidget *failed_page;
  GtkWidget *conflict_revealer;
  SbDocumentView *view;
  GtkWidget *view_stack;
  SbPatternView *pattern;
  SbForm *targets;
  SbForm *rest;
  GtkWidget *what_if_box;
  GtkWidget *what_if_label;
  GtkWidget *gained_button;
  GtkWidget *lost_button;
  GtkWidget *verdict_button;
  GtkWidget *verdict_icon;
  GtkWidget *verdict;
  GtkWidget *advice;
  GtkWidget *place;
};

enum
{
  SIGNAL_DONE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SbRuleEditor, sb_rule_editor, SB_TYPE_PAGE)

/* ---- Problems -------------------------------------------------------------------------------- */

static void
show_verdict (SbRuleEditor *self, const char *icon, const char *style, const char *text)
{
  static const char *const styles[] = { "success", "error", "dim-label", NULL };

  gtk_image_set_from_icon_name (GTK_IMAGE (self->verdict_icon), icon);
  sb_widget_set_style (self->verdict_icon, styles, style);
  gtk_label_set_text (GTK_LABEL (self->verdict), text);
}

static void
show_problem (SbRuleEditor *self, const SbDiagnostic *diagnostic, guint n)
{
  g_autofree char *text = *diagnostic->key != '\0'
                              ? g_strdup_printf ("%s: %s", diagnostic->key, diagnostic->message)
                              : g_strdup (diagnostic->message);
  g_autofree char *visible = sb_text_visible (text, -1, SB_TEXT_LINE);
  g_autofree char *hint = sb_text_visible (diagnostic->hint, -1, SB_TEXT_LINE);
  g_autofree char *place = NULL;

  show_verdict (self, "sb-dead-symbolic", "error", visible);
  gtk_label_set_text (GTK_LABEL (self->advice), hint);
  gtk_widget_set_visible (self->advice, *hint != '\0');
  if (diagnostic->line == 0)
    place = g_strdup ("");
  else if (n > 1)
    place = g_strdup_printf (
        ngettext ("Line %u, the first of %u problem", "Line %u, the first of %u problems", n),
        diagnostic->line, n);
  else
    place = g_strdup_printf (_ ("Line %u"), diagnostic->line);
  gtk_label_set_text (GTK_LABEL (self->place), place);
}

static void
update_verdict (SbRuleEditor *self)
{
  GPtrArray *diagnostics = sb_document_get_diagnostics (self->document);

  gtk_widget_set_visible (self->advice, FALSE);
  gtk_label_set_text (GTK_LABEL (self->place), "");
  if (diagnostics->len > 0)
    show_problem (self, g_ptr_array_index (diagnostics, 0), diagnostics->len);
  else if (sb_document_get_verdict (self->document) == SB_VERDICT_VALID)
    show_verdict (self, "sb-done-symbolic", "success",
                  sb_document_get_modified (self->document) ? _ ("Valid, not saved yet")
                                                            : _ ("Valid and in force"));
  else
    show_verdict (self, "sb-waiting-symbolic", "dim-label", _ ("Checking…"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "editor.go-to-problem", diagnostics->len > 0);
}

/* ---- Following the document ------------------------------------------------------------------ */

static void
update (SbRuleEditor *self)
{
  SbDocumentState state = sb_document_get_state (self->document);
  gboolean modified = sb_document_get_modified (self->document);
  gboolean conflict = sb_document_get_conflict (self->document);
  gboolean connected = sb_router_get_state (sb_page_get_router (SB_PAGE (self))) ==
                       SB_ROUTER_CONNECTED;
  GtkWidget *widget = GTK_WIDGET (self);
  /* Translators: a rule whose text was changed and not saved */
  g_autofree char *title = modified ? g_strdup_printf (_ ("• %s"), self->rule)
                                    : g_strdup (self->rule);

  sb_page_set_title (SB_PAGE (self), title);
  sb_page_set_subtitle (SB_PAGE (self), sb_document_get_path (self->document));
  if (state == SB_DOCUMENT_FAILED)
    adw_status_page_set_description (ADW_STATUS_PAGE (self->failed_page),
                                     sb_document_get_error (self->document));
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), state == SB_DOCUMENT_FAILED ? "failed"
                                                             : state == SB_DOCUMENT_LOADING
                                                                 ? "loading"
                                                                 : "text");
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->conflict_revealer), conflict);
  gtk_widget_action_set_enabled (widget, "editor.save",
                                 state == SB_DOCUMENT_READY && modified && !conflict && connected &&
                                     sb_document_get_diagnostics (self->document)->len == 0);
  gtk_widget_action_set_enabled (widget, "editor.reload", state == SB_DOCUMENT_READY && connected);
  gtk_widget_action_set_enabled (widget, "editor.keep", state == SB_DOCUMENT_READY && connected);
  update_verdict (self);
  if (state == SB_DOCUMENT_LOADING)
    return;
  sb_try_pane_set_text (self->try_pane, sb_document_get_text (self->document));
  sb_what_if_set_text (self->what_if, sb_document_get_text (self->document));
}

/* ---- The form -------------------------------------------------------------------------------- */

static void
fill_forms (SbRuleEditor *self)
{
  static const char *const target_names[] = { "Targets", NULL };
  static const char *const rest_names[] = { "Description", "State", NULL };
  JsonObject *table = sb_answer_get (self->table);
  JsonObject *listing = sb_answer_get (self->files);
  g_autoptr (SbSettings) settings = NULL;
  g_auto (GStrv) paths = NULL;

  if (table == NULL || listing == NULL || self->document == NULL)
    return;
  settings = sb_settings_new (table);
  paths = sb_json_strings (listing, "files");
  sb_completion_set_settings (self->completion, settings, (const char *const *) paths);
  sb_form_set (self->targets, self->document, settings, (SbFormChoice){ .only = target_names },
               (const char *const *) paths);
  sb_form_set (self->rest, self->document, settings, (SbFormChoice){ .only = rest_names },
               (const char *const *) paths);
}

static void
connect_forms (SbRuleEditor *self)
{
  SbClient *client = sb_router_get_client (sb_page_get_router (SB_PAGE (self)));

  if (self->table == NULL)
    {
      self->table = sb_answer_new (client, "config/schemas/rule", "");
      self->files = sb_answer_new (client, "config/files", "");
      g_signal_connect_object (self->table, "changed", G_CALLBACK (fill_forms), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (self->files, "changed", G_CALLBACK (fill_forms), self,
                               G_CONNECT_SWAPPED);
      sb_answer_refresh (self->table);
    }
  sb_answer_refresh (self->files);
  fill_forms (self);
}

static void
tried_cb (SbRuleEditor *self, const SbTrial *trial)
{
  sb_pattern_view_show_trial (self->pattern, trial);
}

/* ---- What if --------------------------------------------------------------------------------- */

static void
event_row_cb (SbRuleEditor *self, GtkListBoxRow *row)
{
  sb_event_window_present (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                           sb_page_get_router (SB_PAGE (self)),
                           adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)));
}

static void
show_events (SbRuleEditor *self, GtkWidget *button, const char *label, char **ids)
{
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *window = gtk_scrolled_window_new ();
  GtkWidget *list = gtk_list_box_new ();

  for (guint i = 0; ids != NULL && ids[i] != NULL; i++)
    gtk_list_box_append (
        GTK_LIST_BOX (list),
        sb_widget_new_plain_row (ADW_TYPE_ACTION_ROW, "title", ids[i], "activatable", TRUE, NULL));
  sb_widget_set_name (list, label);
  g_signal_connect_object (list, "row-activated", G_CALLBACK (event_row_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (window), list);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (window), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (window), 320);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (window), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_popover_set_child (GTK_POPOVER (popover), window);
  gtk_menu_button_set_label (GTK_MENU_BUTTON (button), label);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), popover);
}

static void
what_if_cb (SbRuleEditor *self)
{
  gint64 now_us = sb_router_get_now_us (sb_page_get_router (SB_PAGE (self)));
  g_autofree char *words = sb_what_if_dup_words (self->what_if, now_us);
  char **gained, **lost;
  gulong n_gained = (gulong) sb_what_if_get_gained (self->what_if, &gained);
  gulong n_lost = (gulong) sb_what_if_get_lost (self->what_if, &lost);
  g_autofree char *more = g_strdup_printf (ngettext ("%'lu more", "%'lu more", n_gained), n_gained);
  g_autofree char *fewer = g_strdup_printf (ngettext ("%'lu fewer", "%'lu fewer", n_lost), n_lost);

  gtk_label_set_text (GTK_LABEL (self->what_if_label), words);
  gtk_widget_set_visible (self->what_if_box, *words != '\0');
  gtk_widget_set_visible (self->gained_button, n_gained > 0);
  gtk_widget_set_visible (self->lost_button, n_lost > 0);
  if (n_gained > 0)
    show_events (self, self->gained_button, more, gained);
  if (n_lost > 0)
    show_events (self, self->lost_button, fewer, lost);
}

static void
saved_cb (SbRuleEditor *self, gint64 generation)
{
  g_autofree char *number = sb_words_count (generation);
  g_autofree char *words = g_strdup_printf (_ ("Saved, generation %s is in force"), number);

  g_set_object (&self->acted, self->document);
  sb_page_offer_undo (SB_PAGE (self), words);
  sb_router_poke (sb_page_get_router (SB_PAGE (self)));
  sb_what_if_refresh (self->what_if);
  if (self->leaving)
    g_signal_emit (self, signals[SIGNAL_DONE], 0);
  self->leaving = FALSE;
}

static void
undone_cb (SbRuleEditor *self, gint64 generation)
{
  g_autofree char *number = sb_words_count (generation);
  g_autofree char *words = g_strdup_printf (_ ("Taken back, generation %s is in force"), number);

  sb_page_toast (SB_PAGE (self), words);
  sb_router_poke (sb_page_get_router (SB_PAGE (self)));
  if (self->document != NULL)
    sb_what_if_refresh (self->what_if);
}

static void
failed_cb (SbRuleEditor *self, const char *message)
{
  self->leaving = FALSE;
  sb_page_toast (SB_PAGE (self), message);
}

/* ---- Acting ---------------------------------------------------------------------------------- */

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sb_document_save (SB_RULE_EDITOR (widget)->document);
}

static void
reload_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sb_document_reload (SB_RULE_EDITOR (widget)->document);
}

static void
keep_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  sb_document_keep (SB_RULE_EDITOR (widget)->document);
}

static void
go_to_problem_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbRuleEditor *self = SB_RULE_EDITOR (widget);

  gtk_stack_set_visible_child_name (GTK_STACK (self->view_stack), "text");
  sb_document_view_go_to_problem (self->view);
}

static void
sb_rule_editor_toggle_inspector (SbPage *page)
{
  GtkToggleButton *button = GTK_TOGGLE_BUTTON (SB_RULE_EDITOR (page)->try_button);

  gtk_toggle_button_set_active (button, !gtk_toggle_button_get_active (button));
}

/* The rule may have been left meanwhile: what comes of it is told all the same. */
static void
sb_rule_editor_undo (SbPage *page)
{
  SbRuleEditor *self = SB_RULE_EDITOR (page);

  if (self->acted == NULL)
    return;
  if (self->acted != self->document)
    {
      g_signal_connect_object (self->acted, "undone", G_CALLBACK (undone_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (self->acted, "failed", G_CALLBACK (failed_cb), self,
                               G_CONNECT_SWAPPED);
    }
  sb_document_undo (self->acted);
}

static void
sb_rule_editor_refresh (SbPage *page)
{
  SbRuleEditor *self = SB_RULE_EDITOR (page);

  if (self->document != NULL)
    sb_document_look_again (self->document);
}

static void
sb_rule_editor_beat (SbPage *page)
{
  SbRuleEditor *self = SB_RULE_EDITOR (page);

  if (self->document != NULL)
    update (self);
}

static gboolean
sb_rule_editor_back (SbPage *page)
{
  gtk_widget_activate_action (GTK_WIDGET (page), "win.leave-editor", NULL);
  return TRUE;
}

static void
sb_rule_editor_dispose (GObject *object)
{
  SbRuleEditor *self = SB_RULE_EDITOR (object);

  g_clear_object (&self->signals);
  g_clear_object (&self->document);
  g_clear_object (&self->acted);
  g_clear_object (&self->fields);
  g_clear_object (&self->captured);
  g_clear_object (&self->completion);
  g_clear_object (&self->what_if);
  g_clear_object (&self->table);
  g_clear_object (&self->files);

  G_OBJECT_CLASS (sb_rule_editor_parent_class)->dispose (object);
}

static void
sb_rule_editor_finalize (GObject *object)
{
  g_free (SB_RULE_EDITOR (object)->rule);

  G_OBJECT_CLASS (sb_rule_editor_parent_class)->finalize (object);
}

static void
install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "editor.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "editor.reload", NULL, reload_action);
  gtk_widget_class_install_action (widget_class, "editor.keep", NULL, keep_action);
  gtk_widget_class_install_action (widget_class, "editor.go-to-problem", NULL,
                                   go_to_problem_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "editor.save",
                                       NULL);
}

static void
sb_rule_editor_class_init (SbRuleEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SbPageClass *page_class = SB_PAGE_CLASS (klass);

  object_class->dispose = sb_rule_editor_dispose;
  object_class->finalize = sb_rule_editor_finalize;
  page_class->refresh = sb_rule_editor_refresh;
  page_class->beat = sb_rule_editor_beat;
  page_class->back = sb_rule_editor_back;
  page_class->undo = sb_rule_editor_undo;
  page_class->toggle_inspector = sb_rule_editor_toggle_inspector;

  signals[SIGNAL_DONE] = g_signal_new ("done", SB_TYPE_RULE_EDITOR, G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (SB_TYPE_DOCUMENT_VIEW);
  g_type_ensure (SB_TYPE_FORM);
  g_type_ensure (SB_TYPE_PATTERN_VIEW);
  g_type_ensure (SB_TYPE_TRY_PANE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-rule-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, SbRuleEditor, save_button);
  gtk_widget_class_bind_template_child (widget_class, SbRuleEditor, try_button);
  gtk_widget_class_bind_template_child (widget_class, SbRuleEditor, try_pane);
  gtk_widget_class_bind_template_child (widget_class, SbRuleEditor, stack);
  gtk_widget_class_bind_template_child (widget_class, SbRuleEditor, failed_page);
  gtk_widget_class_bind_template_child (widget_class, SbRuleEditor, conflict_revealer);
  gtk_widget_class_bind_template_child (widget_class, SbRuleEditor, view);
  gtk_widget_class_bind_template_child (widget_class, SbRuleEditor, view_stack);
  gtk_widget_class_bind_template_child (widget_class, SbRuleEditor, pattern);
  gtk_widget_class_bind_template_child (widget_class, SbRuleEditor, targets);
  gtk_widget_class_bind_template_child (widget_class, SbRuleEditor, rest);
  gtk_widget_class_bind_template_child (widget_class, SbRuleEditor, what_if_box);
  gtk_widget_class_bind_template_child (widget_class, SbRuleEditor, what_if_label);
  gtk_widget_class_bind_template_child (widget_class, SbRuleEditor, gained_button);
  gtk_widget_class_bind_template_child (widget_class, SbRuleEditor, lost_button);
  gtk_widget_class_bind_template_callback (widget_class, tried_cb);
  gtk_widget_class_bind_template_child (widget_class, SbRuleEditor, verdict_button);
  gtk_widget_class_bind_template_child (widget_class, SbRuleEditor, verdict_icon);
  gtk_widget_class_bind_template_child (widget_class, SbRuleEditor, verdict);
  gtk_widget_class_bind_template_child (widget_class, SbRuleEditor, advice);
  gtk_widget_class_bind_template_child (widget_class, SbRuleEditor, place);
  install_actions (widget_class);
}

static void
sb_rule_editor_init (SbRuleEditor *self)
{
  self->signals = g_signal_group_new (SB_TYPE_DOCUMENT);
  g_signal_group_connect_swapped (self->signals, "changed", G_CALLBACK (update), self);
  g_signal_group_connect_swapped (self->signals, "saved", G_CALLBACK (saved_cb), self);
  g_signal_group_connect_swapped (self->signals, "undone", G_CALLBACK (undone_cb), self);
  g_signal_group_connect_swapped (self->signals, "failed", G_CALLBACK (failed_cb), self);
  gtk_widget_init_template (GTK_WIDGET (self));
  sb_document_view_set_name (self->view, _ ("Rule as JSON"));
  self->completion = sb_completion_new (self->view);
  sb_page_set_inner_back (SB_PAGE (self), TRUE);
}

void
sb_rule_editor_open (SbRuleEditor *self, const char *rule)
{
  g_autofree char *path = g_strconcat ("rule/", rule, ".json", NULL);
  SbClient *client;

  g_return_if_fail (SB_IS_RULE_EDITOR (self));

  client = sb_router_get_client (sb_page_get_router (SB_PAGE (self)));
  g_free (self->rule);
  self->rule = g_strdup (rule);
  self->leaving = FALSE;
  g_clear_object (&self->document);
  self->document = sb_document_new (client, path, PAUSE_MS);
  g_signal_group_set_target (self->signals, self->document);
  sb_document_view_set_document (self->view, self->document);
  g_clear_object (&self->fields);
  self->fields = sb_fields_new ();
  sb_completion_set_fields (self->completion, self->fields);
  g_clear_object (&self->captured);
  self->captured = sb_captured_new (client, rule);
  g_signal_connect_object (self->captured, "arrived", G_CALLBACK (sb_fields_add), self->fields,
                           G_CONNECT_SWAPPED);
  sb_pattern_view_set (self->pattern, self->document, self->fields);
  g_clear_object (&self->what_if);
  self->what_if = sb_what_if_new (client, rule, PAUSE_MS);
  g_signal_connect_object (self->what_if, "changed", G_CALLBACK (what_if_cb), self,
                           G_CONNECT_SWAPPED);
  what_if_cb (self);
  connect_forms (self);
  sb_try_pane_open (self->try_pane, sb_page_get_router (SB_PAGE (self)), rule, self->captured);
  sb_captured_refresh (self->captured);
  sb_document_load (self->document, example);
}

const char *
sb_rule_editor_get_rule (SbRuleEditor *self)
{
  g_return_val_if_fail (SB_IS_RULE_EDITOR (self), NULL);

  return self->document != NULL ? self->rule : NULL;
}

gboolean
sb_rule_editor_get_modified (SbRuleEditor *self)
{
  g_return_val_if_fail (SB_IS_RULE_EDITOR (self), FALSE);

  return self->document != NULL && sb_document_get_modified (self->document);
}

void
sb_rule_editor_close (SbRuleEditor *self)
{
  g_return_if_fail (SB_IS_RULE_EDITOR (self));

  g_signal_group_set_target (self->signals, NULL);
  sb_document_view_set_document (self->view, NULL);
  sb_pattern_view_set (self->pattern, NULL, NULL);
  sb_form_set (self->targets, NULL, NULL, (SbFormChoice){ 0 }, NULL);
  sb_form_set (self->rest, NULL, NULL, (SbFormChoice){ 0 }, NULL);
  g_clear_object (&self->what_if);
  g_clear_object (&self->document);
}

void
sb_rule_editor_save_and_leave (SbRuleEditor *self)
{
  g_return_if_fail (SB_IS_RULE_EDITOR (self));

  if (self->document == NULL)
    return;
  self->leaving = TRUE;
  sb_document_save (self->document);
}
