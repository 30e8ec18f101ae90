/* Events: made once, shared by threads, freed with the last reference. */
#include "base/event.h"

#include "base/clock.h"

#include <string.h>

/* EventBridge's account and region; this router has neither, but patterns and receivers know the
 * keys. */
#define ACCOUNT "000000000000"
#define REGION "local"

Event *
event_new (const Event *fields)
{
  Event *event = g_atomic_rc_box_new (Event);

  *event = (Event){
    .id = g_strdup (fields->id),
    .bus = g_strdup (fields->bus),
    .ingress = g_strdup (fields->ingress),
    .source = g_strdup (fields->source),
    .detail_type = g_strdup (fields->detail_type),
    .time_us = fields->time_us,
    .received_us = fields->received_us,
    .resources = g_strdup (fields->resources),
    .content_type = g_strdup (fields->content_type),
    .metadata = g_strdup (fields->metadata),
    .body = fields->body != NULL ? g_bytes_ref (fields->body) : NULL,
    .generation = fields->generation,
  };
  return event;
}

Event *
event_ref (Event *event)
{
  return g_atomic_rc_box_acquire (event);
}

static void
event_clear (Event *event)
{
  g_free (event->id);
  g_free (event->bus);
  g_free (event->ingress);
  g_free (event->source);
  g_free (event->detail_type);
  g_free (event->resources);
  g_free (event->content_type);
  g_free (event->metadata);
  g_clear_pointer (&event->body, g_bytes_unref);
}

void
event_unref (Event *event)
{
  g_atomic_rc_box_release_full (event, (GDestroyNotify) event_clear);
}

void
event_append_json_string (GString *out, const char *text, gssize length)
{
  const char *end = text + (length < 0 ? (gssize) strlen (text) : length);
  const char *run = text; /* bytes that need no escape are copied in runs */

  g_string_append_c (out, '"');
  for (const char *p = text; p < end; p++)
    {
      guchar c = (guchar) *p;

      if (c >= 0x20 && c != '"' && c != '\\')
        continue;
      g_string_append_len (out, run, p - run);
      run = p + 1;
      switch (c)
        {
        case '"':
          g_string_append (out, "\\\"");
          break;
        case '\\':
          g_string_append (out, "\\\\");
          break;
        case '\n':
          g_string_append (out, "\\n");
          break;
        case '\r':
          g_string_append (out, "\\r");
          break;
        case '\t':
          g_string_append (out, "\\t");
          break;
        default:
          g_string_append_printf (out, "\\u%04x", c);
          break;
        }
    }
  g_string_append_len (out, run, end - run);
  g_string_append_c (out, '"');
}

GString *
event_envelope (const Event *event)
{
  gsize body_bytes;
  const char *body = g_bytes_get_data (event->body, &body_bytes);
  g_autofree char *time = clock_format_seconds (event->time_us);
  GString *out = g_string_sized_new (body_bytes + 320);

  g_string_append (out, "{\"version\":\"0\",\"id\":\"");
  g_string_append (out, event->id);
  g_string_append (out, "\",\"detail-type\":");
  event_append_json_string (out, event->detail_type, -1);
  g_string_append (out, ",\"source\":");
  event_append_json_string (out, event->source, -1);
  g_string_append (out, ",\"account\":\"" ACCOUNT "\",\"time\":\"");
  g_string_append (out, time);
  g_string_append (out, "\",\"region\":\"" REGION "\",\"resources\":");
  g_string_append (out, event->resources);
  if (event->metadata != NULL && *event->metadata != '\0')
    {
      g_string_append (out, ",\"metadata\":");
      g_string_append (out, event->metadata);
    }
  g_string_append (out, ",\"detail\":");
  g_string_append_len (out, body, (gssize) body_bytes);
  g_string_append_c (out, '}');
  return out;
}

char *
event_trail (const Event *event)
{
  return event_n_hops (event) > 0 ? g_strconcat (event->ingress, "/", event->bus, NULL)
                                  : g_strconcat ("bus/", event->bus, NULL);
}

guint
event_n_hops (const Event *event)
{
  guint n = 0;

  if (!g_str_has_prefix (event->ingress, "bus/"))
    return 0;
  for (const char *p = event->ingress; *p != '\0'; p++)
    n += *p == '/';
  return n;
}
