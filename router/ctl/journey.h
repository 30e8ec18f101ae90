/* journey.h: what has happened to events and deliveries, from the API's JSON, for people. */
#pragma once

#include "ctl.h"

G_BEGIN_DECLS

OutputStyle journey_state_style (const char *state);

/* "3 done, 1 dead": the states that there are any of; the style is that of the worst. */
char *journey_counts (JsonObject *counts, OutputStyle *out_style);

/* "503 the target answered …": how the last attempt ended; "" when there was none. */
char *journey_last (JsonObject *last);

/* When something happens or has happened: "in 2.3 s", "took 12 ms", "2 min ago". */
char *journey_when (JsonObject *delivery, gint64 now_us);

/* The API's "event" (EventFull), without its detail. */
void journey_print_event (Ctl *ctl, JsonObject *event);
/* A DeliveryFull with all of its attempts. */
void journey_print_delivery (Ctl *ctl, JsonObject *delivery);

G_END_DECLS
