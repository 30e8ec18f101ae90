#include "config.h"

#include "sb-section-row.h"

#include "sb-widget.h"
#include "sb-words.h"

struct _SbSectionRow
{
  GtkListBoxRow parent_instance;

  char *section;

  GtkWidget *icon;
  GtkWidget *label;
  GtkWidget *count;
};

enum
{
  PROP_SECTION = 1,
  PROP_ICON_NAME,
  PROP_LABEL,
  PROP_STYLE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (SbSectionRow, sb_section_row, GTK_TYPE_LIST_BOX_ROW)

static void
activate_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "win.show-section", "s", SB_SECTION_ROW (widget)->section);
}

static void
sb_section_row_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  SbSectionRow *self = SB_SECTION_ROW (object);

  switch (prop_id)
    {
    case PROP_SECTION:
      g_free (self->section);
      self->section = g_value_dup_string (value);
      break;
    case PROP_ICON_NAME:
      sb_widget_set_icon (self->icon, g_value_get_string (value));
      break;
    case PROP_LABEL:
      gtk_label_set_label (GTK_LABEL (self->label), g_value_get_string (value));
      break;
    case PROP_STYLE:
      gtk_widget_add_css_class (self->count, g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sb_section_row_finalize (GObject *object)
{
  g_free (SB_SECTION_ROW (object)->section);

  G_OBJECT_CLASS (sb_section_row_parent_class)->finalize (object);
}

static void
sb_section_row_class_init (SbSectionRowClass *klass)
{
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = sb_section_row_finalize;
  object_class->set_property = sb_section_row_set_property;

  properties[PROP_SECTION] = g_param_spec_string ("section", NULL, NULL, NULL, flags);
  properties[PROP_ICON_NAME] = g_param_spec_string ("icon-name", NULL, NULL, NULL, flags);
  properties[PROP_LABEL] = g_param_spec_string ("label", NULL, NULL, NULL, flags);
  /* The class of the count's badge: "dead", "waiting"; none shows a plain number. */
  properties[PROP_STYLE] = g_param_spec_string ("style", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-section-row.ui");
  gtk_widget_class_bind_template_child (widget_class, SbSectionRow, icon);
  gtk_widget_class_bind_template_child (widget_class, SbSectionRow, label);
  gtk_widget_class_bind_template_child (widget_class, SbSectionRow, count);
  gtk_widget_class_install_action (widget_class, "section.show", NULL, activate_action);
}

static void
sb_section_row_init (SbSectionRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

const char *
sb_section_row_get_section (SbSectionRow *self)
{
  g_return_val_if_fail (SB_IS_SECTION_ROW (self), NULL);

  return self->section;
}

void
sb_section_row_set_count (SbSectionRow *self, gint64 count, const char *words)
{
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;

  g_return_if_fail (SB_IS_SECTION_ROW (self));

  text = sb_words_short_count (count);
  name = count > 0
             ? g_strdup_printf ("%s, %s", gtk_label_get_label (GTK_LABEL (self->label)), words)
             : g_strdup (gtk_label_get_label (GTK_LABEL (self->label)));
  gtk_label_set_label (GTK_LABEL (self->count), text);
  gtk_widget_set_visible (self->count, count > 0);
  sb_widget_set_tooltip (self->count, words);
  sb_widget_set_name (GTK_WIDGET (self), name);
}
