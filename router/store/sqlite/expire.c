/* Removing what is not to be kept, in small steps.  Writer thread.
 *
 * A step is a transaction of its own.  It is not synced: a power cut may bring back what it
 * removed, to be removed again, and the commits that follow sync the log with everything before
 * them.  So a step costs no more than its pages. */
#include "store/sqlite/expire.h"

#include "store/sqlite/sqlite-store.h"

#include "base/error.h"

#include <string.h>

/* Between two looks for something to do, when the last found nothing. */
#define PASS_US (10 * G_USEC_PER_SEC)

#define WALKS_ANEW_US (24 * 3600 * (gint64) G_USEC_PER_SEC)

static const DeliveryState states[] = {
  [EXPIRY_DONE] = DELIVERY_DONE,
  [EXPIRY_DEAD] = DELIVERY_DEAD,
  [EXPIRY_DISCARDED] = DELIVERY_DISCARDED,
  [EXPIRY_RECEIVED] = DELIVERY_DONE,
};

typedef struct
{
  const StoreRetention *retention;
  gint64 now_us;
  guint limit;
  gboolean too_large;
  gint64 cutoffs_us[DELIVERY_N_STATES];
  guint n_seen; /* rows of the walks that were looked at */
} Step;

/* ---- One event ---- */

typedef struct
{
  gint64 id;
  gint64 route;
  DeliveryState state;
} Leaving;

/* Fills leaving with the event's deliveries; *out_may_go FALSE: at least one has to stay. */
static gboolean
read_deliveries (SqliteStore *store,
                 gint64 seq,
                 const gint64 *cutoffs_us,
                 GArray *leaving,
                 gboolean *out_may_go,
                 GError **error)
{
  g_autoptr (Statement) select = database_prepare (
      store->writer, "SELECT id, route, state, changed_us FROM delivery WHERE id BETWEEN ? AND ?",
      error);
  gboolean has_row = TRUE, may_go = TRUE;

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, seq << SCHEMA_INDEX_BITS);
  statement_bind_int (select, (seq << SCHEMA_INDEX_BITS) | SCHEMA_MAX_INDEX);
  while (may_go)
    {
      Leaving one;

      if (!statement_step (select, &has_row, "read an event's deliveries", error))
        return FALSE;
      if (!has_row)
        break;
      one.id = statement_read_int (select);
      one.route = statement_read_int (select);
      one.state = (DeliveryState) statement_read_int_between (select, DELIVERY_READY,
                                                              DELIVERY_N_STATES - 1);
      may_go = statement_read_int (select) < cutoffs_us[one.state];
      if (!statement_check_row (select, "a delivery of event", seq, error))
        return FALSE;
      g_array_append_val (leaving, one);
    }
  *out_may_go = may_go;
  return TRUE;
}

static gboolean
run_for_event (SqliteStore *store, const char *sql, gint64 seq, GError **error)
{
  Statement *statement = database_prepare (store->writer, sql, error);

  if (statement == NULL)
    return FALSE;
  statement_bind_int (statement, seq);
  return statement_run (statement, "remove an event", error);
}

/* *out_received_us: G_MAXINT64 when there is no such event (any more). */
static gboolean
read_event (SqliteStore *store,
            gint64 seq,
            gint64 *out_received_us,
            gboolean *out_matched,
            GError **error)
{
  g_autoptr (Statement) select = database_prepare (
      store->writer, "SELECT received_us, matched != '' FROM event WHERE seq = ?", error);
  gboolean has_row;

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, seq);
  if (!statement_step (select, &has_row, "read an event", error))
    return FALSE;
  *out_received_us = has_row ? statement_read_int (select) : G_MAXINT64;
  *out_matched = has_row && statement_read_int (select) != 0;
  return !has_row || statement_check_row (select, "event", seq, error);
}

static gboolean
remove_rows (SqliteStore *store, gint64 seq, GError **error)
{
  return run_for_event (
             store, "DELETE FROM journal WHERE delivery BETWEEN ?1 << 16 AND (?1 << 16) + 65535",
             seq, error) &&
         run_for_event (store,
                        "DELETE FROM delivery WHERE id BETWEEN ?1 << 16 AND (?1 << 16) + 65535",
                        seq, error) &&
         run_for_event (store, "DELETE FROM body WHERE seq = ?1", seq, error) &&
         run_for_event (store, "DELETE FROM event WHERE seq = ?1", seq, error);
}

/* Removes the event if all of it may go. */
static gboolean
consider (SqliteStore *store, const Step *step, gint64 seq, GError **error)
{
  g_autoptr (GArray) leaving = g_array_new (FALSE, FALSE, sizeof (Leaving));
  gint64 received_us;
  gboolean matched, may_go;

  if (!read_deliveries (store, seq, step->cutoffs_us, leaving, &may_go, error))
    return FALSE;
  if (!may_go)
    return TRUE;
  if (!read_event (store, seq, &received_us, &matched, error))
    return FALSE;
  if (received_us == G_MAXINT64 ||
      (leaving->len == 0 && received_us >= step->cutoffs_us[DELIVERY_DONE]))
    return TRUE;
  for (guint i = 0; i < leaving->len; i++)
    {
      const Leaving *one = &g_array_index (leaving, Leaving, i);

      tally_add (store->tally, COUNT_STATE, one->route, one->state, -1);
      tally_add (store->tally, COUNT_EXPIRED, one->route, one->state, 1);
      if (one->state == DELIVERY_DEAD && !sqlite_dead_leave (store, one->id, error))
        return FALSE;
    }
  tally_add (store->tally, COUNT_EXPIRED_EVENTS, 0, 0, 1);
  tally_add_received (store->tally, received_us, -1);
  if (!matched)
    tally_add (store->tally, COUNT_EXPIRED_UNMATCHED, 0, 0, 1);
  return remove_rows (store, seq, error);
}

/* ---- One walk ---- */

static Statement *
prepare_walk (SqliteStore *store, ExpiryWalk walk, GError **error)
{
  Statement *select;

  if (walk == EXPIRY_RECEIVED)
    select = database_prepare (store->writer,
                               "SELECT received_us, seq FROM event"
                               " WHERE (received_us, seq) > (?1, ?2) AND received_us < ?3"
                               " ORDER BY received_us, seq LIMIT ?4",
                               error);
  else
    select = database_prepare (store->writer,
                               "SELECT changed_us, id FROM delivery WHERE state = ?5"
                               " AND (changed_us, id) > (?1, ?2) AND changed_us < ?3"
                               " ORDER BY changed_us, id LIMIT ?4",
                               error);
  if (select == NULL)
    return NULL;
  statement_bind_int (select, store->expiry.places[walk].time_us);
  statement_bind_int (select, store->expiry.places[walk].id);
  return select;
}

/* The next rows of a walk, before the cutoff. */
static gboolean
look (SqliteStore *store,
      ExpiryWalk walk,
      gint64 cutoff_us,
      guint limit,
      GArray *found,
      GError **error)
{
  g_autoptr (Statement) select = prepare_walk (store, walk, error);
  gboolean has_row;

  if (select == NULL)
    return FALSE;
  statement_bind_int (select, cutoff_us);
  statement_bind_int (select, limit);
  if (walk != EXPIRY_RECEIVED)
    statement_bind_int (select, states[walk]);
  while (TRUE)
    {
      ExpiryPlace place;

      if (!statement_step (select, &has_row, "look for what has expired", error))
        return FALSE;
      if (!has_row)
        return TRUE;
      place.time_us = statement_read_int (select);
      place.id = statement_read_int (select);
      if (!statement_check_row (select, "row", place.id, error))
        return FALSE;
      g_array_append_val (found, place);
    }
}

static gboolean
go_on (SqliteStore *store, Step *step, ExpiryWalk walk, GError **error)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (ExpiryPlace));
  gint64 last_seq = 0;

  if (!look (store, walk, step->cutoffs_us[states[walk]], step->limit, found, error))
    return FALSE;
  for (guint i = 0; i < found->len; i++)
    {
      const ExpiryPlace *place = &g_array_index (found, ExpiryPlace, i);
      gint64 seq = walk == EXPIRY_RECEIVED ? place->id : place->id >> SCHEMA_INDEX_BITS;

      if (seq != last_seq && !consider (store, step, seq, error))
        return FALSE;
      last_seq = seq;
      store->expiry.places[walk] = *place;
    }
  step->n_seen += found->len;
  return TRUE;
}

/* ---- One step ---- */

static gboolean
take_step (SqliteStore *store, gpointer data, GError **error)
{
  Step *step = data;
  Expiry *expiry = &store->expiry;

  for (guint i = 0; i < EXPIRY_N_WALKS && step->n_seen == 0; i++)
    {
      ExpiryWalk walk = (expiry->next + i) % EXPIRY_N_WALKS;

      if (step->cutoffs_us[states[walk]] == G_MININT64)
        continue;
      if (!go_on (store, step, walk, error))
        return FALSE;
      if (step->n_seen > 0)
        expiry->next = step->too_large ? (walk + 1) % EXPIRY_N_WALKS : walk;
    }
  return tally_write (store->tally, error);
}

static gboolean
read_used_bytes (SqliteStore *store, gint64 *out_bytes, GError **error)
{
  gint64 n_pages, n_free, page_bytes;

  if (!database_get_number (store->writer, "PRAGMA page_count", &n_pages, error) ||
      !database_get_number (store->writer, "PRAGMA freelist_count", &n_free, error) ||
      !database_get_number (store->writer, "PRAGMA page_size", &page_bytes, error))
    return FALSE;
  *out_bytes = (n_pages - n_free) * page_bytes;
  return TRUE;
}

/* When the oldest row that a walk has not come to may go. */
static gboolean
read_next_time (SqliteStore *store,
                const Step *step,
                ExpiryWalk walk,
                gint64 *inout_next_us,
                GError **error)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (ExpiryPlace));
  gint64 cutoff_us = step->cutoffs_us[states[walk]];

  if (cutoff_us == G_MININT64)
    return TRUE;
  if (!look (store, walk, G_MAXINT64, 1, found, error))
    return FALSE;
  if (found->len > 0)
    {
      gint64 age_us = step->now_us - cutoff_us;

      *inout_next_us = MIN (*inout_next_us,
                            g_array_index (found, ExpiryPlace, 0).time_us + age_us + 1);
    }
  return TRUE;
}

/* What is removed was looked at before: the next step has to wait for what is not old enough. */
static gboolean
read_pause (SqliteStore *store, const Step *step, gint64 *out_next_us, GError **error)
{
  gint64 next_us = G_MAXINT64;

  for (guint walk = 0; walk < EXPIRY_N_WALKS; walk++)
    if (!read_next_time (store, step, (ExpiryWalk) walk, &next_us, error))
      return FALSE;
  *out_next_us = next_us == G_MAXINT64 ? next_us : MAX (next_us, step->now_us + PASS_US);
  return TRUE;
}

static gboolean
prepare_step (SqliteStore *store, Step *step, GError **error)
{
  gint64 used_bytes = 0;

  if (step->retention->max_bytes > 0 && !read_used_bytes (store, &used_bytes, error))
    return FALSE;
  step->too_large = step->retention->max_bytes > 0 && used_bytes > step->retention->max_bytes;
  for (guint state = DELIVERY_READY; state < DELIVERY_N_STATES; state++)
    step->cutoffs_us[state] = store_expiry_cutoff (step->retention, (DeliveryState) state,
                                                   step->now_us);
  if (step->too_large)
    step->cutoffs_us[DELIVERY_DONE] = MAX (step->cutoffs_us[DELIVERY_DONE],
                                           step->now_us - STORE_MIN_AGE_US);
  return TRUE;
}

static void
begin_anew_if_due (Expiry *expiry, const StoreRetention *retention, gint64 now_us)
{
  if (memcmp (&expiry->retention, retention, sizeof *retention) != 0 || now_us < expiry->last_us ||
      now_us - expiry->began_us > WALKS_ANEW_US)
    {
      *expiry = (Expiry){ .began_us = now_us };
      expiry->retention = *retention;
      for (guint i = 0; i < EXPIRY_N_WALKS; i++)
        expiry->places[i].time_us = G_MININT64;
    }
  expiry->last_us = now_us;
}

static gboolean
expire (SqliteStore *store, Step *step, gint64 *out_next_us, GError **error)
{
  Expiry before = store->expiry;

  if (!prepare_step (store, step, error))
    return FALSE;
  if (!sqlite_transaction (store, take_step, step, error))
    {
      store->expiry = before;
      return FALSE;
    }
  if (step->n_seen > 0)
    *out_next_us = step->now_us;
  else if (!read_pause (store, step, out_next_us, error))
    return FALSE;
  return TRUE;
}

gint64
sqlite_expire (Store *base, const StoreRetention *retention, gint64 now_us, guint limit)
{
  SqliteStore *store = (SqliteStore *) base;
  Step step = { .retention = retention, .now_us = now_us, .limit = limit };
  g_autoptr (GError) error = NULL;
  gint64 next_us;

  if (store->idle_failure != NULL)
    return G_MAXINT64;
  begin_anew_if_due (&store->expiry, retention, now_us);
  if (expire (store, &step, &next_us, &error))
    return next_us;
  /* Removing takes room too, at first: it is found when there is some again. */
  if (router_error_is_passing (error))
    return now_us + PASS_US;
  store->idle_failure = g_steal_pointer (&error);
  return G_MAXINT64;
}
