/* catalog.h: every setting of every kind, by its path: for whoever looks one up or lists them.
 *
 * Pure; any thread. */
#pragma once

#include "config/schema.h"

G_BEGIN_DECLS

typedef struct
{
  char *path; /* "rule.Targets.RetryPolicy.MaximumRetryAttempts" */
  const ConfigSchema *kind;
  const ConfigSchema *parent; /* the table that it stands in */
  const ConfigSetting *setting;
  gboolean is_common; /* of every connector; the kind is the common table */
} CatalogEntry;

/* All but the unsupported ones, in the order of the tables: router, bus, source, signature, rule,
 * tests, what connectors have in common, then each connector's own.  connector_schemas:
 * NULL-terminated. GPtrArray of CatalogEntry. */
GPtrArray *config_catalog_new (const ConfigSchema *const *connector_schemas);

/* Those whose path is name or ends with "." name, in any case of letters, or all of the kind when
 * name is one.  Possibly none; the entries are the catalogue's. */
GPtrArray *config_catalog_find (GPtrArray *catalog, const char *name);

/* What of the catalogue is spelled most like name, or NULL. */
const char *config_catalog_suggest (GPtrArray *catalog, const char *name);

/* The file that a kind's objects are in: "webhook/<name>.json". */
char *config_catalog_file (const ConfigSchema *kind);

/* "whole number, 1 to 3600 s", "one of POST, PUT, PATCH" */
char *config_setting_type_text (const ConfigSetting *setting);

G_END_DECLS
