/* output.h: writing for people: colour, alignment, and no surprises from data.
 *
 * Text from events is data.  Whatever is written through an Output has its control characters,
 * terminal escapes, bidirectional controls and bytes that are not UTF-8 replaced by visible
 * escapes, so that no event can move the cursor, forge a line or change a terminal's title.  One
 * thread. */
#pragma once

#include <glib.h>
#include <stdio.h>

G_BEGIN_DECLS

typedef struct Output Output;

typedef enum
{
  STYLE_PLAIN,
  STYLE_STRONG,
  STYLE_FAINT,
  STYLE_GOOD,
  STYLE_BAD,
  STYLE_NOTICE, /* not bad yet: waiting, held */
  STYLE_NAME,   /* ids and names that can be used in another command */
} OutputStyle;

/* The stream is not closed.  width: columns of the terminal, 0 when it is none. */
Output *output_new (FILE *stream, gboolean colour, guint width);
void output_free (Output *output);

/* when: "auto" (a terminal, NO_COLOR not set, TERM not "dumb"), "always" or "never". */
gboolean output_wants_colour (FILE *stream, const char *when);
guint output_terminal_width (FILE *stream); /* 0: no terminal */

/* One line's worth of data, escaped, newlines too. */
void output_put (Output *output, OutputStyle style, const char *text);
void output_putf (Output *output, OutputStyle style, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* A text of the program's own or a file's; its newlines are kept, the rest is escaped. */
void output_block (Output *output, OutputStyle style, const char *text);
void output_newline (Output *output);
void output_spaces (Output *output, guint n);

/* "label    text": label in a column of its own. */
void output_field (Output *output, const char *label, OutputStyle style, const char *text);

/* Bytes as they are, for programs that read them. */
void output_raw (Output *output, const char *bytes, gsize length);
void output_flush (Output *output);
gboolean output_failed (Output *output); /* the stream has an error: a full disk, a closed pipe */

gboolean output_has_colour (Output *output);
void output_set_colour (Output *output, gboolean colour);
guint output_get_width (Output *output);

/* The text with everything made visible that is not a printing character.  length -1:
 * NUL-terminated. */
char *output_escape (const char *text, gssize length, gboolean keep_newlines);

/* Columns that a text without control characters takes on a terminal. */
guint output_width (const char *text);
/* The text, cut to width columns with an ellipsis when it is longer. */
char *output_cut (const char *text, guint width);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Output, output_free)

G_END_DECLS
