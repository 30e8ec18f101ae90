/* Each thread is a real one that waits for its semaphore; the conductor has one of its own.
 *
 * What is wrapped: g_thread_new, g_thread_join, g_mutex_lock, g_mutex_unlock, g_cond_wait,
 * g_cond_wait_until, g_cond_signal, g_cond_broadcast, g_main_context_new, g_get_monotonic_time,
 * g_get_real_time and clock_gettime of the boot clock.  GLib's own use of them is not: a source
 * that waits for a time must say so by its timeout, not by a ready time. */
#include "turns.h"

#include <poll.h>
#include <semaphore.h>
#include <time.h>

typedef enum
{
  TURN_READY,
  TURN_ON_CONDITION,
  TURN_ON_POLL,
  TURN_ENDED,
} TurnState;

typedef struct
{
  GThread *handle;
  GThreadFunc func;
  gpointer data;
  sem_t go;
  TurnState state;
  GCond *condition;    /* that it waits for */
  gint64 deadline_us;  /* of waiting for it, or of polling */
  gboolean is_in_time; /* it was signalled, and not the deadline */
  GPollFD *fds;
  guint n_fds;
} Turn;

static struct
{
  GPtrArray *threads; /* Turn; the conductor is none of them */
  Turn conductor;
  GRand *rand;
  gint64 monotonic_us, wall_us;
  guint64 count;
} turns;

static __thread Turn *self; /* NULL: the conductor, or before turns_begin() */

/* One time in so many a thread lets others run when it gives up a mutex. */
#define UNLOCKS_A_YIELD 16

GThread *__real_g_thread_new (const char *name, GThreadFunc func, gpointer data);
gpointer __real_g_thread_join (GThread *thread);
void __real_g_mutex_unlock (GMutex *mutex);
GMainContext *__real_g_main_context_new (void);

GThread *__wrap_g_thread_new (const char *name, GThreadFunc func, gpointer data);
gpointer __wrap_g_thread_join (GThread *thread);
void __wrap_g_mutex_lock (GMutex *mutex);
void __wrap_g_mutex_unlock (GMutex *mutex);
void __wrap_g_cond_wait (GCond *condition, GMutex *mutex);
gboolean __wrap_g_cond_wait_until (GCond *condition, GMutex *mutex, gint64 end_us);
void __wrap_g_cond_signal (GCond *condition);
void __wrap_g_cond_broadcast (GCond *condition);
GMainContext *__wrap_g_main_context_new (void);
gint64 __wrap_g_get_monotonic_time (void);
gint64 __wrap_g_get_real_time (void);
int __real_clock_gettime (clockid_t id, struct timespec *out_now);
int __wrap_clock_gettime (clockid_t id, struct timespec *out_now);

/* ---- Whose turn it is ---- */

static void
wait_for (sem_t *semaphore)
{
  while (sem_wait (semaphore) != 0)
    ;
}

/* Not the conductor: the conductor goes on, until it is this thread's turn again. */
static void
give_up_turn (void)
{
  sem_post (&turns.conductor.go);
  wait_for (&self->go);
}

static gboolean
can_run (Turn *turn)
{
  switch (turn->state)
    {
    case TURN_READY:
      return TRUE;
    case TURN_ON_CONDITION:
      return turn->deadline_us <= turns.monotonic_us;
    case TURN_ON_POLL:
      return turn->deadline_us <= turns.monotonic_us ||
             poll ((struct pollfd *) turn->fds, turn->n_fds, 0) > 0;
    case TURN_ENDED:
      return FALSE;
    }
  g_assert_not_reached ();
}

gboolean
turns_run_one (void)
{
  guint n = turns.threads->len;
  guint first = n > 0 ? (guint) g_rand_int_range (turns.rand, 0, (gint32) n) : 0;

  g_assert (self == NULL);
  for (guint i = 0; i < n; i++)
    {
      Turn *turn = turns.threads->pdata[(first + i) % n];

      if (!can_run (turn))
        continue;
      turn->state = TURN_READY;
      turns.count++;
      sem_post (&turn->go);
      wait_for (&turns.conductor.go);
      return TRUE;
    }
  return FALSE;
}

void
turns_run_all (void)
{
  while (turns_run_one ())
    ;
}

/* The conductor waits for something that others do. */
static void
let_others_run (void)
{
  gint64 next_us;

  if (turns_run_one ())
    return;
  next_us = turns_next_us ();
  next_us = MIN (next_us, turns.conductor.deadline_us);
  if (next_us == G_MAXINT64)
    g_error ("Everybody waits, and nothing will ever happen");
  turns_advance_to (next_us);
}

static void
let_anybody_run (void)
{
  if (self == NULL)
    let_others_run ();
  else
    give_up_turn ();
}

static void
maybe_yield (void)
{
  if (turns.threads == NULL || g_rand_int_range (turns.rand, 0, UNLOCKS_A_YIELD) != 0)
    return;
  if (self == NULL)
    turns_run_one ();
  else
    give_up_turn ();
}

/* ---- Time ---- */

gint64
turns_now_us (void)
{
  return turns.monotonic_us;
}

guint64
turns_count (void)
{
  return turns.count;
}

gint64
turns_next_us (void)
{
  gint64 next_us = G_MAXINT64;

  for (guint i = 0; i < turns.threads->len; i++)
    {
      const Turn *turn = turns.threads->pdata[i];

      if (turn->state == TURN_ON_CONDITION || turn->state == TURN_ON_POLL)
        next_us = MIN (next_us, turn->deadline_us);
    }
  return next_us;
}

void
turns_advance_to (gint64 monotonic_us)
{
  if (monotonic_us > turns.monotonic_us)
    {
      turns.wall_us += monotonic_us - turns.monotonic_us;
      turns.monotonic_us = monotonic_us;
    }
}

void
turns_jump (gint64 by_us)
{
  turns.wall_us += by_us;
}

void
turns_begin (guint32 seed, gint64 wall_us)
{
  g_assert (turns.threads == NULL);
  turns.threads = g_ptr_array_new ();
  turns.rand = g_rand_new_with_seed (seed);
  turns.monotonic_us = G_USEC_PER_SEC;
  turns.wall_us = wall_us;
  turns.conductor.deadline_us = G_MAXINT64;
  sem_init (&turns.conductor.go, 0, 0);
}

gint64
__wrap_g_get_monotonic_time (void)
{
  return turns.monotonic_us;
}

gint64
__wrap_g_get_real_time (void)
{
  return turns.wall_us;
}

int
__wrap_clock_gettime (clockid_t id, struct timespec *out_now)
{
  if (id != CLOCK_BOOTTIME)
    return __real_clock_gettime (id, out_now);
  out_now->tv_sec = turns.monotonic_us / G_USEC_PER_SEC;
  out_now->tv_nsec = turns.monotonic_us % G_USEC_PER_SEC * 1000;
  return 0;
}

/* ---- Threads ---- */

static gpointer
run_thread (gpointer data)
{
  gpointer result;

  self = data;
  wait_for (&self->go);
  result = self->func (self->data);
  self->state = TURN_ENDED;
  sem_post (&turns.conductor.go);
  return result;
}

GThread *
__wrap_g_thread_new (const char *name, GThreadFunc func, gpointer data)
{
  Turn *turn = g_new0 (Turn, 1);

  turn->func = func;
  turn->data = data;
  turn->deadline_us = G_MAXINT64;
  sem_init (&turn->go, 0, 0);
  g_ptr_array_add (turns.threads, turn);
  turn->handle = __real_g_thread_new (name, run_thread, turn);
  return turn->handle;
}

static Turn *
find_turn (GThread *thread)
{
  for (guint i = 0; i < turns.threads->len; i++)
    if (((Turn *) turns.threads->pdata[i])->handle == thread)
      return turns.threads->pdata[i];
  g_error ("A thread was made before turns_begin()");
}

gpointer
__wrap_g_thread_join (GThread *thread)
{
  Turn *turn = find_turn (thread);

  while (turn->state != TURN_ENDED)
    let_anybody_run ();
  g_ptr_array_remove (turns.threads, turn);
  sem_destroy (&turn->go);
  g_free (turn);
  return __real_g_thread_join (thread);
}

/* ---- Mutexes and conditions ---- */

void
__wrap_g_mutex_lock (GMutex *mutex)
{
  while (!g_mutex_trylock (mutex))
    let_anybody_run ();
}

void
__wrap_g_mutex_unlock (GMutex *mutex)
{
  __real_g_mutex_unlock (mutex);
  maybe_yield ();
}

static void
wake (Turn *turn)
{
  turn->state = TURN_READY;
  turn->condition = NULL;
  turn->is_in_time = TRUE;
}

static gboolean
waits_for (const Turn *turn, const GCond *condition)
{
  return turn->state == TURN_ON_CONDITION && turn->condition == condition;
}

static void
signal_condition (GCond *condition, gboolean all)
{
  if (waits_for (&turns.conductor, condition))
    {
      wake (&turns.conductor);
      if (!all)
        return;
    }
  for (guint i = 0; turns.threads != NULL && i < turns.threads->len; i++)
    if (waits_for (turns.threads->pdata[i], condition))
      {
        wake (turns.threads->pdata[i]);
        if (!all)
          return;
      }
}

void
__wrap_g_cond_signal (GCond *condition)
{
  signal_condition (condition, FALSE);
}

void
__wrap_g_cond_broadcast (GCond *condition)
{
  signal_condition (condition, TRUE);
}

gboolean
__wrap_g_cond_wait_until (GCond *condition, GMutex *mutex, gint64 end_us)
{
  Turn *turn = self != NULL ? self : &turns.conductor;

  turn->state = TURN_ON_CONDITION;
  turn->condition = condition;
  turn->deadline_us = end_us;
  turn->is_in_time = FALSE;
  __real_g_mutex_unlock (mutex);
  if (self != NULL)
    give_up_turn ();
  else
    while (turn->state == TURN_ON_CONDITION && turns.monotonic_us < end_us)
      let_others_run ();
  turn->state = TURN_READY;
  turn->condition = NULL;
  turn->deadline_us = G_MAXINT64;
  __wrap_g_mutex_lock (mutex);
  return turn->is_in_time;
}

void
__wrap_g_cond_wait (GCond *condition, GMutex *mutex)
{
  __wrap_g_cond_wait_until (condition, mutex, G_MAXINT64);
}

/* ---- Main loops ---- */

static int
poll_in_turn (GPollFD *fds, guint n_fds, int timeout_ms)
{
  int n = poll ((struct pollfd *) fds, n_fds, 0);

  if (n != 0 || timeout_ms == 0 || self == NULL)
    return n;
  self->state = TURN_ON_POLL;
  self->fds = fds;
  self->n_fds = n_fds;
  self->deadline_us = timeout_ms < 0 ? G_MAXINT64 : turns.monotonic_us + timeout_ms * (gint64) 1000;
  give_up_turn ();
  self->deadline_us = G_MAXINT64;
  return poll ((struct pollfd *) fds, n_fds, 0);
}

GMainContext *
__wrap_g_main_context_new (void)
{
  GMainContext *context = __real_g_main_context_new ();

  g_main_context_set_poll_func (context, poll_in_turn);
  return context;
}
