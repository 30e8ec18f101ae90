/* error.h: filling a RulesError.  All of these accept NULL for the error and return false, so that
 * a function can end with `return error_…`.
 */
#pragma once

#include "rules.h"

#if defined(__GNUC__)
#define RULES_PRINTF(string, first) __attribute__ ((format (printf, string, first)))
#else
#define RULES_PRINTF(string, first)
#endif

/* An error at a place of the text; line and column follow from it.  hint may be "". */
bool error_at (RulesError *error,
               RulesErrorCode code,
               const char *text,
               size_t length,
               size_t offset,
               const char *hint,
               const char *format,
               ...) RULES_PRINTF (7, 8);

bool error_no_memory (RulesError *error);

/* Sets the hint of an error that is filled already. */
void error_hint (RulesError *error, const char *format, ...) RULES_PRINTF (2, 3);

/* Appends "/name", escaped after RFC 6901, to error->pointer, cut at a whole character. */
void error_pointer_append (RulesError *error, const char *name, size_t length);

/* How many of the bytes can be shown without cutting a UTF-8 character, at most max. */
size_t error_cut_utf8 (const char *bytes, size_t length, size_t max);
