/* routes.h: what a generation of the configuration says that an event owes, by the plain form of
 * the language and without anything of the engine.  One thread. */
#pragma once

#include "base/event.h"

G_BEGIN_DECLS

typedef struct Routes Routes;

/* content: JSON object, path -> text of every file.  Must be a configuration. */
Routes *routes_new (const char *content);
void routes_free (Routes *routes);

/* Whether the rule ("bus/name") has this target, and it goes to this connector. */
gboolean
routes_have (const Routes *routes, const char *rule, const char *target, const char *connector);

/* "bus/rule target connector", sorted, NULL-terminated; the event has its body.  NULL: this is no
 * event that a router would have taken. */
char **routes_of_event (Routes *routes, const Event *event);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Routes, routes_free)

G_END_DECLS
