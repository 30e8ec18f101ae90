/* report.c: noting problems of one file together with their place. */
#include "config/report.h"

#include <string.h>

#define QUOTED_CHARACTERS 60

void
config_problem_add (GPtrArray *problems,
                    const char *path,
                    const char *hint,
                    const char *format,
                    ...)
{
  ConfigProblem *problem = g_new0 (ConfigProblem, 1);
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  /* A file's name may be any bytes, and message and hint may quote it; a problem is UTF-8. */
  problem->file = g_filename_display_name (path);
  problem->key = g_strdup ("");
  problem->message = g_utf8_make_valid (message, -1);
  problem->hint = g_utf8_make_valid (hint, -1);
  g_ptr_array_add (problems, problem);
}

char *
config_report_shorten (const char *string)
{
  g_autofree char *head = NULL;

  if (g_utf8_strlen (string, -1) <= QUOTED_CHARACTERS)
    return g_strdup (string);
  head = g_utf8_substring (string, 0, QUOTED_CHARACTERS);
  return g_strconcat (head, "…", NULL);
}

void
config_report_init (ConfigReport *report, const ConfigFile *file, GPtrArray *problems)
{
  report->file = file;
  report->problems = problems;
  report->pointer = g_string_new (NULL);
  report->n_problems = 0;
}

void
config_report_clear (ConfigReport *report)
{
  g_string_free (report->pointer, TRUE);
  report->pointer = NULL;
}

gsize
config_report_enter (ConfigReport *report, const char *name)
{
  gsize mark = report->pointer->len;

  g_string_append_c (report->pointer, '/');
  for (; *name; name++)
    if (*name == '~')
      g_string_append (report->pointer, "~0");
    else if (*name == '/')
      g_string_append (report->pointer, "~1");
    else
      g_string_append_c (report->pointer, *name);
  return mark;
}

gsize
config_report_enter_index (ConfigReport *report, guint index)
{
  gsize mark = report->pointer->len;

  g_string_append_printf (report->pointer, "/%u", index);
  return mark;
}

void
config_report_leave (ConfigReport *report, gsize mark)
{
  g_string_truncate (report->pointer, mark);
}

gboolean
config_report_locate (const ConfigReport *report, RulesJsonSpan *out_span)
{
  return rules_json_locate (report->file->text, report->file->length, report->pointer->str,
                            out_span);
}

/* As config_report_locate(), but what is not there is where its parent is. */
static void
locate_nearest (const ConfigReport *report, RulesJsonSpan *out_span)
{
  g_autofree char *pointer = g_strdup (report->pointer->str);

  memset (out_span, 0, sizeof *out_span);
  while (!rules_json_locate (report->file->text, report->file->length, pointer, out_span) &&
         *pointer)
    *strrchr (pointer, '/') = '\0';
}

static void
append_name (GString *key, const char *name)
{
  g_autofree char *shown = config_report_shorten (name);

  if (*name == '\0' || strpbrk (name, ".[]\" "))
    g_string_append_printf (key, "[\"%s\"]", shown);
  else
    g_string_append_printf (key, "%s%s", key->len > 0 ? "." : "", shown);
}

/* "Targets[0].InputTransformer.InputPathsMap["a.b"]", as far as the pointer leads. */
static char *
key_of_pointer (JsonNode *root, const char *pointer)
{
  GString *key = g_string_new (NULL);
  g_auto (GStrv) parts = g_strsplit (pointer, "/", -1);
  JsonNode *node = root;

  for (guint i = 1; node && *parts && parts[i]; i++)
    {
      g_autoptr (GString) name = g_string_new (parts[i]);

      g_string_replace (name, "~1", "/", 0);
      g_string_replace (name, "~0", "~", 0);
      if (JSON_NODE_HOLDS_ARRAY (node))
        {
          JsonArray *array = json_node_get_array (node);
          guint64 index = g_ascii_strtoull (name->str, NULL, 10);

          if (index >= json_array_get_length (array))
            break;
          node = json_array_get_element (array, (guint) index);
          g_string_append_printf (key, "[%s]", name->str);
          continue;
        }
      node = JSON_NODE_HOLDS_OBJECT (node)
                 ? json_object_get_member (json_node_get_object (node), name->str)
                 : NULL;
      /* What is missing is named too. */
      append_name (key, name->str);
    }
  return g_string_free (key, FALSE);
}

/* Takes the message. */
static void
add_problem (ConfigReport *report, gsize offset, char *message, const char *hint)
{
  ConfigProblem *problem = g_new0 (ConfigProblem, 1);

  problem->file = g_strdup (report->file->path);
  rules_text_position (report->file->text, report->file->length, offset, &problem->line,
                       &problem->column);
  problem->key = key_of_pointer (report->file->root, report->pointer->str);
  problem->message = message;
  problem->hint = g_strdup (hint);
  g_ptr_array_add (report->problems, problem);
}

gboolean
config_report_has_room (const ConfigReport *report)
{
  return report->n_problems < REPORT_PROBLEMS_PER_FILE;
}

/* Counts one more; FALSE when it is not told. */
static gboolean
take_room (ConfigReport *report)
{
  if (report->n_problems == REPORT_PROBLEMS_PER_FILE)
    config_problem_add (report->problems, report->file->path, "Mend these first.",
                        "more than %d problems; the others are not told", REPORT_PROBLEMS_PER_FILE);
  report->n_problems++;
  return report->n_problems <= REPORT_PROBLEMS_PER_FILE;
}

void
config_report_value (ConfigReport *report, const char *hint, const char *format, ...)
{
  RulesJsonSpan span;
  va_list arguments;

  if (!take_room (report))
    return;
  locate_nearest (report, &span);
  va_start (arguments, format);
  add_problem (report, span.start, g_strdup_vprintf (format, arguments), hint);
  va_end (arguments);
}

void
config_report_name (ConfigReport *report, const char *hint, const char *format, ...)
{
  RulesJsonSpan span;
  va_list arguments;

  if (!take_room (report))
    return;
  locate_nearest (report, &span);
  va_start (arguments, format);
  add_problem (report, span.name_length > 0 ? span.name_start : span.start,
               g_strdup_vprintf (format, arguments), hint);
  va_end (arguments);
}

void
config_report_offset (ConfigReport *report, gsize offset, const char *hint, const char *format, ...)
{
  va_list arguments;

  if (!take_room (report))
    return;
  va_start (arguments, format);
  add_problem (report, offset, g_strdup_vprintf (format, arguments), hint);
  va_end (arguments);
}

void
config_report_file (ConfigReport *report, const char *hint, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  if (!take_room (report))
    return;
  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  config_problem_add (report->problems, report->file->path, hint, "%s", message);
}

/* How many bytes of UTF-8 the escape at text means, and how long it is itself. */
static gsize
measure_escape (const char *text, gsize *out_length)
{
  gunichar unit;

  if (text[1] != 'u')
    {
      *out_length = 2;
      return 1;
    }
  unit = 0;
  for (guint i = 2; i < 6; i++)
    unit = unit * 16 + (gunichar) g_ascii_xdigit_value (text[i]);
  /* config_file_parse() let only whole pairs of surrogates through. */
  *out_length = unit >= 0xD800 && unit < 0xE000 ? 12 : 6;
  return *out_length == 12 ? 4 : (gsize) g_unichar_to_utf8 (unit, NULL);
}

/* Where in the string's own text the byte is that stands at offset in what the string means. */
static gsize
offset_in_string (const char *text, gsize length, gsize offset)
{
  gsize at = 1; /* after the quote */
  gsize meant = 0;

  while (at < length - 1 && meant < offset)
    if (text[at] == '\\')
      {
        gsize escape_length;

        meant += measure_escape (text + at, &escape_length);
        at += escape_length;
      }
    else
      {
        meant++;
        at++;
      }
  return MIN (at, length - 1);
}

void
config_report_rules (ConfigReport *report, const char *what, const RulesError *error)
{
  gsize mark = report->pointer->len;
  RulesJsonSpan span;
  gsize offset;

  if (!take_room (report))
    return;
  locate_nearest (report, &span);
  if (span.type == RULES_JSON_STRING)
    offset = offset_in_string (report->file->text + span.start, span.length, error->offset);
  else
    {
      offset = MIN (error->offset, span.length);
      g_string_append (report->pointer, error->pointer);
    }
  add_problem (report, span.start + offset,
               g_strdup_printf ("%s%s%s", what, *what ? ": " : "", error->reason), error->hint);
  config_report_leave (report, mark);
}
