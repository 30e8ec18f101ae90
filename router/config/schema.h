/* schema.h: the tables that describe every setting, one an object kind.
 *
 * From them come parsing, checking with positions, defaults, the JSON Schema files, the manual and
 * what explain-setting says.  A schema is static data. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct ConfigSchema ConfigSchema;

typedef enum
{
  SETTING_STRING,
  SETTING_INTEGER,
  SETTING_NUMBER,
  SETTING_BOOLEAN,
  SETTING_OBJECT,     /* nested: its own schema */
  SETTING_ARRAY,      /* of objects of the nested schema, or of strings when nested is NULL */
  SETTING_NUMBERS,    /* array of numbers; min and max bound each of them */
  SETTING_STRING_MAP, /* object whose values are strings: headers, InputPathsMap */
  SETTING_ANY,        /* any JSON value, checked elsewhere: EventPattern */
  SETTING_VALUE, /* "constant", {"Header": "X-…"}, {"Path": "$.…"} or {"Query": "…"}, with optional
                    "Default" */
} SettingType;

typedef enum
{
  SETTING_PLAIN = 0,
  SETTING_REQUIRED = 1 << 0,
  SETTING_URL = 1 << 1,         /* string: absolute http or https URL */
  SETTING_REFERENCE = 1 << 2,   /* string: "kind/name" of an existing connector */
  SETTING_BUS = 1 << 3,         /* string: name of an existing bus */
  SETTING_NONEMPTY = 1 << 4,    /* string or array */
  SETTING_UNSUPPORTED = 1 << 5, /* EventBridge has it, this version does not act on it: refused;
                                   help says what to do instead.  Not for forms and references. */
  SETTING_EXCLUSIVE = 1 << 9,   /* string, a path: no two connectors of a kind have the same */
  SETTING_PRIVATE = 1 << 8,     /* its values may be secrets: not shown in differences */
  SETTING_QUEUE = 1 << 6,       /* string with SETTING_REFERENCE: the connector must be a queue */
} SettingFlags;

/* When a change shows, of what the router does already. */
typedef enum
{
  EFFECT_AT_ONCE,
  EFFECT_NEXT_ATTEMPT, /* of each delivery, those that wait included */
  EFFECT_NEW_EVENTS,   /* what was taken in before stays as it is */
  EFFECT_RESTART,
} SettingEffect;

typedef struct
{
  const char *name;
  SettingType type;
  SettingFlags flags;
  const char *default_json;   /* JSON text, or NULL: absent stays absent */
  double min, max;            /* integer, number: value; string: characters; array, map: entries;
                                 value: characters of the constant; both 0: no bounds */
  const char *unit;           /* "s", "bytes", or NULL */
  const char *const *choices; /* string: the allowed ones, NULL-terminated, or NULL */
  const ConfigSchema *nested;
  const char *help;     /* plain sentences */
  SettingEffect effect; /* of one that is nested, that of its leaves counts */
} ConfigSetting;

struct ConfigSchema
{
  const char *kind;              /* "webhook": the folder's name */
  const char *title;             /* "Webhook connector" */
  const ConfigSetting *settings; /* ends with name NULL */

  /* Of a connector: judges what the table cannot say.  settings fit the table and are complete.
   * FALSE with an error, whose message does not name the setting, and in out_pointer its JSON
   * pointer
   * ("/Headers/Host"), which may be left NULL.  NULL: nothing more to judge.  Must not block. */
  gboolean (*check) (JsonObject *settings, char **out_pointer, GError **error);
};

extern const ConfigSchema config_schema_router; /* router.json */
extern const ConfigSchema config_schema_bus;
extern const ConfigSchema config_schema_source;
extern const ConfigSchema config_schema_rule;
extern const ConfigSchema config_schema_signature;
extern const ConfigSchema config_schema_tests;  /* not in force: what is expected of the others */
extern const ConfigSchema config_schema_secret; /* {"Secret": "name"}: nested where one is needed */

/* What every connector has besides its kind's own settings: Description, Concurrency.  Not among
 * the settings that a connector is opened with. */
extern const ConfigSchema config_schema_connector;

/* "$schema" is allowed in every object of a schema, for editors, and ignored. */
#define CONFIG_SCHEMA_KEY "$schema"

/* The setting of connectors that go out over a network, and of router.json's "Outgoing", which they
 * inherit. */
#define CONFIG_ALLOW_ADDRESSES "AllowAddresses"

/* The schema of a folder: "bus", "source", "rule", a connector's kind, or "router" for router.json.
 * NULL when there is none.  connector_schemas: NULL-terminated, or NULL. */
const ConfigSchema *
config_schema_by_kind (const char *kind, const ConfigSchema *const *connector_schemas);
gboolean config_schema_is_connector (const ConfigSchema *schema);

/* "at once", "new events" … */
const char *config_effect_name (SettingEffect effect);

/* The setting of this name, unsupported ones too, or NULL. */
const ConfigSetting *config_schema_find (const ConfigSchema *schema, const char *name);

G_END_DECLS
