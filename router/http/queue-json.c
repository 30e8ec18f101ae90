/* queue-json.c: see queue-json.h. */
#include "http/queue-json.h"

static void
put_body (JsonOut *out, GBytes *body)
{
  gsize length;
  const char *data = g_bytes_get_data (body, &length);
  g_autofree char *text = NULL;

  if (length == 0)
    json_out_string (out, "body", "");
  else if (g_utf8_validate_len (data, length, NULL))
    {
      text = g_strndup (data, length);
      json_out_string (out, "body", text);
    }
  else
    {
      text = g_base64_encode ((const guchar *) data, length);
      json_out_string (out, "body_base64", text);
    }
}

static const char *
text_or_null (const char *text)
{
  return *text != '\0' ? text : NULL;
}

static const char *
state_of (const QueueMessage *message, gint64 now_us)
{
  if (message->visible_us <= now_us)
    return "visible";
  return message->n_received > 0 ? "in-flight" : "delayed";
}

void
queue_json_put_time (JsonOut *out, const char *name, gint64 steady_us, Clock *clock)
{
  json_out_time (out, name, steady_us != 0 ? clock_wall_from_steady (clock, steady_us) : 0);
}

static void
put_message (JsonOut *out, const QueueMessage *message, gboolean received, Clock *clock)
{
  g_autofree char *receipt = received ? queue_receipt_format (message) : NULL;

  json_out_object (out, NULL);
  json_out_string (out, "id", message->uid);
  json_out_int (out, "sequence", message->id);
  if (received)
    json_out_string (out, "receipt", receipt);
  else
    json_out_string (out, "state", state_of (message, clock_steady_us (clock)));
  queue_json_put_time (out, "sent", message->sent_us, clock);
  queue_json_put_time (out, "visible", message->visible_us, clock);
  queue_json_put_time (out, "first_received", message->first_received_us, clock);
  json_out_int (out, "receives", message->n_received);
  json_out_int (out, "priority", message->priority);
  json_out_string (out, "group", text_or_null (message->group));
  json_out_string (out, "dedup_id", text_or_null (message->dedup));
  json_out_string (out, "origin", text_or_null (message->origin));
  json_out_string (out, "content_type", text_or_null (message->content_type));
  json_out_raw (out, "attributes", *message->attributes != '\0' ? message->attributes : "{}", -1);
  put_body (out, message->body);
  json_out_end_object (out);
}

static void
put_messages (JsonOut *out, GPtrArray *messages, gboolean received, Clock *clock)
{
  json_out_array (out, "messages");
  for (guint i = 0; i < messages->len; i++)
    put_message (out, messages->pdata[i], received, clock);
  json_out_end_array (out);
}

void
queue_json_put_received (JsonOut *out, GPtrArray *messages, Clock *clock)
{
  put_messages (out, messages, TRUE, clock);
}

void
queue_json_put_seen (JsonOut *out, GPtrArray *messages, Clock *clock)
{
  put_messages (out, messages, FALSE, clock);
}
