#include "config.h"

#include "sb-facets.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "sb-json.h"
#include "sb-text.h"
#include "sb-widget.h"
#include "sb-words.h"

#define N_SHOWN 6 /* values of a facet, until more are asked for */

typedef struct
{
  char *name;
  char *title;
  char *(*words) (const char *value);
  char *chosen;
  char *shown; /* the counts that the rows were made of, as text */
  gboolean whole;
  GtkWidget *box;  /* the facet with its title */
  GtkWidget *rows; /* a box of toggle buttons */
} Facet;

struct _SbFacets
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GPtrArray *facets;
  JsonObject *counts;
  gboolean updating;
};

enum
{
  SIGNAL_CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (SbFacets, sb_facets, GTK_TYPE_WIDGET)

static void
facet_free (Facet *facet)
{
  g_free (facet->name);
  g_free (facet->title);
  g_free (facet->chosen);
  g_free (facet->shown);
  g_free (facet);
}

static Facet *
find_facet (SbFacets *self, const char *name)
{
  for (guint i = 0; i < self->facets->len; i++)
    if (g_str_equal (((Facet *) g_ptr_array_index (self->facets, i))->name, name))
      return g_ptr_array_index (self->facets, i);
  return NULL;
}

/* ---- Rows ------------------------------------------------------------------------------------ */

typedef struct
{
  char *value;
  gint64 n;
} Count;

static void
count_clear (gpointer data)
{
  g_free (((Count *) data)->value);
}

static int
by_count (gconstpointer a, gconstpointer b)
{
  const Count *x = a, *y = b;

  return x->n != y->n ? (x->n < y->n ? 1 : -1) : g_strcmp0 (x->value, y->value);
}

/* What is not known, the empty text, cannot be asked for. */
static GArray *
read_counts (JsonObject *object, Facet *facet)
{
  GArray *counts = g_array_new (FALSE, FALSE, sizeof (Count));
  JsonObjectIter iter;
  const char *value;
  JsonNode *node;

  g_array_set_clear_func (counts, count_clear);
  if (object == NULL)
    return counts;
  json_object_iter_init (&iter, object);
  while (json_object_iter_next (&iter, &value, &node))
    {
      g_autofree char *words = facet->words != NULL ? facet->words (value) : g_strdup (value);
      Count count = { NULL, sb_json_int (object, value) };

      if (*words == '\0')
        continue;
      count.value = g_strdup (value);
      g_array_append_val (counts, count);
    }
  g_array_sort (counts, by_count);
  return counts;
}

static void
toggled_cb (GtkWidget *button, SbFacets *self)
{
  if (!self->updating)
    g_signal_emit (self, signals[SIGNAL_CHOSEN], 0, g_object_get_data (G_OBJECT (button), "facet"),
                   g_object_get_data (G_OBJECT (button), "value"));
}

static void
add_row (SbFacets *self, Facet *facet, const char *value, gint64 n)
{
  GtkWidget *button = gtk_toggle_button_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *name = gtk_label_new (NULL);
  g_autofree char *words = facet->words != NULL ? facet->words (value) : g_strdup (value);
  g_autofree char *short_count = sb_words_short_count (n);
  g_autofree char *count = sb_words_count (n);
  GtkWidget *number = gtk_label_new (short_count);
  /* Translators: a facet, its value and how many there are: "Connector: webhook/billing, 40,218" */
  g_autofree char *label = g_strdup_printf (_ ("%s: %s, %s"), facet->title, words, count);
  g_autofree char *visible = sb_text_visible (label, -1, SB_TEXT_LINE);

  gtk_widget_set_hexpand (name, TRUE);
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_ellipsize (GTK_LABEL (name), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (name), 8);
  sb_widget_set_text (name, words);
  gtk_widget_add_css_class (number, "dim-label");
  gtk_widget_add_css_class (number, "numeric");
  gtk_widget_add_css_class (number, "caption");
  gtk_box_append (GTK_BOX (box), name);
  gtk_box_append (GTK_BOX (box), number);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "facet");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), g_strcmp0 (facet->chosen, value) == 0);
  sb_widget_set_name (button, label);
  /* In place of what was left out of a long value, and the count in full. */
  gtk_widget_set_tooltip_text (button, visible);
  g_object_set_data_full (G_OBJECT (button), "facet", g_strdup (facet->name), g_free);
  g_object_set_data_full (G_OBJECT (button), "value", g_strdup (value), g_free);
  g_signal_connect_object (button, "toggled", G_CALLBACK (toggled_cb), self, 0);
  gtk_box_append (GTK_BOX (facet->rows), button);
}

static void update_rows (SbFacets *self, Facet *facet);

static void
more_cb (GtkWidget *button, SbFacets *self)
{
  Facet *facet = find_facet (self, g_object_get_data (G_OBJECT (button), "facet"));

  facet->whole = TRUE;
  g_clear_pointer (&facet->shown, g_free);
  update_rows (self, facet);
}

static void
add_more (SbFacets *self, Facet *facet, guint n)
{
  g_autofree char *label = g_strdup_printf (ngettext ("%u More", "%u More", n), n);
  g_autofree char *name = g_strdup_printf (_ ("%s: %s"), facet->title, label);
  GtkWidget *button = gtk_button_new_with_label (label);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "facet");
  gtk_widget_add_css_class (button, "dim-label");
  sb_widget_set_name (button, name);
  g_object_set_data_full (G_OBJECT (button), "facet", g_strdup (facet->name), g_free);
  g_signal_connect_object (button, "clicked", G_CALLBACK (more_cb), self, 0);
  gtk_box_append (GTK_BOX (facet->rows), button);
}

static char *
text_of (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_alloc ();

  if (object == NULL)
    return g_strdup ("");
  json_node_init_object (node, object);
  return json_to_string (node, FALSE);
}

static guint
get_focused_index (Facet *facet)
{
  guint index = 0;

  for (GtkWidget *row = gtk_widget_get_first_child (facet->rows); row != NULL;
       row = gtk_widget_get_next_sibling (row), index++)
    if (gtk_widget_has_focus (row))
      return index;
  return G_MAXUINT;
}

static void
focus_row (Facet *facet, guint index)
{
  GtkWidget *row = gtk_widget_get_first_child (facet->rows);

  while (index-- > 0 && row != NULL && gtk_widget_get_next_sibling (row) != NULL)
    row = gtk_widget_get_next_sibling (row);
  if (row != NULL)
    gtk_widget_grab_focus (row);
}

/* Rows are made anew only when they would be others, and the keyboard stays where it was. */
static void
update_rows (SbFacets *self, Facet *facet)
{
  JsonObject *object = self->counts != NULL ? sb_json_object (self->counts, facet->name) : NULL;
  g_autofree char *text = text_of (object);
  g_autofree char *shown = g_strconcat (facet->chosen != NULL ? facet->chosen : "", "\n", text,
                                        NULL);
  g_autoptr (GArray) counts = NULL;
  guint focused, n_shown;
  gboolean found = facet->chosen == NULL;
  GtkWidget *row;

  if (g_strcmp0 (shown, facet->shown) == 0)
    return;
  counts = read_counts (object, facet);
  focused = get_focused_index (facet);
  while ((row = gtk_widget_get_first_child (facet->rows)) != NULL)
    gtk_box_remove (GTK_BOX (facet->rows), row);
  n_shown = facet->whole || counts->len <= N_SHOWN + 1 ? counts->len : N_SHOWN;
  for (guint i = 0; i < counts->len; i++)
    {
      const Count *count = &g_array_index (counts, Count, i);
      gboolean chosen = g_strcmp0 (count->value, facet->chosen) == 0;

      found = found || chosen;
      if (i < n_shown || chosen)
        add_row (self, facet, count->value, count->n);
    }
  /* What was chosen can be let go of, though there is none of it any more. */
  if (!found)
    add_row (self, facet, facet->chosen, 0);
  if (n_shown < counts->len)
    add_more (self, facet, counts->len - n_shown);
  gtk_widget_set_visible (facet->box, counts->len > 0 || facet->chosen != NULL);
  if (focused != G_MAXUINT)
    focus_row (facet, focused);
  g_free (facet->shown);
  facet->shown = g_steal_pointer (&shown);
}

/* ---- Class ----------------------------------------------------------------------------------- */

static void
sb_facets_dispose (GObject *object)
{
  sb_widget_unparent_children (GTK_WIDGET (object));

  G_OBJECT_CLASS (sb_facets_parent_class)->dispose (object);
}

static void
sb_facets_finalize (GObject *object)
{
  SbFacets *self = SB_FACETS (object);

  g_clear_pointer (&self->facets, g_ptr_array_unref);
  g_clear_pointer (&self->counts, json_object_unref);

  G_OBJECT_CLASS (sb_facets_parent_class)->finalize (object);
}

static void
sb_facets_class_init (SbFacetsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sb_facets_dispose;
  object_class->finalize = sb_facets_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);

  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", SB_TYPE_FACETS, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                         NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
sb_facets_init (SbFacets *self)
{
  self->facets = g_ptr_array_new_with_free_func ((GDestroyNotify) facet_free);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

void
sb_facets_add (SbFacets *self,
               const char *name,
               const char *title,
               char *(*words) (const char *value))
{
  Facet *facet = g_new0 (Facet, 1);
  GtkWidget *heading = gtk_label_new (title);

  g_return_if_fail (SB_IS_FACETS (self));

  facet->name = g_strdup (name);
  facet->title = g_strdup (title);
  facet->words = words;
  facet->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  facet->rows = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_widget_set_margin_start (heading, 9);
  gtk_widget_add_css_class (heading, "caption-heading");
  gtk_widget_add_css_class (heading, "dim-label");
  gtk_box_append (GTK_BOX (facet->box), heading);
  gtk_box_append (GTK_BOX (facet->box), facet->rows);
  gtk_widget_set_visible (facet->box, FALSE);
  gtk_box_append (GTK_BOX (self->box), facet->box);
  g_ptr_array_add (self->facets, facet);
}

static void
update (SbFacets *self)
{
  self->updating = TRUE;
  for (guint i = 0; i < self->facets->len; i++)
    update_rows (self, g_ptr_array_index (self->facets, i));
  self->updating = FALSE;
}

void
sb_facets_set_counts (SbFacets *self, JsonObject *counts)
{
  g_return_if_fail (SB_IS_FACETS (self));

  if (self->counts == counts)
    return;
  g_clear_pointer (&self->counts, json_object_unref);
  self->counts = counts != NULL ? json_object_ref (counts) : NULL;
  update (self);
}

void
sb_facets_set_chosen (SbFacets *self, const char *name, const char *value)
{
  Facet *facet;

  g_return_if_fail (SB_IS_FACETS (self));

  facet = find_facet (self, name);
  g_return_if_fail (facet != NULL);
  g_free (facet->chosen);
  facet->chosen = g_strdup (value);
  update (self);
}
