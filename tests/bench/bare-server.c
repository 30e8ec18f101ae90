/* The bare program that the router is compared with: takes a POST by libmicrohttpd, hands its body
 * to a writer thread, answers 202 once its rows are durable by group commit.  It checks nothing,
 * matches nothing and remembers nothing.
 *
 * Usage: bare-server FOLDER; prints its port, ends with its standard input. */
#include "support/rows.h"

#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

/* As the router. */
#define MAX_BATCH 512

typedef struct
{
  struct MHD_Connection *connection;
  GList link;
  char *data;
  gsize length, capacity;
  gint is_durable; /* atomic */
} Post;

typedef struct
{
  Rows *rows;
  GMutex lock;
  GCond wake;
  GQueue queue; /* Post */
} Bare;

static gpointer
write_in_thread (gpointer data)
{
  Bare *bare = data;
  Post *batch[MAX_BATCH];

  while (TRUE)
    {
      guint n = 0;

      g_mutex_lock (&bare->lock);
      while (bare->queue.length == 0)
        g_cond_wait (&bare->wake, &bare->lock);
      while (n < MAX_BATCH && bare->queue.length > 0)
        batch[n++] = g_queue_pop_head_link (&bare->queue)->data;
      g_mutex_unlock (&bare->lock);

      rows_begin (bare->rows);
      for (guint i = 0; i < n; i++)
        rows_put (bare->rows, batch[i]->data, batch[i]->length);
      rows_commit (bare->rows);
      for (guint i = 0; i < n; i++)
        {
          g_atomic_int_set (&batch[i]->is_durable, TRUE);
          MHD_resume_connection (batch[i]->connection);
        }
    }
  return NULL;
}

static enum MHD_Result
answer (struct MHD_Connection *connection)
{
  static const char text[] = "{\"accepted\":true}\n";
  struct MHD_Response *response = MHD_create_response_from_buffer (sizeof text - 1, (void *) text,
                                                                   MHD_RESPMEM_PERSISTENT);
  enum MHD_Result result;

  MHD_add_response_header (response, "Content-Type", "application/json");
  result = MHD_queue_response (connection, 202, response);
  MHD_destroy_response (response);
  return result;
}

static enum MHD_Result
on_data (void *user_data,
         struct MHD_Connection *connection,
         const char *url,
         const char *method,
         const char *version,
         const char *bytes,
         size_t *n_bytes,
         void **slot)
{
  Bare *bare = user_data;
  Post *post = *slot;

  if (post == NULL)
    {
      post = *slot = g_new0 (Post, 1);
      post->connection = connection;
      post->link.data = post;
      return MHD_YES;
    }
  if (*n_bytes > 0)
    {
      if (post->length + *n_bytes > post->capacity)
        {
          post->capacity = MAX (2 * post->capacity, post->length + *n_bytes);
          post->data = g_realloc (post->data, post->capacity);
        }
      memcpy (post->data + post->length, bytes, *n_bytes);
      post->length += *n_bytes;
      *n_bytes = 0;
      return MHD_YES;
    }
  if (g_atomic_int_get (&post->is_durable))
    return answer (connection);
  MHD_suspend_connection (connection);
  g_mutex_lock (&bare->lock);
  g_queue_push_tail_link (&bare->queue, &post->link);
  if (bare->queue.length == 1)
    g_cond_signal (&bare->wake);
  g_mutex_unlock (&bare->lock);
  return MHD_YES;
}

static void
on_completed (void *user_data,
              struct MHD_Connection *connection,
              void **slot,
              enum MHD_RequestTerminationCode code)
{
  Post *post = *slot;

  if (post != NULL)
    g_free (post->data);
  g_free (post);
}

int
main (int argc, char **argv)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  struct MHD_Daemon *daemon;
  Bare bare = { 0 };
  char nothing;

  if (argc != 2)
    g_error ("Usage: bare-server FOLDER");
  g_mutex_init (&bare.lock);
  g_cond_init (&bare.wake);
  g_queue_init (&bare.queue);
  bare.rows = rows_open (argv[1]);
  g_thread_unref (g_thread_new ("writer", write_in_thread, &bare));
  daemon = MHD_start_daemon (MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL,
                             NULL, on_data, &bare, MHD_OPTION_SOCK_ADDR, &address,
                             MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_END);
  if (daemon == NULL)
    g_error ("Cannot listen");
  g_print ("%u\n", MHD_get_daemon_info (daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
  while (read (STDIN_FILENO, &nothing, 1) > 0)
    ;
  /* At once: the writer thread never ends, and nothing here is worth keeping. */
  _exit (0);
}
