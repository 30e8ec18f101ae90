/* turns.h: the threads of a process take turns, in an order that chance decides and a seed repeats,
 * and time passes only when somebody says so.
 *
 * A program that is linked with the --wrap options of turns.c's list has its threads, conditions,
 * mutexes, wake-ups of main loops and clocks replaced by these, whatever library they are used in;
 * the code that uses them is the one that ships.  One thread runs at a time: it goes on until it
 * waits, ends, or, sometimes, gives up a mutex.  The thread that called turns_begin() conducts:
 * others run when it calls the functions here, or waits for something. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Before any other thread is made.  wall_us: where the clocks begin. */
void turns_begin (guint32 seed, gint64 wall_us);

/* One of the threads that can run does, until it has to wait.  FALSE: none can. */
gboolean turns_run_one (void);
void turns_run_all (void);

/* When something will happen by the passing of time alone; monotonic; G_MAXINT64: never. */
gint64 turns_next_us (void);
/* Both clocks. */
void turns_advance_to (gint64 monotonic_us);
/* The wall clock is set by so much. */
void turns_jump (gint64 by_us);
gint64 turns_now_us (void);

/* Turns taken ever. */
guint64 turns_count (void);

G_END_DECLS
