/* libcurl's event interface: it says which sockets and which time-out it waits for, and is told
 * when they are ready.
 *
 * What must stay true: libcurl's callbacks only note what it wants and never call back into it;
 * done is called only from the dispatch of a source, with no call of libcurl on the stack. */
#include "connector/webhook/client.h"

#include "connector/wakeup.h"

#include <glib-unix.h>

/* Idle connections for one connector; more than its window is never used. */
#define MAX_KEPT_CONNECTIONS 64L

struct WebClient
{
  GMainContext *context;
  gint64 idle_us;
  WebClientDone done;
  gpointer user_data;

  CURLM *multi; /* NULL while there is nothing to do for long */
  guint n_active;
  GSource *timer; /* libcurl's time-out */
  GSource *idle;  /* closes kept connections */
};

typedef struct
{
  GSource source;
  WebClient *client;
  int fd;
  gpointer tag;
} SocketSource;

/* ---- What libcurl is told ------------------------------------------------------------------ */

static void
report_finished (WebClient *client)
{
  CURLMsg *message;
  int n_left;

  /* done may start more, which the multi handle stands; it may not free the client. */
  while ((message = curl_multi_info_read (client->multi, &n_left)) != NULL)
    {
      CURL *easy = message->easy_handle;
      CURLcode result = message->data.result;

      if (message->msg != CURLMSG_DONE)
        continue;
      web_client_cancel (client, easy);
      client->done (easy, result, client->user_data);
    }
}

static void
act_on_socket (WebClient *client, curl_socket_t fd, int events)
{
  int n_running;

  curl_multi_socket_action (client->multi, fd, events, &n_running);
  report_finished (client);
}

static gboolean
socket_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  SocketSource *self = (SocketSource *) source;
  GIOCondition ready = g_source_query_unix_fd (source, self->tag);
  int events = 0;

  if (ready & (G_IO_IN | G_IO_HUP))
    events |= CURL_CSELECT_IN;
  if (ready & G_IO_OUT)
    events |= CURL_CSELECT_OUT;
  if (ready & (G_IO_ERR | G_IO_NVAL))
    events |= CURL_CSELECT_ERR;
  act_on_socket (self->client, self->fd, events);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs socket_source_funcs = { .dispatch = socket_source_dispatch };

static gboolean
time_out_cb (gpointer data)
{
  act_on_socket (data, CURL_SOCKET_TIMEOUT, 0);
  return G_SOURCE_CONTINUE;
}

/* ---- What libcurl says --------------------------------------------------------------------- */

static GIOCondition
condition_of (int what)
{
  switch (what)
    {
    case CURL_POLL_IN:
      return G_IO_IN;
    case CURL_POLL_OUT:
      return G_IO_OUT;
    case CURL_POLL_INOUT:
      return G_IO_IN | G_IO_OUT;
    default:
      return 0;
    }
}

static int
socket_cb (CURL *easy, curl_socket_t fd, int what, void *user_data, void *socket_data)
{
  WebClient *client = user_data;
  SocketSource *source = socket_data;

  if (what == CURL_POLL_REMOVE)
    {
      if (source == NULL)
        return 0;
      curl_multi_assign (client->multi, fd, NULL);
      g_source_destroy (&source->source);
      g_source_unref (&source->source);
      return 0;
    }

  if (source != NULL)
    {
      g_source_modify_unix_fd (&source->source, source->tag, condition_of (what));
      return 0;
    }

  source = (SocketSource *) g_source_new (&socket_source_funcs, sizeof (SocketSource));
  g_source_set_static_name (&source->source, "webhook socket");
  source->client = client;
  source->fd = fd;
  source->tag = g_source_add_unix_fd (&source->source, fd, condition_of (what));
  g_source_attach (&source->source, client->context);
  curl_multi_assign (client->multi, fd, source);
  return 0;
}

static int
timer_cb (CURLM *multi, long timeout_ms, void *user_data)
{
  WebClient *client = user_data;

  if (timeout_ms < 0)
    wakeup_never (client->timer);
  else
    wakeup_in (client->timer, timeout_ms * (gint64) 1000);
  return 0;
}

/* ---- The client ---------------------------------------------------------------------------- */

/* A peer that closes an idle connection is not noticed before the next use, so without traffic all
 * are closed, lest descriptors lie about for ever. */
static gboolean
idle_cb (gpointer data)
{
  WebClient *client = data;

  wakeup_never (client->timer);
  g_clear_pointer (&client->multi, curl_multi_cleanup);
  return G_SOURCE_CONTINUE;
}

static CURLM *
multi_new (WebClient *client)
{
  CURLM *multi = curl_multi_init ();

  g_assert (multi != NULL);
  curl_multi_setopt (multi, CURLMOPT_SOCKETFUNCTION, socket_cb);
  curl_multi_setopt (multi, CURLMOPT_SOCKETDATA, client);
  curl_multi_setopt (multi, CURLMOPT_TIMERFUNCTION, timer_cb);
  curl_multi_setopt (multi, CURLMOPT_TIMERDATA, client);
  curl_multi_setopt (multi, CURLMOPT_MAXCONNECTS, MAX_KEPT_CONNECTIONS);
  curl_multi_setopt (multi, CURLMOPT_PIPELINING, (long) CURLPIPE_MULTIPLEX);
  return multi;
}

WebClient *
web_client_new (GMainContext *context, gint64 idle_us, WebClientDone done, gpointer user_data)
{
  static gsize initialized;
  WebClient *client = g_new0 (WebClient, 1);

  if (g_once_init_enter (&initialized))
    {
      curl_global_init (CURL_GLOBAL_DEFAULT);
      g_once_init_leave (&initialized, 1);
    }

  client->context = context;
  client->idle_us = idle_us;
  client->done = done;
  client->user_data = user_data;
  client->timer = wakeup_new ("webhook time-out", context, time_out_cb, client);
  client->idle = wakeup_new ("webhook idle", context, idle_cb, client);
  return client;
}

void
web_client_free (WebClient *client)
{
  g_assert (client->n_active == 0);
  g_clear_pointer (&client->multi, curl_multi_cleanup);
  wakeup_free (client->timer);
  wakeup_free (client->idle);
  g_free (client);
}

void
web_client_start (WebClient *client, CURL *easy)
{
  CURLMcode result;

  if (client->multi == NULL)
    client->multi = multi_new (client);
  wakeup_never (client->idle);
  client->n_active++;
  result = curl_multi_add_handle (client->multi, easy);
  g_assert (result == CURLM_OK);
}

void
web_client_cancel (WebClient *client, CURL *easy)
{
  curl_multi_remove_handle (client->multi, easy);
  client->n_active--;
  if (client->n_active == 0)
    wakeup_in (client->idle, client->idle_us);
}
