/* libcurl's event interface: it says which sockets and which time-out it waits for, and is told
 * when they are ready.
 *
 * What must stay true: libcurl's callbacks only note what it wants and never call back into it;
 * done is called only from the dispatch of a source, with no call of libcurl on the stack. */
#include "connector/webhook/client.h"

#include "base/error.h"
#include "connector/wakeup.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Idle connections for one connector; more than its window is never used. */
#define MAX_KEPT_CONNECTIONS 64L

/* Sockets that are served before others of the thread have their turn. */
#define MAX_READY 64

struct WebClient
{
  GMainContext *context;
  gint64 idle_us;
  WebClientDone done;
  gpointer user_data;

  CURLM *multi; /* NULL while there is nothing to do for long */
  guint n_active;
  int epoll; /* the sockets that libcurl waits for: the main loop sees this one descriptor only */
  GSource *sockets; /* as long as multi */
  GSource *timer;   /* libcurl's time-out */
  GSource *idle;    /* closes kept connections */
};

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

static int
curl_events (guint32 ready)
{
  int events = 0;

  if (ready & (EPOLLIN | EPOLLHUP))
    events |= CURL_CSELECT_IN;
  if (ready & EPOLLOUT)
    events |= CURL_CSELECT_OUT;
  if (ready & EPOLLERR)
    events |= CURL_CSELECT_ERR;
  return events;
}

/* A socket that is no longer libcurl's, because of one before it, libcurl passes over. */
static gboolean
sockets_cb (int epoll, GIOCondition condition, gpointer data)
{
  WebClient *client = data;
  struct epoll_event ready[MAX_READY];
  int n = epoll_wait (epoll, ready, MAX_READY, 0);

  for (int i = 0; i < n && client->multi != NULL; i++)
    act_on_socket (client, ready[i].data.fd, curl_events (ready[i].events));
  return G_SOURCE_CONTINUE;
}

static gboolean
time_out_cb (gpointer data)
{
  act_on_socket (data, CURL_SOCKET_TIMEOUT, 0);
  return G_SOURCE_CONTINUE;
}

/* ---- What libcurl says --------------------------------------------------------------------- */

static guint32
epoll_events (int what)
{
  switch (what)
    {
    case CURL_POLL_IN:
      return EPOLLIN;
    case CURL_POLL_OUT:
      return EPOLLOUT;
    case CURL_POLL_INOUT:
      return EPOLLIN | EPOLLOUT;
    default:
      return 0;
    }
}

static int
socket_cb (CURL *easy, curl_socket_t fd, int what, void *user_data, void *socket_data)
{
  WebClient *client = user_data;
  struct epoll_event event = { .events = epoll_events (what), .data.fd = fd };

  /* One that was closed already has left the set by itself. */
  if (what == CURL_POLL_REMOVE)
    epoll_ctl (client->epoll, EPOLL_CTL_DEL, fd, NULL);
  else if (epoll_ctl (client->epoll, socket_data != NULL ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd,
                      &event) != 0)
    return -1; /* libcurl ends the transfer with an error */
  curl_multi_assign (client->multi, fd, what == CURL_POLL_REMOVE ? NULL : client);
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

/* ---- Whom it believes ----------------------------------------------------------------------- */

/* Whether the system's folder of authorities has them by the hash of their names. */
static gboolean
has_hashed_folder (void)
{
  static gsize known; /* 1: no, 2: yes */

  if (g_once_init_enter (&known))
    {
      const char *folder = curl_version_info (CURLVERSION_NOW)->capath;
      g_autoptr (GDir) dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
      const char *name;
      gsize is_hashed = 1;

      while (is_hashed == 1 && dir != NULL && (name = g_dir_read_name (dir)) != NULL)
        if (g_str_has_suffix (name, ".0"))
          is_hashed = 2;
      g_once_init_leave (&known, is_hashed);
    }
  return known == 2;
}

void
web_client_trust (CURL *easy, const char *ca_file)
{
  if (ca_file != NULL)
    {
      curl_easy_setopt (easy, CURLOPT_CAINFO, ca_file);
      curl_easy_setopt (easy, CURLOPT_CAPATH, NULL);
      curl_easy_setopt (easy, CURLOPT_PROXY_CAINFO, ca_file);
      curl_easy_setopt (easy, CURLOPT_PROXY_CAPATH, NULL);
    }
  else if (has_hashed_folder ())
    {
      /* All of the system's authorities in one file take a tenth of a second to read, for each
       * client and after each pause, in which the thread would do nothing else. */
      curl_easy_setopt (easy, CURLOPT_CAINFO, NULL);
      curl_easy_setopt (easy, CURLOPT_PROXY_CAINFO, NULL);
    }
}

/* ---- The client ---------------------------------------------------------------------------- */

static void
drop_multi (WebClient *client)
{
  wakeup_never (client->timer);
  g_clear_pointer (&client->multi, curl_multi_cleanup);
  if (client->sockets == NULL)
    return;
  g_source_destroy (client->sockets);
  g_clear_pointer (&client->sockets, g_source_unref);
}

/* A peer that closes an idle connection is not noticed before the next use, so without traffic all
 * are closed, lest descriptors lie about for ever. */
static gboolean
idle_cb (gpointer data)
{
  WebClient *client = data;

  drop_multi (client);
  return G_SOURCE_CONTINUE;
}

static void
make_multi (WebClient *client)
{
  CURLM *multi = curl_multi_init ();

  g_assert (multi != NULL);
  client->multi = multi;
  client->sockets = g_unix_fd_source_new (client->epoll, G_IO_IN);
  g_source_set_static_name (client->sockets, "webhook sockets");
  g_source_set_callback (client->sockets, G_SOURCE_FUNC (sockets_cb), client, NULL);
  g_source_attach (client->sockets, client->context);
  curl_multi_setopt (multi, CURLMOPT_SOCKETFUNCTION, socket_cb);
  curl_multi_setopt (multi, CURLMOPT_SOCKETDATA, client);
  curl_multi_setopt (multi, CURLMOPT_TIMERFUNCTION, timer_cb);
  curl_multi_setopt (multi, CURLMOPT_TIMERDATA, client);
  curl_multi_setopt (multi, CURLMOPT_MAXCONNECTS, MAX_KEPT_CONNECTIONS);
  curl_multi_setopt (multi, CURLMOPT_PIPELINING, (long) CURLPIPE_MULTIPLEX);
}

WebClient *
web_client_new (GMainContext *context,
                gint64 idle_us,
                WebClientDone done,
                gpointer user_data,
                GError **error)
{
  static gsize initialized;
  int epoll = epoll_create1 (EPOLL_CLOEXEC);
  WebClient *client;

  if (g_once_init_enter (&initialized))
    {
      curl_global_init (CURL_GLOBAL_DEFAULT);
      g_once_init_leave (&initialized, 1);
    }

  if (epoll < 0)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE,
                   "Cannot wait for connections: %s; raise the limit of open files (LimitNOFILE)",
                   g_strerror (errno));
      return NULL;
    }
  client = g_new0 (WebClient, 1);
  client->epoll = epoll;
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
  drop_multi (client);
  close (client->epoll);
  wakeup_free (client->timer);
  wakeup_free (client->idle);
  g_free (client);
}

void
web_client_start (WebClient *client, CURL *easy)
{
  CURLMcode result;

  if (client->multi == NULL)
    make_multi (client);
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
