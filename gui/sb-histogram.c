#include "config.h"

#include "sb-histogram.h"

#include <glib/gi18n.h>

#include "sb-json.h"
#include "sb-widget.h"
#include "sb-words.h"

#define MAX_SERIES 5 /* told apart by colour; the others are added up */

static void
add_values (double *sum, JsonObject *series, const char *member, guint n_steps)
{
  JsonArray *values = sb_json_array (series, member);
  guint n = values != NULL ? MIN (json_array_get_length (values), n_steps) : 0;

  for (guint i = 0; i < n; i++)
    {
      JsonNode *value = json_array_get_element (values, i);

      if (JSON_NODE_HOLDS_VALUE (value))
        sum[i] += json_node_get_double (value);
    }
}

static void
show_series (SbBars *bars, GPtrArray *series, guint n_steps, char *(*words) (const char *name))
{
  g_autofree double *rest = g_new0 (double, n_steps);

  for (guint i = 0; i < series->len; i++)
    {
      JsonObject *object = g_ptr_array_index (series, i);
      const char *name = sb_json_string (object, "name");
      g_autofree double *counts = g_new0 (double, n_steps);
      g_autofree char *title = words != NULL ? words (name) : g_strdup (name);

      if (i >= MAX_SERIES - 1 && series->len > MAX_SERIES)
        {
          add_values (rest, object, "values", n_steps);
          continue;
        }
      add_values (counts, object, "values", n_steps);
      sb_bars_add (bars, *title != '\0' ? title : _ ("Others"), counts);
    }
  if (series->len > MAX_SERIES)
    sb_bars_add (bars, _ ("Others"), rest);
}

/* For those who cannot see it. */
static void
describe (SbBars *bars, JsonObject *answer, guint n_steps, gint64 start_us, gint64 step_us)
{
  gint64 end_us = start_us + step_us * n_steps;
  g_autofree char *total = sb_words_count (sb_json_int (answer, "total"));
  g_autofree char *from = sb_words_time (start_us, end_us);
  g_autofree char *to = sb_words_time (end_us, end_us);
  /* Translators: of a drawing: "40,218 from 01:00:00 to 02:00:00" */
  g_autofree char *text = g_strdup_printf (_ ("%s from %s to %s"), total, from, to);

  gtk_accessible_update_property (GTK_ACCESSIBLE (bars), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
}

void
sb_histogram_show (SbBars *bars, JsonObject *answer, char *(*words) (const char *name))
{
  gint64 start_us = sb_json_time_us (answer, "start");
  gint64 step_us = sb_json_int (answer, "step_seconds") * G_USEC_PER_SEC;
  guint n_steps = (guint) CLAMP (sb_json_int (answer, "points"), 0, 1000);
  g_autoptr (GPtrArray) series = NULL;

  g_return_if_fail (SB_IS_BARS (bars));

  if (answer == NULL || start_us < 0 || step_us <= 0 || n_steps == 0)
    {
      sb_bars_begin (bars, 0, 1, 0);
      return;
    }
  sb_bars_begin (bars, start_us, step_us, n_steps);
  describe (bars, answer, n_steps, start_us, step_us);
  if (sb_json_array (answer, "values") != NULL)
    {
      g_autofree double *counts = g_new0 (double, n_steps);

      add_values (counts, answer, "values", n_steps);
      sb_bars_add (bars, "", counts);
      return;
    }
  series = sb_json_objects (answer, "series");
  show_series (bars, series, n_steps, words);
}

char *
sb_histogram_cause (const char *name)
{
  static const char *const causes[][2] = {
    { "refused", N_ ("Refused") },
      { "attempts-used-up", N_ ("Retries used up") },
        { "too-old", N_ ("Too old") },
          { "invalid-input", N_ ("Input cannot be made") },
            { "no-target", N_ ("Target is gone") },
              { "too-many-hops", N_ ("Too many buses") },
                { "unreadable-time", N_ ("Its time cannot be read") },
                  { "given-up", N_ ("Given up by hand") },
                    { "misconfigured", N_ ("Misconfigured") },
                  };

  for (guint i = 0; i < G_N_ELEMENTS (causes); i++)
    if (g_str_equal (causes[i][0], name))
      return g_strdup (_ (causes[i][1]));
  return g_strdup (name);
}

char *
sb_histogram_status (const char *number)
{
  int status = (int) g_ascii_strtoll (number, NULL, 10);

  if (status == 0)
    return g_strdup ("");
  return status >= 100 && status < 600 ? sb_words_answer ("", "", status, "") : g_strdup (number);
}
