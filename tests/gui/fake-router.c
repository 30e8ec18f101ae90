#include "fake-router.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <libsoup/soup.h>
#include <math.h>
#include <string.h>

#include "sb-json.h"

#define SETTLE_MS 150 /* how long a replayed delivery is under way */

typedef struct
{
  char *id;
  JsonObject *event; /* of the world */
  gint64 received_us;
  GPtrArray *deliveries;
} Event;

typedef struct
{
  char *id;
  Event *event;
  JsonObject *object; /* of the world */
  char *state;
  gint64 changed_us;
  GArray *replays;  /* gint64: when */
  gint64 operation; /* what it was changed by last */
} Delivery;

/* A job does its work at once, but for what its guard holds back: 1, 10, 100, the rest. */
typedef struct
{
  JsonObject *wanted;
  char *state;
  gint64 created_us;
  gint64 total, applied, operation;
  guint step;
} Job;

static void
job_free (Job *job)
{
  json_object_unref (job->wanted);
  g_free (job->state);
  g_free (job);
}

struct FakeRouter
{
  JsonNode *world;
  JsonNode *answers; /* path -> what is answered always */
  GHashTable *files; /* path -> text */
  GPtrArray *events; /* newest first */
  SoupServer *server;
  char *socket_path;
  gint64 started_us;
  gint64 generation;
  gint64 revision;
  FakeRouterManner manner;
  GHashTable *requests; /* "GET /v1/status" -> how often */
  char *last_operation;
  gint64 last_number;   /* of what was done to many as one */
  GHashTable *received; /* source -> how many more */
  GPtrArray *settling;  /* of Delivery */
  guint settle_id;
  GPtrArray *jobs;    /* of Job */
  GPtrArray *streams; /* of SoupServerMessage: who listens to changes */
};

/* ---- JSON ------------------------------------------------------------------------------------ */

static const char *
string_of (JsonObject *object, const char *member)
{
  return json_object_get_string_member_with_default (object, member, "");
}

static gint64
int_of (JsonObject *object, const char *member)
{
  return json_object_get_int_member_with_default (object, member, 0);
}

static JsonArray *
array_of (JsonObject *object, const char *member)
{
  return json_object_has_member (object, member) ? json_object_get_array_member (object, member)
                                                 : NULL;
}

static void
add_member (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_time (JsonBuilder *builder, const char *name, gint64 time_us)
{
  g_autoptr (GDateTime) seconds = g_date_time_new_from_unix_utc (time_us / G_USEC_PER_SEC);
  g_autofree char *date = g_date_time_format (seconds, "%Y-%m-%dT%H:%M:%S");
  g_autofree char *text = g_strdup_printf ("%s.%06dZ", date, (int) (time_us % G_USEC_PER_SEC));

  add_member (builder, name, text);
}

static void
add_copy (JsonBuilder *builder, const char *name, JsonObject *object, const char *member)
{
  json_builder_set_member_name (builder, name);
  if (json_object_has_member (object, member))
    json_builder_add_value (builder, json_node_copy (json_object_get_member (object, member)));
  else
    json_builder_add_null_value (builder);
}

static char *
end_text (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);

  return json_to_string (root, FALSE);
}

/* ---- Changes --------------------------------------------------------------------------------- */

static void
send_message (SoupServerMessage *message, const char *text)
{
  soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_COPY, text,
                            strlen (text));
}

/* Something is different now, and whoever listens is told. */
static void
bump (FakeRouter *self)
{
  self->revision++;
  for (guint i = 0; i < self->streams->len; i++)
    {
      send_message (self->streams->pdata[i], "event: changes\ndata: {}\n\n");
      soup_server_message_unpause (self->streams->pdata[i]);
    }
}

static void
stream_finished_cb (SoupServerMessage *message, gpointer user_data)
{
  FakeRouter *self = user_data;

  g_ptr_array_remove (self->streams, message);
}

static void
serve_changes (FakeRouter *self, SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_server_message_set_status (message, 200, NULL);
  soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
  soup_message_headers_set_content_type (headers, "text/event-stream", NULL);
  send_message (message, "event: start\ndata: {}\n\n");
  g_ptr_array_add (self->streams, g_object_ref (message));
  g_signal_connect (message, "finished", G_CALLBACK (stream_finished_cb), self);
}

/* ---- The world ------------------------------------------------------------------------------- */

static void
delivery_free (Delivery *delivery)
{
  g_free (delivery->id);
  g_free (delivery->state);
  g_array_unref (delivery->replays);
  g_free (delivery);
}

static void
event_free (Event *event)
{
  g_free (event->id);
  g_ptr_array_unref (event->deliveries);
  g_free (event);
}

static Event *
event_new (FakeRouter *self, JsonObject *object)
{
  Event *event = g_new0 (Event, 1);
  JsonArray *deliveries = array_of (object, "deliveries");

  event->id = g_strdup (string_of (object, "id"));
  event->event = object;
  event->received_us = self->started_us - int_of (object, "ago_s") * G_USEC_PER_SEC;
  event->deliveries = g_ptr_array_new_with_free_func ((GDestroyNotify) delivery_free);
  for (guint i = 0; deliveries != NULL && i < json_array_get_length (deliveries); i++)
    {
      Delivery *delivery = g_new0 (Delivery, 1);

      delivery->id = g_strdup_printf ("%s-%u", event->id, i + 1);
      delivery->event = event;
      delivery->object = json_array_get_object_element (deliveries, i);
      delivery->state = g_strdup (string_of (delivery->object, "state"));
      delivery->changed_us = self->started_us -
                             int_of (delivery->object, "changed_ago_s") * G_USEC_PER_SEC;
      delivery->replays = g_array_new (FALSE, FALSE, sizeof (gint64));
      g_ptr_array_add (event->deliveries, delivery);
    }
  return event;
}

static void
take_rule_files (FakeRouter *self, JsonObject *world)
{
  JsonArray *rules = array_of (world, "rules");

  for (guint i = 0; i < json_array_get_length (rules); i++)
    {
      JsonObject *rule = json_array_get_object_element (rules, i);
      char *path = g_strconcat ("rule/", string_of (rule, "name"), ".json", NULL);

      g_hash_table_insert (self->files, path, g_strdup (string_of (rule, "file")));
    }
}

/* Of sources and connectors, where there are any. */
static void
take_other_files (FakeRouter *self, JsonObject *world)
{
  JsonObject *files = json_object_get_object_member (json_node_get_object (self->answers), "files");
  g_autoptr (GList) paths = json_object_get_members (files);

  if (json_array_get_length (array_of (world, "rules")) == 0)
    return;
  for (GList *l = paths; l != NULL; l = l->next)
    g_hash_table_insert (self->files, g_strdup (l->data), g_strdup (string_of (files, l->data)));
}

FakeRouter *
fake_router_new (const char *world_path)
{
  FakeRouter *self = g_new0 (FakeRouter, 1);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = NULL;
  g_autofree char *answers = NULL;
  JsonObject *world;
  JsonArray *events;

  if (!json_parser_load_from_file (parser, world_path, &error))
    g_error ("%s", error->message);
  self->world = json_parser_steal_root (parser);
  folder = g_path_get_dirname (world_path);
  answers = g_build_filename (folder, "answers.json", NULL);
  if (!json_parser_load_from_file (parser, answers, &error))
    g_error ("%s", error->message);
  self->answers = json_parser_steal_root (parser);
  world = json_node_get_object (self->world);
  self->started_us = g_get_real_time ();
  self->generation = int_of (world, "generation");
  self->revision = 1;
  self->files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->requests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->received = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->settling = g_ptr_array_new ();
  self->jobs = g_ptr_array_new_with_free_func ((GDestroyNotify) job_free);
  self->streams = g_ptr_array_new_with_free_func (g_object_unref);
  self->events = g_ptr_array_new_with_free_func ((GDestroyNotify) event_free);
  events = array_of (world, "events");
  for (guint i = 0; i < json_array_get_length (events); i++)
    g_ptr_array_add (self->events, event_new (self, json_array_get_object_element (events, i)));
  take_rule_files (self, world);
  take_other_files (self, world);
  return self;
}

void
fake_router_free (FakeRouter *self)
{
  if (self->server != NULL)
    fake_router_die (self);
  g_clear_handle_id (&self->settle_id, g_source_remove);
  g_ptr_array_unref (self->settling);
  g_ptr_array_unref (self->streams);
  g_ptr_array_unref (self->jobs);
  g_ptr_array_unref (self->events);
  g_hash_table_unref (self->files);
  g_hash_table_unref (self->requests);
  g_hash_table_unref (self->received);
  g_free (self->last_operation);
  json_node_unref (self->world);
  json_node_unref (self->answers);
  g_free (self);
}

static Delivery *
find_delivery (FakeRouter *self, const char *id)
{
  for (guint i = 0; i < self->events->len; i++)
    {
      Event *event = g_ptr_array_index (self->events, i);

      for (guint j = 0; j < event->deliveries->len; j++)
        if (strcmp (((Delivery *) g_ptr_array_index (event->deliveries, j))->id, id) == 0)
          return g_ptr_array_index (event->deliveries, j);
    }
  return NULL;
}

static Event *
find_event (FakeRouter *self, const char *id)
{
  for (guint i = 0; i < self->events->len; i++)
    if (strcmp (((Event *) g_ptr_array_index (self->events, i))->id, id) == 0)
      return g_ptr_array_index (self->events, i);
  return NULL;
}

/* How many deliveries are in a state, of one rule and connector when these are not NULL. */
static gint64
count (FakeRouter *self, const char *state, const char *rule, const char *connector)
{
  gint64 n = 0;

  for (guint i = 0; i < self->events->len; i++)
    {
      Event *event = g_ptr_array_index (self->events, i);

      for (guint j = 0; j < event->deliveries->len; j++)
        {
          const Delivery *delivery = g_ptr_array_index (event->deliveries, j);

          n += strcmp (delivery->state, state) == 0 &&
               (rule == NULL || strcmp (string_of (delivery->object, "rule"), rule) == 0) &&
               (connector == NULL ||
                strcmp (string_of (delivery->object, "connector"), connector) == 0);
        }
    }
  return n;
}

/* ---- Answers --------------------------------------------------------------------------------- */

static const char *const state_names[] = {
  "ready", "waiting", "held", "done", "dead", "discarded"
};

static void
add_counts (JsonBuilder *builder,
            FakeRouter *self,
            const char *rule,
            const char *connector,
            gint64 more_done)
{
  json_builder_set_member_name (builder, "counts");
  json_builder_begin_object (builder);
  for (guint i = 0; i < G_N_ELEMENTS (state_names); i++)
    add_int (builder, state_names[i],
             count (self, state_names[i], rule, connector) +
                 (strcmp (state_names[i], "done") == 0 ? more_done : 0));
  json_builder_end_object (builder);
}

static char *
status_text (FakeRouter *self)
{
  JsonObject *world = json_node_get_object (self->world);
  g_autoptr (JsonBuilder) b = json_builder_new ();

  json_builder_begin_object (b);
  add_member (b, "version", "0.1.0");
  add_member (b, "config_dir", "/etc/signalbox");
  add_int (b, "pid", 4711);
  add_int (b, "generation", self->generation);
  add_time (b, "generation_at", self->started_us);
  add_time (b, "started_at", self->started_us);
  add_time (b, "now", g_get_real_time ());
  add_int (b, "revision", self->revision);
  add_member (b, "state", "running");
  json_builder_set_member_name (b, "store");
  json_builder_begin_object (b);
  add_member (b, "engine", "memory");
  add_int (b, "last_commit_us", 2310);
  json_builder_set_member_name (b, "commit_us");
  json_builder_begin_object (b);
  add_int (b, "p50", 1900);
  add_int (b, "p95", 4200);
  add_int (b, "p99", 11800);
  json_builder_end_object (b);
  add_int (b, "queued_events", 0);
  json_builder_set_member_name (b, "disk_full");
  json_builder_add_boolean_value (b, FALSE);
  json_builder_end_object (b);
  json_builder_set_member_name (b, "tls");
  json_builder_begin_object (b);
  add_member (b, "subject", "CN=router.example");
  add_time (b, "expires", g_get_real_time () + 9 * G_TIME_SPAN_DAY);
  json_builder_set_member_name (b, "expires_soon");
  json_builder_add_boolean_value (b, TRUE);
  json_builder_end_object (b);
  json_builder_set_member_name (b, "listen");
  json_builder_begin_array (b);
  json_builder_add_string_value (b, "http://127.0.0.1:4610");
  json_builder_add_string_value (b, "unix:/run/signalbox/socket");
  json_builder_end_array (b);
  json_builder_set_member_name (b, "ledger");
  json_builder_begin_object (b);
  add_int (b, "events", int_of (world, "more_events") + self->events->len);
  add_int (b, "unmatched", 2);
  for (guint i = 0; i < G_N_ELEMENTS (state_names); i++)
    add_int (b, state_names[i],
             count (self, state_names[i], NULL, NULL) +
                 (strcmp (state_names[i], "done") == 0 ? int_of (world, "more_events") : 0));
  add_int (b, "deliveries", int_of (world, "more_events") + 75);
  add_int (b, "difference", 0);
  json_builder_end_object (b);
  json_builder_end_object (b);
  return end_text (b);
}

static void
add_sources (FakeRouter *self, JsonBuilder *b, JsonArray *sources)
{
  json_builder_set_member_name (b, "sources");
  json_builder_begin_array (b);
  for (guint i = 0; i < json_array_get_length (sources); i++)
    {
      JsonObject *source = json_array_get_object_element (sources, i);
      gpointer more = g_hash_table_lookup (self->received, string_of (source, "name"));

      json_builder_begin_object (b);
      add_member (b, "name", string_of (source, "name"));
      add_member (b, "path", string_of (source, "path"));
      add_member (b, "bus", string_of (source, "bus"));
      json_builder_set_member_name (b, "enabled");
      json_builder_add_boolean_value (
          b, json_object_get_boolean_member_with_default (source, "enabled", TRUE));
      add_int (b, "events", int_of (source, "events") + GPOINTER_TO_INT (more));
      json_builder_end_object (b);
    }
  json_builder_end_array (b);
}

static void
add_rule (FakeRouter *self, JsonBuilder *b, JsonObject *rule)
{
  const char *name = string_of (rule, "name");
  g_autofree char *path = g_strconcat ("rule/", name, ".json", NULL);
  g_autoptr (JsonNode) file = json_from_string (g_hash_table_lookup (self->files, path), NULL);
  JsonObject *object = json_node_get_object (file);
  g_auto (GStrv) parts = g_strsplit (name, "/", 2);
  JsonArray *targets = array_of (object, "Targets");

  json_builder_begin_object (b);
  add_member (b, "name", name);
  add_member (b, "bus", parts[0]);
  add_member (b, "description", string_of (object, "Description"));
  json_builder_set_member_name (b, "enabled");
  json_builder_add_boolean_value (b, strcmp (string_of (object, "State"), "DISABLED") != 0);
  add_int (b, "matched", int_of (rule, "matched"));
  json_builder_set_member_name (b, "targets");
  json_builder_begin_array (b);
  for (guint i = 0; targets != NULL && i < json_array_get_length (targets); i++)
    {
      JsonObject *target = json_array_get_object_element (targets, i);

      json_builder_begin_object (b);
      add_member (b, "id", string_of (target, "Id"));
      add_member (b, "connector", string_of (target, "Arn"));
      add_counts (b, self, name, string_of (target, "Arn"), int_of (rule, "matched"));
      json_builder_end_object (b);
    }
  json_builder_end_array (b);
  json_builder_end_object (b);
}

static char *
routes_text (FakeRouter *self)
{
  JsonObject *world = json_node_get_object (self->world);
  JsonArray *buses = array_of (world, "buses");
  JsonArray *rules = array_of (world, "rules");
  JsonArray *connectors = array_of (world, "connectors");
  g_autoptr (JsonBuilder) b = json_builder_new ();

  json_builder_begin_object (b);
  add_int (b, "generation", self->generation);
  add_sources (self, b, array_of (world, "sources"));
  json_builder_set_member_name (b, "buses");
  json_builder_add_value (b, json_node_init_array (json_node_alloc (), buses));
  json_builder_set_member_name (b, "rules");
  json_builder_begin_array (b);
  for (guint i = 0; i < json_array_get_length (rules); i++)
    add_rule (self, b, json_array_get_object_element (rules, i));
  json_builder_end_array (b);
  json_builder_set_member_name (b, "connectors");
  json_builder_begin_array (b);
  for (guint i = 0; i < json_array_get_length (connectors); i++)
    {
      JsonObject *connector = json_array_get_object_element (connectors, i);
      const char *name = string_of (connector, "name");

      json_builder_begin_object (b);
      add_member (b, "name", name);
      add_member (b, "description", string_of (connector, "description"));
      add_member (b, "summary", string_of (connector, "summary"));
      add_counts (b, self, NULL, name, int_of (connector, "done"));
      json_builder_end_object (b);
    }
  json_builder_end_array (b);
  json_builder_end_object (b);
  return end_text (b);
}

static void
add_last (JsonBuilder *b, JsonObject *delivery)
{
  JsonArray *history = array_of (delivery, "history");
  guint n = history != NULL ? json_array_get_length (history) : 0;

  json_builder_set_member_name (b, "last");
  if (n == 0)
    {
      json_builder_add_null_value (b);
      return;
    }
  json_builder_begin_object (b);
  add_member (b, "outcome", string_of (json_array_get_object_element (history, n - 1), "outcome"));
  add_int (b, "status", int_of (json_array_get_object_element (history, n - 1), "status"));
  add_copy (b, "error_code", json_array_get_object_element (history, n - 1), "error_code");
  add_member (b, "note", string_of (json_array_get_object_element (history, n - 1), "note"));
  json_builder_end_object (b);
}

static void
add_history (FakeRouter *self, JsonBuilder *b, const Delivery *delivery)
{
  JsonArray *history = array_of (delivery->object, "history");
  guint n = history != NULL ? json_array_get_length (history) : 0;

  json_builder_set_member_name (b, "history");
  json_builder_begin_array (b);
  for (guint i = 0; i < n; i++)
    {
      JsonObject *entry = json_array_get_object_element (history, i);

      json_builder_begin_object (b);
      add_int (b, "n", i + 1);
      add_member (b, "kind", "attempt");
      add_time (b, "at", self->started_us - int_of (entry, "ago_s") * G_USEC_PER_SEC);
      add_int (b, "attempt", i + 1);
      add_int (b, "duration_us", int_of (entry, "duration_us"));
      add_member (b, "outcome", string_of (entry, "outcome"));
      add_int (b, "status", int_of (entry, "status"));
      add_copy (b, "error_code", entry, "error_code");
      add_member (b, "note", string_of (entry, "note"));
      add_copy (b, "response", entry, "response");
      json_builder_end_object (b);
    }
  for (guint i = 0; i < delivery->replays->len; i++)
    {
      json_builder_begin_object (b);
      add_int (b, "n", n + i + 1);
      add_member (b, "kind", "replay");
      add_time (b, "at", g_array_index (delivery->replays, gint64, i));
      add_member (b, "actor", "operator");
      json_builder_end_object (b);
    }
  json_builder_end_array (b);
}

static void
add_delivery (FakeRouter *self, JsonBuilder *b, const Delivery *delivery, gboolean full)
{
  JsonObject *object = delivery->object;
  JsonArray *history = array_of (object, "history");
  gboolean dead = strcmp (delivery->state, "dead") == 0;

  json_builder_begin_object (b);
  add_member (b, "id", delivery->id);
  add_member (b, "event", delivery->event->id);
  add_member (b, "source", string_of (delivery->event->event, "source"));
  add_member (b, "detail-type", string_of (delivery->event->event, "detail-type"));
  add_member (b, "rule", string_of (object, "rule"));
  add_member (b, "target", string_of (object, "target"));
  add_member (b, "connector", string_of (object, "connector"));
  add_member (b, "state", delivery->state);
  add_time (b, "created", delivery->event->received_us);
  add_time (b, "changed", delivery->changed_us);
  if (strcmp (delivery->state, "waiting") == 0)
    add_time (b, "due", self->started_us + int_of (object, "due_in_s") * G_USEC_PER_SEC);
  else
    add_member (b, "due", NULL);
  add_int (b, "attempts", history != NULL ? json_array_get_length (history) : 0);
  add_member (b, "dead_reason", dead ? string_of (object, "dead_reason") : NULL);
  add_member (b, "dead_sentence", dead ? string_of (object, "dead_sentence") : NULL);
  add_last (b, object);
  if (full)
    {
      add_history (self, b, delivery);
      add_copy (b, "dead_letter", object, "dead_letter");
    }
  json_builder_end_object (b);
}

static void
add_event (JsonBuilder *b, const Event *event)
{
  JsonObject *object = event->event;
  g_autofree char *body = json_to_string (json_object_get_member (object, "detail"), FALSE);

  json_builder_begin_object (b);
  add_member (b, "id", event->id);
  add_member (b, "bus", string_of (object, "bus"));
  add_member (b, "ingress", string_of (object, "ingress"));
  add_member (b, "source", string_of (object, "source"));
  add_member (b, "detail-type", string_of (object, "detail-type"));
  add_time (b, "time", event->received_us);
  add_time (b, "received", event->received_us);
  add_int (b, "bytes", (gint64) strlen (body));
  add_copy (b, "matched", object, "matched");
  add_int (b, "generation", 7);
  add_int (b, "deliveries", event->deliveries->len);
  json_builder_set_member_name (b, "counts");
  json_builder_begin_object (b);
  for (guint i = 0; i < G_N_ELEMENTS (state_names); i++)
    {
      gint64 n = 0;

      for (guint j = 0; j < event->deliveries->len; j++)
        n += strcmp (((Delivery *) g_ptr_array_index (event->deliveries, j))->state,
                     state_names[i]) == 0;
      if (n > 0)
        add_int (b, state_names[i], n);
    }
  json_builder_end_object (b);
  json_builder_end_object (b);
}

/* ---- Serving --------------------------------------------------------------------------------- */

static void
answer (SoupServerMessage *message, guint status, const char *type, char *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_TAKE, text, strlen (text));
}

static void
refuse (SoupServerMessage *message, guint status, const char *slug, const char *detail)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();
  g_autofree char *type = g_strconcat ("urn:signalbox:problem:", slug, NULL);

  json_builder_begin_object (b);
  add_member (b, "type", type);
  add_member (b, "title", slug);
  add_int (b, "status", status);
  add_member (b, "detail", detail);
  json_builder_end_object (b);
  answer (message, status, "application/problem+json", end_text (b));
}

static const char *
parameter (GHashTable *query, const char *name)
{
  return query != NULL ? g_hash_table_lookup (query, name) : NULL;
}

static guint
number (GHashTable *query, const char *name, guint otherwise)
{
  const char *text = parameter (query, name);

  return text != NULL ? (guint) g_ascii_strtoull (text, NULL, 10) : otherwise;
}

static gboolean
has_state (const char *states, const char *state)
{
  g_auto (GStrv) list = g_strsplit (states != NULL ? states : "", ",", 0);

  return states == NULL || g_strv_contains ((const char *const *) list, state);
}

static int
by_due (gconstpointer a, gconstpointer b)
{
  const Delivery *x = *(Delivery *const *) a, *y = *(Delivery *const *) b;

  return (int) (int_of (x->object, "due_in_s") - int_of (y->object, "due_in_s"));
}

static int
by_change (gconstpointer a, gconstpointer b)
{
  const Delivery *x = *(Delivery *const *) a, *y = *(Delivery *const *) b;

  return x->changed_us < y->changed_us ? 1 : x->changed_us > y->changed_us ? -1 : 0;
}

static void
end_page (JsonBuilder *b, guint first, guint limit, guint n)
{
  g_autofree char *next = g_strdup_printf ("%u", first + limit);

  json_builder_end_array (b);
  add_member (b, "next", first + limit < n ? next : NULL);
  json_builder_end_object (b);
}

/* What it died of: the last attempt's answer. */
static JsonObject *
last_entry (const Delivery *delivery)
{
  JsonArray *history = array_of (delivery->object, "history");
  guint n = history != NULL ? json_array_get_length (history) : 0;

  return n > 0 ? json_array_get_object_element (history, n - 1) : NULL;
}

static gint64
status_of (const Delivery *delivery)
{
  JsonObject *last = last_entry (delivery);

  return last != NULL ? int_of (last, "status") : 0;
}

/* ---- Facets ---------------------------------------------------------------------------------- */

static const char *const facets[] = { "connector",  "rule",        "cause",       "status",
                                      "error-code", "detail-type", "fingerprint", "replayed" };

/* By connector, rule and status; the router looks at the message as well. */
static char *
facet_of (const Delivery *delivery, const char *facet)
{
  JsonObject *object = delivery->object;

  if (strcmp (facet, "fingerprint") == 0)
    return g_strdup_printf ("%s %s %d", string_of (object, "connector"), string_of (object, "rule"),
                            (int) status_of (delivery));
  if (strcmp (facet, "cause") == 0)
    return g_strdup (string_of (object, "dead_reason"));
  if (strcmp (facet, "status") == 0)
    return g_strdup_printf ("%d", (int) status_of (delivery));
  if (strcmp (facet, "error-code") == 0)
    return g_strdup (last_entry (delivery) != NULL &&
                             !json_object_get_null_member (last_entry (delivery), "error_code")
                         ? string_of (last_entry (delivery), "error_code")
                         : "");
  if (strcmp (facet, "detail-type") == 0)
    return g_strdup (string_of (delivery->event->event, "detail-type"));
  if (strcmp (facet, "replayed") == 0)
    return g_strdup (delivery->replays->len > 0 ? "true" : "false");
  return g_strdup (string_of (object, facet));
}

/* but: a facet that is not looked at, or NULL. */
static gboolean
fits (const Delivery *delivery, GHashTable *query, const char *but)
{
  for (guint i = 0; i < G_N_ELEMENTS (facets); i++)
    {
      const char *wanted = parameter (query, facets[i]);
      g_autofree char *value = facet_of (delivery, facets[i]);

      if (wanted != NULL && g_strcmp0 (facets[i], but) != 0 && strcmp (wanted, value) != 0)
        return FALSE;
    }
  return TRUE;
}

static GPtrArray *
find_dead (FakeRouter *self, GHashTable *query, const char *but)
{
  GPtrArray *found = g_ptr_array_new ();

  for (guint i = 0; i < self->events->len; i++)
    {
      Event *event = g_ptr_array_index (self->events, i);

      for (guint j = 0; j < event->deliveries->len; j++)
        {
          Delivery *delivery = g_ptr_array_index (event->deliveries, j);

          if (strcmp (delivery->state, "dead") == 0 && fits (delivery, query, but))
            g_ptr_array_add (found, delivery);
        }
    }
  return found;
}

static void
add_facet (FakeRouter *self, JsonBuilder *b, GHashTable *query, const char *facet)
{
  g_autoptr (GPtrArray) found = find_dead (self, query, facet);
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer value, n;

  for (guint i = 0; i < found->len; i++)
    {
      char *key = facet_of (g_ptr_array_index (found, i), facet);

      n = g_hash_table_lookup (counts, key);
      g_hash_table_insert (counts, key, GUINT_TO_POINTER (GPOINTER_TO_UINT (n) + 1));
    }
  json_builder_set_member_name (b, facet);
  json_builder_begin_object (b);
  g_hash_table_iter_init (&iter, counts);
  while (g_hash_table_iter_next (&iter, &value, &n))
    add_int (b, value, GPOINTER_TO_UINT (n));
  json_builder_end_object (b);
}

static void
add_bars (JsonBuilder *b, GPtrArray *found, const char *cause, gint64 start_us, guint points)
{
  g_autofree gint64 *values = g_new0 (gint64, points);

  for (guint i = 0; i < found->len; i++)
    {
      const Delivery *delivery = g_ptr_array_index (found, i);
      gint64 place = (delivery->changed_us - start_us) / ((gint64) 60 * G_USEC_PER_SEC);

      if (strcmp (string_of (delivery->object, "dead_reason"), cause) == 0 && place >= 0 &&
          place < points)
        values[place]++;
    }
  json_builder_begin_object (b);
  add_member (b, "name", cause);
  json_builder_set_member_name (b, "values");
  json_builder_begin_array (b);
  for (guint i = 0; i < points; i++)
    json_builder_add_int_value (b, values[i]);
  json_builder_end_array (b);
  json_builder_end_object (b);
}

/* An hour, minute by minute. */
static char *
dead_histogram_text (FakeRouter *self, GHashTable *query)
{
  static const char *const causes[] = { "attempts-used-up", "refused", "invalid-input" };
  g_autoptr (GPtrArray) found = find_dead (self, query, NULL);
  g_autoptr (JsonBuilder) b = json_builder_new ();
  gint64 start_us = self->started_us - (gint64) 59 * 60 * G_USEC_PER_SEC;

  json_builder_begin_object (b);
  add_time (b, "start", start_us);
  add_int (b, "step_seconds", 60);
  add_int (b, "points", 60);
  add_int (b, "total", found->len);
  json_builder_set_member_name (b, "series");
  json_builder_begin_array (b);
  for (guint i = 0; i < G_N_ELEMENTS (causes); i++)
    add_bars (b, found, causes[i], start_us, 60);
  json_builder_end_array (b);
  json_builder_end_object (b);
  return end_text (b);
}

typedef struct
{
  const Delivery *first;
  gint64 n, first_us, last_us;
} Group;

static void
add_to_groups (GHashTable *groups, Delivery *delivery)
{
  char *key = facet_of (delivery, "fingerprint");
  Group *group = g_hash_table_lookup (groups, key);

  if (group == NULL)
    {
      group = g_new0 (Group, 1);
      group->first = delivery;
      group->first_us = group->last_us = delivery->changed_us;
      g_hash_table_insert (groups, g_strdup (key), group);
    }
  g_free (key);
  group->n++;
  group->first_us = MIN (group->first_us, delivery->changed_us);
  group->last_us = MAX (group->last_us, delivery->changed_us);
}

static void
add_group (JsonBuilder *b, const char *key, const Group *group)
{
  JsonObject *object = group->first->object;
  JsonObject *last = last_entry (group->first);

  json_builder_begin_object (b);
  add_member (b, "fingerprint", key);
  add_member (b, "connector", string_of (object, "connector"));
  add_member (b, "rule", string_of (object, "rule"));
  add_member (b, "cause", string_of (object, "dead_reason"));
  add_member (b, "sentence", string_of (object, "dead_sentence"));
  add_int (b, "status", status_of (group->first));
  if (last != NULL)
    add_copy (b, "error_code", last, "error_code");
  add_member (b, "message", last != NULL ? string_of (last, "note") : "");
  add_int (b, "count", group->n);
  add_time (b, "first", group->first_us);
  add_time (b, "last", group->last_us);
  add_member (b, "sample", group->first->id);
  json_builder_end_object (b);
}

static int
by_size (gconstpointer a, gconstpointer b, gpointer groups)
{
  const Group *x = g_hash_table_lookup (groups, a), *y = g_hash_table_lookup (groups, b);

  return x->n != y->n ? (int) (y->n - x->n) : strcmp (a, b);
}

static char *
groups_text (FakeRouter *self, GHashTable *query)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();
  g_autoptr (GHashTable) groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GPtrArray) found = find_dead (self, query, NULL);
  g_autoptr (GList) keys = NULL;

  for (guint i = 0; i < found->len; i++)
    add_to_groups (groups, g_ptr_array_index (found, i));
  keys = g_list_sort_with_data (g_hash_table_get_keys (groups), by_size, groups);
  json_builder_begin_object (b);
  add_int (b, "total", found->len);
  json_builder_set_member_name (b, "groups");
  json_builder_begin_array (b);
  for (GList *l = keys; l != NULL; l = l->next)
    add_group (b, l->data, g_hash_table_lookup (groups, l->data));
  json_builder_end_array (b);
  json_builder_set_member_name (b, "facets");
  json_builder_begin_object (b);
  for (guint i = 0; i < G_N_ELEMENTS (facets); i++)
    add_facet (self, b, query, facets[i]);
  json_builder_end_object (b);
  json_builder_end_object (b);
  return end_text (b);
}

static char *
deliveries_text (FakeRouter *self, GHashTable *query)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  g_autoptr (JsonBuilder) b = json_builder_new ();
  guint first = number (query, "after", 0), limit = number (query, "limit", 100);

  for (guint i = 0; i < self->events->len; i++)
    {
      Event *event = g_ptr_array_index (self->events, i);

      for (guint j = 0; j < event->deliveries->len; j++)
        {
          Delivery *delivery = g_ptr_array_index (event->deliveries, j);

          if (has_state (parameter (query, "state"), delivery->state) &&
              fits (delivery, query, NULL))
            g_ptr_array_add (found, delivery);
        }
    }
  g_ptr_array_sort (found, g_strcmp0 (parameter (query, "order"), "due") == 0 ? by_due : by_change);

  json_builder_begin_object (b);
  json_builder_set_member_name (b, "deliveries");
  json_builder_begin_array (b);
  for (guint i = first; i < found->len && i < first + limit; i++)
    add_delivery (self, b, g_ptr_array_index (found, i), FALSE);
  end_page (b, first, limit, found->len);
  return end_text (b);
}

static gboolean
has_matched (const Event *event, const char *rule)
{
  JsonArray *matched = array_of (event->event, "matched");

  for (guint i = 0; i < json_array_get_length (matched); i++)
    if (strcmp (json_array_get_string_element (matched, i), rule) == 0)
      return TRUE;
  return FALSE;
}

/* An hour, minute by minute. */
static char *
events_histogram_text (FakeRouter *self)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();
  gint64 start_us = self->started_us - (gint64) 59 * 60 * G_USEC_PER_SEC, total = 0;
  gint64 values[60] = { 0 };

  for (guint i = 0; i < self->events->len; i++)
    {
      const Event *event = g_ptr_array_index (self->events, i);
      gint64 place = (event->received_us - start_us) / ((gint64) 60 * G_USEC_PER_SEC);

      if (place >= 0 && place < 60)
        values[place]++, total++;
    }
  json_builder_begin_object (b);
  add_time (b, "start", start_us);
  add_int (b, "step_seconds", 60);
  add_int (b, "points", 60);
  add_int (b, "total", total);
  json_builder_set_member_name (b, "values");
  json_builder_begin_array (b);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    json_builder_add_int_value (b, values[i]);
  json_builder_end_array (b);
  json_builder_end_object (b);
  return end_text (b);
}

static char *
events_text (FakeRouter *self, GHashTable *query)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();
  const char *matched = parameter (query, "matched");
  const char *rule = parameter (query, "rule");
  const char *source = parameter (query, "source");
  guint first = number (query, "after", 0), limit = number (query, "limit", 100), n = 0;

  json_builder_begin_object (b);
  json_builder_set_member_name (b, "events");
  json_builder_begin_array (b);
  for (guint i = 0; i < self->events->len; i++)
    {
      const Event *event = g_ptr_array_index (self->events, i);
      gboolean any = json_array_get_length (array_of (event->event, "matched")) > 0;

      if (matched != NULL && (strcmp (matched, "true") == 0) != any)
        continue;
      if (rule != NULL && !has_matched (event, rule))
        continue;
      if (source != NULL && strcmp (source, string_of (event->event, "source")) != 0)
        continue;
      if (n >= first && n < first + limit)
        add_event (b, event);
      n++;
    }
  end_page (b, first, limit, n);
  return end_text (b);
}

static void
serve_delivery (FakeRouter *self, SoupServerMessage *message, const char *rest)
{
  g_auto (GStrv) parts = g_strsplit (rest, "/", 2);
  Delivery *delivery = find_delivery (self, parts[0]);
  g_autoptr (JsonBuilder) b = json_builder_new ();

  if (delivery == NULL)
    {
      refuse (message, 404, "unknown-delivery", "There is no such delivery");
      return;
    }
  if (parts[1] != NULL)
    {
      JsonObject *object = json_object_has_member (delivery->object, "payload")
                               ? delivery->object
                               : delivery->event->event;
      const char *member = object == delivery->object ? "payload" : "detail";

      answer (message, 200, "application/json",
              json_to_string (json_object_get_member (object, member), FALSE));
      return;
    }
  add_delivery (self, b, delivery, TRUE);
  answer (message, 200, "application/json", end_text (b));
}

static char *
config_text (FakeRouter *self)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();
  GHashTableIter iter;
  gpointer path, text;

  json_builder_begin_object (b);
  add_int (b, "generation", self->generation);
  json_builder_set_member_name (b, "files");
  json_builder_begin_object (b);
  g_hash_table_iter_init (&iter, self->files);
  while (g_hash_table_iter_next (&iter, &path, &text))
    add_member (b, path, text);
  json_builder_end_object (b);
  json_builder_end_object (b);
  return end_text (b);
}

/* The copy itself is not made: what was asked for is kept for the test to look at. */
static void
serve_edit (FakeRouter *self, SoupServerMessage *message, const Event *event, const char *body)
{
  g_free (self->last_operation);
  self->last_operation = g_strdup (body);
  bump (self);
  answer (message, 202, "application/json",
          g_strdup_printf ("{\"id\":\"%s\",\"matched\":[],\"deliveries\":1}", event->id));
}

static void
serve_event (FakeRouter *self, SoupServerMessage *message, const char *rest, const char *body)
{
  g_auto (GStrv) parts = g_strsplit (rest, "/", 2);
  Event *event = find_event (self, parts[0]);
  g_autoptr (JsonBuilder) b = json_builder_new ();

  if (event == NULL)
    {
      refuse (message, 404, "unknown-event", "There is no such event");
      return;
    }
  if (g_strcmp0 (parts[1], "edit") == 0)
    {
      serve_edit (self, message, event, body);
      return;
    }
  if (parts[1] != NULL)
    {
      answer (message, 200, "application/json",
              json_to_string (json_object_get_member (event->event, "detail"), FALSE));
      return;
    }
  json_builder_begin_object (b);
  json_builder_set_member_name (b, "event");
  add_event (b, event);
  json_builder_set_member_name (b, "deliveries");
  json_builder_begin_array (b);
  for (guint i = 0; i < event->deliveries->len; i++)
    add_delivery (self, b, g_ptr_array_index (event->deliveries, i), TRUE);
  json_builder_end_array (b);
  json_builder_end_object (b);
  answer (message, 200, "application/json", end_text (b));
}

/* ---- Operating ------------------------------------------------------------------------------- */

static void
set_state (Delivery *delivery, const char *state)
{
  g_free (delivery->state);
  delivery->state = g_strdup (state);
  delivery->changed_us = g_get_real_time ();
}

static void
settle_cb (gpointer user_data)
{
  FakeRouter *self = user_data;

  self->settle_id = 0;
  for (guint i = 0; i < self->settling->len; i++)
    set_state (g_ptr_array_index (self->settling, i), "done");
  g_ptr_array_set_size (self->settling, 0);
  bump (self);
}

static gboolean
operate (FakeRouter *self, Delivery *delivery, gboolean replay)
{
  gint64 now_us = g_get_real_time ();

  if (delivery == NULL || strcmp (delivery->state, "dead") != 0)
    return FALSE;
  set_state (delivery, replay ? "ready" : "discarded");
  if (replay)
    {
      g_array_append_val (delivery->replays, now_us);
      g_ptr_array_add (self->settling, delivery);
      g_clear_handle_id (&self->settle_id, g_source_remove);
      self->settle_id = g_timeout_add_once (SETTLE_MS, settle_cb, self);
    }
  return TRUE;
}

static guint
operate_matching (FakeRouter *self, JsonObject *filter, gboolean replay)
{
  const char *connector = string_of (filter, "connector");
  guint n = 0;

  for (guint i = 0; i < self->events->len; i++)
    {
      Event *event = g_ptr_array_index (self->events, i);

      for (guint j = 0; j < event->deliveries->len; j++)
        {
          Delivery *delivery = g_ptr_array_index (event->deliveries, j);

          if (*connector == '\0' ||
              strcmp (string_of (delivery->object, "connector"), connector) == 0)
            n += operate (self, delivery, replay);
        }
    }
  return n;
}

static void
serve_operation (FakeRouter *self, SoupServerMessage *message, const char *body, gboolean replay)
{
  g_autoptr (JsonNode) node = json_from_string (body, NULL);
  JsonObject *object = json_node_get_object (node);
  JsonArray *ids = array_of (object, "ids");
  guint applied = 0, asked = 0;

  g_free (self->last_operation);
  self->last_operation = g_strdup (body);
  self->last_number++;
  for (guint i = 0; ids != NULL && i < json_array_get_length (ids); i++, asked++)
    {
      Delivery *delivery = find_delivery (self, json_array_get_string_element (ids, i));

      applied += operate (self, delivery, replay);
      if (delivery != NULL)
        delivery->operation = self->last_number;
    }
  if (ids == NULL)
    asked = applied = operate_matching (self, json_object_get_object_member (object, "filter"),
                                        replay);
  bump (self);
  answer (message, 200, "application/json",
          g_strdup_printf ("{\"applied\":%u,\"skipped\":%u,\"operation\":%d}", applied,
                           asked - applied, (int) self->last_number));
}

/* ---- Jobs ------------------------------------------------------------------------------------ */

static const gint64 job_steps[] = { 1, 10, 100, G_MAXINT64 };

static gboolean
is_guarded (const Job *job)
{
  return json_object_has_member (job->wanted, "guard");
}

/* What was discarded by a job or a call bears its number. */
static gboolean
is_wanted (const Job *job, Delivery *delivery)
{
  JsonObject *filter = json_object_get_object_member (job->wanted, "filter");
  const char *kind = string_of (job->wanted, "kind");
  gboolean restore = strcmp (kind, "restore") == 0;
  g_autoptr (GHashTable) query = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  gint64 operation = int_of (filter, "operation");

  for (guint i = 0; i < G_N_ELEMENTS (facets); i++)
    if (json_object_has_member (filter, facets[i]))
      g_hash_table_insert (query, (gpointer) facets[i],
                           strcmp (facets[i], "status") == 0
                               ? g_strdup_printf ("%d", (int) int_of (filter, "status"))
                               : g_strdup (string_of (filter, facets[i])));
  if (strcmp (kind, "give-up") == 0)
    return strcmp (delivery->state, "waiting") == 0 || strcmp (delivery->state, "held") == 0;
  return strcmp (delivery->state, restore ? "discarded" : "dead") == 0 &&
         (operation == 0 || operation == delivery->operation) && fits (delivery, query, NULL);
}

static void
run_job (FakeRouter *self, Job *job, gint64 limit, gboolean count_only)
{
  const char *kind = string_of (job->wanted, "kind");

  for (guint i = 0; i < self->events->len; i++)
    {
      Event *event = g_ptr_array_index (self->events, i);

      for (guint j = 0; j < event->deliveries->len && limit > 0; j++)
        {
          Delivery *delivery = g_ptr_array_index (event->deliveries, j);

          if (!is_wanted (job, delivery))
            continue;
          limit--;
          if (count_only)
            {
              job->total++;
              continue;
            }
          job->applied++;
          if (strcmp (kind, "restore") == 0 || strcmp (kind, "give-up") == 0)
            set_state (delivery, "dead");
          else
            operate (self, delivery, strcmp (kind, "replay") == 0);
          delivery->operation = job->operation;
        }
    }
}

/* In two steps.  By the rules of now one of more than two would go elsewhere, and of more than
 * three one arrived meanwhile. */
static void
serve_preview (FakeRouter *self, SoupServerMessage *message, const char *body)
{
  g_autoptr (JsonNode) root = json_from_string (body, NULL);
  Job job = { .wanted = json_node_get_object (root) };
  gboolean is_second = json_object_has_member (job.wanted, "after");
  gboolean routes = strcmp (string_of (job.wanted, "rules"), "now") == 0;
  gboolean skips = json_object_get_boolean_member (job.wanted, "skip_succeeded");

  run_job (self, &job, G_MAXINT64, TRUE);
  answer (message, 200, "application/json",
          g_strdup_printf ("{\"looked_at\":%d,\"moved\":0,\"more\":0,\"elsewhere\":%d,"
                           "\"nowhere\":0,\"succeeded\":%d,\"next\":%s}",
                           is_second ? (int) job.total - 1 : 1,
                           routes && is_second && job.total > 2,
                           skips && is_second && job.total > 3, is_second ? "null" : "\"1.2.3\""));
}

static void
go_on (FakeRouter *self, Job *job)
{
  run_job (self, job, is_guarded (job) ? job_steps[job->step] : G_MAXINT64, FALSE);
  job->step = MIN (job->step + 1, (guint) G_N_ELEMENTS (job_steps) - 1);
  g_free (job->state);
  job->state = g_strdup (job->applied < job->total ? "paused" : "done");
  bump (self);
}

static void
add_job (FakeRouter *self, JsonBuilder *b, guint index)
{
  const Job *job = g_ptr_array_index (self->jobs, index);
  gboolean replays = strcmp (string_of (job->wanted, "kind"), "replay") == 0;

  json_builder_begin_object (b);
  add_int (b, "id", index + 1);
  add_int (b, "operation", job->operation);
  add_member (b, "kind", string_of (job->wanted, "kind"));
  add_copy (b, "filter", job->wanted, "filter");
  add_member (b, "state", job->state);
  add_member (b, "note", "");
  add_member (b, "actor", string_of (job->wanted, "actor"));
  add_member (b, "reason", string_of (job->wanted, "reason"));
  add_time (b, "created", job->created_us);
  add_time (b, "changed", job->created_us);
  add_int (b, "rate_per_second", 0);
  add_int (b, "total", job->total);
  add_int (b, "applied", job->applied);
  add_int (b, "skipped", 0);
  add_int (b, "succeeded", replays ? job->applied : 0);
  add_int (b, "failed", 0);
  json_builder_set_member_name (b, "guard");
  if (is_guarded (job))
    {
      json_builder_begin_object (b);
      add_int (b, "step", job->step < 3 ? job_steps[job->step] : 0);
      json_builder_end_object (b);
    }
  else
    json_builder_add_null_value (b);
  json_builder_end_object (b);
}

static char *
jobs_text (FakeRouter *self)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();

  json_builder_begin_object (b);
  json_builder_set_member_name (b, "jobs");
  json_builder_begin_array (b);
  for (guint i = self->jobs->len; i > 0; i--)
    add_job (self, b, i - 1);
  json_builder_end_array (b);
  add_member (b, "next", NULL);
  json_builder_end_object (b);
  return end_text (b);
}

static void
serve_job (FakeRouter *self, SoupServerMessage *message, const char *rest, const char *body)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();
  g_auto (GStrv) parts = g_strsplit (rest, "/", 2);
  guint number = (guint) g_ascii_strtoull (parts[0] != NULL ? parts[0] : "", NULL, 10);
  Job *job;

  if (*rest == '\0')
    {
      g_autoptr (JsonNode) node = json_from_string (body, NULL);

      g_free (self->last_operation);
      self->last_operation = g_strdup (body);
      job = g_new0 (Job, 1);
      job->wanted = json_object_ref (json_node_get_object (node));
      job->created_us = g_get_real_time ();
      job->operation = ++self->last_number;
      g_ptr_array_add (self->jobs, job);
      number = self->jobs->len;
      run_job (self, job, G_MAXINT64, TRUE);
      go_on (self, job);
    }
  if (number == 0 || number > self->jobs->len)
    {
      refuse (message, 404, "not-found", "There is no such job");
      return;
    }
  job = g_ptr_array_index (self->jobs, number - 1);
  if (*rest != '\0' && g_strcmp0 (parts[1], "resume") == 0)
    go_on (self, job);
  else if (*rest != '\0' && g_strcmp0 (parts[1], "cancel") == 0)
    {
      g_free (job->state);
      job->state = g_strdup ("cancelled");
      bump (self);
    }
  add_job (self, b, number - 1);
  answer (message, 200, "application/json", end_text (b));
}

/* ---- Files ----------------------------------------------------------------------------------- */

static char *
etag_of (const char *text)
{
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  return g_strdup_printf ("\"%s\"", sum);
}

static gboolean
has_connector (FakeRouter *self, const char *name)
{
  JsonArray *connectors = array_of (json_node_get_object (self->world), "connectors");

  for (guint i = 0; i < json_array_get_length (connectors); i++)
    if (strcmp (string_of (json_array_get_object_element (connectors, i), "name"), name) == 0)
      return TRUE;
  return FALSE;
}

static guint
line_of (const char *text, const char *needle)
{
  const char *at = strstr (text, needle);
  guint line = 1;

  for (; at != NULL && text < at; text++)
    line += *text == '\n';
  return line;
}

/* The one thing that only a router can know: does the target exist?  TRUE when it refused. */
static gboolean
refuse_targets (FakeRouter *self, SoupServerMessage *message, const char *path, const char *text)
{
  g_autoptr (JsonNode) node = json_from_string (text, NULL);
  JsonArray *targets = node != NULL && JSON_NODE_HOLDS_OBJECT (node)
                           ? array_of (json_node_get_object (node), "Targets")
                           : NULL;

  for (guint i = 0; targets != NULL && i < json_array_get_length (targets); i++)
    {
      const char *arn = string_of (json_array_get_object_element (targets, i), "Arn");
      g_autoptr (JsonBuilder) b = json_builder_new ();
      g_autofree char *key = g_strdup_printf ("Targets[%u].Arn", i);
      g_autofree char *words = g_strdup_printf ("there is no connector “%s”", arn);

      if (has_connector (self, arn))
        continue;
      json_builder_begin_object (b);
      add_member (b, "type", "urn:signalbox:problem:invalid-configuration");
      add_member (b, "detail", "The configuration has 1 problem");
      json_builder_set_member_name (b, "problems");
      json_builder_begin_array (b);
      json_builder_begin_object (b);
      add_member (b, "file", path);
      add_int (b, "line", line_of (text, arn));
      add_int (b, "column", 1);
      add_member (b, "key", key);
      add_member (b, "message", words);
      add_member (b, "hint", "write the file webhook/….json, or name a connector that is there");
      json_builder_end_object (b);
      json_builder_end_array (b);
      json_builder_end_object (b);
      answer (message, 422, "application/problem+json", end_text (b));
      return TRUE;
    }
  return FALSE;
}

void
fake_router_write (FakeRouter *self, const char *path, const char *text)
{
  g_hash_table_insert (self->files, g_strdup (path), g_strdup (text));
  self->generation++;
  bump (self);
}

const char *
fake_router_read (FakeRouter *self, const char *path)
{
  return g_hash_table_lookup (self->files, path);
}

static void
serve_put (FakeRouter *self,
           SoupServerMessage *message,
           const char *path,
           const char *body,
           gboolean check)
{
  const char *old = fake_router_read (self, path);
  const char *expected = soup_message_headers_get_one (
      soup_server_message_get_request_headers (message), "If-Match");
  g_autofree char *etag = old != NULL ? etag_of (old) : NULL;

  if (expected != NULL && g_strcmp0 (expected, etag) != 0)
    {
      refuse (message, 412, "edited-meanwhile", "The file was changed since it was read");
      return;
    }
  if (refuse_targets (self, message, path, body))
    return;
  if (!check)
    fake_router_write (self, path, body);
  answer (message, 200, "application/json",
          g_strdup_printf ("{\"generation\":%" G_GINT64_FORMAT "}", self->generation));
}

static void
serve_removal (FakeRouter *self, SoupServerMessage *message, const char *path)
{
  if (!g_hash_table_remove (self->files, path))
    {
      refuse (message, 404, "unknown-file", "There is no such file");
      return;
    }
  self->generation++;
  bump (self);
  answer (message, 200, "application/json",
          g_strdup_printf ("{\"generation\":%" G_GINT64_FORMAT "}", self->generation));
}

static char *
files_text (FakeRouter *self)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();
  g_autoptr (GList) paths = g_list_sort (g_hash_table_get_keys (self->files),
                                         (GCompareFunc) strcmp);

  json_builder_begin_object (b);
  add_int (b, "generation", self->generation);
  json_builder_set_member_name (b, "files");
  json_builder_begin_array (b);
  for (GList *l = paths; l != NULL; l = l->next)
    json_builder_add_string_value (b, l->data);
  json_builder_end_array (b);
  json_builder_end_object (b);
  return end_text (b);
}

static void
serve_file (FakeRouter *self,
            SoupServerMessage *message,
            const char *path,
            const char *body,
            GHashTable *query)
{
  const char *text = fake_router_read (self, path);

  if (strcmp (soup_server_message_get_method (message), "PUT") == 0)
    serve_put (self, message, path, body, parameter (query, "check") != NULL);
  else if (strcmp (soup_server_message_get_method (message), "DELETE") == 0)
    serve_removal (self, message, path);
  else if (text == NULL)
    refuse (message, 404, "unknown-file", "There is no such file");
  else
    {
      g_autofree char *etag = etag_of (text);

      soup_message_headers_append (soup_server_message_get_response_headers (message), "ETag",
                                   etag);
      answer (message, 200, "application/json", g_strdup (text));
    }
}

/* ---- What the world says word for word ---- */

/* A copy in which {"$ago": seconds} is a time. */
static JsonNode *
with_times (FakeRouter *self, JsonNode *node)
{
  JsonNode *copy = json_node_alloc ();
  g_autoptr (GList) members = NULL;

  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *from = json_node_get_array (node), *to = json_array_new ();

      for (guint i = 0; i < json_array_get_length (from); i++)
        json_array_add_element (to, with_times (self, json_array_get_element (from, i)));
      json_node_take_array (json_node_init (copy, JSON_NODE_ARRAY), to);
      return copy;
    }
  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      json_node_free (copy);
      return json_node_copy (node);
    }
  if (json_object_has_member (json_node_get_object (node), "$ago"))
    {
      gint64 at_us = self->started_us -
                     int_of (json_node_get_object (node), "$ago") * G_USEC_PER_SEC;
      g_autoptr (GDateTime) at = g_date_time_new_from_unix_utc (at_us / G_USEC_PER_SEC);
      g_autofree char *text = g_date_time_format (at, "%Y-%m-%dT%H:%M:%S.000000Z");

      return json_node_init_string (copy, text);
    }
  json_node_take_object (json_node_init (copy, JSON_NODE_OBJECT), json_object_new ());
  members = json_object_get_members (json_node_get_object (node));
  for (GList *l = members; l != NULL; l = l->next)
    json_object_set_member (
        json_node_get_object (copy), l->data,
        with_times (self, json_object_get_member (json_node_get_object (node), l->data)));
  return copy;
}

/* The member of "answers" that has the call's method and path, or FALSE. */
static gboolean
serve_as_said (FakeRouter *self, SoupServerMessage *message, const char *key, const char *body)
{
  JsonObject *world = json_node_get_object (self->world);
  JsonObject *answers = json_object_has_member (world, "answers")
                            ? json_object_get_object_member (world, "answers")
                            : NULL;
  g_autoptr (JsonNode) said = NULL;

  if (answers == NULL || !json_object_has_member (answers, key))
    return FALSE;
  if (g_str_has_prefix (key, "POST "))
    {
      g_free (self->last_operation);
      self->last_operation = g_strdup_printf ("%s %s", key, body);
      bump (self);
    }
  said = with_times (self, json_object_get_member (answers, key));
  answer (message, 200, "application/json", json_to_string (said, FALSE));
  return TRUE;
}

/* ---- Answers that stay the same -------------------------------------------------------------- */

/* "@-120" is two minutes before now. */
static char *
replace_times (const char *text)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gint64 now_us = g_get_real_time ();

  while (*text != '\0')
    {
      if (g_str_has_prefix (text, "\"@") && (text[2] == '-' || g_ascii_isdigit (text[2])))
        {
          char *end;
          gint64 seconds = g_ascii_strtoll (text + 2, &end, 10);
          g_autofree char *time = sb_json_format_time (now_us + seconds * G_USEC_PER_SEC);

          g_string_append_printf (out, "\"%s\"", time);
          text = end + 1;
        }
      else
        g_string_append_c (out, *text++);
    }
  return g_strdup (out->str);
}

/* NULL: there is none. */
static char *
fixed_text (FakeRouter *self, const char *path)
{
  JsonObject *answers = json_node_get_object (self->answers);
  g_autofree char *text = NULL;

  if (!json_object_has_member (json_node_get_object (self->world), "rules") ||
      json_array_get_length (array_of (json_node_get_object (self->world), "rules")) == 0 ||
      !json_object_has_member (answers, path))
    return NULL;
  text = json_to_string (json_object_get_member (answers, path), FALSE);
  return replace_times (text);
}

static void
add_wave (JsonBuilder *b, const char *name, guint n, double height, double phase, guint burst)
{
  json_builder_set_member_name (b, name);
  json_builder_begin_array (b);
  for (guint i = 0; i < n; i++)
    {
      double x = (double) i / n;
      double peak = i > n * 7 / 10 && i < n * 8 / 10 ? burst : 0;

      json_builder_add_int_value (
          b, (gint64) (height * (1.2 + sin (x * 9 + phase) + 0.3 * sin (x * 131 + phase)) + peak));
    }
  json_builder_end_array (b);
}

static char *
series_text (GHashTable *query)
{
  g_autoptr (JsonBuilder) b = json_builder_new ();
  const char *step = parameter (query, "step");
  gint64 seconds = g_strcmp0 (step, "1m") == 0 ? 60 : g_strcmp0 (step, "1h") == 0 ? 3600 : 1;
  guint n = number (query, "points", 60);

  json_builder_begin_object (b);
  add_int (b, "step_seconds", seconds);
  add_int (b, "points", n);
  add_time (b, "start", g_get_real_time () - seconds * n * G_USEC_PER_SEC);
  json_builder_set_member_name (b, "series");
  json_builder_begin_array (b);
  json_builder_begin_object (b);
  add_member (b, "name", "");
  add_wave (b, "in", n, 9.0 * (double) seconds, 0, 14);
  add_wave (b, "delivered", n, 8.0 * (double) seconds, 0.4, 4);
  add_wave (b, "failed", n, 0.4 * (double) seconds, 2, 9);
  add_wave (b, "pending", n, 3, 1, 60);
  add_wave (b, "oldest_pending_seconds", n, 20, 1, 100);
  json_builder_set_member_name (b, "dead_letters");
  json_builder_begin_array (b);
  for (guint i = 0; i < n; i++)
    json_builder_add_int_value (b, i < n * 7 / 10 ? 3 : i < n * 8 / 10 ? 6 : 8);
  json_builder_end_array (b);
  json_builder_end_object (b);
  json_builder_end_array (b);
  json_builder_end_object (b);
  return end_text (b);
}

/* ---- The server ------------------------------------------------------------------------------ */

static void
serve_cb (SoupServer *server,
          SoupServerMessage *message,
          const char *path,
          GHashTable *query,
          gpointer user_data)
{
  FakeRouter *self = user_data;
  SoupMessageBody *request = soup_server_message_get_request_body (message);
  g_autofree char *body = g_strndup (request->data != NULL ? request->data : "",
                                     (gsize) request->length);
  char *key = g_strconcat (soup_server_message_get_method (message), " ", path, NULL);
  char *fixed;
  int n = GPOINTER_TO_INT (g_hash_table_lookup (self->requests, key));

  g_hash_table_replace (self->requests, key, GINT_TO_POINTER (n + 1));
  if (strcmp (path, "/v1/status") == 0)
    answer (message, 200, "application/json", status_text (self));
  else if (strcmp (path, "/v1/changes") == 0)
    serve_changes (self, message);
  else if (self->manner == FAKE_ROUTER_REFUSES)
    refuse (message, 503, "store-failed", "the store cannot be read: disk I/O error");
  else if (self->manner == FAKE_ROUTER_WAITS)
    soup_server_message_pause (message);
  else if (strcmp (path, "/v1/routes") == 0)
    answer (message, 200, "application/json", routes_text (self));
  else if (strcmp (path, "/v1/deliveries") == 0)
    answer (message, 200, "application/json", deliveries_text (self, query));
  else if (strcmp (path, "/v1/events") == 0)
    answer (message, 200, "application/json", events_text (self, query));
  else if (g_str_has_prefix (path, "/v1/deliveries/"))
    serve_delivery (self, message, path + strlen ("/v1/deliveries/"));
  else if (strcmp (path, "/v1/events/histogram") == 0)
    answer (message, 200, "application/json", events_histogram_text (self));
  else if (g_str_has_prefix (path, "/v1/events/"))
    serve_event (self, message, path + strlen ("/v1/events/"), body);
  else if (strcmp (path, "/v1/replay") == 0 || strcmp (path, "/v1/discard") == 0)
    serve_operation (self, message, body, strcmp (path, "/v1/replay") == 0);
  else if (strcmp (path, "/v1/replay/preview") == 0)
    serve_preview (self, message, body);
  else if (strcmp (path, "/v1/series") == 0)
    answer (message, 200, "application/json", series_text (query));
  else if ((fixed = fixed_text (self, path)) != NULL)
    answer (message, 200, "application/json", fixed);
  else if (strcmp (path, "/v1/config/files") == 0)
    answer (message, 200, "application/json", files_text (self));
  else if (strcmp (path, "/v1/dead-letters/groups") == 0)
    answer (message, 200, "application/json", groups_text (self, query));
  else if (strcmp (path, "/v1/dead-letters/histogram") == 0)
    answer (message, 200, "application/json", dead_histogram_text (self, query));
  else if (strcmp (path, "/v1/jobs") == 0 &&
           strcmp (soup_server_message_get_method (message), "GET") == 0)
    answer (message, 200, "application/json", jobs_text (self));
  else if (strcmp (path, "/v1/jobs") == 0)
    serve_job (self, message, "", body);
  else if (g_str_has_prefix (path, "/v1/jobs/"))
    serve_job (self, message, path + strlen ("/v1/jobs/"), body);
  else if (strcmp (path, "/v1/config") == 0 &&
           strcmp (soup_server_message_get_method (message), "GET") == 0)
    answer (message, 200, "application/json", config_text (self));
  else if (g_str_has_prefix (path, "/v1/config/file/"))
    serve_file (self, message, path + strlen ("/v1/config/file/"), body, query);
  else if (g_str_has_prefix (path, "/in/"))
    {
      fake_router_receive (self, path + strlen ("/in/"));
      answer (message, 202, "application/json", g_strdup ("{}"));
    }
  else if (!serve_as_said (self, message, key, body))
    refuse (message, 404, "unknown-path", path);
}

void
fake_router_listen (FakeRouter *self, const char *socket_path)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (socket_path);
  g_autoptr (GError) error = NULL;

  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, NULL, serve_cb, self, NULL);
  if (!soup_server_listen (self->server, address, 0, &error))
    g_error ("%s: %s", socket_path, error->message);
  g_free (self->socket_path);
  self->socket_path = g_strdup (socket_path);
}

void
fake_router_die (FakeRouter *self)
{
  soup_server_disconnect (self->server);
  g_clear_object (&self->server);
  g_unlink (self->socket_path);
  g_clear_pointer (&self->socket_path, g_free);
}

void
fake_router_set_manner (FakeRouter *self, FakeRouterManner manner)
{
  self->manner = manner;
}

void
fake_router_receive (FakeRouter *self, const char *source)
{
  int n = GPOINTER_TO_INT (g_hash_table_lookup (self->received, source));
  JsonObject *world = json_node_get_object (self->world);

  g_hash_table_insert (self->received, g_strdup (source), GINT_TO_POINTER (n + 1));
  json_object_set_int_member (world, "more_events", int_of (world, "more_events") + 1);
  bump (self);
}

guint
fake_router_count_requests (FakeRouter *self, const char *method_and_path)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (self->requests, method_and_path));
}

guint
fake_router_count_state (FakeRouter *self, const char *state)
{
  return (guint) count (self, state, NULL, NULL);
}

const char *
fake_router_get_last_operation (FakeRouter *self)
{
  return self->last_operation;
}
