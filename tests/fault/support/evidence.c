/* Collecting.  A file of evidence has one JSON object a line:
 *
 *   {"acknowledged": "<event id>", "body": "<base64>"}
 *   {"watch": "webhook/chat"}
 *   {"request": "<delivery id>", "attempt": 1, "status": 200}
 *   {"crash": 32}
 *   {"secret": "…"}
 *   {"text": "<path of a file>"}
 */
#include "evidence-private.h"

#include "base/error.h"

#include <json-glib/json-glib.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

static void
requests_free (gpointer data)
{
  g_array_unref (data);
}

Evidence *
evidence_new (void)
{
  Evidence *evidence = g_new0 (Evidence, 1);

  g_mutex_init (&evidence->lock);
  evidence->acknowledged = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                                  (GDestroyNotify) g_bytes_unref);
  evidence->watched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  evidence->requests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, requests_free);
  evidence->routes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                            (GDestroyNotify) routes_free);
  evidence->secrets = g_ptr_array_new_with_free_func (g_free);
  evidence->found = g_ptr_array_new_with_free_func (g_free);
  return evidence;
}

void
evidence_free (Evidence *evidence)
{
  g_hash_table_unref (evidence->acknowledged);
  g_hash_table_unref (evidence->watched);
  g_hash_table_unref (evidence->requests);
  g_hash_table_unref (evidence->routes);
  g_ptr_array_unref (evidence->secrets);
  g_ptr_array_unref (evidence->found);
  g_mutex_clear (&evidence->lock);
  g_free (evidence);
}

void
evidence_report (GPtrArray *found, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (found, g_strdup_vprintf (format, args));
  va_end (args);
}

/* ---- Senders, targets, crashes ---- */

void
evidence_acknowledged (Evidence *evidence, const char *event_id, const void *body, gsize n)
{
  g_mutex_lock (&evidence->lock);
  g_hash_table_replace (evidence->acknowledged, g_strdup (event_id), g_bytes_new (body, n));
  g_mutex_unlock (&evidence->lock);
}

guint
evidence_n_acknowledged (Evidence *evidence)
{
  guint n;

  g_mutex_lock (&evidence->lock);
  n = g_hash_table_size (evidence->acknowledged);
  g_mutex_unlock (&evidence->lock);
  return n;
}

void
evidence_watch (Evidence *evidence, const char *connector)
{
  g_mutex_lock (&evidence->lock);
  g_hash_table_add (evidence->watched, g_strdup (connector));
  g_mutex_unlock (&evidence->lock);
}

void
evidence_request (Evidence *evidence, const char *delivery_id, guint attempt, guint status)
{
  EvidenceRequest request = { attempt, status };
  GArray *requests;

  g_mutex_lock (&evidence->lock);
  requests = g_hash_table_lookup (evidence->requests, delivery_id);
  if (requests == NULL)
    {
      requests = g_array_new (FALSE, FALSE, sizeof (EvidenceRequest));
      g_hash_table_insert (evidence->requests, g_strdup (delivery_id), requests);
    }
  g_array_append_val (requests, request);
  g_mutex_unlock (&evidence->lock);
}

void
evidence_crash (Evidence *evidence, guint max_under_way)
{
  g_mutex_lock (&evidence->lock);
  evidence->n_crashes++;
  evidence->max_repeats += max_under_way;
  g_mutex_unlock (&evidence->lock);
}

/* ---- Generations ---- */

void
evidence_generation (Evidence *evidence, guint64 generation, const char *content)
{
  g_autofree char *key = g_strdup_printf ("%" G_GUINT64_FORMAT, generation);

  if (!g_hash_table_contains (evidence->routes, key))
    g_hash_table_insert (evidence->routes, g_steal_pointer (&key), routes_new (content));
}

void
evidence_read_generations (Evidence *evidence, const char *state_dir)
{
  g_autofree char *path = g_build_filename (state_dir, "signalbox.db", NULL);
  sqlite3 *handle = NULL;
  sqlite3_stmt *row = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &handle, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  g_assert_cmpint (
      sqlite3_prepare_v2 (handle, "SELECT generation, content FROM generation", -1, &row, NULL), ==,
      SQLITE_OK);
  while (sqlite3_step (row) == SQLITE_ROW)
    evidence_generation (evidence, (guint64) sqlite3_column_int64 (row, 0),
                         (const char *) sqlite3_column_text (row, 1));
  sqlite3_finalize (row);
  sqlite3_close (handle);
}

/* ---- Secrets ---- */

void
evidence_secret (Evidence *evidence, const char *secret)
{
  g_ptr_array_add (evidence->secrets, g_strdup (secret));
}

/* As it is, and as a header or a URL would carry it. */
static GPtrArray *
disguises (const char *secret)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (g_free);
  char *base64 = g_base64_encode ((const guchar *) secret, strlen (secret));

  g_ptr_array_add (all, g_strdup (secret));
  g_ptr_array_add (all, g_uri_escape_string (secret, NULL, FALSE));
  /* What the padding would hide when more follows. */
  base64[strcspn (base64, "=")] = '\0';
  g_ptr_array_add (all, base64);
  return all;
}

void
evidence_text (Evidence *evidence, const char *name, const char *text, gssize length)
{
  gsize n = length < 0 ? strlen (text) : (gsize) length;

  for (guint i = 0; i < evidence->secrets->len; i++)
    {
      g_autoptr (GPtrArray) all = disguises (evidence->secrets->pdata[i]);

      for (guint j = 0; j < all->len; j++)
        if (memmem (text, n, all->pdata[j], strlen (all->pdata[j])) != NULL)
          {
            evidence_report (evidence->found, "L8: secret number %u is in %s", i + 1, name);
            break;
          }
    }
}

/* ---- Footprints ---- */

static guint
count_entries (GPid pid, const char *folder)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/%s", (int) pid, folder);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

gboolean
footprint_take (GPid pid, Footprint *out_footprint)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", (int) pid);
  g_autofree char *text = NULL;
  const char *resident;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  resident = strstr (text, "VmRSS:");
  *out_footprint = (Footprint){
    .threads = count_entries (pid, "task"),
    .descriptors = count_entries (pid, "fd"),
    .resident_bytes = resident != NULL ? (gsize) strtoul (resident + 6, NULL, 10) * 1024 : 0,
  };
  return TRUE;
}

void
evidence_footprint (Evidence *evidence,
                    const Footprint *before,
                    const Footprint *after,
                    const Footprint *allowed)
{
  if (after->threads > before->threads + allowed->threads)
    evidence_report (evidence->found, "L7: %u threads were %u before", after->threads,
                     before->threads);
  if (after->descriptors > before->descriptors + allowed->descriptors)
    evidence_report (evidence->found, "L7: %u descriptors were %u before", after->descriptors,
                     before->descriptors);
  if (after->resident_bytes > before->resident_bytes + allowed->resident_bytes)
    evidence_report (evidence->found,
                     "L7: %" G_GSIZE_FORMAT " bytes of memory were %" G_GSIZE_FORMAT " before",
                     after->resident_bytes, before->resident_bytes);
}

/* ---- From a file ---- */

static const char *
string_of (JsonObject *line, const char *member)
{
  return json_object_get_string_member_with_default (line, member, NULL);
}

static guint
number_of (JsonObject *line, const char *member)
{
  return (guint) json_object_get_int_member_with_default (line, member, 0);
}

static gboolean
load_text (Evidence *evidence, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize n;

  if (!g_file_get_contents (path, &text, &n, error))
    return FALSE;
  evidence_text (evidence, path, text, (gssize) n);
  return TRUE;
}

static gboolean
load_line (Evidence *evidence, JsonObject *line, GError **error)
{
  const char *id = string_of (line, "acknowledged");

  if (id != NULL)
    {
      gsize n;
      g_autofree guchar *body = g_base64_decode (string_of (line, "body"), &n);

      evidence_acknowledged (evidence, id, body, n);
    }
  else if ((id = string_of (line, "request")) != NULL)
    evidence_request (evidence, id, number_of (line, "attempt"), number_of (line, "status"));
  else if ((id = string_of (line, "watch")) != NULL)
    evidence_watch (evidence, id);
  else if (json_object_has_member (line, "crash"))
    evidence_crash (evidence, number_of (line, "crash"));
  else if ((id = string_of (line, "secret")) != NULL)
    evidence_secret (evidence, id);
  else if ((id = string_of (line, "text")) != NULL)
    return load_text (evidence, id, error);
  else
    {
      g_set_error_literal (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                           "neither acknowledged, request, watch, crash, secret nor text");
      return FALSE;
    }
  return TRUE;
}

gboolean
evidence_load (Evidence *evidence, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, error))
    return FALSE;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autoptr (JsonNode) node = NULL;

      if (*lines[i] == '\0')
        continue;
      node = json_from_string (lines[i], error);
      if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node) ||
          !load_line (evidence, json_node_get_object (node), error))
        {
          if (error != NULL && *error == NULL)
            g_set_error_literal (error, ROUTER_ERROR, ROUTER_ERROR_INVALID, "not a JSON object");
          g_prefix_error (error, "%s:%u: ", path, i + 1);
          return FALSE;
        }
    }
  return TRUE;
}
