/* Dead letters matched anew, and what was delivered meanwhile left out.
 *
 * Judging reads the store, so it is done outside of the writer; what makes it still right at the
 * commit is the lock (see replay.h) and that an action is applied to what is a dead letter then, or
 * not at all, with all that belongs to it: the event's other dead letters stay when the one that
 * was to bring it elsewhere was taken meanwhile. */
#include "control/replay.h"

#include "base/error.h"
#include "control/core.h"
#include "ingress/edited.h"
#include "ingress/envelope.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* Events that were made of one, and of these: more are not looked at. */
#define MAX_COPIES 100

struct Replay
{
  Control *control;
  ReplayOrder order;
  Snapshot *snapshot;
  RulesScratch *scratch;
  gint64 now_us, steady_us;
  GHashTable *routed; /* id -> place, from 1: events that an action of the item routes already */
};

typedef enum
{
  KIND_SAME,      /* to its target again */
  KIND_MOVED,     /* the same, which names another connector now */
  KIND_MORE,      /* to its target again, and to others too */
  KIND_ELSEWHERE, /* to others instead */
  KIND_NOWHERE,   /* no rule has it go anywhere new */
  KIND_SUCCEEDED, /* its target got it meanwhile */
} Kind;

/* What is known of one dead letter's event. */
typedef struct
{
  const StoredDelivery *delivery;
  Event *event;
  GPtrArray *owed;       /* StoredDelivery: of the event and of all that was made of it */
  guint n_own;           /* of these, the event's own */
  gboolean was_rerouted; /* it was routed anew before */
  AppendEvent *anew;     /* what the rules in force make of it; NULL: nothing */
  Kind kind;
} Case;

static void
free_append (AppendEvent *append)
{
  g_autoptr (BatchItem) item = batch_item_new_operate (1);

  item->operate.actions[0].append = append;
}

static void
case_clear (Case *one)
{
  g_clear_pointer (&one->event, event_unref);
  g_clear_pointer (&one->owed, g_ptr_array_unref);
  g_clear_pointer (&one->anew, free_append);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Case, case_clear)

Replay *
replay_new (Control *control, const ReplayOrder *order)
{
  Replay *replay = g_new0 (Replay, 1);
  Clock *clock = control->setup.clock;

  replay->control = control;
  replay->order = *order;
  replay->now_us = clock_wall_us (clock);
  replay->steady_us = clock_steady_us (clock);
  replay->routed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (order->how.rules != CONTROL_RULES_NOW)
    return replay;
  if (!order->only_looks)
    g_mutex_lock (&control->rerouting);
  replay->snapshot = snapshot_current (control->setup.snapshots);
  if (!rules_scratch_new (NULL, &replay->scratch, NULL))
    g_error ("No memory for matching");
  return replay;
}

void
replay_free (Replay *replay)
{
  if (replay->snapshot != NULL)
    {
      if (!replay->order.only_looks)
        g_mutex_unlock (&replay->control->rerouting);
      snapshot_unref (replay->snapshot);
      rules_scratch_free (replay->scratch);
    }
  g_hash_table_unref (replay->routed);
  g_free (replay);
}

void
replay_item_clear (ReplayItem *made)
{
  g_clear_pointer (&made->item, batch_item_free);
  g_clear_pointer (&made->made, g_ptr_array_unref);
}

/* ---- What is known of it --------------------------------------------------------------------- */

/* Of an event that expired there are none. */
static gboolean
add_deliveries (Store *store, const char *event_id, GPtrArray *owed, GError **error)
{
  g_autoptr (GPtrArray) deliveries = NULL;
  g_autoptr (GError) local = NULL;

  if (store->engine->load_deliveries (store, event_id, &deliveries, &local))
    {
      g_ptr_array_extend_and_steal (owed, g_steal_pointer (&deliveries));
      return TRUE;
    }
  if (g_error_matches (local, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

/* Adds the ids of what was made of the event. */
static gboolean
add_copies (Store *store, const char *event_id, GPtrArray *ids, Case *one, GError **error)
{
  g_autoptr (GPtrArray) records = NULL;

  if (!store->engine->find_records (store, RECORD_COPY, event_id, 0, MAX_COPIES, &records, error))
    return FALSE;
  for (guint i = 0; i < records->len && ids->len < MAX_COPIES; i++)
    {
      const StoredRecord *record = records->pdata[i];
      g_autoptr (JsonNode) root = json_from_string (record->value, NULL);
      JsonObject *tie = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root)
                                                                      : NULL;
      const char *made = tie != NULL
                             ? json_object_get_string_member_with_default (tie, "event", NULL)
                             : NULL;

      if (made == NULL)
        continue;
      g_ptr_array_add (ids, g_strdup (made));
      one->was_rerouted |= json_object_get_int_member_with_default (tie, "rules", 0) != 0;
    }
  return TRUE;
}

/* Its own deliveries are asked for only where they are needed. */
static gboolean
learn_owed (Store *store, Case *one, gboolean with_own, GError **error)
{
  const char *event_id = one->delivery->event_id;
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  one->owed = g_ptr_array_new_with_free_func ((GDestroyNotify) stored_delivery_free);
  if (with_own && !add_deliveries (store, event_id, one->owed, error))
    return FALSE;
  one->n_own = one->owed->len;
  if (!add_copies (store, event_id, ids, one, error))
    return FALSE;
  for (guint i = 0; i < ids->len; i++)
    if (!add_deliveries (store, ids->pdata[i], one->owed, error) ||
        !add_copies (store, ids->pdata[i], ids, one, error))
      return FALSE;
  return TRUE;
}

static gboolean
is_for (const StoredDelivery *delivery, const char *rule, const char *target)
{
  return strcmp (delivery->rule, rule) == 0 && strcmp (delivery->target, target) == 0;
}

/* Did its target get what was made of the event? */
static gboolean
has_succeeded (const Case *one)
{
  for (guint i = one->n_own; i < one->owed->len; i++)
    {
      const StoredDelivery *later = one->owed->pdata[i];

      if (later->state == DELIVERY_DONE &&
          is_for (later, one->delivery->rule, one->delivery->target))
        return TRUE;
    }
  return FALSE;
}

/* ---- Routing anew ---------------------------------------------------------------------------- */

/* What the rules in force would make of the event, were it to come in again.  NULL: they refuse it.
 */
static AppendEvent *
route (Replay *replay, const Event *event)
{
  const ControlSetup *setup = &replay->control->setup;
  const IngressEdit as_it_is = { .original = event };
  const IngressRequest request = { 0 };
  const EnvelopeContext context = { .clock = setup->clock,
                                    .random = setup->random,
                                    .snapshot = replay->snapshot,
                                    .request = &request,
                                    .ingress = event->ingress,
                                    .now_us = replay->now_us,
                                    .steady_us = replay->steady_us,
                                    .scratch = replay->scratch };
  Draft draft = { 0 };
  AppendEvent *append = g_new0 (AppendEvent, 1);
  g_autoptr (Problem) problem = edited_draft (&as_it_is, replay->snapshot->configuration, &draft);

  if (problem == NULL)
    {
      draft.content_type = g_strdup (event->content_type);
      problem = envelope_route (&context, &draft, "", append);
      draft_clear (&draft);
    }
  if (problem != NULL)
    g_clear_pointer (&append, free_append);
  return append;
}

static const NewDelivery *
find_new (const AppendEvent *append, const char *rule, const char *target)
{
  for (guint i = 0; append != NULL && i < append->n_deliveries; i++)
    if (strcmp (append->deliveries[i].rule, rule) == 0 &&
        strcmp (append->deliveries[i].target, target) == 0)
      return &append->deliveries[i];
  return NULL;
}

typedef struct
{
  const Replay *replay;
  const Case *one;
  const AppendEvent *anew; /* still whole */
} Leaving;

/* What it was never owed.  A connector that got it as a target that has another name by now is not
 * sent it again, when what succeeded is to be left out. */
static gboolean
is_news (const NewDelivery *delivery, gpointer user_data)
{
  const Leaving *leaving = user_data;
  const GPtrArray *owed = leaving->one->owed;

  for (guint i = 0; i < owed->len; i++)
    {
      const StoredDelivery *had = owed->pdata[i];

      if (is_for (had, delivery->rule, delivery->target))
        return FALSE;
      if (leaving->replay->order.how.skips_succeeded && had->state == DELIVERY_DONE &&
          strcmp (had->connector, delivery->connector) == 0 &&
          find_new (leaving->anew, had->rule, had->target) == NULL)
        return FALSE;
    }
  return TRUE;
}

static guint
count_news (const Replay *replay, const Case *one)
{
  Leaving leaving = { replay, one, one->anew };
  guint n = 0;

  for (guint i = 0; one->anew != NULL && i < one->anew->n_deliveries; i++)
    n += is_news (&one->anew->deliveries[i], &leaving);
  return n;
}

/* In two steps, as each is judged beside all others. */
static gboolean
is_marked (const NewDelivery *delivery, gpointer user_data)
{
  return g_hash_table_contains (user_data, delivery);
}

static void
leave_news (const Replay *replay, Case *one)
{
  g_autoptr (GHashTable) news = g_hash_table_new (NULL, NULL);
  Leaving leaving = { replay, one, one->anew };

  for (guint i = 0; i < one->anew->n_deliveries; i++)
    if (is_news (&one->anew->deliveries[i], &leaving))
      g_hash_table_add (news, &one->anew->deliveries[i]);
  edited_leave (one->anew, is_marked, news);
}

static Kind
kind_by_rules (const Replay *replay, const Case *one)
{
  const StoredDelivery *delivery = one->delivery;
  const NewDelivery *again = find_new (one->anew, delivery->rule, delivery->target);
  gboolean is_done = g_hash_table_contains (replay->routed, delivery->event_id);
  gboolean has_news = !is_done && count_news (replay, one) > 0;

  /* Refused, as one whose bus is gone: that it went elsewhere before is no reason to discard it. */
  if (one->anew == NULL)
    return KIND_NOWHERE;
  if (again == NULL)
    return has_news || is_done || one->was_rerouted ? KIND_ELSEWHERE : KIND_NOWHERE;
  if (has_news)
    return KIND_MORE;
  return strcmp (again->connector, delivery->connector) != 0 ? KIND_MOVED : KIND_SAME;
}

static gboolean
judge (Replay *replay, const StoredDelivery *delivery, Case *one, GError **error)
{
  const ControlReplay *how = &replay->order.how;
  Store *store = replay->control->setup.store;
  gboolean routes = how->rules == CONTROL_RULES_NOW;

  one->delivery = delivery;
  one->kind = KIND_SAME;
  if (!routes && !how->skips_succeeded)
    return TRUE;
  if (!learn_owed (store, one, routes, error))
    return FALSE;
  if (how->skips_succeeded && has_succeeded (one))
    one->kind = KIND_SUCCEEDED;
  else if (routes)
    {
      g_autoptr (StoredDelivery) stored = NULL;

      if (!store->engine->load_delivery (store, delivery->key, &stored, &one->event, error))
        return FALSE;
      one->anew = route (replay, one->event);
      one->kind = kind_by_rules (replay, one);
    }
  return TRUE;
}

static void
note_routed (Replay *replay, const StoredDelivery *delivery, guint place)
{
  g_hash_table_insert (replay->routed, g_strdup (delivery->event_id), GUINT_TO_POINTER (place));
}

gboolean
replay_judge (Replay *replay,
              const StoredDelivery *delivery,
              ControlPreview *preview,
              GError **error)
{
  g_auto (Case) one = { 0 };

  if (!judge (replay, delivery, &one, error))
    return FALSE;
  preview->looked_at++;
  preview->moved += one.kind == KIND_MOVED;
  preview->more += one.kind == KIND_MORE;
  preview->elsewhere += one.kind == KIND_ELSEWHERE;
  preview->nowhere += one.kind == KIND_NOWHERE;
  preview->succeeded += one.kind == KIND_SUCCEEDED;
  /* The next dead letter of the same event adds nothing to what this one goes to. */
  if (one.kind == KIND_MORE || one.kind == KIND_ELSEWHERE)
    note_routed (replay, delivery, 1);
  return TRUE;
}

/* ---- Doing it -------------------------------------------------------------------------------- */

static char *
reason_of (const Replay *replay, const Case *one)
{
  const char *reason = replay->order.reason;

  if (one->kind != KIND_ELSEWHERE)
    return g_strdup (reason);
  return g_strdup_printf ("Routed anew by the rules of generation %" G_GUINT64_FORMAT
                          ", which do not send it here%s%s",
                          replay->snapshot->generation, *reason != '\0' ? ": " : "", reason);
}

static void
fill_action (Replay *replay, Case *one, BatchItem *item, guint place, GPtrArray *made)
{
  OperatorAction *action = &item->operate.actions[place];
  guint routed_by = GPOINTER_TO_UINT (
      g_hash_table_lookup (replay->routed, one->delivery->event_id));
  JournalEntry *entry = g_new0 (JournalEntry, 1);

  entry->kind = one->kind == KIND_ELSEWHERE ? JOURNAL_DISCARD : JOURNAL_REPLAY;
  entry->at_us = replay->now_us;
  entry->actor = g_strdup (replay->order.actor);
  entry->reason = reason_of (replay, one);
  *action = (OperatorAction){ .key = one->delivery->key,
                              .entry = entry,
                              .due_us = replay->steady_us,
                              .operation = replay->order.operation,
                              .of_action = routed_by };
  if (routed_by != 0 || (one->kind != KIND_MORE && one->kind != KIND_ELSEWHERE))
    return;
  leave_news (replay, one);
  if (one->anew->n_deliveries == 0)
    return;
  action->append = g_steal_pointer (&one->anew);
  edited_tie (item, one->delivery->event_id, action->append->event->id,
              &(EditedTie){ .at_us = replay->now_us,
                            .actor = replay->order.actor,
                            .reason = replay->order.reason,
                            .rules = replay->snapshot->generation,
                            .of_action = place + 1 });
  g_ptr_array_add (made, g_strdup (action->append->event->id));
  note_routed (replay, one->delivery, place + 1);
}

gboolean
replay_make_item (Replay *replay, GPtrArray *deliveries, ReplayItem *out_made, GError **error)
{
  g_auto (ReplayItem) made = { .item = batch_item_new_operate (deliveries->len),
                               .made = g_ptr_array_new_with_free_func (g_free) };
  guint n = 0;

  for (guint i = 0; i < deliveries->len; i++)
    {
      g_auto (Case) one = { 0 };

      if (!judge (replay, deliveries->pdata[i], &one, error))
        return FALSE;
      made.succeeded += one.kind == KIND_SUCCEEDED;
      made.nowhere += one.kind == KIND_NOWHERE;
      if (one.kind != KIND_SUCCEEDED && one.kind != KIND_NOWHERE)
        fill_action (replay, &one, made.item, n++, made.made);
    }
  made.item->operate.n_actions = n;
  *out_made = made;
  made = (ReplayItem){ 0 };
  return TRUE;
}
