/* names.h: which buses and connectors there are, for what refers to them, and what router.json
 * says that other files are checked by.
 *
 * What counts is that the file is there: one with a mistake in it exists, and its users are not
 * told otherwise. */
#pragma once

#include "config/folder.h"

G_BEGIN_DECLS

typedef struct
{
  const ConfigSchema *const *connector_schemas;
  GPtrArray *files;     /* ConfigFile by path; not owned */
  guint wildcard_score; /* Limits.WildcardScore; 0: the default */
} ConfigNames;

/* "default" is always there. */
gboolean config_names_has_bus (const ConfigNames *names, const char *bus);

/* NULL when there is no such file. */
const ConfigFile *config_names_find (const ConfigNames *names, const char *kind, const char *name);

/* ref: "kind/name". */
gboolean config_names_has_connector (const ConfigNames *names, const char *ref);

/* "eu" of "bus/eu", a target that is another bus; NULL of any other reference. */
const char *config_bus_of_reference (const char *ref);

/* What to do about a name that is not there: "did you mean …?", or how to make it. */
char *config_names_bus_hint (const ConfigNames *names, const char *bus);
char *config_names_connector_hint (const ConfigNames *names, const char *ref);

G_END_DECLS
