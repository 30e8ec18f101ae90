/* config-folder.h: what the tests of config/ share: a folder on the disk, connectors to configure,
 * and problems compared as text. */
#pragma once

#include "config/configuration.h"
#include "config/report.h"

G_BEGIN_DECLS

/* "webhook" (Url, required; Method; Headers; TimeoutSeconds) and "file" (Path, required). */
extern const ConfigSchema *const test_connector_schemas[];

char *test_folder_new (void);
void test_folder_free (char *folder); /* deletes it */
void test_folder_put (const char *folder, const char *relative, const char *text);
gboolean test_folder_has (const char *folder, const char *relative);

/* One file, parsed; its schema, bus and name follow from the path.  The text must be a JSON object.
 */
ConfigFile *test_file_new (const char *path, const char *text);

GPtrArray *test_problems_new (void);

/* The problems, each formatted, are these in this order; '*' and '?' as in file names.  expected is
 * NULL-terminated.  what names the case in a failure. */
void test_problems_are (const char *what, GPtrArray *problems, const char *const *expected);

G_END_DECLS
