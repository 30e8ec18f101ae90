#include "config.h"

#include "sb-page.h"

#include "sb-json.h"
#include "sb-spinner.h"
#include "sb-text.h"
#include "sb-widget.h"

#include <glib/gi18n.h>

/* `out_of_date` is how a page that is not seen remembers that something changed: it fetches when it
 * is shown, so hidden pages ask the router nothing. */
typedef struct
{
  SbRouter *router;
  GCancellable *cancellable;
  gboolean folded;
  gboolean inner_back;
  gboolean out_of_date;

  GtkWidget *header_bar;
  GtkWidget *window_title;
  GtkWidget *back_button;
  GtkWidget *away_revealer;
  GtkWidget *away_label;
  GtkWidget *connection_button;
  GtkWidget *content_bin;
} SbPagePrivate;

enum
{
  PROP_TITLE = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static GtkBuildableIface *parent_buildable_iface;

static void buildable_iface_init (GtkBuildableIface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (SbPage,
                                  sb_page,
                                  ADW_TYPE_BIN,
                                  G_ADD_PRIVATE (SbPage)
                                      G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE,
                                                             buildable_iface_init))

static void
sb_page_add_child (GtkBuildable *buildable, GtkBuilder *builder, GObject *child, const char *type)
{
  SbPagePrivate *priv = sb_page_get_instance_private (SB_PAGE (buildable));

  /* Until the page's own template is complete its parts go where a bin puts them. */
  if (priv->content_bin == NULL)
    parent_buildable_iface->add_child (buildable, builder, child, type);
  else if (g_strcmp0 (type, "start") == 0)
    adw_header_bar_pack_start (ADW_HEADER_BAR (priv->header_bar), GTK_WIDGET (child));
  else if (g_strcmp0 (type, "end") == 0)
    adw_header_bar_pack_end (ADW_HEADER_BAR (priv->header_bar), GTK_WIDGET (child));
  else
    adw_bin_set_child (ADW_BIN (priv->content_bin), GTK_WIDGET (child));
}

static void
buildable_iface_init (GtkBuildableIface *iface)
{
  parent_buildable_iface = g_type_interface_peek_parent (iface);
  iface->add_child = sb_page_add_child;
}

static void
update_back (SbPage *self)
{
  SbPagePrivate *priv = sb_page_get_instance_private (self);

  gtk_widget_set_visible (priv->back_button, priv->folded || priv->inner_back);
}

static void
fetch (SbPage *self)
{
  SbPagePrivate *priv = sb_page_get_instance_private (self);

  if (priv->router == NULL || sb_router_get_status (priv->router) == NULL)
    return;
  priv->out_of_date = FALSE;
  if (SB_PAGE_GET_CLASS (self)->refresh != NULL)
    SB_PAGE_GET_CLASS (self)->refresh (self);
}

static void
update_away (SbPage *self)
{
  SbPagePrivate *priv = sb_page_get_instance_private (self);
  gboolean away = sb_router_get_state (priv->router) == SB_ROUTER_AWAY;

  gboolean trying = sb_router_is_trying (priv->router);

  gtk_widget_set_visible (priv->connection_button, !trying);
  if (away && !trying)
    {
      guint age_s = sb_router_get_age_s (priv->router);
      g_autofree char *age = g_strdup_printf (
          ngettext ("This is what the router said %u second ago.",
                    "This is what the router said %u seconds ago.", age_s),
          age_s);
      /* Translators: two sentences after each other */
      g_autofree char *text = g_strdup_printf (C_ ("sentences", "%s %s"),
                                                   sb_router_get_error (priv->router), age);
      g_autofree char *shown = sb_text_isolate (text);

      gtk_label_set_label (GTK_LABEL (priv->away_label), shown);
      sb_widget_set_tooltip (priv->away_label, NULL);
    }
  else if (away)
    {
      guint age_s = sb_router_get_age_s (priv->router);
      guint retry_s = sb_router_get_retry_s (priv->router);
      g_autofree char *age = g_strdup_printf (
          ngettext ("The router is away. This is what it said %u second ago.",
                    "The router is away. This is what it said %u seconds ago.", age_s),
          age_s);
      g_autofree char *retry = retry_s == 0
          ? g_strdup (_ ("Trying again…"))
          : g_strdup_printf (
                ngettext ("Trying again in %u second.", "Trying again in %u seconds.", retry_s),
                retry_s);
      /* Translators: two sentences after each other */
      g_autofree char *text = g_strdup_printf (C_ ("sentences", "%s %s"), age, retry);

      gtk_label_set_label (GTK_LABEL (priv->away_label), text);
      sb_widget_set_tooltip (priv->away_label, sb_router_get_error (priv->router));
    }
  gtk_revealer_set_reveal_child (GTK_REVEALER (priv->away_revealer), away);
  if (away)
    gtk_widget_add_css_class (priv->content_bin, "away");
  else
    gtk_widget_remove_css_class (priv->content_bin, "away");
}

static void
changed_cb (SbPage *self)
{
  SbPagePrivate *priv = sb_page_get_instance_private (self);

  priv->out_of_date = TRUE;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    fetch (self);
}

static void
beat_cb (SbPage *self)
{
  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  update_away (self);
  if (SB_PAGE_GET_CLASS (self)->beat != NULL)
    SB_PAGE_GET_CLASS (self)->beat (self);
}

static void
sb_page_map (GtkWidget *widget)
{
  SbPage *self = SB_PAGE (widget);
  SbPagePrivate *priv = sb_page_get_instance_private (self);

  GTK_WIDGET_CLASS (sb_page_parent_class)->map (widget);

  if (priv->router == NULL)
    return;
  if (priv->out_of_date)
    fetch (self);
  beat_cb (self);
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbPage *self = SB_PAGE (widget);

  if (SB_PAGE_GET_CLASS (self)->back != NULL && SB_PAGE_GET_CLASS (self)->back (self))
    return;
  gtk_widget_activate_action (widget, "win.show-sidebar", NULL);
}

static void
try_again_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbPagePrivate *priv = sb_page_get_instance_private (SB_PAGE (widget));

  sb_router_poke (priv->router);
}

static void
sb_page_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, sb_page_get_title (SB_PAGE (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sb_page_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_TITLE:
      sb_page_set_title (SB_PAGE (object), g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sb_page_dispose (GObject *object)
{
  SbPagePrivate *priv = sb_page_get_instance_private (SB_PAGE (object));

  g_cancellable_cancel (priv->cancellable);
  g_clear_object (&priv->router);

  G_OBJECT_CLASS (sb_page_parent_class)->dispose (object);
}

static void
sb_page_finalize (GObject *object)
{
  SbPagePrivate *priv = sb_page_get_instance_private (SB_PAGE (object));

  g_clear_object (&priv->cancellable);

  G_OBJECT_CLASS (sb_page_parent_class)->finalize (object);
}

static void
sb_page_class_init (SbPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sb_page_dispose;
  object_class->finalize = sb_page_finalize;
  object_class->get_property = sb_page_get_property;
  object_class->set_property = sb_page_set_property;
  widget_class->map = sb_page_map;

  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, "",
                                                G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                    G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /* Most pages have one in their templates. */
  g_type_ensure (SB_TYPE_SPINNER);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-page.ui");
  gtk_widget_class_bind_template_child_private (widget_class, SbPage, header_bar);
  gtk_widget_class_bind_template_child_private (widget_class, SbPage, window_title);
  gtk_widget_class_bind_template_child_private (widget_class, SbPage, back_button);
  gtk_widget_class_bind_template_child_private (widget_class, SbPage, away_revealer);
  gtk_widget_class_bind_template_child_private (widget_class, SbPage, away_label);
  gtk_widget_class_bind_template_child_private (widget_class, SbPage, connection_button);
  gtk_widget_class_bind_template_child_private (widget_class, SbPage, content_bin);

  gtk_widget_class_install_action (widget_class, "page.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "page.try-again", NULL, try_again_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Left, GDK_ALT_MASK, "page.back", NULL);
}

static void
sb_page_init (SbPage *self)
{
  SbPagePrivate *priv = sb_page_get_instance_private (self);

  priv->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

SbRouter *
sb_page_get_router (SbPage *self)
{
  SbPagePrivate *priv = sb_page_get_instance_private (self);

  g_return_val_if_fail (SB_IS_PAGE (self), NULL);

  return priv->router;
}

void
sb_page_set_router (SbPage *self, SbRouter *router)
{
  SbPagePrivate *priv = sb_page_get_instance_private (self);

  g_return_if_fail (SB_IS_PAGE (self));
  g_return_if_fail (priv->router == NULL);

  priv->router = g_object_ref (router);
  priv->out_of_date = TRUE;
  g_signal_connect_object (router, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (router, "beat", G_CALLBACK (beat_cb), self, G_CONNECT_SWAPPED);
  if (SB_PAGE_GET_CLASS (self)->connected != NULL)
    SB_PAGE_GET_CLASS (self)->connected (self);
}

GCancellable *
sb_page_get_cancellable (SbPage *self)
{
  SbPagePrivate *priv = sb_page_get_instance_private (self);

  g_return_val_if_fail (SB_IS_PAGE (self), NULL);

  return priv->cancellable;
}

const char *
sb_page_get_title (SbPage *self)
{
  SbPagePrivate *priv = sb_page_get_instance_private (self);

  g_return_val_if_fail (SB_IS_PAGE (self), NULL);

  return adw_window_title_get_title (ADW_WINDOW_TITLE (priv->window_title));
}

void
sb_page_set_title (SbPage *self, const char *title)
{
  SbPagePrivate *priv = sb_page_get_instance_private (self);

  g_return_if_fail (SB_IS_PAGE (self));

  if (g_strcmp0 (sb_page_get_title (self), title) == 0)
    return;
  adw_window_title_set_title (ADW_WINDOW_TITLE (priv->window_title), title);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

void
sb_page_set_subtitle (SbPage *self, const char *subtitle)
{
  SbPagePrivate *priv = sb_page_get_instance_private (self);

  g_return_if_fail (SB_IS_PAGE (self));

  adw_window_title_set_subtitle (ADW_WINDOW_TITLE (priv->window_title), subtitle);
}

gboolean
sb_page_get_folded (SbPage *self)
{
  SbPagePrivate *priv = sb_page_get_instance_private (self);

  g_return_val_if_fail (SB_IS_PAGE (self), FALSE);

  return priv->folded;
}

void
sb_page_set_folded (SbPage *self, gboolean folded)
{
  SbPagePrivate *priv = sb_page_get_instance_private (self);

  g_return_if_fail (SB_IS_PAGE (self));

  priv->folded = folded;
  adw_header_bar_set_show_start_title_buttons (ADW_HEADER_BAR (priv->header_bar), folded);
  update_back (self);
}

void
sb_page_set_inner_back (SbPage *self, gboolean inner_back)
{
  SbPagePrivate *priv = sb_page_get_instance_private (self);

  g_return_if_fail (SB_IS_PAGE (self));

  priv->inner_back = inner_back;
  update_back (self);
}

void
sb_page_take_focus (SbPage *self)
{
  g_return_if_fail (SB_IS_PAGE (self));

  if (SB_PAGE_GET_CLASS (self)->take_focus != NULL)
    SB_PAGE_GET_CLASS (self)->take_focus (self);
}

void
sb_page_toggle_inspector (SbPage *self)
{
  g_return_if_fail (SB_IS_PAGE (self));

  if (SB_PAGE_GET_CLASS (self)->toggle_inspector != NULL)
    SB_PAGE_GET_CLASS (self)->toggle_inspector (self);
}

void
sb_page_search (SbPage *self)
{
  g_return_if_fail (SB_IS_PAGE (self));

  if (SB_PAGE_GET_CLASS (self)->search != NULL)
    SB_PAGE_GET_CLASS (self)->search (self);
}

void
sb_page_refresh (SbPage *self)
{
  g_return_if_fail (SB_IS_PAGE (self));

  fetch (self);
}

typedef struct
{
  SbPage *page;
  const char *nothing_done;
} Act;

static void
acted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Act *act = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (answer == NULL)
    sb_page_toast (act->page, error->message);
  else if (act->nothing_done != NULL && sb_json_int (answer, "applied") == 0)
    sb_page_toast (act->page, act->nothing_done);
  sb_router_poke (sb_page_get_router (act->page));
  sb_page_refresh (act->page);
}

void
sb_page_act (SbPage *self, const char *what, JsonObject *body, const char *nothing_done)
{
  Act *act;

  g_return_if_fail (SB_IS_PAGE (self));

  act = g_new (Act, 1);
  *act = (Act){ self, nothing_done };
  sb_client_act_async (sb_router_get_client (sb_page_get_router (self)), what, body,
                       sb_page_get_cancellable (self), acted_cb, act);
}

void
sb_page_toast (SbPage *self, const char *text)
{
  g_return_if_fail (SB_IS_PAGE (self));

  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast", "s", text);
}

void
sb_page_offer_undo (SbPage *self, const char *text)
{
  g_return_if_fail (SB_IS_PAGE (self));

  gtk_widget_activate_action (GTK_WIDGET (self), "win.toast-undo", "s", text);
}

void
sb_page_undo (SbPage *self)
{
  g_return_if_fail (SB_IS_PAGE (self));

  if (SB_PAGE_GET_CLASS (self)->undo != NULL)
    SB_PAGE_GET_CLASS (self)->undo (self);
}

const char *
sb_page_get_unsaved (SbPage *self)
{
  g_return_val_if_fail (SB_IS_PAGE (self), NULL);

  return SB_PAGE_GET_CLASS (self)->get_unsaved != NULL
             ? SB_PAGE_GET_CLASS (self)->get_unsaved (self)
             : NULL;
}
