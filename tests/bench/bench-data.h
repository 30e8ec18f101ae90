/* bench-data.h: events and rules to measure with, from files or made here; the same at each run. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One event or pattern each.  Behind every text are BENCH_PADDING bytes that may be read. */
typedef struct
{
  GPtrArray *lines; /* GString */
  gsize bytes;
} BenchLines;

#define BENCH_PADDING 64u

void bench_lines_init (BenchLines *lines);
void bench_lines_clear (BenchLines *lines);

/* Lines of a file, until most_bytes are there.  False: it cannot be read, stderr says why. */
gboolean bench_lines_read (BenchLines *lines, const char *file, gsize most_bytes);

typedef enum
{
  BENCH_LOTS,   /* a lot of land and its outline, about 900 bytes */
  BENCH_ORDERS, /* a change of an order in EventBridge's envelope, about 800 bytes */
  BENCH_PUSHES, /* a push with three commits as GitHub sends it, about 8 KB */
  BENCH_PULLS,  /* a pull request as GitHub sends it, about 14 KB */
  BENCH_N_KINDS,
} BenchKind;

const char *bench_kind_name (BenchKind kind);

/* Adds count events, whose tenants, sellers and repositories are numbered below n_names. */
void bench_add_events (BenchLines *lines, BenchKind kind, guint count, guint n_names);

/* Adds count rules of mixed kinds about such events, one for each name. */
void bench_add_rules (BenchLines *lines, BenchKind kind, guint count);

G_END_DECLS
