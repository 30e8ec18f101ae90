/* loop.h: do the buses send events round in a circle? */
#pragma once

#include "config/configuration.h"
#include "config/names.h"

G_BEGIN_DECLS

/* Notes each way from bus to bus that leads back to where it began, by enabled rules, whatever
 * their patterns: events that match for ever would otherwise be found out by the router's
 * customers.  In the file of the rule that closes the circle. */
void config_loops_check (const Configuration *configuration,
                         const ConfigNames *names,
                         GPtrArray *problems);

G_END_DECLS
