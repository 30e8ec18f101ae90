/* diff.h: what one configuration says that another does not, in the words of the settings.
 *
 * Pure; any thread.  Values that may be secret (SETTING_PRIVATE, credentials and queries of URLs)
 * are not in what comes of it. */
#pragma once

#include "config/schema.h"

G_BEGIN_DECLS

typedef enum
{
  CHANGE_ADDED,
  CHANGE_REMOVED,
  CHANGE_CHANGED,
  CHANGE_LAYOUT, /* only spaces, or the order of keys */
} ChangeKind;

typedef struct
{
  ChangeKind kind;
  char *file;           /* "rule/default/paid-orders.json" */
  char *object;         /* "rule default/paid-orders" */
  char *setting;        /* "target billing: RetryPolicy.MaximumRetryAttempts"; "" of a whole file */
  char *before, *after; /* JSON text, shortened; NULL: not set, or of a whole file */
  SettingEffect effect; /* of a setting that changed */
} ConfigChange;

void config_change_free (ConfigChange *change);

/* "~ rule default/paid-orders: target billing: RetryPolicy.MaximumRetryAttempts 12 -> 20 (next
 * attempt)" */
char *config_change_format (const ConfigChange *change);
const char *config_change_kind_name (ChangeKind kind); /* "added" … */

/* before, after: path -> text of every file.  What is no JSON is compared as text.  GPtrArray of
 * ConfigChange, by file. */
GPtrArray *
config_diff (GHashTable *before, GHashTable *after, const ConfigSchema *const *connector_schemas);

/* Configuration.content or StoredGeneration.content as path -> text; NULL when it is no such JSON.
 */
GHashTable *config_content_parse (const char *content);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfigChange, config_change_free)

G_END_DECLS
