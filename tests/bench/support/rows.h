/* rows.h: the rows of an accepted event with one delivery, written with as little as SQLite needs.
 *
 * The store's own tables and indices, one event's rows a call, prepared once, synchronous=FULL:
 * what the store cannot do with less. One thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct Rows Rows;

/* Makes "bare.db" in the folder. */
Rows *rows_open (const char *folder);
void rows_close (Rows *rows);

void rows_begin (Rows *rows);
void rows_put (Rows *rows, const char *body, gsize length);
void rows_commit (Rows *rows);

G_END_DECLS
