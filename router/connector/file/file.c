/* The file connector: settings, and which of the two forms takes a request.  Delivery thread; the
 * disk is touched by the worker thread of disk.h alone. */
#include "connector/file/file.h"

#include "connector/disk.h"
#include "connector/file/lines.h"
#include "connector/outbox.h"
#include "connector/payload.h"
#include "connector/template.h"

#include <string.h>

/* Either lines with their worker, or outbox. */
typedef struct
{
  Connector base;
  LineFile *lines;
  DiskWorker *worker;
  char *folder; /* that the file of lines is in */
  Outbox *outbox;
  Template *name; /* of a file in the folder, or NULL */
} FileConnector;

static Connector *
file_open (const char *name, JsonObject *settings, const ConnectorHost *host, GError **error)
{
  g_autofree char *label = g_strconcat ("file/", name, NULL);
  g_autofree char *path = disk_resolve_path (host->state_dir,
                                             json_object_get_string_member (settings, "Path"));
  FileConnector *self = g_new0 (FileConnector, 1);

  self->base.kind = &connector_kind_file;
  if (file_settings_is_folder (settings))
    {
      /* The staged files are hidden beside the others, as the folder may be any and its parent may
       * not be ours. */
      g_autofree char *staging_prefix = g_build_filename (path, ".new-", NULL);

      self->outbox = outbox_new (label, host, path, staging_prefix);
      if (json_object_has_member (settings, "Name"))
        self->name = template_new (json_object_get_string_member (settings, "Name"), NULL);
    }
  else
    {
      self->lines = line_file_new (
          path, json_object_get_int_member (settings, "MaxBytes"),
          json_object_get_int_member (settings, "MaxAgeSeconds") * G_USEC_PER_SEC,
          (guint) json_object_get_int_member (settings, "Keep"), host->clock);
      self->folder = g_path_get_dirname (path);
      self->worker = disk_worker_new (label, host, line_file_append, self->lines);
    }
  return &self->base;
}

static GBytes *
line_new (const ConnectorRequest *request)
{
  g_autoptr (GBytes) json = payload_json (request, TRUE);
  gsize length = g_bytes_get_size (json);
  char *line = g_malloc (length + 1);

  memcpy (line, g_bytes_get_data (json, NULL), length);
  line[length] = '\n';
  return g_bytes_new_take (line, length + 1);
}

static char *
file_name (const FileConnector *self, const ConnectorRequest *request)
{
  g_auto (TemplateScope) scope = { request, NULL };
  g_autofree char *text = NULL;

  if (self->name != NULL)
    {
      text = template_render (self->name, &scope);
      return disk_file_name (text);
    }
  text = outbox_file_stem (request);
  return g_strconcat (text, ".json", NULL);
}

static void
file_send (Connector *connector,
           const ConnectorRequest *request,
           ConnectorDone done,
           gpointer user_data)
{
  FileConnector *self = (FileConnector *) connector;
  DiskJob *job = disk_job_new (1);

  if (self->outbox != NULL)
    {
      job->files[0].name = file_name (self, request);
      job->files[0].bytes = payload_json (request, FALSE);
      outbox_put (self->outbox, job, done, user_data);
      return;
    }
  job->files[0].bytes = line_new (request);
  disk_worker_submit (self->worker, job, done, user_data);
}

static void
file_probe (Connector *connector, ConnectorDone done, gpointer user_data)
{
  FileConnector *self = (FileConnector *) connector;

  if (self->outbox != NULL)
    outbox_probe (self->outbox, done, user_data);
  else
    disk_worker_probe (self->worker, self->folder, done, user_data);
}

static void
file_close (Connector *connector)
{
  FileConnector *self = (FileConnector *) connector;

  g_clear_pointer (&self->outbox, outbox_free);
  g_clear_pointer (&self->name, template_free);
  g_clear_pointer (&self->worker, disk_worker_free);
  g_clear_pointer (&self->lines, line_file_free);
  g_free (self->folder);
  g_free (self);
}

static char *
file_describe (const char *name, JsonObject *settings, const char *state_dir)
{
  g_autofree char *path = disk_resolve_path (state_dir,
                                             json_object_get_string_member (settings, "Path"));

  return g_strdup_printf ("%s %s", file_settings_is_folder (settings) ? "folder" : "file", path);
}

const ConnectorKind connector_kind_file = {
  .kind = "file",
  .schema = &connector_schema_file,
  .is_exclusive = TRUE,
  .open = file_open,
  .send = file_send,
  .probe = file_probe,
  .close = file_close,
  .describe = file_describe,
};
