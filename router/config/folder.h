/* folder.h: which files make up a configuration, and their bytes.
 *
 * Knows names and kinds, nothing of what the files say. */
#pragma once

#include "config/schema.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A larger file is refused unread.  Generous: a rule with a hundred targets whose templates are all
 * as long as EventBridge allows stays below it. */
#define CONFIG_FILE_BYTES (1024 * 1024)

typedef struct
{
  const ConfigSchema *schema; /* what it is */
  char *path;                 /* relative to the folder: "rule/default/paid.json" */
  char *bus;                  /* of a rule: the folder that it is in; else NULL */
  char *name;                 /* of the object: the file's name without ".json" */
  char *text;                 /* NUL-terminated, may hold NULs; NULL when it cannot be read */
  gsize length;
  JsonNode *root; /* see config_file_parse() */
} ConfigFile;

void config_file_free (ConfigFile *file);

/* Reads every file of the folder as overlay (see config_load) has it.  Returns them by path; what
 * does not belong there or cannot be read is added to problems.  Blocks. */
GPtrArray *config_folder_read (const char *folder,
                               const ConfigSchema *const *connector_schemas,
                               GHashTable *overlay,
                               GPtrArray *problems);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfigFile, config_file_free)

G_END_DECLS
