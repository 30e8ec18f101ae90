#include "config.h"

#include "sb-map-rows.h"

#include <glib/gi18n.h>

#include "sb-widget.h"

typedef struct
{
  GtkWidget *box;
  GtkEditable *name;
  GtkEditable *value;
  JsonNode *other; /* a value that is no text; NULL once it is written over */
} Row;

struct _SbMapRows
{
  AdwBin parent_instance;

  char *place;
  char *name;
  char *value;
  GPtrArray *rows; /* of Row, in order */
  gboolean showing;

  GtkWidget *box;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SbMapRows, sb_map_rows, ADW_TYPE_BIN)

static void
row_free (Row *row)
{
  g_clear_pointer (&row->other, json_node_unref);
  g_free (row);
}

static Row *
find_row (SbMapRows *self, gpointer part)
{
  for (guint i = 0; i < self->rows->len; i++)
    {
      Row *row = self->rows->pdata[i];

      if (gtk_widget_is_ancestor (GTK_WIDGET (part), row->box))
        return row;
    }
  return NULL;
}

static void
changed (SbMapRows *self)
{
  if (!self->showing)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
value_changed_cb (SbMapRows *self, GtkEditable *editable)
{
  Row *row = find_row (self, editable);

  if (self->showing || row == NULL)
    return;
  g_clear_pointer (&row->other, json_node_unref);
  changed (self);
}

static void
drop_row (SbMapRows *self, Row *row)
{
  gtk_box_remove (GTK_BOX (self->box), row->box);
  g_ptr_array_remove (self->rows, row);
}

static void
remove_cb (GtkWidget *button, SbMapRows *self)
{
  Row *row = find_row (self, button);

  if (row == NULL)
    return;
  drop_row (self, row);
  changed (self);
}

/* ---- Making ---------------------------------------------------------------------------------- */

static GtkEditable *
new_entry (SbMapRows *self, const char *format, const char *placeholder)
{
  GtkWidget *entry = gtk_entry_new ();
  g_autoptr (GString) name = g_string_new (format);
  g_autofree char *number = g_strdup_printf ("%u", self->rows->len);

  g_string_replace (name, "%u", number, 1);
  g_string_replace (name, "%s", self->place, 1);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), placeholder);
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 6);
  gtk_widget_set_hexpand (entry, TRUE);
  sb_widget_set_name (entry, name->str);
  return GTK_EDITABLE (entry);
}

static Row *
add_row (SbMapRows *self)
{
  Row *row = g_new0 (Row, 1);
  GtkWidget *remove = gtk_button_new_from_icon_name ("user-trash-symbolic");
  g_autofree char *name = NULL;

  g_ptr_array_add (self->rows, row);
  name = g_strdup_printf (_ ("%s: remove %u"), self->place, self->rows->len);
  row->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  /* Translators: a row of a map; %s is the map, %u the row's number */
  row->name = new_entry (self, _ ("%s: name %u"), self->name);
  /* Translators: a row of a map; %s is the map, %u the row's number */
  row->value = new_entry (self, _ ("%s: value %u"), self->value);
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_set_tooltip_text (remove, _ ("Remove"));
  sb_widget_set_name (remove, name);
  gtk_box_append (GTK_BOX (row->box), GTK_WIDGET (row->name));
  gtk_box_append (GTK_BOX (row->box), GTK_WIDGET (row->value));
  gtk_box_append (GTK_BOX (row->box), remove);
  /* The button that adds stays the last. */
  gtk_box_insert_child_after (GTK_BOX (self->box), row->box,
                              gtk_widget_get_prev_sibling (gtk_widget_get_last_child (self->box)));
  g_signal_connect_object (row->name, "changed", G_CALLBACK (changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row->value, "changed", G_CALLBACK (value_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (remove, "clicked", G_CALLBACK (remove_cb), self, 0);
  return row;
}

static void
add_cb (SbMapRows *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (add_row (self)->name));
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void
sb_map_rows_finalize (GObject *object)
{
  SbMapRows *self = SB_MAP_ROWS (object);

  g_ptr_array_unref (self->rows);
  g_free (self->place);
  g_free (self->name);
  g_free (self->value);

  G_OBJECT_CLASS (sb_map_rows_parent_class)->finalize (object);
}

static void
sb_map_rows_class_init (SbMapRowsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sb_map_rows_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", SB_TYPE_MAP_ROWS, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
sb_map_rows_init (SbMapRows *self)
{
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) row_free);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  adw_bin_set_child (ADW_BIN (self), self->box);
}

GtkWidget *
sb_map_rows_new (const char *place, const char *name, const char *value)
{
  SbMapRows *self = g_object_new (SB_TYPE_MAP_ROWS, NULL);
  GtkWidget *add = gtk_button_new_with_label (_ ("Add"));
  g_autofree char *label = g_strdup_printf (_ ("%s: add"), place);

  self->place = g_strdup (place);
  self->name = g_strdup (name);
  self->value = g_strdup (value);
  gtk_widget_set_halign (add, GTK_ALIGN_START);
  sb_widget_set_name (add, label);
  g_signal_connect_object (add, "clicked", G_CALLBACK (add_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->box), add);
  return GTK_WIDGET (self);
}

JsonNode *
sb_map_rows_dup_value (SbMapRows *self)
{
  g_autoptr (JsonObject) object = NULL;

  g_return_val_if_fail (SB_IS_MAP_ROWS (self), NULL);

  object = json_object_new ();
  for (guint i = 0; i < self->rows->len; i++)
    {
      const Row *row = self->rows->pdata[i];
      const char *name = gtk_editable_get_text (row->name);

      if (*name == '\0')
        continue;
      if (row->other != NULL)
        json_object_set_member (object, name, json_node_copy (row->other));
      else
        json_object_set_string_member (object, name, gtk_editable_get_text (row->value));
    }
  return json_object_get_size (object) > 0 ? json_node_init_object (json_node_alloc (), object)
                                           : NULL;
}

void
sb_map_rows_show (SbMapRows *self, JsonNode *value)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  g_return_if_fail (SB_IS_MAP_ROWS (self));

  self->showing = TRUE;
  while (self->rows->len > 0)
    drop_row (self, self->rows->pdata[self->rows->len - 1]);
  if (value != NULL && JSON_NODE_HOLDS_OBJECT (value))
    {
      json_object_iter_init_ordered (&iter, json_node_get_object (value));
      while (json_object_iter_next_ordered (&iter, &name, &node))
        {
          Row *row = add_row (self);
          gboolean text = JSON_NODE_HOLDS_VALUE (node) &&
                          json_node_get_value_type (node) == G_TYPE_STRING;
          g_autofree char *json = text ? json_node_dup_string (node) : json_to_string (node, FALSE);

          gtk_editable_set_text (row->name, name);
          gtk_editable_set_text (row->value, json);
          row->other = text ? NULL : json_node_copy (node);
        }
    }
  self->showing = FALSE;
}
