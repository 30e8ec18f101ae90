#include "config.h"

#include "sb-event-why.h"

#include <glib/gi18n.h>

#include "sb-json.h"
#include "sb-text.h"
#include "sb-trial.h"
#include "sb-widget.h"

#define MAX_RULES 500                /* more are not tried: it is done on the UI thread */
#define MAX_BODY_BYTES (1024 * 1024) /* likewise */
#define N_REASONS 4                  /* of one rule */

/* The router is asked for its rules when the page is looked at, not before. */
struct _SbEventWhy
{
  AdwBin parent_instance;

  SbRouter *router;
  SbEvent *event;
  JsonObject *object;
  GBytes *body;
  GCancellable *cancellable;
  gboolean wanted;

  GtkWidget *note;
  GtkWidget *list;
};

G_DEFINE_FINAL_TYPE (SbEventWhy, sb_event_why, ADW_TYPE_BIN)

static void
say (SbEventWhy *self, const char *text)
{
  gtk_label_set_text (GTK_LABEL (self->note), text);
  gtk_widget_set_visible (self->note, *text != '\0');
}

/* ---- Rows ------------------------------------------------------------------------------------ */

static char *
reason_words (SbTrial *trial)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  if (!trial->tried || trial->matched)
    return g_strdup (trial->summary);
  for (guint i = 0; i < trial->leaves->len && lines->len < N_REASONS; i++)
    {
      const SbTrialLeaf *leaf = g_ptr_array_index (trial->leaves, i);

      if (!leaf->held)
        g_ptr_array_add (lines, g_strdup_printf ("%s: %s", leaf->path, leaf->why));
    }
  if (lines->len == 0)
    return g_strdup (trial->summary);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **) lines->pdata);
}

static void
add_row (SbEventWhy *self, const char *name, SbTrial *trial)
{
  g_autofree char *words = reason_words (trial);
  g_autofree char *visible = sb_text_visible (words, -1, SB_TEXT_BLOCK);
  /* Translators: of a rule */
  const char *state = trial->matched ? _ ("Matches") : _ ("Does not match");
  g_autofree char *accessible = g_strdup_printf ("%s: %s. %s", name, state, visible);
  GtkWidget *row = sb_widget_new_plain_row (ADW_TYPE_ACTION_ROW, "title", name, "subtitle", visible,
                                            "subtitle-lines", 0, NULL);
  GtkWidget *icon = gtk_image_new_from_icon_name (trial->matched ? "sb-done-symbolic"
                                                                 : "sb-discarded-symbolic");
  GtkWidget *end = gtk_label_new (state);

  gtk_widget_add_css_class (icon, trial->matched ? "success" : "dim-label");
  gtk_widget_add_css_class (end, "dim-label");
  gtk_widget_add_css_class (end, "caption");
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), end);
  sb_widget_set_name (row, accessible);
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
}

static char *
rule_of (const char *path, const char *bus)
{
  g_autofree char *prefix = g_strdup_printf ("rule/%s/", bus);

  if (!g_str_has_prefix (path, prefix) || !g_str_has_suffix (path, ".json"))
    return NULL;
  return g_strndup (path + strlen ("rule/"), strlen (path) - strlen ("rule/") - strlen (".json"));
}

static int
by_name (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

/* Those that match first. */
static void
show_rules (SbEventWhy *self, JsonObject *files)
{
  g_autofree char *envelope = sb_trial_dup_envelope (self->event, self->object, self->body);
  g_autoptr (GPtrArray) paths = g_ptr_array_new ();
  g_autoptr (GPtrArray) trials = g_ptr_array_new_with_free_func ((GDestroyNotify) sb_trial_free);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GList) members = json_object_get_members (files);

  for (GList *l = members; l != NULL; l = l->next)
    g_ptr_array_add (paths, l->data);
  g_ptr_array_sort (paths, by_name);
  for (guint i = 0; i < paths->len && names->len < MAX_RULES; i++)
    {
      char *name = rule_of (g_ptr_array_index (paths, i), sb_event_get_bus (self->event));

      if (name == NULL)
        continue;
      g_ptr_array_add (names, name);
      g_ptr_array_add (
          trials,
          sb_trial_new (name, sb_json_string (files, g_ptr_array_index (paths, i)), envelope));
    }
  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < names->len; i++)
      if (((SbTrial *) g_ptr_array_index (trials, i))->matched == (pass == 0))
        add_row (self, g_ptr_array_index (names, i), g_ptr_array_index (trials, i));
  gtk_widget_set_visible (self->list, names->len > 0);
  say (self, names->len > 0
       ? _ ("By the rules as they are now; what became of it was decided by those of "
                      "its generation.")
       : _ ("There are no rules for its bus."));
}

/* ---- Fetching -------------------------------------------------------------------------------- */

static void
config_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  SbEventWhy *self;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self = SB_EVENT_WHY (user_data);
  if (answer == NULL)
    say (self, error->message);
  else if (sb_json_object (answer, "files") != NULL)
    show_rules (self, sb_json_object (answer, "files"));
}

static void
fetch (SbEventWhy *self)
{
  if (!self->wanted || self->object == NULL || self->body == NULL ||
      !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  self->wanted = FALSE;
  if (g_bytes_get_size (self->body) > MAX_BODY_BYTES)
    {
      say (self, _ ("The event is too large to be tried here."));
      return;
    }
  sb_client_ask_async (sb_router_get_client (self->router), "config", "", self->cancellable,
                       config_cb, self);
}

static void
sb_event_why_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (sb_event_why_parent_class)->map (widget);

  fetch (SB_EVENT_WHY (widget));
}

static void
clear (SbEventWhy *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->event);
  g_clear_pointer (&self->object, json_object_unref);
  g_clear_pointer (&self->body, g_bytes_unref);
}

static void
sb_event_why_dispose (GObject *object)
{
  SbEventWhy *self = SB_EVENT_WHY (object);

  clear (self);
  g_clear_object (&self->router);

  G_OBJECT_CLASS (sb_event_why_parent_class)->dispose (object);
}

static void
sb_event_why_class_init (SbEventWhyClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = sb_event_why_dispose;
  GTK_WIDGET_CLASS (klass)->map = sb_event_why_map;
}

static void
sb_event_why_init (SbEventWhy *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  self->note = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->note), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->note), 0);
  gtk_widget_add_css_class (self->note, "dim-label");
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "boxed-list");
  sb_widget_set_name (self->list, _ ("Rules and why"));
  gtk_box_append (GTK_BOX (box), self->note);
  gtk_box_append (GTK_BOX (box), self->list);
  adw_bin_set_child (ADW_BIN (self), box);
}

void
sb_event_why_begin (SbEventWhy *self, SbRouter *router, SbEvent *event)
{
  g_return_if_fail (SB_IS_EVENT_WHY (self));

  clear (self);
  g_set_object (&self->router, router);
  self->event = g_object_ref (event);
  self->cancellable = g_cancellable_new ();
  self->wanted = TRUE;
  sb_widget_clear_list_box (GTK_LIST_BOX (self->list));
  gtk_widget_set_visible (self->list, FALSE);
  say (self, "");
}

void
sb_event_why_set_body (SbEventWhy *self, GBytes *body)
{
  g_return_if_fail (SB_IS_EVENT_WHY (self));

  g_clear_pointer (&self->body, g_bytes_unref);
  self->body = g_bytes_ref (body);
  fetch (self);
}

void
sb_event_why_set_object (SbEventWhy *self, JsonObject *object)
{
  g_return_if_fail (SB_IS_EVENT_WHY (self));

  g_clear_pointer (&self->object, json_object_unref);
  self->object = json_object_ref (object);
  fetch (self);
}
