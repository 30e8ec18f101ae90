/* What is asked for is `spinning`; whether the GtkSpinner inside does depends on whether it is
 * mapped and its window is not minimised, too. */
#include "config.h"

#include "sb-spinner.h"

#include "sb-widget.h"

struct _SbSpinner
{
  AdwBin parent_instance;

  GtkSpinner *spinner;
  gulong state_handler; /* on `surface`, while mapped */
  GdkSurface *surface;
  gboolean spinning;
};

enum
{
  PROP_0,
  PROP_SPINNING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (SbSpinner, sb_spinner, ADW_TYPE_BIN)

static void
update (SbSpinner *self)
{
  gtk_spinner_set_spinning (self->spinner, self->spinning && sb_widget_is_seen (GTK_WIDGET (self)));
}

static void
sb_spinner_map (GtkWidget *widget)
{
  SbSpinner *self = SB_SPINNER (widget);

  GTK_WIDGET_CLASS (sb_spinner_parent_class)->map (widget);

  self->surface = g_object_ref (gtk_native_get_surface (gtk_widget_get_native (widget)));
  self->state_handler = GDK_IS_TOPLEVEL (self->surface)
                            ? g_signal_connect_swapped (self->surface, "notify::state",
                                                        G_CALLBACK (update), self)
                            : 0;
  update (self);
}

static void
sb_spinner_unmap (GtkWidget *widget)
{
  SbSpinner *self = SB_SPINNER (widget);

  g_clear_signal_handler (&self->state_handler, self->surface);
  g_clear_object (&self->surface);

  GTK_WIDGET_CLASS (sb_spinner_parent_class)->unmap (widget);

  update (self);
}

static void
sb_spinner_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_SPINNING:
      g_value_set_boolean (value, SB_SPINNER (object)->spinning);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sb_spinner_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_SPINNING:
      sb_spinner_set_spinning (SB_SPINNER (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sb_spinner_class_init (SbSpinnerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = sb_spinner_get_property;
  object_class->set_property = sb_spinner_set_property;
  widget_class->map = sb_spinner_map;
  widget_class->unmap = sb_spinner_unmap;

  properties[PROP_SPINNING] = g_param_spec_boolean ("spinning", NULL, NULL, FALSE,
                                                    G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                        G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sb_spinner_init (SbSpinner *self)
{
  self->spinner = GTK_SPINNER (gtk_spinner_new ());
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->spinner));
}

void
sb_spinner_set_spinning (SbSpinner *self, gboolean spinning)
{
  g_return_if_fail (SB_IS_SPINNER (self));

  if (self->spinning == !!spinning)
    return;
  self->spinning = !!spinning;
  update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SPINNING]);
}
