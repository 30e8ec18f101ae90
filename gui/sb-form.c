#include "config.h"

#include "sb-form.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sb-field-row.h"
#include "sb-json-edit.h"
#include "sb-text.h"
#include "sb-widget.h"

/* A form is a tree of items as the settings are: an item is a field, an object with items of its
 * own, or an array with an object for each element. */
typedef struct Item
{
  const SbSetting *setting;
  char *pointer;
  char *place;      /* in words */
  GtkWidget *row;   /* SbFieldRow, AdwExpanderRow, or AdwPreferencesGroup of an array */
  gboolean element; /* of an array */
  GPtrArray *items;
} Item;

struct _SbForm
{
  AdwBin parent_instance;

  SbDocument *document;
  GSignalGroup *signals; /* of the document */
  SbSettings *settings;
  char **files;
  GPtrArray *items;
  gboolean showing;

  GtkWidget *box;
  GtkWidget *other_problems;
};

G_DEFINE_FINAL_TYPE (SbForm, sb_form, ADW_TYPE_BIN)

static void
item_free (Item *item)
{
  g_free (item->pointer);
  g_free (item->place);
  g_ptr_array_unref (item->items);
  g_free (item);
}

static Item *
item_new (const SbSetting *setting, const char *pointer, const char *place)
{
  Item *item = g_new0 (Item, 1);

  item->setting = setting;
  item->pointer = g_strdup (pointer);
  item->place = g_strdup (place);
  item->items = g_ptr_array_new_with_free_func ((GDestroyNotify) item_free);
  return item;
}

/* ---- Making ---------------------------------------------------------------------------------- */

static GtkWidget *make_row (SbForm *self, Item *item, gboolean prune);

static char *
place_of (const char *above, const SbSetting *setting)
{
  g_autofree char *label = sb_setting_dup_label (setting);

  /* Translators: a setting of a setting, "Auth: Type" */
  return *above != '\0' ? g_strdup_printf (_ ("%s: %s"), above, label) : g_strdup (label);
}

static Item *
add_item (GPtrArray *items, const SbSetting *setting, const char *pointer, const char *above)
{
  g_autofree char *own = sb_json_pointer_join (pointer, setting->name);
  g_autofree char *place = place_of (above, setting);
  Item *item = item_new (setting, own, place);

  g_ptr_array_add (items, item);
  return item;
}

static GtkWidget *
find_switch (GtkWidget *widget)
{
  if (GTK_IS_SWITCH (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_switch (child);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static Item *
find_by_row (GPtrArray *items, GtkWidget *row)
{
  for (guint i = 0; i < items->len; i++)
    {
      Item *item = items->pdata[i];
      Item *found = item->row == row ? item : find_by_row (item->items, row);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
enabled_cb (AdwExpanderRow *row, GParamSpec *pspec, SbForm *self)
{
  const Item *item = self->showing ? NULL : find_by_row (self->items, GTK_WIDGET (row));

  if (item == NULL)
    return;
  if (adw_expander_row_get_enable_expansion (row))
    {
      g_autoptr (JsonNode) value = sb_setting_new_value (item->setting);

      sb_document_set_value (self->document, item->pointer, value);
    }
  else
    sb_document_remove_value (self->document, item->pointer, TRUE);
}

static void
add_children (SbForm *self, Item *item, gboolean prune)
{
  for (guint i = 0; i < item->setting->children->len; i++)
    {
      Item *child = add_item (item->items, item->setting->children->pdata[i], item->pointer,
                              item->place);

      adw_expander_row_add_row (ADW_EXPANDER_ROW (item->row), make_row (self, child, prune));
    }
}

static GtkWidget *
new_expander (const char *title, const char *subtitle)
{
  GtkWidget *row = sb_widget_new_plain_row (ADW_TYPE_EXPANDER_ROW, "title", title, "subtitle",
                                            subtitle, NULL);

  sb_widget_name_expander (row);
  return row;
}

static GtkWidget *
make_object (SbForm *self, Item *item)
{
  const SbSetting *setting = item->setting;
  g_autofree char *label = sb_setting_dup_label (setting);
  gboolean optional = setting->default_value == NULL && !setting->required;

  item->row = new_expander (label, setting->help);
  if (optional)
    {
      g_autofree char *name = g_strdup_printf (_ ("%s: in use"), item->place);

      adw_expander_row_set_show_enable_switch (ADW_EXPANDER_ROW (item->row), TRUE);
      adw_expander_row_set_enable_expansion (ADW_EXPANDER_ROW (item->row), FALSE);
      if (find_switch (item->row) != NULL)
        sb_widget_set_name (find_switch (item->row), name);
      g_signal_connect_object (item->row, "notify::enable-expansion", G_CALLBACK (enabled_cb), self,
                               0);
    }
  add_children (self, item, !optional);
  return item->row;
}

static void
remove_element_cb (GtkButton *button, SbForm *self)
{
  GtkWidget *row = gtk_widget_get_ancestor (GTK_WIDGET (button), ADW_TYPE_EXPANDER_ROW);
  const Item *item = row != NULL ? find_by_row (self->items, row) : NULL;
  g_autofree char *pointer = item != NULL ? g_strdup (item->pointer) : NULL;

  if (pointer != NULL)
    sb_document_remove_value (self->document, pointer, FALSE);
}

/* Whoever adds an element goes on with its first setting. */
static void
focus_last (const Item *array)
{
  const Item *last = array->items->len > 0 ? array->items->pdata[array->items->len - 1] : NULL;

  if (last == NULL || last->items->len == 0)
    return;
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (last->row), TRUE);
  gtk_widget_child_focus (((Item *) last->items->pdata[0])->row, GTK_DIR_TAB_FORWARD);
}

static void
add_element_cb (GtkButton *button, SbForm *self)
{
  GtkWidget *group = gtk_widget_get_ancestor (GTK_WIDGET (button), ADW_TYPE_PREFERENCES_GROUP);
  const Item *item = find_by_row (self->items, group);
  g_autoptr (JsonNode) value = NULL;
  g_autofree char *pointer = NULL;
  JsonNode *present;

  if (item == NULL)
    return;
  value = sb_setting_new_value (item->setting);
  for (guint i = 0; i < item->setting->children->len; i++)
    {
      const SbSetting *child = item->setting->children->pdata[i];

      if (g_str_equal (child->name, "Id"))
        {
          g_autofree char *id = g_strdup_printf ("target-%u", item->items->len + 1);

          json_object_set_string_member (json_node_get_object (value), "Id", id);
        }
      else if (child->required && child->type == SB_SETTING_STRING && child->choices == NULL)
        json_object_set_string_member (json_node_get_object (value), child->name, "");
    }
  present = sb_json_pointer_get (sb_document_get_root (self->document), item->pointer);
  if (present != NULL && JSON_NODE_HOLDS_ARRAY (present))
    pointer = sb_json_pointer_join (item->pointer, "-");
  else
    {
      JsonNode *array = json_node_new (JSON_NODE_ARRAY);

      json_node_take_array (array, json_array_new ());
      json_array_add_element (json_node_get_array (array), g_steal_pointer (&value));
      value = array;
      pointer = g_strdup (item->pointer);
    }
  sb_document_set_value (self->document, pointer, value);
  focus_last (item);
}

static GtkWidget *
make_element (SbForm *self, Item *array, guint position)
{
  g_autofree char *number = g_strdup_printf ("%u", position);
  g_autofree char *pointer = sb_json_pointer_join (array->pointer, number);
  /* Translators: one of several, "Targets 2" */
  g_autofree char *place = g_strdup_printf (_ ("%s %u"), array->place, position + 1);
  g_autofree char *name = g_strdup_printf (_ ("%s: remove"), place);
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  Item *item = item_new (array->setting, pointer, place);

  g_ptr_array_add (array->items, item);
  item->element = TRUE;
  item->row = new_expander (place, "");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("Remove"));
  sb_widget_set_name (button, name);
  g_signal_connect_object (button, "clicked", G_CALLBACK (remove_element_cb), self, 0);
  adw_expander_row_add_action (ADW_EXPANDER_ROW (item->row), button);
  add_children (self, item, TRUE);
  return item->row;
}

/* A group of its own, with a row for each element. */
static GtkWidget *
make_array (SbForm *self, Item *item)
{
  g_autofree char *label = sb_setting_dup_label (item->setting);
  g_autofree char *name = g_strdup_printf (_ ("Add to %s"), label);
  g_autofree char *title = g_markup_escape_text (label, -1);
  g_autofree char *help = g_markup_escape_text (item->setting->help, -1);
  GtkWidget *button = gtk_button_new_with_label (_ ("Add"));

  item->row = adw_preferences_group_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (item->row), title);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (item->row), help);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  sb_widget_set_name (button, name);
  g_signal_connect_object (button, "clicked", G_CALLBACK (add_element_cb), self, 0);
  adw_preferences_group_set_header_suffix (ADW_PREFERENCES_GROUP (item->row), button);
  return item->row;
}

static GtkWidget *
make_row (SbForm *self, Item *item, gboolean prune)
{
  g_auto (GStrv) names = sb_setting_dup_names (item->setting, (const char *const *) self->files);

  if (item->setting->type == SB_SETTING_OBJECT)
    return make_object (self, item);
  /* Arrays of objects within objects are too rare for rows of their own: they are written as JSON.
   */
  item->row = GTK_WIDGET (sb_field_row_new (self->document, item->setting, item->pointer,
                                            item->place, (const char *const *) names, prune));
  return item->row;
}

/* ---- Showing --------------------------------------------------------------------------------- */

static void show_item (SbForm *self, Item *item, JsonNode *value);

static void
show_items (SbForm *self, GPtrArray *items, JsonNode *root)
{
  for (guint i = 0; i < items->len; i++)
    {
      Item *item = items->pdata[i];

      show_item (self, item, sb_json_pointer_get (root, item->pointer));
    }
}

/* What an element is called: by its connector, or its name. */
static void
show_element_title (Item *item, JsonNode *value)
{
  static const char *const members[] = { "Arn", "Name", "Id" };
  JsonObject *object = value != NULL && JSON_NODE_HOLDS_OBJECT (value)
                           ? json_node_get_object (value)
                           : NULL;
  const char *title = "";

  for (guint i = 0; object != NULL && i < G_N_ELEMENTS (members) && *title == '\0'; i++)
    title = json_object_get_string_member_with_default (object, members[i], "");
  if (*title != '\0')
    {
      g_autofree char *visible = sb_text_visible (title, -1, SB_TEXT_LINE);

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (item->row), visible);
    }
  else
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (item->row), item->place);
}

static void
show_array (SbForm *self, Item *item, JsonNode *value)
{
  JsonArray *array = value != NULL && JSON_NODE_HOLDS_ARRAY (value) ? json_node_get_array (value)
                                                                    : NULL;
  guint n = array != NULL ? json_array_get_length (array) : 0;

  while (item->items->len > n)
    {
      Item *last = item->items->pdata[item->items->len - 1];

      adw_preferences_group_remove (ADW_PREFERENCES_GROUP (item->row), last->row);
      g_ptr_array_remove_index (item->items, item->items->len - 1);
    }
  while (item->items->len < n)
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (item->row),
                               make_element (self, item, item->items->len));
  if (n == 1)
    adw_expander_row_set_expanded (ADW_EXPANDER_ROW (((Item *) item->items->pdata[0])->row), TRUE);
  show_items (self, item->items, sb_document_get_root (self->document));
}

static void
show_item (SbForm *self, Item *item, JsonNode *value)
{
  if (ADW_IS_PREFERENCES_GROUP (item->row))
    {
      show_array (self, item, value);
      return;
    }
  if (ADW_IS_EXPANDER_ROW (item->row))
    {
      AdwExpanderRow *row = ADW_EXPANDER_ROW (item->row);

      if (item->element)
        show_element_title (item, value);
      else if (adw_expander_row_get_show_enable_switch (row))
        adw_expander_row_set_enable_expansion (row, value != NULL);
      show_items (self, item->items, sb_document_get_root (self->document));
      return;
    }
  sb_field_row_show (SB_FIELD_ROW (item->row), value);
}

/* ---- Problems -------------------------------------------------------------------------------- */

static void
set_problem (Item *item, const char *text)
{
  if (SB_IS_FIELD_ROW (item->row))
    sb_field_row_set_problem (SB_FIELD_ROW (item->row), text);
  else if (ADW_IS_EXPANDER_ROW (item->row))
    {
      g_autofree char *visible = sb_text_visible (text, -1, SB_TEXT_LINE);
      const char *help = item->element ? "" : item->setting->help;

      adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (item->row),
                                     *visible != '\0' ? visible : help);
      if (*visible != '\0')
        gtk_widget_add_css_class (item->row, "faulty");
      else
        gtk_widget_remove_css_class (item->row, "faulty");
    }
}

static void
clear_problems (GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    {
      set_problem (items->pdata[i], "");
      clear_problems (((Item *) items->pdata[i])->items);
    }
}

/* The item that the pointer leads to, or the one around it. */
static Item *
find_place (GPtrArray *items, const char *pointer)
{
  for (guint i = 0; i < items->len; i++)
    {
      Item *item = items->pdata[i];
      gsize length = strlen (item->pointer);
      Item *inner;

      if (!g_str_has_prefix (pointer, item->pointer) ||
          (pointer[length] != '/' && pointer[length] != '\0'))
        continue;
      inner = find_place (item->items, pointer);
      return inner != NULL ? inner : item;
    }
  return NULL;
}

static void
show_problems (SbForm *self)
{
  GPtrArray *diagnostics = sb_document_get_diagnostics (self->document);
  g_autoptr (GString) others = g_string_new (NULL);
  g_autofree char *visible = NULL;

  clear_problems (self->items);
  for (guint i = 0; i < diagnostics->len; i++)
    {
      const SbDiagnostic *diagnostic = diagnostics->pdata[i];
      g_autofree char *pointer = sb_json_pointer_from_key (diagnostic->key);
      /* Translators: two sentences after each other */
      g_autofree char *text = *diagnostic->hint != '\0'
          ? g_strdup_printf (C_ ("sentences", "%s. %s"), diagnostic->message, diagnostic->hint)
          : g_strdup (diagnostic->message);
      Item *item = find_place (self->items, pointer);

      if (item != NULL && !ADW_IS_PREFERENCES_GROUP (item->row))
        set_problem (item, text);
      else if (item == NULL && *diagnostic->key != '\0')
        g_string_append_printf (others, "%s%s: %s", others->len > 0 ? "\n" : "", diagnostic->key,
                                text);
      else
        g_string_append_printf (others, "%s%s", others->len > 0 ? "\n" : "", text);
    }
  visible = sb_text_visible (others->str, -1, SB_TEXT_BLOCK);
  gtk_label_set_text (GTK_LABEL (self->other_problems), visible);
  gtk_widget_set_visible (self->other_problems, *visible != '\0');
}

static void
update (SbForm *self)
{
  JsonNode *root = sb_document_get_root (self->document);

  if (self->settings == NULL)
    return;
  /* A text that cannot be read has nothing to show: what was there before stays, and rests. */
  gtk_widget_set_sensitive (self->box, root != NULL);
  if (root != NULL)
    {
      self->showing = TRUE;
      show_items (self, self->items, root);
      self->showing = FALSE;
    }
  show_problems (self);
}

/* ---- All ------------------------------------------------------------------------------------- */

static gboolean
is_chosen (const SbSetting *setting, SbFormChoice choice)
{
  if (choice.only != NULL)
    return g_strv_contains (choice.only, setting->name);
  return choice.skip == NULL || !g_strv_contains (choice.skip, setting->name);
}

static GtkWidget *
add_group (SbForm *self, const char *title, const char *description)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), description);
  gtk_box_append (GTK_BOX (self->box), group);
  return group;
}

/* What is said first: what it is for, and what it cannot do without. */
static int
rank_of (const SbSetting *setting)
{
  if (g_str_equal (setting->name, "Description") || g_str_equal (setting->name, "State"))
    return 0;
  if (setting->common)
    return 4;
  if (setting->type == SB_SETTING_OBJECTS)
    return 3;
  if (setting->required)
    return 1;
  return setting->type == SB_SETTING_OBJECT ? 3 : 2;
}

static void
add_ranked (SbForm *self, SbFormChoice choice, int first, int last, const char *title)
{
  GtkWidget *group = NULL;

  for (int rank = first; rank <= last; rank++)
    for (guint i = 0; i < self->settings->settings->len; i++)
      {
        const SbSetting *setting = self->settings->settings->pdata[i];
        Item *item;

        if (rank_of (setting) != rank || !is_chosen (setting, choice))
          continue;
        item = add_item (self->items, setting, "", "");
        if (setting->type == SB_SETTING_OBJECTS)
          {
            gtk_box_append (GTK_BOX (self->box), make_array (self, item));
            continue;
          }
        if (group == NULL)
          group = add_group (self, title, NULL);
        adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), make_row (self, item, TRUE));
      }
}

static void
clear_form (SbForm *self)
{
  GtkWidget *child;

  g_signal_group_set_target (self->signals, NULL);
  g_ptr_array_set_size (self->items, 0);
  while ((child = gtk_widget_get_last_child (self->box)) != NULL && child != self->other_problems)
    gtk_box_remove (GTK_BOX (self->box), child);
  g_clear_pointer (&self->settings, sb_settings_unref);
  g_clear_pointer (&self->files, g_strfreev);
  g_clear_object (&self->document);
}

static void
sb_form_dispose (GObject *object)
{
  SbForm *self = SB_FORM (object);

  if (self->signals != NULL)
    clear_form (self);
  g_clear_object (&self->signals);

  G_OBJECT_CLASS (sb_form_parent_class)->dispose (object);
}

static void
sb_form_finalize (GObject *object)
{
  g_ptr_array_unref (SB_FORM (object)->items);

  G_OBJECT_CLASS (sb_form_parent_class)->finalize (object);
}

static void
sb_form_class_init (SbFormClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sb_form_dispose;
  G_OBJECT_CLASS (klass)->finalize = sb_form_finalize;
}

static void
sb_form_init (SbForm *self)
{
  self->items = g_ptr_array_new_with_free_func ((GDestroyNotify) item_free);
  self->signals = g_signal_group_new (SB_TYPE_DOCUMENT);
  g_signal_group_connect_swapped (self->signals, "changed", G_CALLBACK (update), self);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 24);
  self->other_problems = gtk_label_new ("");
  gtk_label_set_xalign (GTK_LABEL (self->other_problems), 0);
  gtk_label_set_wrap (GTK_LABEL (self->other_problems), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (self->other_problems), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (self->other_problems, "error");
  gtk_widget_set_visible (self->other_problems, FALSE);
  gtk_box_append (GTK_BOX (self->box), self->other_problems);
  adw_bin_set_child (ADW_BIN (self), self->box);
}

void
sb_form_set (SbForm *self,
             SbDocument *document,
             SbSettings *settings,
             SbFormChoice choice,
             const char *const *files)
{
  g_return_if_fail (SB_IS_FORM (self));

  clear_form (self);
  if (settings == NULL || document == NULL)
    return;
  self->document = g_object_ref (document);
  self->settings = sb_settings_ref (settings);
  self->files = g_strdupv ((char **) files);
  add_ranked (self, choice, 0, 3, NULL);
  add_ranked (self, choice, 4, 4, _ ("Pace and Breaker"));
  g_signal_group_set_target (self->signals, document);
  update (self);
}
