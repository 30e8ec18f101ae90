/* argument.h: what commands are given: files, inline JSON, standard input, query parameters. */
#pragma once

#include "base/clock.h"

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *name; /* for messages: the file's path, "standard input", "the pattern" */
  char *text; /* NUL-terminated */
  gsize length;
} ArgumentText;

void argument_text_clear (ArgumentText *text);

/* "-" is standard input; what begins with { or [ is the text itself, called what; else a file's
 * path. */
gboolean
argument_read (const char *argument, const char *what, ArgumentText *out_text, GError **error);
void argument_inline (const char *text, const char *what, ArgumentText *out_text);

/* An event's EventBridge envelope around a detail, which must be JSON. */
char *argument_envelope (const char *source,
                         const char *detail_type,
                         const char *detail,
                         gsize length,
                         Clock *clock);

/* Appends "?name=value" or "&name=value", percent-encoded; nothing when value is NULL. */
void argument_query (GString *path, const char *name, const char *value);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ArgumentText, argument_text_clear)

G_END_DECLS
