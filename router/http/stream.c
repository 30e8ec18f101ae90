/* Answers that go on, on libmicrohttpd.
 *
 * The library asks for the next piece on its own thread.  When there is none the connection is
 * suspended, and resumed by whoever has something.  A suspended connection is not looked at, so
 * that a receiver that has gone is noticed by the next piece that is sent to it.
 *
 * Must stay true: a connection is resumed exactly once for every time that it was suspended, and
 * never after the library has begun to close it, which it does only while it is not suspended. */
#include "http/server-private.h"

#include <string.h>

#define BLOCK_BYTES 4096

struct HttpStream
{
  HttpServer *server;
  HttpConnection *connection; /* server thread, until the answer's end */
  struct MHD_Connection *mhd;
  HttpStreamSource source;
  gpointer user_data;

  /* Server thread. */
  GString *piece;
  gsize taken;
  gboolean is_over;

  GMutex lock; /* guards what follows */
  gboolean is_woken;
  gboolean is_suspended;
};

/* FALSE: meanwhile there may be something. */
static gboolean
sleep_unless_woken (HttpStream *stream)
{
  gboolean sleeps;

  g_mutex_lock (&stream->lock);
  sleeps = !stream->is_woken;
  if (sleeps)
    {
      stream->is_suspended = TRUE;
      MHD_suspend_connection (stream->mhd);
    }
  g_mutex_unlock (&stream->lock);
  return sleeps;
}

static void
forget_wake (HttpStream *stream)
{
  g_mutex_lock (&stream->lock);
  stream->is_woken = FALSE;
  g_mutex_unlock (&stream->lock);
}

/* FALSE: nothing is left, and the connection sleeps, or all was sent. */
static gboolean
fill (HttpStream *stream)
{
  HttpServer *server = stream->server;

  while (stream->taken == stream->piece->len)
    {
      if (stream->is_over)
        return FALSE;
      g_string_truncate (stream->piece, 0);
      stream->taken = 0;
      forget_wake (stream);
      stream->is_over = g_atomic_int_get (&server->draining) ||
                        !stream->source.next (stream->piece, stream->user_data);
      if (stream->piece->len > 0 || stream->is_over)
        continue;
      http_watch_pause (server->watch, stream->connection->watched);
      if (sleep_unless_woken (stream))
        return FALSE;
    }
  return TRUE;
}

/* Server thread: the library wants at most so many bytes. */
static ssize_t
read_piece (void *user_data, uint64_t position, char *buffer, size_t max_bytes)
{
  HttpStream *stream = user_data;
  gsize n;

  if (!fill (stream))
    return stream->is_over ? MHD_CONTENT_READER_END_OF_STREAM : 0;
  n = MIN (stream->piece->len - stream->taken, max_bytes);
  memcpy (buffer, stream->piece->str + stream->taken, n);
  stream->taken += n;
  http_watch_restart (stream->server->watch, stream->connection->watched);
  return (ssize_t) n;
}

static void
on_gone (void *user_data)
{
  HttpStream *stream = user_data;
  HttpServer *server = stream->server;

  g_mutex_lock (&server->streams_lock);
  g_ptr_array_remove_fast (server->streams, stream);
  g_mutex_unlock (&server->streams_lock);
  stream->source.closed (stream->user_data);
  http_stream_free (stream);
}

void
http_streams_end (HttpServer *server)
{
  g_mutex_lock (&server->streams_lock);
  for (guint i = 0; i < server->streams->len; i++)
    http_stream_wake (g_ptr_array_index (server->streams, i));
  g_mutex_unlock (&server->streams_lock);
}

HttpStream *
http_stream_new (HttpRequest *request, const HttpStreamSource *source, gpointer user_data)
{
  HttpStream *stream = g_new0 (HttpStream, 1);

  stream->connection = request->connection;
  stream->server = request->connection->listener->server;
  stream->mhd = request->mhd;
  stream->source = *source;
  stream->user_data = user_data;
  stream->piece = g_string_new (NULL);
  g_mutex_init (&stream->lock);
  return stream;
}

void
http_stream_free (HttpStream *stream)
{
  g_string_free (stream->piece, TRUE);
  g_mutex_clear (&stream->lock);
  g_free (stream);
}

void
http_stream_wake (HttpStream *stream)
{
  g_mutex_lock (&stream->lock);
  stream->is_woken = TRUE;
  if (stream->is_suspended)
    {
      stream->is_suspended = FALSE;
      MHD_resume_connection (stream->mhd);
    }
  g_mutex_unlock (&stream->lock);
}

void
http_answer_stream (HttpRequest *request,
                    const char *content_type,
                    HttpStream *stream,
                    const char *const *headers)
{
  struct MHD_Response *response = MHD_create_response_from_callback (MHD_SIZE_UNKNOWN, BLOCK_BYTES,
                                                                     read_piece, stream, on_gone);

  if (response == NULL)
    g_error ("No memory for an answer");
  g_mutex_lock (&stream->server->streams_lock);
  g_ptr_array_add (stream->server->streams, stream);
  g_mutex_unlock (&stream->server->streams_lock);
  http_response_add_headers (response, content_type, headers);
  http_request_hand_back (request, 200, response);
}
