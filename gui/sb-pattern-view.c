#include "config.h"

#include "sb-pattern-view.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sb-json-edit.h"
#include "sb-pattern.h"
#include "sb-widget.h"

#define PATTERN "/EventPattern"

/* A line stays the widget that it is as long as its field is in the pattern, whatever else changes,
 * so that nobody loses the place where they type.  What is set in it is written as soon as it is
 * whole; the name of a field when one leaves it, as half a name could be another field's. */
typedef struct
{
  SbPatternView *view;
  char *pointer; /* within the pattern; NULL: not in it yet */
  char *field_name;
  gboolean showing; /* changed by us and not by the user */

  GtkWidget *row;
  GtkWidget *tick;
  GtkWidget *field;
  GtkWidget *op;
  GtkWidget *values;
  GtkWidget *problem;
  GtkEventController *focus; /* of the field */
} Line;

struct _SbPatternView
{
  AdwBin parent_instance;

  SbDocument *document;
  GSignalGroup *signals; /* of the document */
  SbFields *fields;
  GtkListStore *proposals;
  GPtrArray *lines;
  guint n_lines; /* ever, to name them by */

  GtkWidget *group;
  GtkWidget *list;
  GtkWidget *add;
};

G_DEFINE_FINAL_TYPE (SbPatternView, sb_pattern_view, ADW_TYPE_BIN)

static void
line_free (Line *line)
{
  g_free (line->pointer);
  g_free (line->field_name);
  g_free (line);
}

static JsonNode *
get_pattern (SbPatternView *self)
{
  JsonNode *root = sb_document_get_root (self->document);

  return root != NULL ? sb_json_pointer_get (root, PATTERN) : NULL;
}

static SbOperator
line_operator (Line *line)
{
  return (SbOperator) gtk_drop_down_get_selected (GTK_DROP_DOWN (line->op));
}

/* ---- Writing --------------------------------------------------------------------------------- */

static void
set_line_problem (Line *line, const char *text)
{
  gtk_label_set_text (GTK_LABEL (line->problem), text);
  gtk_widget_set_visible (line->problem, *text != '\0');
}

static JsonNode *
line_value (Line *line)
{
  return sb_pattern_value (line_operator (line),
                           gtk_editable_get_text (GTK_EDITABLE (line->values)));
}

/* A field that others stand in, or that is there already, must not be written over. */
static gboolean
is_taken (SbPatternView *self, const char *pointer)
{
  g_auto (GStrv) names = g_strsplit (pointer, "/", -1);
  g_autoptr (GString) way = g_string_new (NULL);
  JsonNode *pattern = get_pattern (self);

  if (pattern == NULL)
    return FALSE;
  if (sb_json_pointer_get (pattern, pointer) != NULL)
    return TRUE;
  for (guint i = 1; names[i] != NULL; i++)
    {
      JsonNode *node = sb_json_pointer_get (pattern, way->str);

      if (node != NULL && !JSON_NODE_HOLDS_OBJECT (node))
        return TRUE;
      g_string_append_printf (way, "/%s", names[i]);
    }
  return FALSE;
}

static void
write_line (Line *line)
{
  SbPatternView *self = line->view;
  const char *field = gtk_editable_get_text (GTK_EDITABLE (line->field));
  g_autoptr (JsonNode) value = line_value (line);
  g_autofree char *pointer = NULL;
  g_autofree char *whole = NULL;

  if (value == NULL)
    {
      set_line_problem (line, line->pointer != NULL ? _ ("Not complete yet") : "");
      return;
    }
  set_line_problem (line, "");
  if (line->pointer == NULL)
    {
      if (*field == '\0')
        return;
      pointer = sb_pattern_pointer (field);
      if (is_taken (self, pointer))
        {
          set_line_problem (line, _ ("This field is in the pattern already"));
          return;
        }
      line->pointer = g_steal_pointer (&pointer);
      g_free (line->field_name);
      line->field_name = g_strdup (field);
    }
  whole = g_strconcat (PATTERN, line->pointer, NULL);
  sb_document_set_value (self->document, whole, value);
}

/* The field has got its name, or another one. */
static void
name_line (Line *line)
{
  SbPatternView *self = line->view;
  const char *field = gtk_editable_get_text (GTK_EDITABLE (line->field));
  g_autofree char *pointer = sb_pattern_pointer (field);
  g_autofree char *old = NULL;

  if (*field == '\0' || g_strcmp0 (field, line->field_name) == 0)
    return;
  if (is_taken (self, pointer))
    {
      set_line_problem (line, _ ("This field is in the pattern already"));
      return;
    }
  old = g_steal_pointer (&line->pointer);
  if (old != NULL)
    {
      g_autofree char *whole = g_strconcat (PATTERN, old, NULL);

      sb_document_remove_value (self->document, whole, TRUE);
    }
  write_line (line);
}

static void
field_done_cb (Line *line)
{
  if (line->view->document != NULL)
    name_line (line);
}

static void
update_values_entry (Line *line)
{
  SbOperator op = line_operator (line);

  gtk_widget_set_visible (line->values, op != SB_OPERATOR_EXISTS && op != SB_OPERATOR_ABSENT);
  gtk_entry_set_placeholder_text (GTK_ENTRY (line->values), sb_operator_example (op));
}

static void
line_changed_cb (Line *line)
{
  update_values_entry (line);
  if (!line->showing && line->view->document != NULL)
    write_line (line);
}

static void
drop_line (SbPatternView *self, Line *line)
{
  /* Its widgets have last words, which must not be heard. */
  g_signal_handlers_disconnect_by_data (line->field, line);
  g_signal_handlers_disconnect_by_data (line->focus, line);
  g_signal_handlers_disconnect_by_data (line->op, line);
  g_signal_handlers_disconnect_by_data (line->values, line);
  gtk_list_box_remove (GTK_LIST_BOX (self->list), line->row);
  g_ptr_array_remove (self->lines, line);
}

static void
remove_cb (GtkButton *button, SbPatternView *self)
{
  Line *line = g_object_get_data (G_OBJECT (button), "line");
  g_autofree char *whole = line->pointer != NULL ? g_strconcat (PATTERN, line->pointer, NULL)
                                                 : NULL;

  drop_line (self, line);
  if (whole != NULL)
    sb_document_remove_value (self->document, whole, TRUE);
}

/* ---- Lines ----------------------------------------------------------------------------------- */

static gboolean
proposal_fits (GtkEntryCompletion *completion, const char *key, GtkTreeIter *iter, gpointer data)
{
  g_autofree char *path = NULL;
  g_autofree char *folded = NULL;

  gtk_tree_model_get (gtk_entry_completion_get_model (completion), iter, 0, &path, -1);
  folded = path != NULL ? g_utf8_casefold (path, -1) : NULL;
  return folded != NULL && strstr (folded, key) != NULL;
}

static GtkWidget *
new_field_entry (SbPatternView *self, Line *line)
{
  GtkWidget *entry = gtk_entry_new ();
  g_autoptr (GtkEntryCompletion) completion = gtk_entry_completion_new ();

  line->focus = gtk_event_controller_focus_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), "detail.order.total");
  gtk_widget_set_hexpand (entry, TRUE);
  gtk_entry_completion_set_model (completion, GTK_TREE_MODEL (self->proposals));
  gtk_entry_completion_set_text_column (completion, 0);
  gtk_entry_completion_set_match_func (completion, proposal_fits, NULL, NULL);
  gtk_entry_completion_set_minimum_key_length (completion, 1);
  gtk_entry_set_completion (GTK_ENTRY (entry), completion);
  g_signal_connect_swapped (entry, "activate", G_CALLBACK (field_done_cb), line);
  g_signal_connect_swapped (line->focus, "leave", G_CALLBACK (field_done_cb), line);
  gtk_widget_add_controller (entry, line->focus);
  return entry;
}

static GtkWidget *
new_operator (Line *line)
{
  GtkStringList *words = gtk_string_list_new (NULL);
  GtkWidget *drop_down;

  for (guint i = 0; i < SB_N_OPERATORS; i++)
    gtk_string_list_append (words, sb_operator_words ((SbOperator) i));
  drop_down = gtk_drop_down_new (G_LIST_MODEL (words), NULL);
  g_signal_connect_swapped (drop_down, "notify::selected", G_CALLBACK (line_changed_cb), line);
  return drop_down;
}

static void
name_part (GtkWidget *widget, const char *format, guint number)
{
  g_autoptr (GString) name = g_string_new (format);
  g_autofree char *digits = g_strdup_printf ("%u", number);

  g_string_replace (name, "%u", digits, 1);
  sb_widget_set_name (widget, name->str);
}

static GtkWidget *
new_remove_button (SbPatternView *self, Line *line)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_START);
  gtk_widget_set_tooltip_text (button, _ ("Remove"));
  g_object_set_data (G_OBJECT (button), "line", line);
  g_signal_connect_object (button, "clicked", G_CALLBACK (remove_cb), self, 0);
  return button;
}

static void
make_parts (SbPatternView *self, Line *line)
{
  line->tick = gtk_image_new ();
  gtk_widget_set_valign (line->tick, GTK_ALIGN_CENTER);
  gtk_widget_set_size_request (line->tick, 16, 16);
  line->field = new_field_entry (self, line);
  line->op = new_operator (line);
  line->values = gtk_entry_new ();
  g_signal_connect_swapped (line->values, "changed", G_CALLBACK (line_changed_cb), line);
  line->problem = gtk_label_new ("");
  gtk_label_set_xalign (GTK_LABEL (line->problem), 0);
  gtk_widget_add_css_class (line->problem, "error");
  gtk_widget_set_visible (line->problem, FALSE);
}

static Line *
add_line (SbPatternView *self)
{
  Line *line = g_new0 (Line, 1);
  GtkWidget *grid = gtk_grid_new ();
  GtkWidget *remove = new_remove_button (self, line);

  line->view = self;
  make_parts (self, line);
  self->n_lines++;
  /* Translators: the parts of a row; %u is its number */
  name_part (line->field, _ ("Field %u"), self->n_lines);
  /* Translators: the parts of a row; %u is its number */
  name_part (line->op, _ ("Operator %u"), self->n_lines);
  /* Translators: the parts of a row; %u is its number */
  name_part (line->values, _ ("Values %u"), self->n_lines);
  /* Translators: the parts of a row; %u is its number */
  name_part (remove, _ ("Remove field %u"), self->n_lines);

  gtk_grid_set_column_spacing (GTK_GRID (grid), 8);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_widget_add_css_class (grid, "field");
  gtk_grid_attach (GTK_GRID (grid), line->tick, 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), line->field, 1, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), line->op, 2, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), remove, 3, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), line->values, 1, 1, 2, 1);
  gtk_grid_attach (GTK_GRID (grid), line->problem, 1, 2, 2, 1);
  line->row = g_object_new (GTK_TYPE_LIST_BOX_ROW, "child", grid, "activatable", FALSE, "focusable",
                            FALSE, NULL);
  gtk_list_box_append (GTK_LIST_BOX (self->list), line->row);
  g_ptr_array_add (self->lines, line);
  update_values_entry (line);
  return line;
}

static void
add_cb (SbPatternView *self)
{
  gtk_widget_grab_focus (add_line (self)->field);
}

/* ---- Showing --------------------------------------------------------------------------------- */

static Line *
find_line (SbPatternView *self, const char *pointer)
{
  for (guint i = 0; i < self->lines->len; i++)
    if (g_strcmp0 (((Line *) self->lines->pdata[i])->pointer, pointer) == 0)
      return self->lines->pdata[i];
  return NULL;
}

static void
show_row (SbPatternView *self, const SbPatternRow *row, JsonNode *actual)
{
  Line *line = find_line (self, row->pointer);
  g_autoptr (JsonNode) set = NULL;

  if (line == NULL)
    {
      line = add_line (self);
      line->pointer = g_strdup (row->pointer);
      line->field_name = g_strdup (row->field);
      gtk_editable_set_text (GTK_EDITABLE (line->field), row->field);
    }
  set = line_value (line);
  if (set != NULL && json_node_equal (set, actual))
    return;
  line->showing = TRUE;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (line->op), row->op);
  gtk_editable_set_text (GTK_EDITABLE (line->values), row->values);
  set_line_problem (line, "");
  line->showing = FALSE;
}

static gboolean
is_in (GPtrArray *rows, const char *pointer)
{
  for (guint i = 0; i < rows->len; i++)
    if (g_str_equal (((SbPatternRow *) rows->pdata[i])->pointer, pointer))
      return TRUE;
  return FALSE;
}

static void
update (SbPatternView *self)
{
  JsonNode *pattern = get_pattern (self);
  g_autoptr (GPtrArray) rows = NULL;
  gboolean text = pattern != NULL && !JSON_NODE_HOLDS_OBJECT (pattern);

  gtk_widget_set_sensitive (self->list, sb_document_get_root (self->document) != NULL);
  gtk_widget_set_sensitive (self->add, sb_document_get_root (self->document) != NULL && !text);
  if (sb_document_get_root (self->document) == NULL)
    return;
  rows = sb_pattern_rows (pattern);
  for (guint i = self->lines->len; i > 0; i--)
    {
      Line *line = self->lines->pdata[i - 1];

      if (line->pointer != NULL && !is_in (rows, line->pointer))
        drop_line (self, line);
    }
  for (guint i = 0; i < rows->len; i++)
    {
      const SbPatternRow *row = rows->pdata[i];

      show_row (self, row, sb_json_pointer_get (pattern, row->pointer));
    }
  adw_preferences_group_set_description (
      ADW_PREFERENCES_GROUP (self->group),
      text ? _ ("This pattern is written as a string: change it in the text.")
           : rows->len == 0
      ? _ ("Without a field every event of the bus matches.")
      : _ ("All of these must hold."));
}

static void
fields_cb (SbPatternView *self)
{
  g_auto (GStrv) paths = sb_fields_dup_paths (self->fields);

  gtk_list_store_clear (self->proposals);
  for (guint i = 0; paths[i] != NULL; i++)
    gtk_list_store_insert_with_values (self->proposals, NULL, -1, 0, paths[i], -1);
}

void
sb_pattern_view_show_trial (SbPatternView *self, const SbTrial *trial)
{
  g_return_if_fail (SB_IS_PATTERN_VIEW (self));

  for (guint i = 0; i < self->lines->len; i++)
    {
      Line *line = self->lines->pdata[i];
      const SbTrialLeaf *found = NULL;

      for (guint j = 0; j < trial->leaves->len && found == NULL; j++)
        if (g_strcmp0 (((SbTrialLeaf *) trial->leaves->pdata[j])->path, line->field_name) == 0)
          found = trial->leaves->pdata[j];
      if (found == NULL)
        {
          gtk_image_clear (GTK_IMAGE (line->tick));
          gtk_widget_set_tooltip_text (line->tick, NULL);
          continue;
        }
      sb_widget_set_state_icon (line->tick, found->held ? SB_DELIVERY_DONE : SB_DELIVERY_DEAD);
      gtk_widget_set_tooltip_text (line->tick, found->why);
    }
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void
clear_lines (SbPatternView *self)
{
  while (self->lines->len > 0)
    drop_line (self, self->lines->pdata[0]);
  self->n_lines = 0;
}

static void
sb_pattern_view_dispose (GObject *object)
{
  SbPatternView *self = SB_PATTERN_VIEW (object);

  if (self->signals != NULL)
    {
      g_signal_group_set_target (self->signals, NULL);
      g_clear_object (&self->document);
      clear_lines (self);
    }
  g_clear_object (&self->signals);
  if (self->fields != NULL)
    g_signal_handlers_disconnect_by_data (self->fields, self);
  g_clear_object (&self->fields);
  g_clear_object (&self->proposals);

  G_OBJECT_CLASS (sb_pattern_view_parent_class)->dispose (object);
}

static void
sb_pattern_view_finalize (GObject *object)
{
  g_ptr_array_unref (SB_PATTERN_VIEW (object)->lines);

  G_OBJECT_CLASS (sb_pattern_view_parent_class)->finalize (object);
}

static void
sb_pattern_view_class_init (SbPatternViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sb_pattern_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = sb_pattern_view_finalize;
}

static void
sb_pattern_view_init (SbPatternView *self)
{
  self->lines = g_ptr_array_new_with_free_func ((GDestroyNotify) line_free);
  self->proposals = gtk_list_store_new (1, G_TYPE_STRING);
  self->signals = g_signal_group_new (SB_TYPE_DOCUMENT);
  g_signal_group_connect_swapped (self->signals, "changed", G_CALLBACK (update), self);

  self->group = adw_preferences_group_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self->group), _ ("Pattern"));
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "boxed-list");
  sb_widget_set_name (self->list, _ ("Pattern"));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->group), self->list);
  self->add = gtk_button_new_with_label (_ ("Add Field"));
  gtk_widget_set_valign (self->add, GTK_ALIGN_CENTER);
  g_signal_connect_object (self->add, "clicked", G_CALLBACK (add_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (self->group), self->add);
  adw_bin_set_child (ADW_BIN (self), self->group);
}

void
sb_pattern_view_set (SbPatternView *self, SbDocument *document, SbFields *fields)
{
  g_return_if_fail (SB_IS_PATTERN_VIEW (self));

  g_signal_group_set_target (self->signals, NULL);
  if (self->fields != NULL)
    g_signal_handlers_disconnect_by_data (self->fields, self);
  g_set_object (&self->document, NULL);
  clear_lines (self);
  g_set_object (&self->fields, fields);
  if (document == NULL)
    return;
  self->document = g_object_ref (document);
  g_signal_group_set_target (self->signals, document);
  if (fields != NULL)
    {
      g_signal_connect_object (fields, "changed", G_CALLBACK (fields_cb), self, G_CONNECT_SWAPPED);
      fields_cb (self);
    }
  update (self);
}
