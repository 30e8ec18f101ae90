/* loader.h: sends the same few requests over kept connections as fast as they are answered.
 *
 * One thread, the caller's, and one request under way on each connection (a closed loop).  What
 * goes wrong with a connection ends the program with a message: figures with failures in them mean
 * nothing. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint port;               /* on 127.0.0.1 */
  guint n_connections;      /* at most 1024 */
  GPtrArray *requests;      /* GBytes, head and body, sent in turns */
  guint events_per_request; /* what a 202 stands for */
  gint64 duration_us;       /* no request begins after it; 0: no end by time */
  guint64 max_requests;     /* 0: no end by number */
} LoadPlan;

typedef struct
{
  double events_per_second;
  guint64 n_accepted;              /* 202 */
  guint64 n_refused;               /* any other status */
  double p50_ms, p99_ms, worst_ms; /* from the first byte sent to the last one received */
} LoadResult;

void load_run (const LoadPlan *plan, LoadResult *out_result);

/* "POST path" with a JSON body. */
GBytes *load_request (const char *path, const char *body, gssize length);

G_END_DECLS
