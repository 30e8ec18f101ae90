/* wiring.h: what the API asks of control and of the deliveries, which it does not know. */
#pragma once

#include "control/control.h"
#include "deliver/deliver.h"
#include "http/api.h"

G_BEGIN_DECLS

typedef struct
{
  Control *control;
  Deliver *deliver;
  const char *state_dir;
} Wiring;

/* parts outlives whoever calls; its fields are set before the first call. */
ApiOperations wiring_for_api (Wiring *parts);

G_END_DECLS
