/* Samples for the tests of the store. */
#include "store-samples.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Memory, where there is enough of it: waiting for a disk a thousand times proves nothing.  What
 * syncing is for is proved by power-cut.h. */
static const char *
find_fast_folder (void)
{
  static const char memory[] = "/dev/shm";
  struct statvfs status;

  if (g_access (memory, W_OK | X_OK) == 0 && statvfs (memory, &status) == 0 &&
      (guint64) status.f_bavail * status.f_frsize > 512 * 1024 * 1024)
    return memory;
  return g_get_tmp_dir ();
}

char *
sample_folder_new (void)
{
  char *folder = g_build_filename (find_fast_folder (), "signalbox-store-XXXXXX", NULL);

  g_assert_nonnull (g_mkdtemp (folder));
  return folder;
}

void
sample_folder_free (char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_free (folder);
}

/* ---- Items ---- */

char *
sample_event_id (guint64 number)
{
  return g_strdup_printf ("00000000-0000-7000-8000-%012" G_GUINT64_FORMAT, number);
}

static GBytes *
sample_body (guint64 number)
{
  char *text = g_strdup_printf ("{\"number\": %" G_GUINT64_FORMAT ",  \"text\":\"zwölf\"}", number);

  return g_bytes_new_take (text, strlen (text));
}

void
sample_append_fill (AppendEvent *append,
                    guint64 number,
                    gint64 received_us,
                    const char *const *connectors)
{
  guint n = g_strv_length ((char **) connectors);
  g_autofree char *id = sample_event_id (number);
  g_autoptr (GBytes) body = sample_body (number);
  const Event fields = {
    .id = id,
    .bus = (char *) "default",
    .ingress = (char *) (number % 2 == 0 ? "source/shop" : "api"),
    .source = (char *) "shop",
    .detail_type = (char *) "Order Paid",
    .time_us = received_us - 5000,
    .received_us = received_us,
    .resources = (char *) "[\"arn:one\"]",
    .content_type = (char *) "application/json",
    .body = body,
    .generation = 7,
  };

  append->event = event_new (&fields);
  append->matched = g_new0 (char *, n + 1);
  append->deliveries = g_new0 (NewDelivery, n);
  append->n_deliveries = n;
  for (guint i = 0; i < n; i++)
    {
      append->matched[i] = g_strdup_printf ("default/rule-%u", i + 1);
      append->deliveries[i] = (NewDelivery){
        .rule = g_strdup (append->matched[i]),
        .target = g_strdup_printf ("target-%u", i + 1),
        .connector = g_strdup (connectors[i]),
        .due_us = received_us,
        .priority = DELIVERY_DEFAULT_PRIORITY,
      };
    }
}

BatchItem *
sample_append (guint64 number, gint64 received_us, guint n_deliveries)
{
  BatchItem *item = batch_item_new_append (1);
  g_autoptr (GPtrArray) connectors = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n_deliveries; i++)
    g_ptr_array_add (connectors, g_strdup_printf ("webhook/%u", i + 1));
  g_ptr_array_add (connectors, NULL);
  sample_append_fill (&item->append.events[0], number, received_us,
                      (const char *const *) connectors->pdata);
  return item;
}

BatchItem *
sample_append_repeat (guint64 number,
                      gint64 received_us,
                      const char *key,
                      char fingerprint,
                      gint64 expires_us)
{
  BatchItem *item = sample_append (number, received_us, 1);
  Repeat *repeat = g_new0 (Repeat, 1);

  repeat->scope = g_strdup ("source/shop");
  repeat->key = g_strdup (key);
  memset (repeat->fingerprint, fingerprint, sizeof repeat->fingerprint);
  repeat->at_us = received_us;
  repeat->expires_us = expires_us;
  repeat->answer = g_strdup_printf ("answer %" G_GUINT64_FORMAT, number);
  item->append.repeat = repeat;
  return item;
}

static Outcome
sample_outcome (DeliveryState state)
{
  if (state == DELIVERY_DONE)
    return (Outcome){ .kind = OUTCOME_DELIVERED,
                      .status = 200,
                      .retry_after_us = -1,
                      .note = g_strdup (""),
                      .response = g_bytes_new_static ("ok", 2) };
  return (Outcome){ .kind = state == DELIVERY_DEAD ? OUTCOME_REFUSED : OUTCOME_RETRY,
                    .status = state == DELIVERY_DEAD ? 410 : 503,
                    .error_code = state == DELIVERY_DEAD ? ERROR_CODE_ERROR_FROM_TARGET
                                                         : ERROR_CODE_THROTTLING,
                    .retry_after_us = 30 * G_USEC_PER_SEC,
                    .note = g_strdup ("The target said no") };
}

BatchItem *
sample_settle (DeliveryKey key, guint attempt, gint64 at_us, DeliveryState state)
{
  BatchItem *item = batch_item_new_settle ();
  JournalEntry *entry = g_new0 (JournalEntry, 1);

  entry->kind = JOURNAL_ATTEMPT;
  entry->attempt = attempt;
  entry->at_us = at_us;
  entry->duration_us = 1500;
  entry->outcome = sample_outcome (state);
  entry->actor = g_strdup ("");
  entry->reason = g_strdup ("");
  item->settlement = (Settlement){
    .key = key,
    .entry = entry,
    .state = state,
    .due_us = store_is_unsettled (state) ? at_us + 60 * G_USEC_PER_SEC : 0,
    .dead = state == DELIVERY_DEAD ? DEAD_REFUSED : DEAD_NOT,
  };
  return item;
}

BatchItem *
sample_operate (DeliveryKey key, JournalKind kind, gint64 at_us)
{
  BatchItem *item = batch_item_new_operate (1);
  JournalEntry *entry = g_new0 (JournalEntry, 1);

  entry->kind = kind;
  entry->at_us = at_us;
  entry->actor = g_strdup ("ada");
  entry->reason = g_strdup ("fixed the receiver");
  item->operate.actions[0] = (OperatorAction){ .key = key, .entry = entry };
  return item;
}

BatchItem *
sample_hold (HoldKind kind, const char *connector, gint64 since_us)
{
  BatchItem *item = batch_item_new_hold (kind, connector);

  item->hold.since_us = since_us;
  item->hold.until_us = since_us + 5 * G_USEC_PER_SEC;
  item->hold.n_probes = 3;
  item->hold.actor = g_strdup ("ada");
  item->hold.reason = g_strdup ("it answers nothing but 500");
  return item;
}

BatchItem *
sample_generation (guint64 generation, gint64 at_us)
{
  BatchItem *item = batch_item_new_generation ();

  item->generation = (NewGeneration){
    .generation = generation,
    .at_us = at_us,
    .author = g_strdup ("ada"),
    .digest = g_strdup_printf ("digest-%" G_GUINT64_FORMAT, generation),
    .content = g_strdup ("{\"router.json\":\"{}\"}"),
    .reason = g_strdup_printf ("because of %" G_GUINT64_FORMAT, generation),
  };
  return item;
}

gboolean
sample_commit (Store *store, GError **error, ...)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func ((GDestroyNotify) batch_item_free);
  Batch batch = { .items = items };
  BatchItem *item;
  va_list list;

  va_start (list, error);
  while ((item = va_arg (list, BatchItem *)) != NULL)
    g_ptr_array_add (items, item);
  va_end (list);
  return store->engine->commit (store, &batch, error);
}

void
sample_commit_one (Store *store, BatchItem *item)
{
  g_autoptr (GError) error = NULL;

  sample_commit (store, &error, item, NULL);
  g_assert_no_error (error);
}

/* ---- Answers as text ---- */

#define TIME G_GINT64_FORMAT

char *
sample_delivery_text (const StoredDelivery *delivery)
{
  return g_strdup_printf (
      "delivery %" TIME "-%u %s of %s: %s -> %s (%s), %s, dead %u, created %" TIME " since %" TIME
      " due %" TIME " changed %" TIME ", %u attempts, %u this round, last %u %d “%s” %s, %s / %s,"
      " priority %u order %" TIME ", %u replays, operation %" TIME "\n",
      delivery->key.event_seq, delivery->key.index, delivery->id, delivery->event_id,
      delivery->rule, delivery->target, delivery->connector, delivery_state_name (delivery->state),
      delivery->dead, delivery->created_us, delivery->since_us, delivery->due_us,
      delivery->changed_us, delivery->attempts, delivery->round_attempts, delivery->last_outcome,
      delivery->last_status, delivery->last_note, delivery->last_error_code, delivery->source,
      delivery->detail_type, delivery->priority, delivery->order_key, delivery->n_replays,
      delivery->operation);
}

char *
sample_event_text (const StoredEvent *stored)
{
  const Event *event = stored->event;
  g_autofree char *matched = g_strjoinv (" ", stored->matched);
  GString *text = g_string_new (NULL);

  g_string_append_printf (
      text,
      "event %" TIME " %s on %s from %s: %s / %s, time %" TIME " received %" TIME
      ", resources %s, type %s, generation %" G_GUINT64_FORMAT ", matched [%s], %u deliveries:",
      stored->seq, event->id, event->bus, event->ingress, event->source, event->detail_type,
      event->time_us, event->received_us, event->resources, event->content_type, event->generation,
      matched, stored->n_deliveries);
  for (guint state = DELIVERY_READY; state < DELIVERY_N_STATES; state++)
    g_string_append_printf (text, " %u", stored->n_by_state[state]);
  g_string_append_printf (text, ", %" G_GSIZE_FORMAT " bytes", stored->body_bytes);
  if (event->body != NULL)
    {
      g_autofree char *sum = g_compute_checksum_for_bytes (G_CHECKSUM_MD5, event->body);

      g_string_append_printf (text, " %s", sum);
    }
  g_string_append_c (text, '\n');
  return g_string_free (text, FALSE);
}

char *
sample_journal_text (GPtrArray *entries)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < entries->len; i++)
    {
      const JournalEntry *entry = g_ptr_array_index (entries, i);
      const Outcome *outcome = &entry->outcome;
      g_autofree char *response = outcome->response != NULL ? g_compute_checksum_for_bytes (
                                                                  G_CHECKSUM_MD5, outcome->response)
                                                            : g_strdup ("none");

      g_string_append_printf (
          text,
          "  %u: kind %u, attempt %u at %" TIME " for %" TIME ", %u %d %s, wait %" TIME
          ", “%s”, response %s, by “%s”: “%s”\n",
          entry->n, entry->kind, entry->attempt, entry->at_us, entry->duration_us, outcome->kind,
          outcome->status, outcome->error_code != NULL ? outcome->error_code : "-",
          outcome->retry_after_us, outcome->note, response, entry->actor, entry->reason);
    }
  return g_string_free (text, FALSE);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char *
sample_counts_text (GPtrArray *counts)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < counts->len; i++)
    {
      const StoreCount *count = g_ptr_array_index (counts, i);

      g_ptr_array_add (lines,
                       g_strdup_printf ("count %u [%s] [%s] [%s] state %u: %" G_GINT64_FORMAT,
                                        count->kind, count->name, count->target, count->connector,
                                        count->state, count->n));
    }
  g_ptr_array_sort (lines, compare_texts);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **) lines->pdata);
}

char *
sample_ledger_text (const StoreLedger *ledger)
{
  GString *text = g_string_new (NULL);

  g_string_append_printf (text,
                          "%" G_GINT64_FORMAT " events, %" G_GINT64_FORMAT
                          " unmatched, %" G_GINT64_FORMAT " deliveries:",
                          ledger->events, ledger->unmatched, ledger->created);
  for (guint state = DELIVERY_READY; state < DELIVERY_N_STATES; state++)
    g_string_append_printf (text, " %" G_GINT64_FORMAT, ledger->by_state[state]);
  if (ledger->expired_events != 0)
    g_string_append_printf (text,
                            "; %" G_GINT64_FORMAT " events, %" G_GINT64_FORMAT
                            " unmatched, %" G_GINT64_FORMAT " deliveries expired",
                            ledger->expired_events, ledger->expired_unmatched, ledger->expired);
  return g_string_free (text, FALSE);
}

/* Everything that is not to be kept, in steps of limit. */
void
sample_expire (Store *store, const StoreRetention *retention, gint64 now_us, guint limit)
{
  for (guint i = 0; store->engine->expire (store, retention, now_us, limit) <= now_us; i++)
    g_assert_cmpuint (i, <, 10000);
}

/* ---- Everything ---- */

static void
dump_delivery (Store *store, const StoredDelivery *listed, GString *out)
{
  g_autoptr (StoredDelivery) delivery = NULL;
  g_autoptr (Event) event = NULL;
  g_autoptr (GPtrArray) journal = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *as_listed = sample_delivery_text (listed);
  g_autofree char *as_loaded = NULL;
  g_autofree char *history = NULL;

  store->engine->load_delivery (store, listed->key, &delivery, &event, &error);
  g_assert_no_error (error);
  as_loaded = sample_delivery_text (delivery);
  g_assert_cmpstr (as_loaded, ==, as_listed);
  g_assert_cmpstr (event->id, ==, listed->event_id);
  store->engine->load_journal (store, listed->key, &journal, &error);
  g_assert_no_error (error);
  history = sample_journal_text (journal);
  g_string_append (out, as_loaded);
  g_string_append (out, history);
}

static void
dump_event (Store *store, const StoredEvent *listed, GString *out)
{
  g_autoptr (StoredEvent) event = NULL;
  g_autoptr (GPtrArray) deliveries = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_null (listed->event->body);
  store->engine->load_event (store, listed->event->id, &event, &error);
  g_assert_no_error (error);
  g_assert_cmpint (event->seq, ==, listed->seq);
  text = sample_event_text (event);
  g_string_append (out, text);
  store->engine->load_deliveries (store, listed->event->id, &deliveries, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (deliveries->len, ==, listed->n_deliveries);
  for (guint i = 0; i < deliveries->len; i++)
    dump_delivery (store, g_ptr_array_index (deliveries, i), out);
}

static void
dump_events (Store *store, guint limit, GString *out)
{
  const EventQuery query = { .matched = -1 };
  StoreCursor cursor = { 0 };
  guint n;

  do
    {
      g_autoptr (GPtrArray) events = NULL;
      g_autoptr (GError) error = NULL;

      store->engine->find_events (store, &query, &cursor, limit, &events, &error);
      g_assert_no_error (error);
      for (guint i = 0; i < events->len; i++)
        dump_event (store, g_ptr_array_index (events, i), out);
      n = events->len;
    }
  while (n == limit);
}

char *
sample_claim_text (Store *store, const char *connector, gint64 now_us, guint limit)
{
  g_autoptr (GArray) due = g_array_new (FALSE, FALSE, sizeof (StoreDue));
  StoreClaim claim = { .due = due };
  GString *text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  store->engine->claim (store, connector, now_us, limit, &claim, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < due->len; i++)
    {
      const StoreDue *one = &g_array_index (due, StoreDue, i);

      g_string_append_printf (text, "due %" TIME "-%u at %" TIME " for %s, priority %u\n",
                              one->key.event_seq, one->key.index, one->due_us, one->connector,
                              one->priority);
    }
  if (claim.has_more_due || claim.next_us != DELIVERY_NEVER_US)
    g_string_append_printf (text, "due for %s: more %d, next %" TIME "\n", connector,
                            claim.has_more_due, claim.next_us);
  return g_string_free (text, FALSE);
}

static void
dump_due (Store *store, GString *out)
{
  g_autoptr (GPtrArray) counts = NULL;
  g_autoptr (GHashTable) connectors = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GList) names = NULL;
  g_autoptr (GError) error = NULL;

  store->engine->counts (store, &counts, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < counts->len; i++)
    {
      const StoreCount *count = g_ptr_array_index (counts, i);

      if (count->kind == COUNT_STATE && store_is_unsettled (count->state))
        g_hash_table_add (connectors, count->connector);
    }
  names = g_list_sort (g_hash_table_get_keys (connectors), (GCompareFunc) strcmp);
  for (GList *name = names; name != NULL; name = name->next)
    {
      g_autofree char *text = sample_claim_text (store, name->data, SAMPLE_TIME_US, 100000);

      g_string_append (out, text);
    }
}

static void
dump_holds (Store *store, GString *out)
{
  g_autoptr (GPtrArray) holds = NULL;
  g_autoptr (GError) error = NULL;

  store->engine->holds (store, &holds, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < holds->len; i++)
    {
      const StoredHold *hold = g_ptr_array_index (holds, i);

      g_string_append_printf (out,
                              "hold of %s: paused %" TIME " by “%s”: “%s”, shut %" TIME
                              " until %" TIME " after %u probes: “%s”\n",
                              hold->connector, hold->paused_us, hold->paused_by, hold->pause_reason,
                              hold->shut_us, hold->shut_until_us, hold->n_probes,
                              hold->shut_reason);
    }
}

static void
dump_dead_minutes (Store *store, GPtrArray *lines)
{
  g_autoptr (GPtrArray) groups = NULL;
  g_autoptr (GArray) minutes = NULL;
  g_autoptr (GError) error = NULL;

  store->engine->dead_minutes (store, 0, 0, &groups, &minutes, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < minutes->len; i++)
    {
      const StoredDeadMinute *minute = &g_array_index (minutes, StoredDeadMinute, i);
      const StoredDeadGroup *group = g_ptr_array_index (groups, minute->group);

      g_ptr_array_add (lines, g_strdup_printf ("died %s %s %s %u %s %d %s %s at %" TIME
                                               " n=%" G_GINT64_FORMAT "\n",
                                               group->rule, group->target, group->connector,
                                               (guint) group->dead, group->error_code,
                                               group->status, group->message, group->detail_type,
                                               minute->at_us, minute->n));
    }
}

static void
dump_received (Store *store, GString *out)
{
  g_autoptr (GArray) minutes = NULL;
  g_autoptr (GError) error = NULL;

  store->engine->event_minutes (store, 0, 0, &minutes, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < minutes->len; i++)
    {
      const StoredMinute *minute = &g_array_index (minutes, StoredMinute, i);

      g_string_append_printf (out, "received at %" TIME " n=%" G_GINT64_FORMAT "\n", minute->at_us,
                              minute->n);
    }
}

static void
dump_dead (Store *store, GString *out)
{
  g_autoptr (GPtrArray) groups = NULL;
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  store->engine->dead_groups (store, &groups, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < groups->len; i++)
    {
      const StoredDeadGroup *group = g_ptr_array_index (groups, i);

      g_ptr_array_add (lines,
                       g_strdup_printf ("dead %s %s %s %s %s %d %s %s n=%" G_GINT64_FORMAT
                                        " replayed=%" G_GINT64_FORMAT " %" G_GINT64_FORMAT
                                        " to %" G_GINT64_FORMAT "\n",
                                        group->rule, group->target, group->connector,
                                        dead_reason_name (group->dead), group->error_code,
                                        group->status, group->message, group->detail_type, group->n,
                                        group->n_replayed, group->first_us, group->last_us));
    }
  dump_dead_minutes (store, lines);
  g_ptr_array_sort (lines, compare_texts);
  for (guint i = 0; i < lines->len; i++)
    g_string_append (out, g_ptr_array_index (lines, i));
}

static void
dump_numbers (Store *store, GString *out)
{
  g_autoptr (GPtrArray) counts = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *counts_text = NULL;

  store->engine->counts (store, &counts, &error);
  g_assert_no_error (error);
  counts_text = sample_counts_text (counts);
  g_string_append_printf (out, "%s\n", counts_text);
  for (guint recount = 0; recount < 2; recount++)
    {
      StoreLedger ledger;
      g_autofree char *text = NULL;

      store->engine->ledger (store, recount == 1, &ledger, &error);
      g_assert_no_error (error);
      text = sample_ledger_text (&ledger);
      g_string_append_printf (out, "%s\n", text);
    }
}

static void
dump_generation (Store *store, GString *out)
{
  g_autoptr (StoredGeneration) generation = NULL;
  g_autoptr (GError) error = NULL;

  if (store->engine->last_generation (store, &generation, &error))
    g_string_append_printf (out, "generation %" G_GUINT64_FORMAT " at %" TIME " by %s: %s %s\n",
                            generation->generation, generation->at_us, generation->author,
                            generation->digest, generation->content);
  else
    g_string_append_printf (out, "generation: %s\n", error->message);
}

char *
sample_dump (Store *store, guint limit)
{
  GString *out = g_string_new (NULL);

  dump_events (store, limit, out);
  dump_due (store, out);
  dump_holds (store, out);
  dump_numbers (store, out);
  dump_dead (store, out);
  dump_received (store, out);
  dump_generation (store, out);
  return g_string_free (out, FALSE);
}

void
sample_assert_ledger (Store *store)
{
  StoreLedger kept, counted;
  g_autoptr (GError) error = NULL;
  g_autofree char *kept_text = NULL;
  g_autofree char *counted_text = NULL;

  store->engine->ledger (store, FALSE, &kept, &error);
  g_assert_no_error (error);
  store->engine->ledger (store, TRUE, &counted, &error);
  g_assert_no_error (error);
  kept_text = sample_ledger_text (&kept);
  counted_text = sample_ledger_text (&counted);
  g_assert_cmpstr (kept_text, ==, counted_text);
  g_assert_cmpint (store_ledger_difference (&counted), ==, 0);
}
