#include "config.h"

#include "sb-field-row.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "sb-field-text.h"
#include "sb-map-rows.h"
#include "sb-text.h"
#include "sb-widget.h"

/* A control knows how to show a value and how to say what is set in it; the rest is the same for
 * all of them.  `showing` is set while the control is changed by us and not by the user. */
struct _SbFieldRow
{
  AdwPreferencesRow parent_instance;

  SbDocument *document;
  const SbSetting *setting;
  char *pointer;
  char *place;
  gboolean prune;
  gboolean showing;

  GtkWidget *box;
  GtkWidget *head;
  GtkWidget *control;
  GtkWidget *form;     /* of a value: text, header or path */
  GtkStringList *list; /* of a control with choices */
  GtkWidget *reset;
  GtkWidget *problem_box;
  GtkWidget *problem;
};

G_DEFINE_FINAL_TYPE (SbFieldRow, sb_field_row, ADW_TYPE_PREFERENCES_ROW)

static const char *const value_forms[] = { "", "Header", "Path" };

/* ---- What is set ----------------------------------------------------------------------------- */

static JsonNode *
new_string (const char *text)
{
  return json_node_init_string (json_node_alloc (), text);
}

static JsonNode *
new_number (const SbSetting *setting, double value)
{
  if (setting->type == SB_SETTING_INTEGER || (value == floor (value) && fabs (value) < 1e15))
    return json_node_init_int (json_node_alloc (), (gint64) value);
  return json_node_init_double (json_node_alloc (), value);
}

static JsonNode *
new_member (const char *name, const char *text)
{
  g_autoptr (JsonObject) object = json_object_new ();

  json_object_set_string_member (object, name, text);
  return json_node_init_object (json_node_alloc (), object);
}

/* The first choice stands for nothing. */
static JsonNode *
read_choice (SbFieldRow *self)
{
  guint position = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->control));

  if (position == GTK_INVALID_LIST_POSITION || position == 0)
    return NULL;
  return new_string (gtk_string_list_get_string (self->list, position));
}

static JsonNode *
read_entry (SbFieldRow *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->control));
  guint form = self->form != NULL ? gtk_drop_down_get_selected (GTK_DROP_DOWN (self->form)) : 0;
  char *end;
  double number;

  if (*text == '\0')
    return NULL;
  if (form == 3)
    return sb_field_text_parse (SB_SETTING_ANY, text);
  if (form > 0 && form < G_N_ELEMENTS (value_forms))
    return new_member (value_forms[form], text);
  if (self->setting->type == SB_SETTING_SECRET)
    return new_member ("Secret", text);
  if (self->setting->type != SB_SETTING_INTEGER && self->setting->type != SB_SETTING_NUMBER)
    return new_string (text);
  number = g_ascii_strtod (text, &end);
  /* What is no number is the router's to refuse, in its own words. */
  return *end == '\0' ? new_number (self->setting, number) : new_string (text);
}

static JsonNode *
read_control (SbFieldRow *self)
{
  if (GTK_IS_SWITCH (self->control))
    return json_node_init_boolean (json_node_alloc (),
                                   gtk_switch_get_active (GTK_SWITCH (self->control)));
  if (GTK_IS_SPIN_BUTTON (self->control))
    return new_number (self->setting, gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->control)));
  if (GTK_IS_DROP_DOWN (self->control))
    return read_choice (self);
  if (SB_IS_MAP_ROWS (self->control))
    return sb_map_rows_dup_value (SB_MAP_ROWS (self->control));
  if (GTK_IS_TEXT_VIEW (self->control))
    {
      GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->control));
      g_autofree char *text = NULL;
      GtkTextIter start, end;

      gtk_text_buffer_get_bounds (buffer, &start, &end);
      text = gtk_text_buffer_get_text (buffer, &start, &end, TRUE);
      return sb_field_text_parse (self->setting->type, text);
    }
  return read_entry (self);
}

/* The value to be written: none where it is the default. */
static JsonNode *
dup_set (SbFieldRow *self)
{
  g_autoptr (JsonNode) value = read_control (self);

  if (value == NULL || sb_setting_is_default (self->setting, value))
    return NULL;
  if (GTK_IS_SWITCH (self->control) && self->setting->default_value == NULL &&
      !json_node_get_boolean (value))
    return NULL;
  return g_steal_pointer (&value);
}

static void
changed_cb (SbFieldRow *self)
{
  g_autoptr (JsonNode) value = NULL;

  if (self->showing)
    return;
  value = dup_set (self);
  if (value == NULL && self->setting->required && self->setting->type == SB_SETTING_STRING)
    value = new_string ("");
  if (value != NULL)
    sb_document_set_value (self->document, self->pointer, value);
  else
    sb_document_remove_value (self->document, self->pointer, self->prune);
}

static void
reset_cb (SbFieldRow *self)
{
  sb_document_remove_value (self->document, self->pointer, self->prune);
}

/* ---- Showing --------------------------------------------------------------------------------- */

static const char *
string_of (JsonNode *value)
{
  return value != NULL && JSON_NODE_HOLDS_VALUE (value) &&
                 json_node_get_value_type (value) == G_TYPE_STRING
             ? json_node_get_string (value)
             : NULL;
}

static void
show_choice (SbFieldRow *self, JsonNode *value)
{
  const char *text = string_of (value != NULL ? value : self->setting->default_value);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  guint position = 0;

  for (guint i = 1; i < n; i++)
    if (g_strcmp0 (gtk_string_list_get_string (self->list, i), text) == 0)
      position = i;
  if (position == 0 && value != NULL && text != NULL && *text != '\0')
    {
      gtk_string_list_append (self->list, text);
      position = n;
    }
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->control), position);
}

static void
show_number (SbFieldRow *self, JsonNode *value)
{
  JsonNode *node = value != NULL && JSON_NODE_HOLDS_VALUE (value) ? value
                                                                  : self->setting->default_value;

  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->control), json_node_get_double (node));
}

/* A value that names a header or a path; what says more than that is shown as JSON. */
static void
show_entry (SbFieldRow *self, JsonNode *value)
{
  g_autofree char *text = g_strdup (string_of (value));
  guint form = 0;

  if (text == NULL && value != NULL && JSON_NODE_HOLDS_OBJECT (value) &&
      json_object_get_size (json_node_get_object (value)) == 1)
    {
      JsonObject *object = json_node_get_object (value);

      if (self->setting->type == SB_SETTING_SECRET)
        text = g_strdup (string_of (json_object_get_member (object, "Secret")));
      for (guint i = 1; self->form != NULL && i < G_N_ELEMENTS (value_forms); i++)
        if (string_of (json_object_get_member (object, value_forms[i])) != NULL)
          {
            text = g_strdup (string_of (json_object_get_member (object, value_forms[i])));
            form = i;
          }
    }
  if (text == NULL && value != NULL)
    {
      text = json_to_string (value, FALSE);
      form = 3;
    }
  if (self->form != NULL)
    gtk_drop_down_set_selected (GTK_DROP_DOWN (self->form), form);
  gtk_editable_set_text (GTK_EDITABLE (self->control), text != NULL ? text : "");
}

static void
show_control (SbFieldRow *self, JsonNode *value)
{
  if (GTK_IS_SWITCH (self->control))
    {
      JsonNode *node = value != NULL ? value : self->setting->default_value;

      gtk_switch_set_active (GTK_SWITCH (self->control), node != NULL &&
                                                             JSON_NODE_HOLDS_VALUE (node) &&
                                                             json_node_get_boolean (node));
    }
  else if (GTK_IS_SPIN_BUTTON (self->control))
    show_number (self, value);
  else if (GTK_IS_DROP_DOWN (self->control))
    show_choice (self, value);
  else if (SB_IS_MAP_ROWS (self->control))
    sb_map_rows_show (SB_MAP_ROWS (self->control), value);
  else if (GTK_IS_TEXT_VIEW (self->control))
    {
      g_autofree char *text = sb_field_text_format (self->setting->type, value);

      gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->control)), text, -1);
    }
  else
    show_entry (self, value);
}

void
sb_field_row_show (SbFieldRow *self, JsonNode *value)
{
  g_autoptr (JsonNode) set = NULL;
  gboolean same;

  g_return_if_fail (SB_IS_FIELD_ROW (self));

  gtk_widget_set_visible (self->reset, value != NULL && !self->setting->required);
  if (value != NULL && sb_setting_is_default (self->setting, value))
    value = NULL;
  set = dup_set (self);
  same = (set == NULL && value == NULL) ||
         (set != NULL && value != NULL && json_node_equal (set, value));
  if (same)
    return;
  self->showing = TRUE;
  show_control (self, value);
  self->showing = FALSE;
}

void
sb_field_row_set_problem (SbFieldRow *self, const char *text)
{
  g_autofree char *visible = NULL;

  g_return_if_fail (SB_IS_FIELD_ROW (self));

  visible = sb_text_visible (text, -1, SB_TEXT_LINE);
  gtk_label_set_text (GTK_LABEL (self->problem), visible);
  gtk_widget_set_visible (self->problem_box, *visible != '\0');
  if (*visible != '\0')
    gtk_widget_add_css_class (self->control, "error");
  else
    gtk_widget_remove_css_class (self->control, "error");
  if (*visible != '\0')
    gtk_accessible_update_state (GTK_ACCESSIBLE (self->control), GTK_ACCESSIBLE_STATE_INVALID,
                                 GTK_ACCESSIBLE_INVALID_TRUE, -1);
  else
    gtk_accessible_reset_state (GTK_ACCESSIBLE (self->control), GTK_ACCESSIBLE_STATE_INVALID);
}

/* ---- Controls -------------------------------------------------------------------------------- */

static void
add_inline (SbFieldRow *self, GtkWidget *control)
{
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self->head), control);
}

static void
add_below (SbFieldRow *self, GtkWidget *control)
{
  gtk_widget_set_margin_top (control, 4);
  gtk_box_append (GTK_BOX (self->box), control);
}

/* "5" and "0.001", not "5.000". */
static gboolean
output_cb (GtkSpinButton *button)
{
  g_autofree char *text = g_strdup_printf ("%.15g", gtk_spin_button_get_value (button));

  if (!g_str_equal (text, gtk_editable_get_text (GTK_EDITABLE (button))))
    gtk_editable_set_text (GTK_EDITABLE (button), text);
  return TRUE;
}

/* Whoever scrolls through the form does not want to change what the pointer comes by. */
static void
ignore_scrolling (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_SCROLL (controller))
        gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_NONE);
    }
}

static void
make_spin_button (SbFieldRow *self)
{
  const SbSetting *setting = self->setting;
  gboolean whole = setting->type == SB_SETTING_INTEGER;

  self->control = gtk_spin_button_new_with_range (MAX (setting->min, -1e15),
                                                  MIN (setting->max, 1e15), 1);
  gtk_spin_button_set_digits (GTK_SPIN_BUTTON (self->control), whole ? 0 : 3);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->control), 7);
  g_signal_connect (self->control, "output", G_CALLBACK (output_cb), NULL);
  ignore_scrolling (self->control);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->control),
                             json_node_get_double (setting->default_value));
  g_signal_connect_object (self->control, "value-changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
  add_inline (self, self->control);
  if (*setting->unit != '\0')
    {
      GtkWidget *unit = gtk_label_new (setting->unit);

      gtk_widget_add_css_class (unit, "dim-label");
      add_inline (self, unit);
    }
}

static GtkWidget *
new_drop_down (SbFieldRow *self, GtkStringList *list)
{
  GtkWidget *drop_down = gtk_drop_down_new (G_LIST_MODEL (list), NULL);

  g_signal_connect_object (drop_down, "notify::selected", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
  return drop_down;
}

static void
make_choice (SbFieldRow *self, const char *const *choices)
{
  const char *nothing[] = { self->setting->required ? _ ("Choose…") : _ ("Not set"), NULL };

  self->list = gtk_string_list_new (nothing);
  for (guint i = 0; choices[i] != NULL; i++)
    gtk_string_list_append (self->list, choices[i]);
  self->control = new_drop_down (self, self->list);
  add_inline (self, self->control);
}

static void
make_entry (SbFieldRow *self)
{
  g_autofree char *normally = sb_setting_dup_default (self->setting);

  self->control = gtk_entry_new ();
  if (*normally != '\0')
    gtk_entry_set_placeholder_text (GTK_ENTRY (self->control), normally);
  if (self->setting->max < 1e6 && self->setting->type == SB_SETTING_STRING)
    gtk_entry_set_max_length (GTK_ENTRY (self->control), (int) self->setting->max);
  g_signal_connect_object (self->control, "changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
make_value (SbFieldRow *self)
{
  const char *forms[] = { _ ("Text"), _ ("Header"), _ ("Path in the body"), _ ("JSON"), NULL };
  g_autofree char *name = g_strdup_printf (_ ("%s: where from"), self->place);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  make_entry (self);
  self->form = new_drop_down (self, gtk_string_list_new (forms));
  sb_widget_set_name (self->form, name);
  gtk_widget_set_hexpand (self->control, TRUE);
  gtk_box_append (GTK_BOX (line), self->form);
  gtk_box_append (GTK_BOX (line), self->control);
  add_below (self, line);
}

static void
make_text (SbFieldRow *self)
{
  self->control = gtk_text_view_new ();
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (self->control), FALSE);
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (self->control), TRUE);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (self->control), GTK_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (self->control, "field-text");
  g_signal_connect_object (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->control)), "changed",
                           G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  add_below (self, self->control);
}

static void
make_map (SbFieldRow *self)
{
  gboolean paths = g_str_equal (self->setting->name, "InputPathsMap");

  self->control = sb_map_rows_new (
      self->place, paths ? "order" : _ ("Name"), paths ? "$.detail.order" : _ ("Value"));
  g_signal_connect_object (self->control, "changed", G_CALLBACK (changed_cb), self,
                           G_CONNECT_SWAPPED);
  add_below (self, self->control);
}

/* Texts that people write in several lines. */
static gboolean
is_long (const SbSetting *setting)
{
  return setting->type == SB_SETTING_STRING &&
         ((setting->max >= 4096 && setting->max < G_MAXDOUBLE && *setting->names == '\0' &&
           g_str_has_suffix (setting->name, "xt")) ||
          g_str_equal (setting->name, "Html") || g_str_equal (setting->name, "Body") ||
          g_str_equal (setting->name, "Input") || g_str_equal (setting->name, "InputTemplate"));
}

static void
make_control (SbFieldRow *self, const char *const *names)
{
  const SbSetting *setting = self->setting;
  gboolean number = setting->type == SB_SETTING_INTEGER || setting->type == SB_SETTING_NUMBER;

  if (setting->type == SB_SETTING_BOOLEAN)
    {
      self->control = gtk_switch_new ();
      gtk_switch_set_active (GTK_SWITCH (self->control),
                             setting->default_value != NULL &&
                                 json_node_get_boolean (setting->default_value));
      g_signal_connect_object (self->control, "notify::active", G_CALLBACK (changed_cb), self,
                               G_CONNECT_SWAPPED);
      add_inline (self, self->control);
    }
  else if (number && setting->default_value != NULL)
    make_spin_button (self);
  else if (setting->choices != NULL)
    make_choice (self, (const char *const *) setting->choices);
  else if (names != NULL)
    make_choice (self, names);
  else if (setting->type == SB_SETTING_VALUE)
    make_value (self);
  else if (setting->type == SB_SETTING_STRING_MAP)
    make_map (self);
  else if (is_long (setting))
    make_text (self);
  else if (setting->type == SB_SETTING_STRING || setting->type == SB_SETTING_SECRET || number)
    {
      make_entry (self);
      add_below (self, self->control);
    }
  else
    make_text (self);
}

/* ---- Parts ----------------------------------------------------------------------------------- */

static GtkWidget *
new_label (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  return label;
}

/* What one has to know besides what the setting is for. */
static const char *
hint_of (const SbSetting *setting)
{
  switch (setting->type)
    {
    case SB_SETTING_SECRET:
      return _ ("Put the secret itself into a file of this name in the router's folder of secrets, "
                "or give it as a systemd credential of this name.");
    case SB_SETTING_SECRETS:
      return _ ("One name a line. Put each secret itself into a file of that name in the router's "
                "folder of secrets, or give it as a systemd credential of that name.");
    case SB_SETTING_STRINGS:
    case SB_SETTING_NUMBERS:
      return _ ("One a line.");
    default:
      return "";
    }
}

static void
make_head (SbFieldRow *self)
{
  g_autofree char *label = sb_setting_dup_label (self->setting);
  const char *hint = hint_of (self->setting);
  /* Translators: two sentences after each other */
  g_autofree char *help = *hint != '\0'
      ? g_strdup_printf (C_ ("sentences", "%s %s"), self->setting->help, hint)
      : g_strdup (self->setting->help);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  if (g_str_equal (self->setting->effect, "restart"))
    {
      /* Translators: two sentences after each other */
      char *more = g_strdup_printf (C_ ("sentences", "%s %s"), help,
                                        _ ("Shows after a restart of the router."));

      g_free (help);
      help = more;
    }
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (words), new_label (label, NULL));
  gtk_box_append (GTK_BOX (words), new_label (help, "field-help"));
  gtk_box_append (GTK_BOX (self->head), words);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), label);
}

static void
make_reset (SbFieldRow *self)
{
  g_autofree char *normally = sb_setting_dup_default (self->setting);
  g_autofree char *tooltip = *normally != '\0' ? g_strdup_printf (_ ("Back to %s"), normally)
                                               : g_strdup (_ ("Leave It Out"));
  g_autofree char *name = g_strdup_printf (_ ("%s: reset"), self->place);

  self->reset = gtk_button_new_from_icon_name ("edit-undo-symbolic");
  gtk_widget_add_css_class (self->reset, "flat");
  gtk_widget_set_tooltip_text (self->reset, tooltip);
  gtk_widget_set_visible (self->reset, FALSE);
  sb_widget_set_name (self->reset, name);
  g_signal_connect_object (self->reset, "clicked", G_CALLBACK (reset_cb), self, G_CONNECT_SWAPPED);
  add_inline (self, self->reset);
}

static void
make_problem (SbFieldRow *self)
{
  GtkWidget *icon = gtk_image_new_from_icon_name ("sb-dead-symbolic");

  self->problem_box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->problem = new_label ("", "error");
  gtk_widget_add_css_class (icon, "error");
  gtk_widget_set_valign (icon, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (self->problem_box), icon);
  gtk_box_append (GTK_BOX (self->problem_box), self->problem);
  gtk_widget_set_visible (self->problem_box, FALSE);
  add_below (self, self->problem_box);
}

static void
sb_field_row_dispose (GObject *object)
{
  g_clear_object (&SB_FIELD_ROW (object)->document);

  G_OBJECT_CLASS (sb_field_row_parent_class)->dispose (object);
}

static void
sb_field_row_finalize (GObject *object)
{
  g_free (SB_FIELD_ROW (object)->pointer);
  g_free (SB_FIELD_ROW (object)->place);

  G_OBJECT_CLASS (sb_field_row_parent_class)->finalize (object);
}

static void
sb_field_row_class_init (SbFieldRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sb_field_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = sb_field_row_finalize;
}

static void
sb_field_row_init (SbFieldRow *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  self->head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  gtk_box_append (GTK_BOX (self->box), self->head);
  gtk_widget_add_css_class (self->box, "field");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self), self->box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), FALSE);
  gtk_widget_set_focusable (GTK_WIDGET (self), FALSE);
}

SbFieldRow *
sb_field_row_new (SbDocument *document,
                  const SbSetting *setting,
                  const char *pointer,
                  const char *place,
                  const char *const *names,
                  gboolean prune)
{
  SbFieldRow *self = g_object_new (SB_TYPE_FIELD_ROW, NULL);

  self->document = g_object_ref (document);
  self->setting = setting;
  self->pointer = g_strdup (pointer);
  self->place = g_strdup (place);
  self->prune = prune;
  make_head (self);
  make_control (self, names);
  sb_widget_set_name (self->control, place);
  make_reset (self);
  make_problem (self);
  self->showing = TRUE;
  show_control (self, NULL);
  self->showing = FALSE;
  return self;
}
