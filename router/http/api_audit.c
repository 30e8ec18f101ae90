/* The audit log: every change that was asked for, by whom, when, and how it was answered.
 *
 * A line is appended when the answer is known, in a commit of its own after that of the change;
 * nothing ever changes one. */
#include "http/api-private.h"

#include <string.h>

/* Of a request's body, kept with the line. */
#define MAX_BODY_BYTES 2048

/* Files of the configuration are not: their text is in the generations, and may be long. */
static void
put_body (JsonOut *out, HttpRequest *request)
{
  gsize length;
  const char *body = g_bytes_get_data (http_request_body (request), &length);
  g_autofree char *text = NULL;

  if (length == 0 || length > MAX_BODY_BYTES ||
      g_str_has_prefix (http_request_target (request), "/v1/config/"))
    {
      json_out_null (out, "body");
      return;
    }
  text = g_strndup (body, length);
  json_out_string (out, "body", text);
}

void
api_note_answer (HttpRequest *request, guint status, gpointer user_data)
{
  Api *api = user_data;
  g_autoptr (GString) out = json_out_new ();
  g_autoptr (Snapshot) snapshot = snapshot_current (api->setup.snapshots);
  RecordChange *line;

  json_out_object (out, NULL);
  json_out_time (out, "at", clock_wall_us (api->setup.clock));
  json_out_string (out, "who", http_request_peer (request));
  json_out_string (out, "method", http_request_method (request));
  json_out_string (out, "target", http_request_target (request));
  json_out_int (out, "status", status);
  put_body (out, request);
  json_out_end_object (out);
  line = record_change_new (RECORD_AUDIT, 0, NULL, out->str);
  line->keep_newest = snapshot->configuration->router.keep_audit_lines;
  /* While the store takes nothing there is nothing that could have been changed either. */
  writer_submit (api->setup.writer, batch_item_new_record (line), NULL, NULL, NULL);
}

void
api_list_audit (HttpRequest *request, gpointer user_data)
{
  Api *api = user_data;
  Store *store = api->setup.store;
  gint64 before = 0;
  guint limit = API_DEFAULT_LIMIT;
  g_autoptr (Problem) problem = api_limit (request, &limit);
  g_autoptr (GPtrArray) lines = NULL;
  g_autoptr (GError) error = NULL;
  JsonOut *out;

  if (problem == NULL)
    problem = api_number (request, "after", 1, G_MAXINT64, &before);
  if (problem != NULL)
    {
      http_answer_problem (request, problem);
      return;
    }
  if (!store->engine->find_records (store, RECORD_AUDIT, NULL, before, limit, &lines, &error))
    {
      api_answer_error (request, error);
      return;
    }
  out = json_out_new ();
  json_out_object (out, NULL);
  json_out_array (out, "lines");
  for (guint i = 0; i < lines->len; i++)
    {
      const StoredRecord *line = lines->pdata[i];

      json_out_object (out, NULL);
      json_out_int (out, "n", line->id);
      json_out_raw (out, "line", line->value, (gssize) strlen (line->value));
      json_out_end_object (out);
    }
  json_out_end_array (out);
  if (lines->len == limit)
    json_out_int (out, "next", ((StoredRecord *) lines->pdata[limit - 1])->id);
  else
    json_out_null (out, "next");
  json_out_end_object (out);
  api_answer_json (request, out);
}
