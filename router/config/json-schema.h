/* json-schema.h: the tables as JSON Schema, for editors and other programs.
 *
 * https://json-schema.org/draft/2020-12/json-schema-core and -validation.  A schema says what a
 * table says; what only the router can judge (whether a connector exists, whether a pattern is one)
 * it lets pass.  Pure; any thread. */
#pragma once

#include "config/schema.h"

G_BEGIN_DECLS

/* Of one kind's files, as text with line ends. */
char *config_json_schema (const ConfigSchema *schema);

/* Its name: "urn:signalbox:schema:webhook". */
char *config_json_schema_id (const ConfigSchema *schema);

G_END_DECLS
