/* schema.h: the one table that describes every setting.
 *
 * From it come parsing, checking with positions, and defaults.  A schema is static data. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct ConfigSchema ConfigSchema;

typedef enum
{
  SETTING_STRING,
  SETTING_INTEGER,
  SETTING_NUMBER,
  SETTING_BOOLEAN,
  SETTING_OBJECT,       /* nested: its own schema */
  SETTING_ARRAY,        /* of objects of the nested schema, or of strings when nested is NULL */
  SETTING_STRING_MAP,   /* object whose values are strings: headers, InputPathsMap */
  SETTING_ANY,          /* any JSON value, checked elsewhere: EventPattern */
  SETTING_VALUE,        /* "constant", {"Header": "X-…"} or {"Path": "$.…"}, with optional "Default" */
} SettingType;

typedef enum
{
  SETTING_PLAIN = 0,
  SETTING_REQUIRED = 1 << 0,
  SETTING_URL = 1 << 1,        /* string: absolute http or https URL */
  SETTING_REFERENCE = 1 << 2,  /* string: "kind/name" of an existing connector */
  SETTING_BUS = 1 << 3,        /* string: name of an existing bus */
  SETTING_NONEMPTY = 1 << 4,   /* string or array */
} SettingFlags;

typedef struct
{
  const char *name;
  SettingType type;
  SettingFlags flags;
  const char *default_json; /* JSON text, or NULL: absent stays absent */
  double min, max;          /* integer, number: value; string, array: length; both 0: no bounds */
  const char *unit;         /* "s", "bytes", or NULL */
  const char *const *choices; /* string: the allowed ones, NULL-terminated, or NULL */
  const ConfigSchema *nested;
  const char *help;         /* one plain sentence */
} ConfigSetting;

struct ConfigSchema
{
  const char *kind;             /* "webhook": the folder's name */
  const char *title;            /* "Webhook connector" */
  const ConfigSetting *settings; /* ends with name NULL */
};

extern const ConfigSchema config_schema_router; /* router.json */
extern const ConfigSchema config_schema_bus;
extern const ConfigSchema config_schema_source;
extern const ConfigSchema config_schema_rule;

G_END_DECLS
