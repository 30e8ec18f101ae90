/* check.c: see check.h. */
#include "config.h"

#include "check.h"

#include "format.h"
#include "pretty.h"

#include "base/event.h"

static void
print_excerpt (Output *output, const char *folder, const ConfigProblem *problem)
{
  g_autofree char *path = g_build_filename (folder, problem->file, NULL);
  g_autofree char *text = NULL;
  gsize length = 0;

  if (problem->line > 0 && g_file_get_contents (path, &text, &length, NULL))
    pretty_excerpt (output, text, length, problem->line, problem->column);
}

static void
print_place (Output *output, const ConfigProblem *problem)
{
  output_put (output, STYLE_STRONG, problem->file);
  if (problem->line > 0)
    output_putf (output, STYLE_STRONG, ":%u:%u", problem->line, problem->column);
  output_put (output, STYLE_PLAIN, ": ");
  if (*problem->key != '\0')
    output_putf (output, STYLE_NAME, "%s: ", problem->key);
}

void
check_print_problems (Output *output, const char *folder, GPtrArray *problems, gboolean excerpts)
{
  g_autofree char *count = format_count (problems->len, "problem", "problems");

  for (guint i = 0; i < problems->len; i++)
    {
      const ConfigProblem *problem = g_ptr_array_index (problems, i);

      print_place (output, problem);
      output_put (output, STYLE_PLAIN, problem->message);
      output_newline (output);
      if (excerpts)
        print_excerpt (output, folder, problem);
      if (*problem->hint != '\0')
        {
          output_spaces (output, 2);
          output_put (output, STYLE_FAINT, problem->hint);
          output_newline (output);
        }
    }
  if (excerpts)
    {
      output_put (output, STYLE_BAD, count);
      output_newline (output);
    }
}

static void
append_member (GString *out, const char *name, const char *value)
{
  g_string_append_printf (out, ",\"%s\":", name);
  event_append_json_string (out, value, -1);
}

void
check_print_json (Output *output, GPtrArray *problems)
{
  guint n = problems != NULL ? problems->len : 0;
  g_autoptr (GString) out = g_string_new (NULL);

  g_string_append_printf (out, "{\"valid\":%s,\"problems\":[", n == 0 ? "true" : "false");
  for (guint i = 0; i < n; i++)
    {
      const ConfigProblem *problem = g_ptr_array_index (problems, i);

      g_string_append (out, i > 0 ? ",{\"file\":" : "{\"file\":");
      event_append_json_string (out, problem->file, -1);
      g_string_append_printf (out, ",\"line\":%u,\"column\":%u", problem->line, problem->column);
      append_member (out, "key", problem->key);
      append_member (out, "message", problem->message);
      append_member (out, "hint", problem->hint);
      g_string_append_c (out, '}');
    }
  g_string_append (out, "]}\n");
  output_raw (output, out->str, out->len);
}

void
check_print_summary (Output *output, Configuration *configuration)
{
  g_autofree char *sources = format_count (g_hash_table_size (configuration->sources), "source",
                                           "sources");
  g_autofree char *buses = format_count (g_hash_table_size (configuration->buses), "bus", "buses");
  g_autofree char *rules = format_count (g_hash_table_size (configuration->rules), "rule", "rules");
  g_autofree char *connectors = format_count (g_hash_table_size (configuration->connectors),
                                              "connector", "connectors");

  output_put (output, STYLE_GOOD, "The configuration is valid: ");
  output_putf (output, STYLE_PLAIN, "%s, %s, %s, %s.", sources, buses, rules, connectors);
  output_newline (output);
}
