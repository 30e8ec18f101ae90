/* Sources with a folder.
 *
 * The thread sleeps until something moves in a folder (notice.h), until a file that was written to
 * lately may be ready, or, where changes are not noticed, for a second.
 *
 * A file is ready once it has not been written to for as long as the source says: whoever writes it
 * slowly is waited for, whoever renames it into place is not kept waiting by anything else. */
#include "ingress/folders.h"

#include "ingress/notice.h"
#include "ingress/own.h"
#include "ingress/refuse.h"
#include "ingress/scan.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where changes are not noticed, and after what may pass. */
#define LOOK_US G_USEC_PER_SEC
/* While much is put into a folder it is not looked at for each file, but for this share of time. */
#define REST_US 5000
#define REST_FACTOR 4
#define MAX_REST_US 200000
#define KEEP_KEY_US (30 * G_TIME_SPAN_DAY)
#define LOG_AGAIN_US (60 * G_USEC_PER_SEC)
#define MAX_SAME_NAMES 10000

struct Folders
{
  FoldersSetup setup;
  GThread *thread;
  Notice *notice;
  gint64 logged_us; /* monotonic */
  gint64 wait_us;   /* after the look: until the next one; G_MAXINT64: for ever */
  gint is_stopping; /* atomic */
};

/* One folder on a look. */
typedef struct
{
  Folders *folders;
  Snapshot *snapshot;
  const ConfigSource *source;
  char *path;
  guint n_settled;
} Look;

static gboolean
is_stopping (Folders *self)
{
  return g_atomic_int_get (&self->is_stopping);
}

static void
look_again_in (Look *look, gint64 wait_us)
{
  look->folders->wait_us = MIN (look->folders->wait_us, wait_us);
}

/* A folder that is away is so for many looks. */
static void
log_now_and_then (Look *look, const char *path, const char *why)
{
  Folders *self = look->folders;
  gint64 now_us = clock_monotonic_us (self->setup.clock);

  if (self->logged_us != 0 && now_us - self->logged_us < LOG_AGAIN_US)
    return;
  self->logged_us = now_us;
  log_message (LOG_WARNING, "ingress", "source/%s: “%s”: %s", look->source->name, path, why);
}

/* ---- Files ---- */

static gboolean
has_suffix (const char *name, const char *const *suffixes)
{
  for (; *suffixes != NULL; suffixes++)
    if (g_str_has_suffix (name, *suffixes))
      return TRUE;
  return FALSE;
}

static gboolean
is_lines (const char *name)
{
  static const char *const lines[] = { ".ndjson", ".jsonl", NULL };

  return has_suffix (name, lines);
}

static gboolean
is_candidate (const char *name)
{
  return *name != '.' && (g_str_has_suffix (name, ".json") || is_lines (name));
}

/* Moves it without ever replacing another: a name that is taken gets a number. */
static gboolean
move (Look *look, const char *from, const char *folder, const char *name, char **out_to)
{
  for (guint n = 1; n <= MAX_SAME_NAMES; n++)
    {
      g_autofree char *unique = n == 1 ? g_strdup (name) : g_strdup_printf ("%u-%s", n, name);
      g_autofree char *to = g_build_filename (look->path, folder, unique, NULL);

      if (renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        {
          if (out_to != NULL)
            *out_to = g_steal_pointer (&to);
          return TRUE;
        }
      if (errno != EEXIST)
        break;
    }
  /* Else somebody else was quicker. */
  if (errno != ENOENT)
    {
      log_now_and_then (look, from, g_strerror (errno));
      look_again_in (look, LOOK_US);
    }
  return FALSE;
}

static void
sync_folder (const char *path)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
}

typedef struct
{
  char *text;
  gsize length;
  char *key; /* what no other file has, and this one after a restart */
} Content;

static void
content_clear (Content *content)
{
  g_free (content->text);
  g_free (content->key);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Content, content_clear)

static char *
make_key (const char *name, const struct stat *found, const Content *content)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *file = g_strdup_printf ("%s %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT ".%09ld\n",
                                           name, (guint64) found->st_ino,
                                           (gint64) found->st_mtim.tv_sec, found->st_mtim.tv_nsec);

  g_checksum_update (checksum, (const guchar *) file, -1);
  g_checksum_update (checksum, (const guchar *) content->text, (gssize) content->length);
  return g_strdup (g_checksum_get_string (checksum));
}

/* NULL, or why it cannot be read. */
static char *
read_open (int fd, const char *name, gsize max_bytes, Content *out)
{
  struct stat found;
  gsize done = 0;
  gssize n = 1;

  if (fstat (fd, &found) != 0)
    return g_strdup (g_strerror (errno));
  if (!S_ISREG (found.st_mode))
    return g_strdup ("it is no regular file");
  if ((guint64) found.st_size > max_bytes)
    return g_strdup_printf ("it has %" G_GINT64_FORMAT
                            " bytes; FileBytes of the folder allows %" G_GSIZE_FORMAT,
                            (gint64) found.st_size, max_bytes);
  out->text = g_malloc ((gsize) found.st_size + 1);
  while (n > 0 && done < (gsize) found.st_size)
    {
      n = read (fd, out->text + done, (gsize) found.st_size - done);
      if (n < 0 && errno == EINTR)
        n = 1;
      else if (n < 0)
        return g_strdup (g_strerror (errno));
      else
        done += (gsize) n;
    }
  out->length = done;
  out->key = make_key (name, &found, out);
  return NULL;
}

static char *
read_content (const char *path, const char *name, gsize max_bytes, Content *out)
{
  int fd = open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  char *why;

  if (fd < 0)
    return g_strdup (errno == ELOOP ? "it is a symbolic link" : g_strerror (errno));
  why = read_open (fd, name, max_bytes, out);
  close (fd);
  return why;
}

/* ---- Events ---- */

static char *
explain (const Problem *problem, guint line)
{
  if (line > 0)
    return g_strdup_printf ("line %u: %s", line, problem->detail);
  if (problem->line > 0)
    return g_strdup_printf ("line %u, column %u: %s", problem->line, problem->column,
                            problem->detail);
  return g_strdup (problem->detail);
}

/* line: 0 when the whole file is one event. */
static char *
add_event (Look *look, const char *name, const char *text, gsize length, guint line, GArray *drafts)
{
  const IngressRequest request = { .source_name = look->source->name,
                                   .content_type = "application/json" };
  const DraftContext context = { &request, look->snapshot->configuration,
                                 clock_wall_us (look->folders->setup.clock) };
  g_autoptr (GBytes) body = g_bytes_new (text, length);
  g_autoptr (Problem) problem = NULL;
  Draft draft = { 0 };

  problem = draft_from_webhook (&context, look->source, body, &draft);
  if (draft.metadata == NULL)
    {
      g_autofree char *valid = g_utf8_make_valid (name, -1);
      g_autofree char *id = line > 0 ? g_strdup_printf ("%s:%u", valid, line) : g_strdup (valid);
      g_autoptr (GString) metadata = g_string_new ("{\"id\":");

      event_append_json_string (metadata, id, -1);
      g_string_append_c (metadata, '}');
      draft.metadata = g_strdup (metadata->str);
    }
  g_array_append_val (drafts, draft);
  return problem != NULL ? explain (problem, line) : NULL;
}

static char *
split_lines (Look *look, const char *name, const Content *content, GArray *drafts)
{
  const char *at = content->text, *end = content->text + content->length;
  char *why = NULL;

  for (guint line = 1; at < end && why == NULL; line++)
    {
      const char *newline = memchr (at, '\n', (gsize) (end - at));
      const char *line_end = newline != NULL ? newline : end;
      JsonSlice value = json_slice (at, (gsize) (line_end - at));

      if (value.length > 0)
        why = add_event (look, name, value.text, value.length, line, drafts);
      at = newline != NULL ? newline + 1 : end;
    }
  return why;
}

/* Of a long file so many at a time, each with a key of its own: a restart finds which are kept. */
static guint
keep_events (Look *look, const Content *content, GArray *drafts, char **out_why)
{
  guint max = look->snapshot->configuration->router.events_per_request;

  for (guint first = 0; first < drafts->len; first += max)
    {
      g_autofree char *key = g_strdup_printf ("%s/%u", content->key, first);
      g_autoptr (GArray) part = g_array_new (FALSE, TRUE, sizeof (Draft));
      const OwnEvents own = { .snapshot = look->snapshot,
                              .source = look->source,
                              .drafts = part,
                              .key = key,
                              .keep_us = KEEP_KEY_US };
      guint status;

      g_array_append_vals (part, &g_array_index (drafts, Draft, first),
                           MIN (max, drafts->len - first));
      status = ingress_keep_own_and_wait (look->folders->setup.ingress, &own, out_why);
      if (status == 0)
        continue;
      if (first > 0)
        {
          char *what = g_steal_pointer (out_why);

          *out_why = g_strdup_printf ("%s; the first %u events were kept", what, first);
          g_free (what);
        }
      return status;
    }
  return 0;
}

/* ---- From claimed to done or failed ---- */

static void
settle (Look *look, const char *from, const char *name, const char *why)
{
  g_autofree char *to = NULL;
  g_autofree char *reason = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  look->n_settled++;
  if (why == NULL && !look->source->folder->keeps_done)
    {
      g_unlink (from);
      return;
    }
  if (!move (look, from, why == NULL ? "done" : "failed", name, &to) || why == NULL)
    return;
  log_message (LOG_WARNING, "ingress", "source/%s: “%s” failed: %s", look->source->name, to, why);
  reason = g_strconcat (to, ".reason", NULL);
  text = g_strconcat (why, "\n", NULL);
  if (!g_file_set_contents (reason, text, -1, &error))
    log_now_and_then (look, reason, error->message);
}

static void
take_claimed (Look *look, const char *name)
{
  g_autofree char *path = g_build_filename (look->path, "claimed", name, NULL);
  g_autoptr (GArray) drafts = g_array_new (FALSE, TRUE, sizeof (Draft));
  g_auto (Content) content = { 0 };
  g_autofree char *why = NULL;
  guint status = 0;

  g_array_set_clear_func (drafts, (GDestroyNotify) draft_clear);
  why = read_content (path, name, look->source->folder->file_bytes, &content);
  if (why == NULL && is_lines (name))
    why = split_lines (look, name, &content, drafts);
  else if (why == NULL)
    why = add_event (look, name, content.text, content.length, 0, drafts);
  if (why == NULL)
    status = keep_events (look, &content, drafts, &why);
  if (status != 0 && own_may_pass (status))
    {
      log_now_and_then (look, path, why);
      look_again_in (look, LOOK_US);
    }
  else
    settle (look, path, name, why);
}

/* ---- Looking ---- */

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
list (Look *look, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (path, 0, &error);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  if (dir == NULL)
    {
      log_now_and_then (look, path, error->message);
      look_again_in (look, LOOK_US);
    }
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (is_candidate (name))
      g_ptr_array_add (names, g_strdup (name));
  /* By name, so that numbered files keep their order. */
  g_ptr_array_sort (names, compare_names);
  return names;
}

/* By the file system's clock, which is the one that dates files; a date in the future counts as
 * ready. */
static gboolean
is_ready (Look *look, const char *path)
{
  struct stat found;
  gint64 age_us;

  if (lstat (path, &found) != 0 || S_ISDIR (found.st_mode))
    return FALSE;
  age_us = g_get_real_time () - (gint64) found.st_mtim.tv_sec * G_USEC_PER_SEC -
           found.st_mtim.tv_nsec / 1000;
  if (age_us < 0 || age_us >= look->source->folder->settle_us)
    return TRUE;
  look_again_in (look, look->source->folder->settle_us - age_us);
  return FALSE;
}

static gboolean
make_folders (Look *look)
{
  static const char *const names[] = { "claimed", "done", "failed" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (look->path, names[i], NULL);

      if (g_mkdir_with_parents (path, 0700) != 0)
        {
          log_now_and_then (look, path, g_strerror (errno));
          look_again_in (look, LOOK_US);
          return FALSE;
        }
    }
  return TRUE;
}

/* Before it is listed: what comes after the list is noticed. */
static void
watch (Look *look)
{
  if (look->source->folder->rescan_us > 0)
    look_again_in (look, look->source->folder->rescan_us);
  if (!notice_watch (look->folders->notice, look->path))
    look_again_in (look, LOOK_US);
}

static void
claim (Look *look)
{
  g_autoptr (GPtrArray) names = list (look, look->path);
  g_autofree char *claimed = g_build_filename (look->path, "claimed", NULL);
  guint n = 0;

  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *path = g_build_filename (look->path, names->pdata[i], NULL);

      if (is_ready (look, path))
        n += (guint) move (look, path, "claimed", names->pdata[i], NULL);
    }
  if (n > 0)
    sync_folder (claimed);
}

static void
look_at (Look *look)
{
  g_autofree char *claimed = g_build_filename (look->path, "claimed", NULL);
  g_autoptr (GPtrArray) names = NULL;

  if (!make_folders (look))
    return;
  watch (look);
  claim (look);
  names = list (look, claimed);
  for (guint i = 0; i < names->len && !is_stopping (look->folders); i++)
    take_claimed (look, names->pdata[i]);
}

guint
folders_step (Folders *folders)
{
  g_autoptr (Snapshot) snapshot = snapshot_current (folders->setup.snapshots);
  GHashTableIter iter;
  gpointer value;
  guint n_settled = 0;

  folders->wait_us = G_MAXINT64;
  notice_begin (folders->notice);
  g_hash_table_iter_init (&iter, snapshot->configuration->sources);
  while (g_hash_table_iter_next (&iter, NULL, &value) && !is_stopping (folders))
    {
      const ConfigSource *source = value;
      Look look = { .folders = folders, .snapshot = snapshot, .source = source };

      if (source->folder == NULL || !source->enabled)
        continue;
      look.path = g_canonicalize_filename (source->folder->path, folders->setup.state_dir);
      look_at (&look);
      g_free (look.path);
      n_settled += look.n_settled;
    }
  notice_end (folders->notice);
  return n_settled;
}

/* ---- The thread ---- */

static void
rest (Folders *self, gint64 begun_us, gint64 rest_us)
{
  if (!is_stopping (self) && g_get_monotonic_time () - begun_us < rest_us)
    g_usleep ((gulong) rest_us);
}

static gpointer
run (gpointer data)
{
  Folders *self = data;

  while (!is_stopping (self))
    {
      gint64 begun_us = g_get_monotonic_time (), took_us;

      folders_step (self);
      took_us = g_get_monotonic_time () - begun_us;
      notice_wait (self->notice, self->wait_us == G_MAXINT64 ? -1 : self->wait_us);
      rest (self, begun_us, MIN (REST_FACTOR * took_us + REST_US, MAX_REST_US));
    }
  return NULL;
}

Folders *
folders_new (const FoldersSetup *setup)
{
  Folders *self = g_new0 (Folders, 1);

  self->setup = *setup;
  self->notice = notice_new ();
  return self;
}

void
folders_start (Folders *folders)
{
  folders->thread = g_thread_new ("folders", run, folders);
}

void
folders_reconfigure (Folders *folders)
{
  notice_wake (folders->notice);
}

void
folders_stop (Folders *folders)
{
  g_atomic_int_set (&folders->is_stopping, TRUE);
  notice_wake (folders->notice);
  g_clear_pointer (&folders->thread, g_thread_join);
}

void
folders_free (Folders *folders)
{
  folders_stop (folders);
  notice_free (folders->notice);
  g_free (folders);
}
