/* The text of metrics.  Escaping and numbers follow
 * https://prometheus.io/docs/instrumenting/exposition_formats/ and the OpenMetrics 1.0 text. */
#include "config.h"

#include "base/exposition.h"

#include <math.h>
#include <string.h>

struct Exposition
{
  ExpositionFormat format;
  const MetricDescription *family;
  GString *text;
};

Exposition *
exposition_new (ExpositionFormat format)
{
  Exposition *exposition = g_new0 (Exposition, 1);

  exposition->format = format;
  exposition->text = g_string_new (NULL);
  return exposition;
}

void
exposition_free (Exposition *exposition)
{
  if (exposition->text != NULL)
    g_string_free (exposition->text, TRUE);
  g_free (exposition);
}

/* The weight that one element of an Accept header gives ("text/plain;q=0.5"); 1 by default. */
static double
quality (const char *element)
{
  g_auto (GStrv) parameters = g_strsplit (element, ";", -1);

  for (gsize i = 1; parameters[0] != NULL && parameters[i] != NULL; i++)
    {
      const char *parameter = g_strstrip (parameters[i]);

      if (g_ascii_strncasecmp (parameter, "q=", 2) == 0)
        return g_ascii_strtod (parameter + 2, NULL);
    }
  return 1;
}

static gboolean
has_type (const char *element, const char *type)
{
  gsize length = strlen (type);

  return g_ascii_strncasecmp (element, type, length) == 0 &&
         (element[length] == '\0' || element[length] == ';' || element[length] == ' ');
}

ExpositionFormat
exposition_negotiate (const char *accept, const char **out_content_type)
{
  g_auto (GStrv) elements = g_strsplit (accept != NULL ? accept : "", ",", -1);
  double open_metrics = 0, plain = 0;

  for (char **one = elements; *one != NULL; one++)
    {
      const char *element = g_strstrip (*one);

      if (has_type (element, "application/openmetrics-text"))
        open_metrics = MAX (open_metrics, quality (element));
      else if (has_type (element, "text/plain"))
        plain = MAX (plain, quality (element));
    }
  if (open_metrics > 0 && open_metrics >= plain)
    {
      *out_content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
      return EXPOSITION_OPENMETRICS;
    }
  *out_content_type = "text/plain; version=0.0.4; charset=utf-8";
  return EXPOSITION_PROMETHEUS;
}

/* quotes: a label's value, where the quotation mark needs an escape as well.  OpenMetrics escapes
 * it in the help, too. */
static void
append_escaped (GString *text, const char *value, gboolean quotes)
{
  for (; *value != '\0'; value++)
    switch (*value)
      {
      case '\\':
        g_string_append (text, "\\\\");
        break;
      case '\n':
        g_string_append (text, "\\n");
        break;
      case '"':
        g_string_append (text, quotes ? "\\\"" : "\"");
        break;
      default:
        g_string_append_c (text, *value);
      }
}

static void
append_number (GString *text, double value)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (value))
    g_string_append (text, "NaN");
  else if (isinf (value))
    g_string_append (text, value > 0 ? "+Inf" : "-Inf");
  else
    g_string_append (text, g_ascii_formatd (digits, sizeof digits, "%.15g", value));
}

static const char *
kind_name (MetricKind kind)
{
  switch (kind)
    {
    case METRIC_COUNTER:
      return "counter";
    case METRIC_GAUGE:
      return "gauge";
    case METRIC_HISTOGRAM:
      return "histogram";
    }
  g_return_val_if_reached ("unknown");
}

void
exposition_family (Exposition *exposition, const MetricDescription *description)
{
  gboolean open = exposition->format == EXPOSITION_OPENMETRICS;
  const char *suffix = description->kind == METRIC_COUNTER && !open ? "_total" : "";
  GString *text = exposition->text;

  exposition->family = description;
  g_string_append_printf (text, "# HELP %s%s ", description->name, suffix);
  append_escaped (text, description->help, open);
  g_string_append_printf (text, "\n# TYPE %s%s %s\n", description->name, suffix,
                          kind_name (description->kind));
  if (open && description->unit != NULL)
    g_string_append_printf (text, "# UNIT %s %s\n", description->name, description->unit);
}

static void
append_label (GString *text, const char *name, const char *value, const char *before)
{
  g_string_append_printf (text, "%s%s=\"", before, name);
  append_escaped (text, value, TRUE);
  g_string_append_c (text, '"');
}

/* le: the bound of a bucket, or NULL. */
static void
append_sample (Exposition *exposition,
               const char *suffix,
               const char *const *values,
               const char *le,
               double value)
{
  const MetricDescription *family = exposition->family;
  GString *text = exposition->text;
  const char *before = "{";

  g_string_append_printf (text, "%s%s", family->name, suffix);
  for (gsize i = 0; family->labels[i] != NULL; i++, before = ",")
    append_label (text, family->labels[i], values[i], before);
  if (le != NULL)
    append_label (text, "le", le, before);
  if (le != NULL || family->labels[0] != NULL)
    g_string_append_c (text, '}');
  g_string_append_c (text, ' ');
  append_number (text, value);
  g_string_append_c (text, '\n');
}

void
exposition_sample (Exposition *exposition, const char *const *values, double value)
{
  gboolean counter = exposition->family->kind == METRIC_COUNTER;

  append_sample (exposition, counter ? "_total" : "", values, NULL, value);
}

void
exposition_histogram (Exposition *exposition,
                      const char *const *values,
                      const double *bounds,
                      const guint64 *cumulated,
                      gsize n_bounds,
                      guint64 count,
                      double sum)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  for (gsize i = 0; i < n_bounds; i++)
    {
      /* OpenMetrics wants a bound to look like a float. */
      g_ascii_formatd (digits, sizeof digits, "%.15g", bounds[i]);
      if (strpbrk (digits, ".e") == NULL)
        g_strlcat (digits, ".0", sizeof digits);
      append_sample (exposition, "_bucket", values, digits, (double) cumulated[i]);
    }
  append_sample (exposition, "_bucket", values, "+Inf", (double) count);
  append_sample (exposition, "_sum", values, NULL, sum);
  append_sample (exposition, "_count", values, NULL, (double) count);
}

char *
exposition_finish (Exposition *exposition, gsize *out_length)
{
  if (exposition->format == EXPOSITION_OPENMETRICS)
    g_string_append (exposition->text, "# EOF\n");
  *out_length = exposition->text->len;
  return g_string_free (g_steal_pointer (&exposition->text), FALSE);
}
