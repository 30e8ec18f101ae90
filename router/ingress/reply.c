/* Replies as text, without a tree: this is the way of every event. */
#include "ingress/reply.h"

static void
append_event (GString *out, const AppendEvent *event)
{
  g_string_append (out, "{\"id\":\"");
  g_string_append (out, event->event->id);
  g_string_append (out, "\",\"matched\":[");
  for (char **rule = event->matched; *rule != NULL; rule++)
    {
      if (rule != event->matched)
        g_string_append_c (out, ',');
      event_append_json_string (out, *rule, -1);
    }
  g_string_append_printf (out, "],\"deliveries\":%u}", event->n_deliveries);
}

GString *
reply_new (const AppendEvent *events, guint n_events, gboolean several)
{
  GString *out = g_string_sized_new (32 + 96 * (gsize) n_events);

  if (several)
    g_string_append (out, "{\"events\":[");
  for (guint i = 0; i < n_events; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      append_event (out, &events[i]);
    }
  if (several)
    g_string_append (out, "]}");
  g_string_append_c (out, '\n');
  return out;
}
