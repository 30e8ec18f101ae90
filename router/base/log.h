/* log.h: one line a message on standard error: "<time> level module: text key=value …", or where
 * that is the journal "<n>module: text", n being syslog's priority: the journal has its own times.
 *
 * Control characters are escaped, so that text from events cannot forge lines.  Any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  LOG_ERROR,
  LOG_WARNING,
  LOG_INFO,
  LOG_DEBUG,
} LogLevel;

/* Before any thread starts.  Also routes GLib's own messages here. */
void log_start (LogLevel level);

/* One line a message as logfmt instead: time=… level=… module=… msg="…".  Before any thread starts.
 */
void log_set_logfmt (void);

gboolean log_level_parse (const char *name, LogLevel *out_level);

void log_message (LogLevel level, const char *module, const char *format, ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
