/* known.h: did you mean?  For names of the router's: rules, connectors, sources and queues. */
#pragma once

#include "ctl.h"

G_BEGIN_DECLS

/* After a refusal of a call, or a list without a line: says below it what was likely meant by a
 * name that the router does not have.  Asks the router; when that fails there is no hint.
 *
 * problem: the refusal's object.  path: with its query. */
void known_hint_refused (Ctl *ctl, Client *client, JsonObject *problem);
void known_hint_empty (Ctl *ctl, Client *client, const char *path);

G_END_DECLS
