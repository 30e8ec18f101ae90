/* sb-histogram.h: the router's histograms as bars, and its causes in words. */
#pragma once

#include <json-glib/json-glib.h>

#include "sb-bars.h"

G_BEGIN_DECLS

/* The answer of /v1/dead-letters/histogram or /v1/events/histogram, or NULL; words says what a
 * series is called (transfer full), or is NULL. */
void sb_histogram_show (SbBars *bars, JsonObject *answer, char *(*words) (const char *name));

/* Of what dead letters died, by the API's name: "Retries ran out". */
char *sb_histogram_cause (const char *name);

/* An answer's status, by its number as text: "503 Service Unavailable"; "" for "0", as
 * nobody answered. */
char *sb_histogram_status (const char *number);

G_END_DECLS
