/* Log lines.  The level and where they go are the only state; set once, before any thread starts.
 */
#include "base/log.h"

#include "base/clock.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static LogLevel threshold = LOG_INFO;
static gboolean to_journal, as_logfmt;

static const char *const level_names[] = { "error", "warning", "info", "debug" };
static const int priorities[] = { 3, 4, 6, 7 }; /* syslog(3) */

gboolean
log_level_parse (const char *name, LogLevel *out_level)
{
  for (guint i = 0; i < G_N_ELEMENTS (level_names); i++)
    if (strcmp (name, level_names[i]) == 0)
      {
        *out_level = (LogLevel) i;
        return TRUE;
      }
  return FALSE;
}

static void
append_escaped (GString *line, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  for (const char *p = valid; *p != '\0'; p++)
    {
      guchar c = (guchar) *p;

      if (c < 0x20 || c == 0x7f)
        g_string_append_printf (line, "\\x%02x", c);
      else
        g_string_append_c (line, *p);
    }
}

/* Within quotes; what append_escaped() has made has no control characters any more. */
static void
append_quoted (GString *line, const char *text)
{
  g_autoptr (GString) escaped = g_string_new (NULL);

  append_escaped (escaped, text);
  g_string_append_c (line, '"');
  for (const char *p = escaped->str; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (line, '\\');
      g_string_append_c (line, *p);
    }
  g_string_append_c (line, '"');
}

static void
write_line (LogLevel level, const char *module, const char *text)
{
  g_autoptr (GString) line = g_string_sized_new (160);
  g_autofree char *time = clock_format_us (g_get_real_time ());
  gsize written = 0;

  if (as_logfmt)
    {
      g_string_append_printf (line, "time=%s level=%s module=%s msg=", time, level_names[level],
                              module);
      append_quoted (line, text);
    }
  else if (to_journal)
    g_string_append_printf (line, "<%d>%s: ", priorities[level], module);
  else
    g_string_append_printf (line, "%s %s %s: ", time, level_names[level], module);
  if (!as_logfmt)
    append_escaped (line, text);
  g_string_append_c (line, '\n');
  /* One write a line keeps the lines of several threads whole. */
  while (written < line->len)
    {
      gssize n = write (STDERR_FILENO, line->str + written, line->len - written);

      if (n <= 0)
        return;
      written += (gsize) n;
    }
}

void
log_message (LogLevel level, const char *module, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  if (level > threshold)
    return;
  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  write_line (level, module, text);
}

static GLogWriterOutput
write_glib (GLogLevelFlags flags, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  const char *domain = "glib", *message = "";
  LogLevel level = LOG_DEBUG;

  for (gsize i = 0; i < n_fields; i++)
    {
      if (strcmp (fields[i].key, "GLIB_DOMAIN") == 0)
        domain = fields[i].value;
      else if (strcmp (fields[i].key, "MESSAGE") == 0)
        message = fields[i].value;
    }
  if (flags & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL))
    level = LOG_ERROR;
  else if (flags & G_LOG_LEVEL_WARNING)
    level = LOG_WARNING;
  else if (flags & (G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO))
    level = LOG_INFO;
  if (level <= threshold)
    write_line (level, domain, message);
  return G_LOG_WRITER_HANDLED;
}

/* JOURNAL_STREAM names the device and inode of what the journal reads (systemd.exec(5)); a standard
 * error that was redirected since is another one. */
static gboolean
is_journal (void)
{
  const char *stream = g_getenv ("JOURNAL_STREAM");
  g_autofree char *own = NULL;
  struct stat status;

  if (stream == NULL || fstat (STDERR_FILENO, &status) != 0)
    return FALSE;
  own = g_strdup_printf ("%" G_GUINT64_FORMAT ":%" G_GUINT64_FORMAT, (guint64) status.st_dev,
                         (guint64) status.st_ino);
  return strcmp (own, stream) == 0;
}

void
log_start (LogLevel level)
{
  threshold = level;
  to_journal = is_journal ();
  g_log_set_writer_func (write_glib, NULL, NULL);
}

void
log_set_logfmt (void)
{
  as_logfmt = TRUE;
}
