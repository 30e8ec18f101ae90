#include "config.h"

#include "sb-queues-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sb-answer.h"
#include "sb-json-view.h"
#include "sb-json.h"
#include "sb-send-dialog.h"
#include "sb-text.h"
#include "sb-value-row.h"
#include "sb-widget.h"
#include "sb-words.h"

#define MESSAGE_PAGE 25
#define MESSAGE_MAX 1000 /* the API's */
#define UNDO_S 8

/* `queue` names the one that is shown; NULL: the list of all.  A purge is only a promise until its
 * toast is gone: `purging` is its queue, and undoing means forgetting it.  Who closes the window
 * meanwhile has purged nothing. */
struct _SbQueuesPage
{
  SbPage parent_instance;

  SbAnswer *queues;
  SbAnswer *messages;
  char *queue;
  guint n_messages;
  AdwToast *toast;
  char *purging;

  GtkWidget *visible_row;
  GtkWidget *in_flight_row;
  GtkWidget *delayed_row;
  GtkWidget *oldest_row;

  AdwToastOverlay *toast_overlay;
  GtkStack *stack;
  AdwStatusPage *error_page;
  GtkListBox *queue_list;
  AdwPreferencesGroup *queue_group;
  GtkListBox *message_list;
  GtkWidget *more_button;
};

G_DEFINE_FINAL_TYPE (SbQueuesPage, sb_queues_page, SB_TYPE_PAGE)

static SbClient *
get_client (SbQueuesPage *self)
{
  return sb_router_get_client (sb_page_get_router (SB_PAGE (self)));
}

static gint64
get_now_us (SbQueuesPage *self)
{
  return sb_router_get_now_us (sb_page_get_router (SB_PAGE (self)));
}

/* The object of the queue that is shown; NULL when it is gone. */
static JsonObject *
find_queue (SbQueuesPage *self, GPtrArray *queues)
{
  for (guint i = 0; i < queues->len; i++)
    if (g_strcmp0 (sb_json_string (queues->pdata[i], "name"), self->queue) == 0)
      return queues->pdata[i];
  return NULL;
}

static gint64
n_all (JsonObject *queue)
{
  return sb_json_int (queue, "visible") + sb_json_int (queue, "in_flight") +
         sb_json_int (queue, "delayed");
}

/* ---- All of them ----------------------------------------------------------------------------- */

static GtkWidget *
new_queue_row (SbQueuesPage *self, JsonObject *queue)
{
  const char *name = sb_json_string (queue, "name");
  gint64 visible = sb_json_int (queue, "visible");
  gint64 in_flight = sb_json_int (queue, "in_flight");
  gint64 oldest_us = sb_json_time_us (queue, "oldest");
  g_autofree char *visible_words = sb_words_count (visible);
  g_autofree char *in_flight_words = g_strdup_printf (
      ngettext ("%'lu in flight", "%'lu in flight", (gulong) in_flight), (gulong) in_flight);
  g_autofree char *oldest = oldest_us > 0 ? sb_words_ago (oldest_us, get_now_us (self)) : NULL;
  g_autofree char *oldest_words = oldest != NULL ? g_strdup_printf (_ ("oldest %s"), oldest) : NULL;
  GtkWidget *row = sb_value_row_new_note ("sb-queues-symbolic",
                                          visible > 0 ? "accent" : "dim-label", name,
                                          sb_json_string (queue, "description"));
  GtkWidget *badge = gtk_label_new (visible_words);

  if (oldest_words != NULL)
    sb_value_row_add_word (row, oldest_words, _ ("When the oldest message was sent"));
  if (in_flight > 0)
    sb_value_row_add_word (row, in_flight_words, _ ("Received and not deleted yet"));
  gtk_widget_set_valign (badge, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (badge, "badge");
  if (visible == 0)
    gtk_widget_add_css_class (badge, "plain");
  gtk_widget_set_tooltip_text (badge, _ ("Messages that can be received"));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), badge);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             g_object_new (GTK_TYPE_IMAGE, "icon-name", "go-next-symbolic",
                                           "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                                           NULL));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "queue", g_strdup (name), g_free);
  sb_widget_set_name (row, name);
  return row;
}

/* ---- One of them ----------------------------------------------------------------------------- */

static void
set_count (GtkWidget *row, gint64 n)
{
  g_autofree char *text = sb_words_count (n);

  sb_value_row_set (row, text, n == 0 ? "dim-label" : NULL);
}

static void
show_queue (SbQueuesPage *self, JsonObject *queue)
{
  gint64 oldest_us = sb_json_time_us (queue, "oldest");
  g_autofree char *oldest = oldest_us > 0 ? sb_words_ago (oldest_us, get_now_us (self))
                                          : g_strdup ("—");
  gboolean purging = g_strcmp0 (self->purging, self->queue) == 0;

  adw_preferences_group_set_description (self->queue_group, sb_json_string (queue, "description"));
  set_count (self->visible_row, sb_json_int (queue, "visible"));
  set_count (self->in_flight_row, sb_json_int (queue, "in_flight"));
  set_count (self->delayed_row, sb_json_int (queue, "delayed"));
  sb_value_row_set (self->oldest_row, oldest, oldest_us > 0 ? NULL : "dim-label");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "queue.purge", n_all (queue) > 0 && !purging);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "queue.redrive",
                                 n_all (queue) > sb_json_int (queue, "in_flight"));
}

static void
message_opened_cb (AdwExpanderRow *row)
{
  const char *text = g_object_get_data (G_OBJECT (row), "text");
  GtkWidget *view;
  g_autoptr (GBytes) bytes = NULL;

  if (!adw_expander_row_get_expanded (row) || text == NULL)
    return;
  view = g_object_new (SB_TYPE_JSON_VIEW, "editable", FALSE, "cursor-visible", FALSE, "top-margin",
                       12, "bottom-margin", 12, "left-margin", 12, "right-margin", 12, "wrap-mode",
                       GTK_WRAP_WORD_CHAR, NULL);
  bytes = g_bytes_new (text, strlen (text));
  sb_json_view_show_bytes (SB_JSON_VIEW (view), bytes);
  sb_widget_set_name (view, adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)));
  adw_expander_row_add_row (row, view);
  g_object_set_data (G_OBJECT (row), "text", NULL);
}

static char *
message_state (JsonObject *message, gint64 now_us)
{
  const char *state = sb_json_string (message, "state");
  g_autofree char *due = sb_words_countdown (sb_json_time_us (message, "visible"), now_us);

  if (g_str_equal (state, "in-flight"))
    return g_strdup_printf (_ ("in flight, back %s"), due);
  if (g_str_equal (state, "delayed"))
    return g_strdup_printf (_ ("delayed, comes %s"), due);
  return g_strdup (_ ("can be received"));
}

static GtkWidget *
new_message_row (JsonObject *message, gint64 now_us)
{
  const char *body = json_object_has_member (message, "body")
                         ? sb_json_string (message, "body")
                         : sb_json_string (message, "body_base64");
  gsize cut = sb_text_cut (body, strlen (body), 90);
  g_autofree char *title = sb_text_visible (body, (gssize) cut, SB_TEXT_LINE);
  guint n = (guint) sb_json_int (message, "receives");
  g_autofree char *state = message_state (message, now_us);
  g_autofree char *received = g_strdup_printf (
      ngettext ("received %u time", "received %u times", n), n);
  g_autofree char *sent = sb_words_ago (sb_json_time_us (message, "sent"), now_us);
  g_autofree char *exact = sb_words_exact_time (sb_json_time_us (message, "sent"));
  /* Translators: when it was sent, its state, how often it was received */
  g_autofree char *subtitle = g_strdup_printf (C_ ("message", "%s · %s · %s"), sent, state,
                                                   received);
  GtkWidget *row = sb_widget_new_plain_row (ADW_TYPE_EXPANDER_ROW, "title", title, "subtitle",
                                            subtitle, "tooltip-text", exact, NULL);

  sb_widget_name_expander (row);
  g_object_set_data_full (G_OBJECT (row), "id", g_strdup (sb_json_string (message, "id")), g_free);
  g_object_set_data_full (G_OBJECT (row), "text", g_strdup (body), g_free);
  g_signal_connect (row, "notify::expanded", G_CALLBACK (message_opened_cb), NULL);
  return row;
}

/* Those whose rows are open: messages come and go beside one that is being read. */
static GHashTable *
find_open (SbQueuesPage *self)
{
  GHashTable *open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->message_list)); row != NULL;
       row = gtk_widget_get_next_sibling (row))
    if (ADW_IS_EXPANDER_ROW (row) && adw_expander_row_get_expanded (ADW_EXPANDER_ROW (row)))
      g_hash_table_add (open, g_strdup (g_object_get_data (G_OBJECT (row), "id")));
  return open;
}

static void
messages_changed_cb (SbQueuesPage *self)
{
  g_autoptr (GPtrArray) messages = sb_json_objects (sb_answer_get (self->messages), "messages");
  g_autoptr (GHashTable) open = find_open (self);

  sb_widget_clear_list_box (self->message_list);
  for (guint i = 0; i < messages->len; i++)
    {
      GtkWidget *row = new_message_row (messages->pdata[i], get_now_us (self));

      gtk_list_box_append (self->message_list, row);
      if (g_hash_table_contains (open, sb_json_string (messages->pdata[i], "id")))
        adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), TRUE);
    }
  if (messages->len == 0 && sb_answer_get (self->messages) != NULL)
    gtk_list_box_append (self->message_list, sb_value_row_new_empty (_ ("No messages")));
  gtk_widget_set_visible (self->more_button,
                          messages->len == self->n_messages && self->n_messages < MESSAGE_MAX);
}

/* ---- Both ------------------------------------------------------------------------------------ */

static void
show_list (SbQueuesPage *self)
{
  g_clear_pointer (&self->queue, g_free);
  sb_answer_set_question (self->messages, NULL, "");
  sb_page_set_title (SB_PAGE (self), _ ("Queues"));
  sb_page_set_inner_back (SB_PAGE (self), FALSE);
}

static void
queues_changed_cb (SbQueuesPage *self)
{
  JsonObject *answer = sb_answer_get (self->queues);
  g_autoptr (GPtrArray) queues = sb_json_objects (answer, "queues");
  JsonObject *queue = self->queue != NULL ? find_queue (self, queues) : NULL;

  if (answer == NULL)
    {
      adw_status_page_set_description (self->error_page, sb_answer_get_error (self->queues));
      gtk_stack_set_visible_child_name (self->stack, "error");
      return;
    }
  if (self->queue != NULL && queue == NULL)
    show_list (self);
  sb_widget_clear_list_box (self->queue_list);
  for (guint i = 0; i < queues->len; i++)
    gtk_list_box_append (self->queue_list, new_queue_row (self, queues->pdata[i]));
  if (queue != NULL)
    show_queue (self, queue);
  gtk_stack_set_visible_child_name (self->stack, queue != NULL     ? "queue"
                                                 : queues->len > 0 ? "queues"
                                                                   : "empty");
}

static void
ask_messages (SbQueuesPage *self)
{
  g_autofree char *what = g_strdup_printf ("queues/%s/messages", self->queue);
  g_autofree char *query = g_strdup_printf ("limit=%u", self->n_messages);

  sb_answer_set_question (self->messages, what, query);
  sb_answer_refresh (self->messages);
}

static void
row_activated_cb (SbQueuesPage *self, GtkListBoxRow *row)
{
  g_free (self->queue);
  self->queue = g_strdup (g_object_get_data (G_OBJECT (row), "queue"));
  self->n_messages = MESSAGE_PAGE;
  sb_page_set_title (SB_PAGE (self), self->queue);
  sb_page_set_inner_back (SB_PAGE (self), TRUE);
  queues_changed_cb (self);
  ask_messages (self);
}

static gboolean
sb_queues_page_back (SbPage *page)
{
  SbQueuesPage *self = SB_QUEUES_PAGE (page);

  if (self->queue == NULL)
    return FALSE;
  show_list (self);
  queues_changed_cb (self);
  return TRUE;
}

/* ---- Acting ---------------------------------------------------------------------------------- */

static void
say (SbQueuesPage *self, const char *text)
{
  AdwToast *toast = adw_toast_new ("");
  g_autofree char *title = g_markup_escape_text (text, -1);

  adw_toast_set_title (toast, title);
  adw_toast_overlay_add_toast (self->toast_overlay, toast);
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  SbQueuesPage *self = user_data;
  g_autofree char *text = NULL;
  gulong n;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (answer == NULL)
    text = g_strdup (error->message);
  else if (json_object_has_member (answer, "purged"))
    {
      n = (gulong) sb_json_int (answer, "purged");
      text = g_strdup_printf (ngettext ("%'lu message deleted", "%'lu messages deleted", n), n);
    }
  else if (json_object_has_member (answer, "moved"))
    {
      n = (gulong) sb_json_int (answer, "moved");
      text = g_strdup_printf (ngettext ("%'lu message moved", "%'lu messages moved", n), n);
    }
  else
    text = g_strdup (sb_json_bool (answer, "duplicate") ? _ ("The queue has this message already")
                                                        : _ ("Message sent"));
  say (self, text);
  sb_page_refresh (SB_PAGE (self));
}

static void
act (SbQueuesPage *self, const char *queue, const char *verb, JsonObject *order)
{
  g_autofree char *what = g_strdup_printf ("queues/%s/%s", queue, verb);

  sb_client_act_async (get_client (self), what, order, sb_page_get_cancellable (SB_PAGE (self)),
                       done_cb, self);
}

static void
undo_cb (SbQueuesPage *self)
{
  g_clear_pointer (&self->purging, g_free);
}

static void
dismissed_cb (SbQueuesPage *self)
{
  g_autofree char *queue = g_steal_pointer (&self->purging);

  self->toast = NULL;
  /* Cancelled: the page is going away, and the toast with it. */
  if (g_cancellable_is_cancelled (sb_page_get_cancellable (SB_PAGE (self))))
    return;
  if (queue != NULL)
    act (self, queue, "purge", NULL);
  else
    queues_changed_cb (self);
}

static void
purge_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbQueuesPage *self = SB_QUEUES_PAGE (widget);
  g_autoptr (GPtrArray) queues = sb_json_objects (sb_answer_get (self->queues), "queues");
  JsonObject *queue = find_queue (self, queues);
  gulong n = queue != NULL ? (gulong) n_all (queue) : 0;
  g_autofree char *text = NULL;
  g_autofree char *title = NULL;

  /* Another purge that waits is meant, too: it happens now. */
  if (self->toast != NULL)
    adw_toast_dismiss (self->toast);
  text = g_strdup_printf (
      ngettext ("%'lu message of %s is being deleted", "%'lu messages of %s are being deleted", n),
      n, self->queue);
  title = g_markup_escape_text (text, -1);
  self->purging = g_strdup (self->queue);
  self->toast = adw_toast_new (title);
  adw_toast_set_timeout (self->toast, UNDO_S);
  adw_toast_set_priority (self->toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_set_button_label (self->toast, _ ("Undo"));
  g_signal_connect_object (self->toast, "button-clicked", G_CALLBACK (undo_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->toast, "dismissed", G_CALLBACK (dismissed_cb), self,
                           G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (self->toast_overlay, self->toast);
  queues_changed_cb (self);
}

static void
send_cb (JsonObject *order, gpointer user_data)
{
  SbQueuesPage *self = user_data;

  if (self->queue != NULL)
    act (self, self->queue, "messages", order);
}

static void
send_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbQueuesPage *self = SB_QUEUES_PAGE (widget);
  g_autoptr (GPtrArray) queues = sb_json_objects (sb_answer_get (self->queues), "queues");

  sb_send_dialog_present (GTK_WINDOW (gtk_widget_get_root (widget)), self->queue,
                          sb_json_bool (find_queue (self, queues), "fifo"), send_cb, self);
}

static void
redrive_cb (JsonObject *order, gpointer user_data)
{
  SbQueuesPage *self = user_data;

  if (self->queue != NULL)
    act (self, self->queue, "redrive", order);
}

static void
redrive_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbQueuesPage *self = SB_QUEUES_PAGE (widget);
  g_autoptr (GPtrArray) queues = sb_json_objects (sb_answer_get (self->queues), "queues");
  JsonObject *queue = find_queue (self, queues);

  sb_redrive_dialog_present (GTK_WINDOW (gtk_widget_get_root (widget)), self->queue,
                             n_all (queue) - sb_json_int (queue, "in_flight"), redrive_cb, self);
}

static void
show_more_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  SbQueuesPage *self = SB_QUEUES_PAGE (widget);
  g_autofree char *query = NULL;

  self->n_messages = MIN (self->n_messages * 4, MESSAGE_MAX);
  query = g_strdup_printf ("limit=%u", self->n_messages);
  sb_answer_set_query (self->messages, query);
  sb_answer_refresh (self->messages);
}

/* ---- The page -------------------------------------------------------------------------------- */

static void
sb_queues_page_connected (SbPage *page)
{
  SbQueuesPage *self = SB_QUEUES_PAGE (page);

  self->queues = sb_answer_new (get_client (self), "queues", "");
  self->messages = sb_answer_new (get_client (self), NULL, "");
  g_signal_connect_object (self->queues, "changed", G_CALLBACK (queues_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->messages, "changed", G_CALLBACK (messages_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
sb_queues_page_refresh (SbPage *page)
{
  SbQueuesPage *self = SB_QUEUES_PAGE (page);

  sb_answer_refresh (self->queues);
  if (self->queue != NULL)
    sb_answer_refresh (self->messages);
}

static void
sb_queues_page_dispose (GObject *object)
{
  SbQueuesPage *self = SB_QUEUES_PAGE (object);

  g_clear_object (&self->queues);
  g_clear_object (&self->messages);

  G_OBJECT_CLASS (sb_queues_page_parent_class)->dispose (object);
}

static void
sb_queues_page_finalize (GObject *object)
{
  SbQueuesPage *self = SB_QUEUES_PAGE (object);

  g_free (self->queue);
  g_free (self->purging);

  G_OBJECT_CLASS (sb_queues_page_parent_class)->finalize (object);
}

static void
sb_queues_page_class_init (SbQueuesPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  SbPageClass *page_class = SB_PAGE_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = sb_queues_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = sb_queues_page_finalize;
  page_class->connected = sb_queues_page_connected;
  page_class->refresh = sb_queues_page_refresh;
  page_class->back = sb_queues_page_back;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/signalbox/Signalbox/ui/sb-queues-page.ui");
  gtk_widget_class_bind_template_child (widget_class, SbQueuesPage, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, SbQueuesPage, stack);
  gtk_widget_class_bind_template_child (widget_class, SbQueuesPage, error_page);
  gtk_widget_class_bind_template_child (widget_class, SbQueuesPage, queue_list);
  gtk_widget_class_bind_template_child (widget_class, SbQueuesPage, queue_group);
  gtk_widget_class_bind_template_child (widget_class, SbQueuesPage, message_list);
  gtk_widget_class_bind_template_child (widget_class, SbQueuesPage, more_button);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);

  gtk_widget_class_install_action (widget_class, "queue.send", NULL, send_action);
  gtk_widget_class_install_action (widget_class, "queue.redrive", NULL, redrive_action);
  gtk_widget_class_install_action (widget_class, "queue.purge", NULL, purge_action);
  gtk_widget_class_install_action (widget_class, "queue.show-more", NULL, show_more_action);
}

static GtkWidget *
add_row (SbQueuesPage *self, const char *title)
{
  GtkWidget *row = sb_value_row_new (title, NULL);

  adw_preferences_group_add (self->queue_group, row);
  return row;
}

static void
sb_queues_page_init (SbQueuesPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->n_messages = MESSAGE_PAGE;
  self->visible_row = add_row (self, _ ("Can be received"));
  self->in_flight_row = add_row (self, _ ("In flight: received, not deleted yet"));
  self->delayed_row = add_row (self, _ ("Delayed"));
  self->oldest_row = add_row (self, _ ("Oldest was sent"));
}
