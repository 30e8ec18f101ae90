/* journey.c: see journey.h. */
#include "config.h"

#include "journey.h"

#include "field.h"
#include "format.h"
#include "table.h"

#define RESPONSE_COLUMNS 160
#define INDENT 2

static const struct
{
  const char *name;
  OutputStyle style;
} states[] = {
  /* From the best to the worst. */
  { "done", STYLE_GOOD },      { "discarded", STYLE_FAINT }, { "ready", STYLE_NOTICE },
  { "waiting", STYLE_NOTICE }, { "held", STYLE_NOTICE },     { "dead", STYLE_BAD },
};

OutputStyle
journey_state_style (const char *state)
{
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_str_equal (states[i].name, state))
      return states[i].style;
  return STYLE_PLAIN;
}

char *
journey_counts (JsonObject *counts, OutputStyle *out_style)
{
  GString *text = g_string_new (NULL);

  *out_style = STYLE_PLAIN;
  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    {
      gint64 n = field_int (counts, states[i].name);

      if (n == 0)
        continue;
      g_string_append_printf (text, "%s%" G_GINT64_FORMAT " %s", text->len > 0 ? ", " : "", n,
                              states[i].name);
      *out_style = states[i].style;
    }
  return g_string_free (text, FALSE);
}

char *
journey_last (JsonObject *last)
{
  gint64 status = field_int (last, "status");
  const char *note = field_string (last, "note");

  if (last == NULL)
    return g_strdup ("");
  /* A note says the status in its own sentence. */
  if (*note != '\0')
    return g_strdup (note);
  if (status == 0)
    return g_strdup (field_string (last, "outcome"));
  return g_strdup_printf ("%" G_GINT64_FORMAT, status);
}

char *
journey_when (JsonObject *delivery, gint64 now_us)
{
  const char *state = field_string (delivery, "state");
  gint64 due_us = field_time (delivery, "due");
  gint64 changed_us = field_time (delivery, "changed");
  g_autofree char *took = NULL;

  if (due_us != 0)
    return due_us <= now_us ? g_strdup ("now") : format_relative (due_us, now_us);
  if (!g_str_equal (state, "done"))
    return changed_us != 0 ? format_relative (changed_us, now_us) : g_strdup ("");
  took = format_duration (changed_us - field_time (delivery, "created"));
  return g_strdup_printf ("took %s", took);
}

/* ---- Event ----------------------------------------------------------------------------------- */

static void
print_matched (Ctl *ctl, JsonObject *event)
{
  g_autofree char *matched = field_join (field_array (event, "matched"), ", ");

  if (*matched == '\0')
    output_field (ctl->out, "Matched", STYLE_NOTICE, "no rule; it is kept all the same");
  else
    output_field (ctl->out, "Matched", STYLE_NAME, matched);
}

void
journey_print_event (Ctl *ctl, JsonObject *event)
{
  gint64 now_us = clock_wall_us (ctl->clock);
  g_autofree char *received = format_rfc3339 (field_string (event, "received"), now_us);
  g_autofree char *time = format_rfc3339 (field_string (event, "time"), now_us);
  g_autofree char *size = format_bytes ((guint64) field_int (event, "bytes"));
  g_autofree char *resources = field_join (field_array (event, "resources"), ", ");
  g_autofree char *entered = g_strdup_printf (
      "%s at %s, bus %s, by configuration generation %" G_GINT64_FORMAT, received,
      field_string (event, "ingress"), field_string (event, "bus"),
      field_int (event, "generation"));
  JsonNode *also = json_object_get_member (event, "metadata");
  g_autofree char *metadata = also != NULL ? json_to_string (also, FALSE) : NULL;
  g_autofree char *body = g_strdup_printf ("%s %s", size, field_string (event, "content_type"));

  output_field (ctl->out, "Event", STYLE_NAME, field_string (event, "id"));
  output_field (ctl->out, "Received", STYLE_PLAIN, entered);
  output_field (ctl->out, "Source", STYLE_PLAIN, field_string (event, "source"));
  output_field (ctl->out, "Detail type", STYLE_PLAIN, field_string (event, "detail-type"));
  output_field (ctl->out, "Time", STYLE_PLAIN, time);
  if (*resources != '\0')
    output_field (ctl->out, "Resources", STYLE_PLAIN, resources);
  if (metadata != NULL)
    output_field (ctl->out, "Metadata", STYLE_PLAIN, metadata);
  output_field (ctl->out, "Body", STYLE_PLAIN, g_strchomp (body));
  print_matched (ctl, event);
}

/* ---- Delivery -------------------------------------------------------------------------------- */

static void
print_state (Ctl *ctl, JsonObject *delivery, gint64 now_us)
{
  const char *state = field_string (delivery, "state");
  const char *dead = field_string (delivery, "dead_sentence");
  g_autofree char *attempts = format_count ((guint64) field_int (delivery, "attempts"), "attempt",
                                            "attempts");
  g_autofree char *when = journey_when (delivery, now_us);
  g_autoptr (GString) text = g_string_new (state);

  g_string_append_printf (text, ", %s", attempts);
  if (field_time (delivery, "due") != 0)
    {
      g_autofree char *due = format_rfc3339 (field_string (delivery, "due"), now_us);

      g_string_append_printf (text, ", next %s (%s)", when, due);
    }
  else if (*when != '\0')
    g_string_append_printf (text, ", %s", when);
  if (*dead != '\0')
    g_string_append_printf (text, ": %s", dead);
  output_spaces (ctl->out, INDENT);
  output_put (ctl->out, journey_state_style (state), text->str);
  output_newline (ctl->out);
}

static void
add_operator_row (Table *table, JsonObject *entry, const char *time)
{
  const char *actor = field_string (entry, "actor");
  const char *reason = field_string (entry, "reason");

  table_add (table, STYLE_PLAIN, "");
  table_add (table, STYLE_PLAIN, time);
  table_add (table, STYLE_PLAIN, "");
  table_add (table, STYLE_NOTICE, field_string (entry, "kind"));
  table_add (table, STYLE_PLAIN, "");
  table_addf (table, STYLE_PLAIN, "%s%s%s%s", *actor != '\0' ? "by " : "", actor,
              *reason != '\0' ? ": " : "", reason);
}

static void
add_attempt_row (Table *table, JsonObject *entry, const char *time)
{
  const char *outcome = field_string (entry, "outcome");
  const char *code = field_string (entry, "error_code");
  const char *note = field_string (entry, "note");
  g_autofree char *duration = format_duration (field_int (entry, "duration_us"));
  gboolean delivered = g_str_equal (outcome, "delivered");

  table_addf (table, STYLE_PLAIN, "%" G_GINT64_FORMAT, field_int (entry, "attempt"));
  table_add (table, STYLE_PLAIN, time);
  table_add (table, STYLE_PLAIN, duration);
  table_add (table, delivered ? STYLE_GOOD : STYLE_BAD, outcome);
  if (field_int (entry, "status") != 0)
    table_addf (table, STYLE_PLAIN, "%" G_GINT64_FORMAT, field_int (entry, "status"));
  else
    table_add (table, STYLE_PLAIN, "");
  table_addf (table, STYLE_PLAIN, "%s%s%s", code, *code != '\0' && *note != '\0' ? ": " : "", note);
}

static void
print_history (Ctl *ctl, JsonArray *history, gint64 now_us)
{
  static const TableColumn columns[] = {
    { "    N", TRUE, FALSE },
    { "AT", FALSE, FALSE },
    { "TOOK", TRUE, FALSE },
    { "OUTCOME", FALSE, FALSE },
    { "STATUS", FALSE, FALSE },
    { "NOTE", FALSE, TRUE },
    { NULL },
  };
  g_autoptr (Table) table = table_new (ctl->out, columns);

  for (guint i = 0; i < field_length (history); i++)
    {
      JsonObject *entry = field_object_at (history, i);
      g_autofree char *time = format_rfc3339 (field_string (entry, "at"), now_us);

      if (g_str_equal (field_string (entry, "kind"), "attempt"))
        add_attempt_row (table, entry, time);
      else
        add_operator_row (table, entry, time);
    }
  table_flush (table);
}

/* The answer to the last attempt that got one: often the only hint at what the target dislikes. */
static void
print_response (Ctl *ctl, JsonArray *history)
{
  for (guint i = field_length (history); i > 0; i--)
    {
      const char *response = field_string (field_object_at (history, i - 1), "response");
      g_autofree char *escaped = NULL;
      g_autofree char *cut = NULL;

      if (*response == '\0')
        continue;
      escaped = output_escape (response, -1, FALSE);
      cut = output_cut (escaped, RESPONSE_COLUMNS);
      output_spaces (ctl->out, 2 * INDENT);
      output_put (ctl->out, STYLE_FAINT, "last answer: ");
      output_put (ctl->out, STYLE_PLAIN, cut);
      output_newline (ctl->out);
      return;
    }
}

void
journey_print_delivery (Ctl *ctl, JsonObject *delivery)
{
  gint64 now_us = clock_wall_us (ctl->clock);
  JsonArray *history = field_array (delivery, "history");

  output_put (ctl->out, STYLE_NAME, field_string (delivery, "id"));
  output_put (ctl->out, STYLE_PLAIN, " to ");
  output_put (ctl->out, STYLE_STRONG, field_string (delivery, "connector"));
  output_putf (ctl->out, STYLE_PLAIN, ", target %s of rule %s", field_string (delivery, "target"),
               field_string (delivery, "rule"));
  output_newline (ctl->out);
  print_state (ctl, delivery, now_us);
  print_history (ctl, history, now_us);
  if (!g_str_equal (field_string (delivery, "state"), "done"))
    print_response (ctl, history);
}
