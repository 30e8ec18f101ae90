/* What router.c does, without its server and signals; and crashes. */
#include "world.h"

#include "disk.h"
#include "targets.h"

#include "base/log.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>

#define STOP_GRACE_MS 5000
#define FULL_RETRY_MS 1000

/* The sum of the windows of all connectors. */
#define MAX_UNDER_WAY 64

/* ---- Making ---- */

World *
world_new (guint32 seed, gboolean in_memory)
{
  World *world = g_new0 (World, 1);
  g_autoptr (GError) error = NULL;
  g_autofree char *template = g_strdup ("/dev/shm/signalbox-world-XXXXXX");

  world->seed = seed;
  world->folder = g_mkdtemp (template) != NULL ? g_strdup (template)
                                               : g_dir_make_tmp ("signalbox-world-XXXXXX", &error);
  g_assert_no_error (error);
  world->config_dir = g_build_filename (world->folder, "config", NULL);
  world->state_dir = g_build_filename (world->folder, "state", NULL);
  g_assert_cmpint (g_mkdir_with_parents (world->config_dir, 0700), ==, 0);
  g_assert_cmpint (g_mkdir_with_parents (world->state_dir, 0700), ==, 0);
  world->evidence = evidence_new ();
  world->clock = clock_system_new (); /* whose time is made up */
  world->random = random_seeded_new (seed);
  world->keyed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  world->found = g_ptr_array_new_with_free_func (g_free);
  if (in_memory)
    return world;
  world->disk = disk_new ();
  disk_mount (world->state_dir, world->disk);
  return world;
}

static int
remove_one (const char *path, const struct stat *info, int type, struct FTW *walk)
{
  return remove (path);
}

void
world_free (World *world)
{
  disk_mount (world->state_dir, NULL);
  g_clear_pointer (&world->disk, disk_free);
  nftw (world->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
  evidence_free (world->evidence);
  clock_free (world->clock);
  random_free (world->random);
  g_hash_table_unref (world->keyed);
  g_ptr_array_unref (world->found);
  g_free (world->folder);
  g_free (world->config_dir);
  g_free (world->state_dir);
  g_free (world);
}

void
world_config (World *world, const char *relative, const char *format, ...)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdelimit (g_strdup_vprintf (format, args), "'", '"');
  va_end (args);
  config_write_file (world->config_dir, relative, text, &error);
  g_assert_no_error (error);
}

/* ---- The log ---- */

static gboolean log_is_shown;

void __wrap_log_message (LogLevel level, const char *module, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

void
__wrap_log_message (LogLevel level, const char *module, const char *format, ...)
{
  g_autofree char *text = NULL;
  g_autofree char *time = NULL;
  va_list args;

  if (!log_is_shown)
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  time = clock_format_us (g_get_real_time ());
  fprintf (stderr, "%s %s: %s\n", time, module, text);
}

void
world_show_log (gboolean shown)
{
  log_is_shown = shown;
}

/* ---- Starting ---- */

static void
on_due (const StoreDue *due, gpointer user_data)
{
  deliver_add (((World *) user_data)->deliver, due);
}

static void
on_appended (const AppendEvent *append, gpointer user_data)
{
  deliver_remember (((World *) user_data)->deliver, append);
}

static void
on_paused (const char *connector, gboolean paused, gpointer user_data)
{
  deliver_set_paused (((World *) user_data)->deliver, connector, paused);
}

static void
on_reconfigured (gpointer user_data)
{
  deliver_reconfigure (((World *) user_data)->deliver);
}

static void
on_writer_failed (const GError *error, gpointer user_data)
{
  ((World *) user_data)->has_failed = TRUE;
}

static void
note_generation (World *world)
{
  g_autoptr (StoredGeneration) last = NULL;
  g_autoptr (GError) error = NULL;

  world->store->engine->last_generation (world->store, &last, &error);
  g_assert_no_error (error);
  evidence_generation (world->evidence, last->generation, last->content);
}

static void
start_store (World *world)
{
  static const WriterSettings settings = { .max_queued_events = 200,
                                           .max_batch_items = 16,
                                           .full_retry_ms = FULL_RETRY_MS };
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (Snapshot) first = NULL;

  if (world->store == NULL)
    world->store = (world->disk != NULL ? store_engine_sqlite : store_engine_memory)
                       .open (world->state_dir, &error);
  if (world->store == NULL)
    g_error ("The store cannot be opened: %s", error->message);
  world->has_failed = FALSE;
  world->writer = writer_new (world->store, &settings, on_writer_failed, world);
  first = control_first_snapshot (world->config_dir, connector_schemas (), world->store,
                                  world->writer, world->clock, &problems, &error);
  if (first == NULL)
    g_error ("The configuration cannot be taken: %s", error != NULL ? error->message : "problems");
  world->snapshots = snapshot_holder_new (first);
  note_generation (world);
}

void
world_start (World *world)
{
  DeliverSetup deliver;
  IngressSetup ingress;
  ControlSetup control;
  g_autoptr (GError) error = NULL;

  world->life++;
  start_store (world);
  deliver = (DeliverSetup){ .clock = world->clock,
                            .random = world->random,
                            .store = world->store,
                            .writer = world->writer,
                            .snapshots = world->snapshots,
                            .state_dir = world->state_dir };
  ingress = (IngressSetup){ .clock = world->clock,
                            .random = world->random,
                            .writer = world->writer,
                            .snapshots = world->snapshots,
                            .due = on_due,
                            .due_data = world,
                            .appended = on_appended };
  control = (ControlSetup){ .clock = world->clock,
                            .store = world->store,
                            .writer = world->writer,
                            .snapshots = world->snapshots,
                            .config_dir = world->config_dir,
                            .connector_schemas = connector_schemas (),
                            .due = on_due,
                            .reconfigured = on_reconfigured,
                            .paused = on_paused,
                            .user_data = world };
  world->deliver = deliver_new (&deliver);
  if (!deliver_start (world->deliver, &error))
    g_error ("Deliveries cannot be started: %s", error->message);
  world->ingress = ingress_new (&ingress);
  world->control = control_new (&control);
}

/* ---- Ending ---- */

static void
take_down (World *world, guint grace_ms)
{
  control_stop (world->control);
  deliver_stop (world->deliver, grace_ms);
  writer_stop (world->writer);
  g_clear_pointer (&world->control, control_free);
  g_clear_pointer (&world->ingress, ingress_free);
  g_clear_pointer (&world->deliver, deliver_free);
  g_clear_pointer (&world->writer, writer_free);
  g_clear_pointer (&world->snapshots, snapshot_holder_free);
  /* What is in memory lives as long as the world. */
  if (world->disk != NULL)
    g_clear_pointer (&world->store, store_close);
}

void
world_stop (World *world)
{
  world->n_restarts++;
  take_down (world, STOP_GRACE_MS);
  /* What did not end in time is due again, although its target may have taken it. */
  evidence_crash (world->evidence, MAX_UNDER_WAY);
}

void
world_crash (World *world, guint loss, guint32 seed)
{
  Disk *found;

  /* First of all, since others may run as soon as a mutex is given up: what is acknowledged from
   * here on nobody hears. */
  world->life++;
  targets_unplug (TRUE);
  found = disk_image_now (world->disk, (DiskLoss) loss, seed);
  world->n_crashes++;
  evidence_crash (world->evidence, MAX_UNDER_WAY);
  disk_fail (world->disk, DISK_FAIL_WRITE, 0, FALSE);
  disk_set_room (world->disk, 0);
  take_down (world, 0);
  targets_unplug (FALSE);
  disk_mount (world->state_dir, found);
  disk_free (world->disk);
  world->disk = found;
}

/* ---- Senders ---- */

typedef struct
{
  World *world;
  guint life;
  char *key; /* or NULL */
  GPtrArray *bodies;
} Post;

static void
post_free (Post *post)
{
  g_ptr_array_unref (post->bodies);
  g_free (post->key);
  g_free (post);
}

static Post *
post_new (World *world)
{
  Post *post = g_new0 (Post, 1);

  *post = (Post){ world, world->life, NULL, g_ptr_array_new_with_free_func (g_free) };
  world->n_posted++;
  return post;
}

/* The same key, the same event. */
static void
note_key (const Post *post, const char *id)
{
  World *world = post->world;
  const char *first = g_hash_table_lookup (world->keyed, post->key);

  if (first == NULL)
    g_hash_table_insert (world->keyed, g_strdup (post->key), g_strdup (id));
  else if (!g_str_equal (first, id))
    g_ptr_array_add (world->found, g_strdup_printf ("repeat: key %s is event %s, and then %s",
                                                    post->key, first, id));
  else
    world->n_repeated++;
}

static void
note_event (const Post *post, JsonNode *answer, guint i)
{
  const char *id = json_object_get_string_member (json_node_get_object (answer), "id");
  const char *body = post->bodies->pdata[i];

  if (post->key != NULL)
    note_key (post, id);
  evidence_acknowledged (post->world->evidence, id, body, strlen (body));
  post->world->n_acknowledged++;
}

static void
note_answer (const Post *post, const char *json)
{
  g_autoptr (JsonNode) answer = json_from_string (json, NULL);
  JsonObject *object = json_node_get_object (answer);
  JsonArray *events;

  if (!json_object_has_member (object, "events"))
    {
      note_event (post, answer, 0);
      return;
    }
  events = json_object_get_array_member (object, "events");
  for (guint i = 0; i < json_array_get_length (events); i++)
    note_event (post, json_array_get_element (events, i), i);
}

/* Writer thread. */
static void
posted (const IngressReply *reply, const Problem *problem, gpointer user_data)
{
  Post *post = user_data;

  if (post->life == post->world->life)
    {
      if (reply != NULL)
        note_answer (post, reply->body);
      else
        post->world->n_refused++;
    }
  post_free (post);
}

static const char *
header (const char *name, gpointer user_data)
{
  const Post *post = user_data;

  return g_ascii_strcasecmp (name, "Idempotency-Key") == 0 ? post->key : NULL;
}

static guint
count_headers (const char *name, gpointer user_data)
{
  return header (name, user_data) != NULL ? 1 : 0;
}

static void
send (Post *post, const char *source, const char *body)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));
  IngressRequest request = { .source_name = source,
                             .content_type = "application/json",
                             .header = header,
                             .count_headers = count_headers,
                             .header_data = post,
                             .body = bytes };
  World *world = post->world;
  Problem *problem = NULL;

  if (ingress_accept (world->ingress, &request, posted, post, &problem))
    return;
  world->n_refused++;
  problem_free (problem);
  post_free (post);
}

void
world_post (World *world, const char *body)
{
  Post *post = post_new (world);

  g_ptr_array_add (post->bodies, g_strdup (body));
  send (post, "shop", body);
}

void
world_post_keyed (World *world, const char *key, const char *body)
{
  Post *post = post_new (world);

  post->key = g_strdup (key);
  g_ptr_array_add (post->bodies, g_strdup (body));
  send (post, "shop", body);
}

void
world_forget_keys (World *world)
{
  g_hash_table_remove_all (world->keyed);
}

void
world_post_several (World *world, const char *const *bodies, guint n)
{
  Post *post = post_new (world);
  g_autoptr (GString) text = g_string_new ("[");

  for (guint i = 0; i < n; i++)
    {
      g_ptr_array_add (post->bodies, g_strdup (bodies[i]));
      g_string_append_printf (text,
                              "%s{\"source\":\"shop\",\"detail-type\":\"several\",\"detail\":%s}",
                              i > 0 ? "," : "", bodies[i]);
    }
  g_string_append_c (text, ']');
  send (post, NULL, text->str);
}

/* ---- Operators ---- */

void
world_set_paused (World *world, const char *connector, gboolean paused)
{
  gboolean applied;

  /* A disk that fails is no reason to give up. */
  control_set_paused (world->control, connector, paused, "operator", "by chance", &applied, NULL);
}

void
world_edit (World *world, const char *relative, const char *text)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;
  const ControlCause cause = { .author = "operator" };
  guint64 generation;

  if (control_edit (world->control, relative, text, NULL, FALSE, &cause, &generation, &problems,
                    &error))
    note_generation (world);
  else if (problems != NULL)
    g_error ("An edit of %s is no configuration", relative);
}
