/* One list of what is there, one of what went; the store has the same as records, the newest of
 * which counts for each trouble. */
#include "http/trouble-log.h"

#include "base/log.h"

#include <string.h>

/* Records: of each trouble that came and each that went. */
#define KEPT_RECORDS 1000
#define MAX_RESOLVED 100
#define RESOLVED_DAYS 7
#define CONNECTOR_KIND "connector" /* Trouble.kind of what waits */

typedef struct
{
  char *connector; /* NULL: it is not about one */
  gboolean waits;  /* of deliveries that wait for the connector, not of dead letters */
  gint64 opened_us, times;
  gint64 most;   /* the highest count that was seen */
  char *members; /* of the record, as JSON without braces: it is needed when the trouble is gone */
} Open;

typedef struct
{
  char *fingerprint, *json;
  char *waited_for; /* the connector of one that was about what waits for it; else NULL */
  gint64 at_us, times;
} Resolved;

struct TroubleLog
{
  Api *api;

  GMutex looking;   /* held from looking to noting: what was seen first is noted first */
  GMutex lock;      /* guards what follows */
  GHashTable *open; /* fingerprint -> Open */
  GQueue resolved;  /* Resolved, the latest first */
};

static void
open_free (gpointer data)
{
  g_free (((Open *) data)->connector);
  g_free (((Open *) data)->members);
  g_free (data);
}

static void
resolved_free (gpointer data)
{
  g_free (((Resolved *) data)->fingerprint);
  g_free (((Resolved *) data)->json);
  g_free (((Resolved *) data)->waited_for);
  g_free (data);
}

/* ---- Writing ---- */

static void
put_time (JsonOut *out, const char *name, gint64 at_us)
{
  if (at_us != 0)
    json_out_time (out, name, at_us);
  else
    json_out_null (out, name);
}

void
trouble_put (const Trouble *trouble, gint64 first_us, JsonOut *out)
{
  json_out_string (out, "fingerprint", trouble->fingerprint);
  json_out_string (out, "kind", trouble->kind);
  json_out_string (out, "connector", trouble->connector);
  json_out_string (out, "rule", trouble->rule);
  json_out_string (out, "cause", trouble->cause);
  json_out_int (out, "status", trouble->status);
  json_out_string (out, "error_code", *trouble->error_code != '\0' ? trouble->error_code : NULL);
  json_out_string (out, "message", trouble->message);
  json_out_string (out, "sentence", trouble->sentence);
  json_out_time (out, "first", first_us);
  json_out_time (out, "last", trouble->last_us);
  put_time (out, "worked", trouble->worked_us);
  put_time (out, "until", trouble->until_us);
}

/* What to_json() adds to the members of the trouble itself. */
static const char *const own_members[] = { "count",  "trend",  "state", "acknowledged",
                                           "sample", "opened", "times", "resolved" };

/* All that is said of one that is gone. */
static char *
to_json (const char *members, gint64 count, gint64 opened_us, gint64 resolved_us, gint64 times)
{
  g_autoptr (GString) out = json_out_new ();

  json_out_object (out, NULL);
  json_out_int (out, "count", count);
  json_out_string (out, "trend", "steady");
  json_out_string (out, "state", resolved_us != 0 ? "resolved" : "open");
  json_out_null (out, "acknowledged");
  json_out_null (out, "sample");
  json_out_time (out, "opened", opened_us);
  json_out_int (out, "times", times);
  put_time (out, "resolved", resolved_us);
  json_out_end_object (out);
  return g_strdup_printf ("{%s,%s", members, out->str + 1);
}

static char *
members_of (const Trouble *trouble, gint64 first_us)
{
  g_autoptr (GString) out = json_out_new ();

  json_out_object (out, NULL);
  trouble_put (trouble, first_us, out);
  json_out_end_object (out);
  return g_strndup (out->str + 1, out->len - 2);
}

/* While the disk takes nothing there is no use in waiting for it with this, too: the log is then
 * right until the router stops. */
static void
record (TroubleLog *log, const char *fingerprint, const char *json)
{
  Writer *writer = log->api->setup.writer;
  RecordChange *change;
  WriterStats stats;

  writer_stats (writer, &stats);
  if (stats.disk_full || stats.disk_blocked)
    return;
  change = record_change_new (RECORD_TROUBLE, 0, fingerprint, json);
  change->keep_newest = KEPT_RECORDS;
  writer_submit (writer, batch_item_new_record (change), NULL, NULL, NULL);
}

/* ---- Reading ---- */

static gint64
member_time (JsonObject *object, const char *name)
{
  const char *text = json_object_get_string_member_with_default (object, name, NULL);
  gint64 at_us = 0;

  return text != NULL && clock_parse (text, &at_us) ? at_us : 0;
}

static void
load_one (TroubleLog *log, const StoredRecord *stored)
{
  g_autoptr (JsonNode) root = json_from_string (stored->value, NULL);
  JsonObject *object = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root)
                                                                     : NULL;
  g_autofree char *connector = NULL;
  g_autofree char *text = NULL;
  gint64 times, resolved_us;
  gboolean waits;

  if (object == NULL)
    return;
  connector = g_strdup (json_object_get_string_member_with_default (object, "connector", NULL));
  waits = strcmp (json_object_get_string_member_with_default (object, "kind", ""),
                  CONNECTOR_KIND) == 0;
  times = json_object_get_int_member_with_default (object, "times", 1);
  resolved_us = member_time (object, "resolved");
  if (resolved_us == 0)
    {
      Open *open = g_new0 (Open, 1);

      open->connector = g_steal_pointer (&connector);
      open->waits = waits;
      open->opened_us = member_time (object, "opened");
      open->times = times;
      open->most = json_object_get_int_member_with_default (object, "count", 0);
      for (guint i = 0; i < G_N_ELEMENTS (own_members); i++)
        json_object_remove_member (object, own_members[i]);
      text = json_to_string (root, FALSE);
      open->members = g_strndup (text + 1, strlen (text) - 2);
      g_hash_table_insert (log->open, g_strdup (stored->key), open);
    }
  else if (log->resolved.length < MAX_RESOLVED)
    {
      Resolved *resolved = g_new0 (Resolved, 1);

      *resolved = (Resolved){ g_strdup (stored->key), g_strdup (stored->value),
                              waits ? g_steal_pointer (&connector) : NULL, resolved_us, times };
      g_queue_push_tail (&log->resolved, resolved);
    }
}

/* The newest record on one counts. */
static void
load (TroubleLog *log)
{
  Store *store = log->api->setup.store;
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) records = NULL;
  g_autoptr (GError) error = NULL;

  if (!store->engine->find_records (store, RECORD_TROUBLE, NULL, 0, KEPT_RECORDS, &records, &error))
    {
      log_message (LOG_WARNING, "http", "The log of problems cannot be read: %s", error->message);
      return;
    }
  for (guint i = 0; i < records->len; i++)
    {
      const StoredRecord *stored = records->pdata[i];

      if (g_hash_table_add (known, stored->key))
        load_one (log, stored);
    }
}

/* ---- Comparing ---- */

/* Of one that was there before, how often; it is in one list at a time. */
static gint64
take_back (TroubleLog *log, const char *fingerprint)
{
  for (GList *one = log->resolved.head; one != NULL; one = one->next)
    {
      Resolved *resolved = one->data;
      gint64 times = resolved->times;

      if (strcmp (resolved->fingerprint, fingerprint) != 0)
        continue;
      g_queue_delete_link (&log->resolved, one);
      resolved_free (resolved);
      return times;
    }
  return 0;
}

static void
note_open (TroubleLog *log, const Trouble *trouble, gint64 now_us)
{
  Open *open = g_hash_table_lookup (log->open, trouble->fingerprint);
  gboolean is_new = open == NULL;
  g_autofree char *json = NULL;

  if (is_new)
    {
      open = g_new0 (Open, 1);
      open->connector = g_strdup (trouble->connector);
      open->waits = strcmp (trouble->kind, CONNECTOR_KIND) == 0;
      open->opened_us = now_us;
      open->times = take_back (log, trouble->fingerprint) + 1;
      g_hash_table_insert (log->open, g_strdup (trouble->fingerprint), open);
    }
  open->most = MAX (open->most, trouble->n);
  g_free (open->members);
  open->members = members_of (trouble,
                              trouble->first_us != 0 ? trouble->first_us : open->opened_us);
  if (!is_new)
    return;
  json = to_json (open->members, open->most, open->opened_us, 0, open->times);
  record (log, trouble->fingerprint, json);
}

static void
note_resolved (TroubleLog *log, const char *fingerprint, const Open *open, gint64 now_us)
{
  Resolved *resolved = g_new0 (Resolved, 1);

  *resolved = (Resolved){ g_strdup (fingerprint),
                          to_json (open->members, open->most, open->opened_us, now_us, open->times),
                          open->waits ? g_strdup (open->connector) : NULL, now_us, open->times };
  record (log, fingerprint, resolved->json);
  g_queue_push_head (&log->resolved, resolved);
  if (log->resolved.length > MAX_RESOLVED)
    resolved_free (g_queue_pop_tail (&log->resolved));
}

/* Only the largest groups of dead letters are in the list: a group is gone when it has none. */
static GHashTable *
fingerprints_of (const Troubles *troubles)
{
  GHashTable *there = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < troubles->list->len; i++)
    g_hash_table_add (there, ((Trouble *) troubles->list->pdata[i])->fingerprint);
  for (guint i = 0; i < troubles->groups.groups->len; i++)
    g_hash_table_add (there, ((DeadGroup *) troubles->groups.groups->pdata[i])->fingerprint);
  return there;
}

static void
note (TroubleLog *log, const Troubles *troubles)
{
  g_autoptr (GHashTable) there = fingerprints_of (troubles);
  gint64 now_us = clock_wall_us (log->api->setup.clock);
  GHashTableIter iter;
  gpointer key, value;

  g_mutex_lock (&log->lock);
  g_hash_table_iter_init (&iter, log->open);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (!g_hash_table_contains (there, key))
      {
        note_resolved (log, key, value, now_us);
        g_hash_table_iter_remove (&iter);
      }
  for (guint i = 0; i < troubles->list->len; i++)
    note_open (log, troubles->list->pdata[i], now_us);
  g_mutex_unlock (&log->lock);
}

gboolean
trouble_log_take (TroubleLog *log, Troubles *troubles, GError **error)
{
  gboolean ok;

  g_mutex_lock (&log->looking);
  ok = troubles_take (troubles, log->api, error);
  if (ok)
    note (log, troubles);
  g_mutex_unlock (&log->looking);
  return ok;
}

void
trouble_log_look (TroubleLog *log)
{
  g_auto (Troubles) troubles = { 0 };
  g_autoptr (GError) error = NULL;

  if (!trouble_log_take (log, &troubles, &error))
    log_message (LOG_DEBUG, "http", "What is wrong cannot be read: %s", error->message);
}

/* ---- Asking ---- */

void
trouble_log_put_open (TroubleLog *log, const Trouble *trouble, JsonOut *out)
{
  const Open *open;

  g_mutex_lock (&log->lock);
  open = g_hash_table_lookup (log->open, trouble->fingerprint);
  put_time (out, "opened", open != NULL ? open->opened_us : 0);
  json_out_int (out, "times", open != NULL ? open->times : 1);
  json_out_null (out, "resolved");
  g_mutex_unlock (&log->lock);
}

gint64
trouble_log_first_us (TroubleLog *log, const Trouble *trouble)
{
  const Open *open;
  gint64 first_us = trouble->first_us;

  g_mutex_lock (&log->lock);
  open = g_hash_table_lookup (log->open, trouble->fingerprint);
  if (first_us == 0)
    first_us = open != NULL ? open->opened_us : trouble->last_us;
  g_mutex_unlock (&log->lock);
  return first_us;
}

/* With the lock.  What waited for a connector and is dead letters by now is not over. */
static gboolean
has_open_ones (TroubleLog *log, const char *connector)
{
  GHashTableIter iter;
  gpointer open;

  g_hash_table_iter_init (&iter, log->open);
  while (connector != NULL && g_hash_table_iter_next (&iter, NULL, &open))
    if (g_strcmp0 (((Open *) open)->connector, connector) == 0)
      return TRUE;
  return FALSE;
}

void
trouble_log_put_resolved (TroubleLog *log, JsonOut *out)
{
  gint64 since_us = clock_wall_us (log->api->setup.clock) - RESOLVED_DAYS * G_TIME_SPAN_DAY;

  g_mutex_lock (&log->lock);
  for (GList *one = log->resolved.head; one != NULL; one = one->next)
    {
      const Resolved *resolved = one->data;

      if (resolved->at_us >= since_us && !has_open_ones (log, resolved->waited_for))
        json_out_raw (out, NULL, resolved->json, -1);
    }
  g_mutex_unlock (&log->lock);
}

TroubleLog *
trouble_log_new (Api *api)
{
  TroubleLog *log = g_new0 (TroubleLog, 1);

  log->api = api;
  g_mutex_init (&log->looking);
  g_mutex_init (&log->lock);
  log->open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, open_free);
  load (log);
  return log;
}

void
trouble_log_free (TroubleLog *log)
{
  g_hash_table_unref (log->open);
  g_queue_clear_full (&log->resolved, resolved_free);
  g_mutex_clear (&log->lock);
  g_mutex_clear (&log->looking);
  g_free (log);
}
