/* router.h: router.json: where the router listens, and its limits. */
#pragma once

#include "config/configuration.h"
#include "config/names.h"
#include "config/report.h"

G_BEGIN_DECLS

/* Checks and reads the report's file.  What is filled in is worth something only when nothing was
 * noted. */
void config_router_read (ConfigReport *report, const ConfigNames *names, ConfigRouter *out_router);

/* Without a router.json. */
void config_router_defaults (ConfigRouter *out_router);
void config_router_clear (ConfigRouter *router);

G_END_DECLS
