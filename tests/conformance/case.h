/* case.h: one case of a conformance file, and what runs it.
 *
 * A run_… function appends to problem what does not hold; nothing appended means that the case
 * passed.
 */
#pragma once

#include "rules/rules.h"

#include <json-glib/json-glib.h>

#include <stdbool.h>

typedef struct
{
  JsonObject *object; /* the case */
  const char *line;   /* the same as text, for members that must be taken byte for byte */
  size_t length;
  bool messages; /* compare whole messages */
} Case;

/* A member that is a string, or fallback. */
const char *case_string (const Case *test, const char *name, const char *fallback);

/* The text of a member, byte for byte; NULL when there is none. */
char *case_text (const Case *test, const char *pointer);

/* {id, pattern, event, expected, error?, error_code?}: pattern and event are JSON texts; expected
 * is "match", "nomatch", "exception" (the pattern is refused; with "Parameter Event is not valid."
 * the event) or "event-error" (the event is not JSON).
 *
 * False when EventBridge's limits had to be lifted, because the case expects an answer beyond them.
 */
bool pattern_case_run (const Case *test, GString *problem);

/* {id, event, input?, input_path?, input_template?, input_paths?, rule?, ingestion_time?, compare,
 * expected_output?, delivered?, error?}: compare is "json", "text", "none" or "error". */
void transformer_case_run (const Case *test, GString *problem);
