/* jackson.h: how EventBridge words mistakes in JSON, and how it counts positions.
 *
 * EventBridge reads patterns with Jackson, whose messages it passes on.
 */
#pragma once

#include "json-reader.h"

/* Line and column of an offset: from 1, in UTF-16 units; a CR ends a line too, a CR LF only one. */
void jackson_position (const char *text,
                       size_t length,
                       size_t offset,
                       unsigned *out_line,
                       unsigned *out_column);

/* Fills error with the reader's fault in Jackson's words, position included.  Returns false. */
bool jackson_error (const JsonReader *reader, RulesError *error);
