/* pretty.h: JSON laid out for reading.
 *
 * Only the space between tokens changes: numbers and strings stay as they are spelled, which a
 * parse and a generator would not keep. */
#pragma once

#include "output.h"

G_BEGIN_DECLS

/* JSON is laid out and coloured, each line after the first indented by indent more spaces; any
 * other text is printed as it is, escaped.  Ends with a newline. */
void pretty_print (Output *output, const char *text, gsize length, guint indent);

/* The line of a text with a caret under a place; nothing when there is no such line.  line and
 * column (in bytes) from 1; column 0: no caret. */
void pretty_excerpt (Output *output, const char *text, gsize length, guint line, guint column);

G_END_DECLS
