/* The tables of the store.
 *
 * What every commit must touch decides the shape.  An accepted event with one delivery costs one
 * insert each in event, body and delivery, and in the four indices that it enters; all of them but
 * the counters grow at their end or nearly so.  A settled delivery leaves delivery_queue, moves
 * within delivery_state and adds a line to the journal.
 *
 * Every list is a walk along one index from the place where the page before ended:
 *
 * - claim, and deliveries by due time: delivery_queue, which holds what is unsettled and nothing
 * else, one run for each connector and priority, merged
 * - what has its turn in an order: delivery_order, which holds only what has an order key
 * - deliveries, newest first: delivery_state, one run for each state, merged
 * - events, newest first: event_received, or event_unmatched
 * - dead letters of one group, and of some by what they died of: delivery_dead, merged
 * - what an operator acted on as one: delivery_operation
 * - the oldest that a connector is owed: delivery_pending
 * - one event and its deliveries: event.id, then the run of delivery numbers that begins with its
 * seq
 *
 * Both indices of deliveries carry the route, so that a connector's or rule's rare deliveries are
 * found without fetching the rows of all others.
 *
 * delivery has no rowid: only then can (time, id) be sought as one place within a run of equal
 * times, which a replay of very many dead letters makes.  Bodies have a table of their own, so that
 * lists do not drag them through memory. */
#include "store/sqlite/schema.h"

#include "base/error.h"

static const char version_1[] =
    /* Names that the configuration gives and that repeat without end: rules, targets, connectors,
     * buses, entrances.  Never what a sender chooses. */
    "CREATE TABLE name ("
    "  id INTEGER PRIMARY KEY,"
    "  text TEXT NOT NULL UNIQUE"
    ") STRICT;"
    "CREATE TABLE route ("
    "  id INTEGER PRIMARY KEY,"
    "  rule INTEGER NOT NULL,"
    "  target INTEGER NOT NULL,"
    "  connector INTEGER NOT NULL,"
    "  UNIQUE (rule, target, connector)"
    ") STRICT;"
    "CREATE TABLE event ("
    "  seq INTEGER PRIMARY KEY,"
    "  id TEXT NOT NULL UNIQUE,"
    "  received_us INTEGER NOT NULL,"
    "  time_us INTEGER NOT NULL,"
    "  bus INTEGER NOT NULL,"     /* name */
    "  ingress INTEGER NOT NULL," /* name */
    "  generation INTEGER NOT NULL,"
    "  body_bytes INTEGER NOT NULL,"
    "  matched TEXT NOT NULL," /* names of rules as ',3,17,'; '' for none */
    "  source TEXT NOT NULL,"
    "  detail_type TEXT NOT NULL,"
    "  resources TEXT NOT NULL,"
    "  content_type TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX event_received ON event (received_us);"
    "CREATE INDEX event_unmatched ON event (received_us) WHERE matched = '';"
    "CREATE TABLE body ("
    "  seq INTEGER PRIMARY KEY,"
    "  bytes BLOB NOT NULL"
    ") STRICT;"
    "CREATE TABLE delivery ("
    "  id INTEGER PRIMARY KEY," /* event's seq * 65536 + index */
    "  route INTEGER NOT NULL,"
    "  state INTEGER NOT NULL,"
    "  dead INTEGER NOT NULL,"
    "  since_us INTEGER NOT NULL,"
    "  due_us INTEGER NOT NULL,"
    "  changed_us INTEGER NOT NULL,"
    "  attempts INTEGER NOT NULL,"
    "  round_attempts INTEGER NOT NULL,"
    "  n_journal INTEGER NOT NULL,"
    "  last_outcome INTEGER NOT NULL,"
    "  last_status INTEGER NOT NULL,"
    "  last_note TEXT NOT NULL,"
    "  last_error_code TEXT NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX delivery_due ON delivery (due_us, id, route, state) WHERE state <= 3;"
    "CREATE INDEX delivery_state ON delivery (state, changed_us, id, route);"
    "CREATE TABLE journal ("
    "  delivery INTEGER NOT NULL,"
    "  n INTEGER NOT NULL,"
    "  kind INTEGER NOT NULL,"
    "  attempt INTEGER NOT NULL,"
    "  at_us INTEGER NOT NULL,"
    "  duration_us INTEGER NOT NULL,"
    "  outcome INTEGER NOT NULL,"
    "  status INTEGER NOT NULL,"
    "  retry_after_us INTEGER NOT NULL,"
    "  error_code TEXT,"
    "  note TEXT NOT NULL,"
    "  response BLOB,"
    "  actor TEXT NOT NULL,"
    "  reason TEXT NOT NULL,"
    "  PRIMARY KEY (delivery, n)"
    ") STRICT, WITHOUT ROWID;"
    /* subject: a name, or of deliveries by state a route; 0 where there is only one count. */
    "CREATE TABLE counter ("
    "  kind INTEGER NOT NULL,"
    "  subject INTEGER NOT NULL,"
    "  state INTEGER NOT NULL,"
    "  n INTEGER NOT NULL,"
    "  PRIMARY KEY (kind, subject, state)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE generation ("
    "  generation INTEGER PRIMARY KEY,"
    "  at_us INTEGER NOT NULL,"
    "  author TEXT NOT NULL,"
    "  digest TEXT NOT NULL,"
    "  content TEXT NOT NULL"
    ") STRICT;";

/* Keys of requests that may come again, for as long as a repeat is answered like the first. */
static const char repeats[] = "CREATE TABLE repeat ("
                              "  id INTEGER PRIMARY KEY,"
                              "  scope INTEGER NOT NULL," /* name */
                              "  key TEXT NOT NULL,"
                              "  fingerprint BLOB NOT NULL,"
                              "  expires_us INTEGER NOT NULL,"
                              "  answer TEXT NOT NULL,"
                              "  UNIQUE (scope, key)"
                              ") STRICT;"
                              "CREATE INDEX repeat_expires ON repeat (expires_us);";

/* Pull queues; queue.c says what each column and index is for. */
static const char with_queues[] =
    "CREATE TABLE message ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT,"
    "  queue INTEGER NOT NULL," /* name */
    "  turn INTEGER NOT NULL,"
    "  priority INTEGER NOT NULL,"
    "  order_by INTEGER NOT NULL AS (-priority),"
    "  visible_us INTEGER NOT NULL,"
    "  n_received INTEGER NOT NULL,"
    "  sent_us INTEGER NOT NULL,"
    "  first_received_us INTEGER NOT NULL,"
    "  token INTEGER NOT NULL,"
    "  uid TEXT NOT NULL,"
    "  grp TEXT NOT NULL,"
    "  dedup TEXT NOT NULL,"
    "  origin TEXT NOT NULL,"
    "  content_type TEXT NOT NULL,"
    "  attributes TEXT NOT NULL,"
    "  body BLOB NOT NULL"
    ") STRICT;"
    "CREATE INDEX message_place ON message (queue, id);"
    "CREATE INDEX message_ready ON message (queue, order_by, id) WHERE turn = 0;"
    "CREATE INDEX message_timed ON message (queue, visible_us, n_received) WHERE turn = 1;"
    "CREATE INDEX message_behind ON message (queue, visible_us) WHERE turn = 2;"
    "CREATE INDEX message_sent ON message (queue, sent_us);"
    "CREATE INDEX message_group ON message (queue, grp, id) WHERE grp != '';"
    "CREATE INDEX message_group_out ON message (queue, grp, visible_us)"
    " WHERE grp != '' AND n_received > 0;"
    "CREATE TABLE queue_size ("
    "  queue INTEGER PRIMARY KEY,"
    "  n INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE queue_dedup ("
    "  queue INTEGER NOT NULL,"
    "  scope TEXT NOT NULL," /* a group, or '' for the whole queue */
    "  dedup TEXT NOT NULL,"
    "  until_us INTEGER NOT NULL,"
    "  message INTEGER NOT NULL,"
    "  uid TEXT NOT NULL,"
    "  UNIQUE (queue, scope, dedup)"
    ") STRICT;"
    "CREATE INDEX queue_dedup_until ON queue_dedup (queue, until_us);";

/* A queue for each connector.  connector and priority mean something while a delivery is unsettled;
 * connector is then the route's, so that what is queued for it lies side by side. */
static const char queues[] =
    "ALTER TABLE delivery ADD COLUMN connector INTEGER NOT NULL DEFAULT 0;" /* name */
    "ALTER TABLE delivery ADD COLUMN priority INTEGER NOT NULL DEFAULT 4;"
    "ALTER TABLE delivery ADD COLUMN order_key INTEGER NOT NULL DEFAULT 0;"
    "UPDATE delivery SET connector ="
    " (SELECT connector FROM route WHERE route.id = delivery.route) WHERE state <= 3;"
    "DROP INDEX delivery_due;"
    "CREATE INDEX delivery_queue ON delivery (connector, priority, due_us, id, route, state)"
    " WHERE state <= 3;"
    "CREATE INDEX delivery_order ON delivery (order_key, id)"
    " WHERE order_key != 0 AND state <= 3;"
    "CREATE TABLE hold ("
    "  connector INTEGER PRIMARY KEY," /* name */
    "  paused_us INTEGER NOT NULL,"
    "  paused_by TEXT NOT NULL,"
    "  pause_reason TEXT NOT NULL,"
    "  shut_us INTEGER NOT NULL,"
    "  shut_until_us INTEGER NOT NULL,"
    "  n_probes INTEGER NOT NULL,"
    "  shut_reason TEXT NOT NULL"
    ") STRICT;";

/* One row: see base/clock.h and deliver/timekeeper.h. */
static const char clocks[] = "CREATE TABLE clock ("
                             "  id INTEGER PRIMARY KEY,"
                             "  boot TEXT NOT NULL,"
                             "  boot_us INTEGER NOT NULL,"
                             "  steady_us INTEGER NOT NULL,"
                             "  wall_us INTEGER NOT NULL"
                             ") STRICT;";

/* Why a configuration was changed. */
static const char reasons[] = "ALTER TABLE generation ADD COLUMN reason TEXT NOT NULL DEFAULT '';";

/* Small documents: see store/record.h. */
static const char records[] = "CREATE TABLE record ("
                              "  kind INTEGER NOT NULL,"
                              "  id INTEGER NOT NULL,"
                              "  key TEXT NOT NULL,"
                              "  n1 INTEGER NOT NULL,"
                              "  n2 INTEGER NOT NULL,"
                              "  value TEXT NOT NULL,"
                              "  PRIMARY KEY (kind, id)"
                              ") STRICT, WITHOUT ROWID;"
                              "CREATE INDEX record_key ON record (kind, key, id) WHERE key != '';";

/* Dead letters alone, in the order of what they died of: they are counted along it without a row
 * being fetched. */
static const char dead[] = "CREATE INDEX delivery_dead ON delivery"
                           " (route, dead, last_error_code, last_status, last_note, changed_us)"
                           " WHERE state = 5;";

/* How long each connector has owed the oldest of what it owes. */
static const char pending[] = "CREATE INDEX delivery_pending ON delivery (connector, since_us)"
                              " WHERE state <= 3;";

/* Dead letters counted by what they died of; their messages as they are, which dead.c then counts
 * without their numbers. */
static const char dead_groups[] =
    "CREATE TABLE dead_group ("
    "  id INTEGER PRIMARY KEY,"
    "  route INTEGER NOT NULL,"
    "  dead INTEGER NOT NULL,"
    "  status INTEGER NOT NULL,"
    "  error_code TEXT NOT NULL,"
    "  message TEXT NOT NULL,"
    "  detail_type TEXT NOT NULL,"
    "  n INTEGER NOT NULL,"
    "  UNIQUE (route, dead, status, error_code, message, detail_type)"
    ") STRICT;"
    "ALTER TABLE delivery ADD COLUMN dead_group INTEGER NOT NULL DEFAULT 0;"
    "INSERT INTO dead_group (route, dead, status, error_code, message, detail_type, n)"
    " SELECT d.route, d.dead, d.last_status, d.last_error_code, d.last_note, e.detail_type,"
    " count (*) FROM delivery d JOIN event e ON e.seq = d.id >> 16 WHERE d.state = 5"
    " GROUP BY 1, 2, 3, 4, 5, 6;"
    "UPDATE delivery SET dead_group = (SELECT g.id FROM dead_group g"
    " JOIN event e ON e.seq = delivery.id >> 16 WHERE g.route = delivery.route"
    " AND g.dead = delivery.dead AND g.status = delivery.last_status"
    " AND g.error_code = delivery.last_error_code AND g.message = delivery.last_note"
    " AND g.detail_type = e.detail_type) WHERE state = 5;"
    "DROP INDEX delivery_dead;"
    "CREATE INDEX delivery_dead ON delivery (dead_group, changed_us) WHERE state = 5;";

/* What a sender says beside the envelope: headers, attributes of CloudEvents, its own id. */
static const char metadata[] = "ALTER TABLE event ADD COLUMN metadata TEXT NOT NULL DEFAULT '';";

/* What was replayed before and died again is told apart; what an operator did as one can be asked
 * for; and what came, and what died, is counted by the minute. */
static const char operations[] =
    "ALTER TABLE delivery ADD COLUMN replays INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE delivery ADD COLUMN operation INTEGER NOT NULL DEFAULT 0;"
    "UPDATE delivery SET replays ="
    " (SELECT count (*) FROM journal j WHERE j.delivery = delivery.id AND j.kind = 2)"
    " WHERE id IN (SELECT delivery FROM journal WHERE kind = 2);"
    "CREATE INDEX delivery_operation ON delivery (operation, state, changed_us)"
    " WHERE operation != 0;"
    "ALTER TABLE dead_group ADD COLUMN replayed INTEGER NOT NULL DEFAULT 0;"
    "UPDATE dead_group SET replayed = (SELECT count (*) FROM delivery d"
    " WHERE d.state = 5 AND d.dead_group = dead_group.id AND d.replays > 0);"
    "CREATE TABLE dead_minute ("
    "  dead_group INTEGER NOT NULL,"
    "  minute INTEGER NOT NULL," /* since 1970 */
    "  n INTEGER NOT NULL,"
    "  PRIMARY KEY (dead_group, minute)"
    ") STRICT, WITHOUT ROWID;"
    "INSERT INTO dead_minute (dead_group, minute, n)"
    " SELECT dead_group, changed_us / 60000000, count (*) FROM delivery WHERE state = 5"
    " GROUP BY 1, 2;"
    /* Events that are there, by when they were received. */
    "CREATE TABLE event_minute ("
    "  minute INTEGER PRIMARY KEY," /* since 1970 */
    "  n INTEGER NOT NULL"
    ") STRICT;"
    "INSERT INTO event_minute (minute, n)"
    " SELECT received_us / 60000000, count (*) FROM event GROUP BY 1;";

const char *const schema_migrations[] = {
  version_1, repeats, with_queues, queues,      clocks,   reasons,
  records,   dead,    pending,     dead_groups, metadata, operations,
};

const guint schema_n_migrations = G_N_ELEMENTS (schema_migrations);

static gboolean
check_owner (Database *database, GError **error)
{
  gint64 application_id, n_objects;

  if (!database_get_number (database, "PRAGMA application_id", &application_id, error) ||
      !database_get_number (database, "SELECT count(*) FROM sqlite_schema", &n_objects, error))
    return FALSE;
  if (application_id == SCHEMA_APPLICATION_ID || (application_id == 0 && n_objects == 0))
    return TRUE;
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE,
               "Store %s: the file belongs to another program (application id %" G_GINT64_FORMAT
               ", expected %d); choose another folder",
               database->path, application_id, SCHEMA_APPLICATION_ID);
  return FALSE;
}

static gboolean
check_version (Database *database, guint n_migrations, gint64 *out_version, GError **error)
{
  gint64 version;

  if (!database_get_number (database, "PRAGMA user_version", &version, error))
    return FALSE;
  if (version >= 0 && version <= n_migrations)
    {
      *out_version = version;
      return TRUE;
    }
  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_STORAGE,
               "Store %s: the file has version %" G_GINT64_FORMAT
               ", this signalboxd knows versions up to %u; install the newer signalboxd again, or "
               "choose another folder",
               database->path, version, n_migrations);
  return FALSE;
}

gboolean
schema_check (Database *database, guint n_migrations, GError **error)
{
  gint64 version;

  return check_owner (database, error) && check_version (database, n_migrations, &version, error);
}

static gboolean
apply (Database *database, const char *migration, guint new_version, GError **error)
{
  g_autofree char *mark = g_strdup_printf ("PRAGMA application_id = %d; PRAGMA user_version = %u",
                                           SCHEMA_APPLICATION_ID, new_version);

  if (database_begin (database, TRUE, error) && database_execute (database, migration, error) &&
      database_execute (database, mark, error) && database_commit (database, error))
    return TRUE;
  g_prefix_error (error, "Bringing the store to version %u: ", new_version);
  database_rollback (database, NULL);
  return FALSE;
}

gboolean
schema_migrate (Database *database,
                const char *const *migrations,
                guint n_migrations,
                GError **error)
{
  gint64 version;

  if (!check_owner (database, error) || !check_version (database, n_migrations, &version, error))
    return FALSE;
  for (guint i = (guint) version; i < n_migrations; i++)
    if (!apply (database, migrations[i], i + 1, error))
      return FALSE;
  return TRUE;
}
