#include "config.h"

#include "sb-number-card.h"

#include "sb-plot.h"
#include "sb-widget.h"

struct _SbNumberCard
{
  GtkWidget parent_instance;

  char *color;

  GtkWidget *title;
  GtkWidget *number;
  SbPlot *plot;
};

enum
{
  PROP_TITLE = 1,
  PROP_COLOR,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (SbNumberCard, sb_number_card, GTK_TYPE_WIDGET)

static void
sb_number_card_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  SbNumberCard *self = SB_NUMBER_CARD (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      gtk_label_set_label (GTK_LABEL (self->title), g_value_get_string (value));
      break;
    case PROP_COLOR:
      g_free (self->color);
      self->color = g_value_dup_string (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sb_number_card_dispose (GObject *object)
{
  sb_widget_unparent_children (GTK_WIDGET (object));

  G_OBJECT_CLASS (sb_number_card_parent_class)->dispose (object);
}

static void
sb_number_card_finalize (GObject *object)
{
  g_free (SB_NUMBER_CARD (object)->color);

  G_OBJECT_CLASS (sb_number_card_parent_class)->finalize (object);
}

static void
sb_number_card_class_init (SbNumberCardClass *klass)
{
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sb_number_card_dispose;
  object_class->finalize = sb_number_card_finalize;
  object_class->set_property = sb_number_card_set_property;
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_COLOR] = g_param_spec_string ("color", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (SB_TYPE_PLOT);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-number-card.ui");
  gtk_widget_class_bind_template_child (widget_class, SbNumberCard, title);
  gtk_widget_class_bind_template_child (widget_class, SbNumberCard, number);
  gtk_widget_class_bind_template_child (widget_class, SbNumberCard, plot);
}

static void
sb_number_card_init (SbNumberCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
sb_number_card_set (SbNumberCard *self,
                    const char *number,
                    const char *hint,
                    const double *values,
                    guint n)
{
  g_return_if_fail (SB_IS_NUMBER_CARD (self));

  gtk_label_set_label (GTK_LABEL (self->number), number);
  sb_widget_set_tooltip (GTK_WIDGET (self), hint);
  sb_plot_begin (self->plot, 0, 1);
  sb_plot_add (self->plot, "", self->color != NULL ? self->color : "accent_color", values, n);
}
