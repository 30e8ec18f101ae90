/* sb-settings.h: which settings a kind of configuration file has, as the router's own tables say.
 *
 * A tree: an object's settings are its children, as are those of each element of an array of
 * objects.  Forms are made from it. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  SB_SETTING_STRING,
  SB_SETTING_INTEGER,
  SB_SETTING_NUMBER,
  SB_SETTING_BOOLEAN,
  SB_SETTING_OBJECT,
  SB_SETTING_OBJECTS, /* an array of them */
  SB_SETTING_STRINGS,
  SB_SETTING_NUMBERS,
  SB_SETTING_STRING_MAP,
  SB_SETTING_VALUE,   /* a string, or where a request has it: {"Header": …}, {"Path": …} */
  SB_SETTING_ANY,     /* any JSON */
  SB_SETTING_SECRET,  /* an object that names a secret */
  SB_SETTING_SECRETS, /* an array of them */
} SbSettingType;

typedef struct
{
  char *name; /* "TimeoutSeconds" */
  SbSettingType type;
  char *help;   /* a sentence */
  char *unit;   /* "s", "bytes" or "" */
  char *effect; /* of a change: "restart", "at once" … */
  char *names;  /* what it is the name of: "connector", "queue", "bus", "url" or "" */
  gboolean required;
  gboolean common;         /* all connectors have it */
  double min, max;         /* -G_MAXDOUBLE, G_MAXDOUBLE where there is no bound */
  char **choices;          /* NULL: it is not one of a few */
  JsonNode *default_value; /* NULL: none */
  GPtrArray *children;     /* of SbSetting; may be empty */
} SbSetting;

/* "Timeout", of TimeoutSeconds, whose unit is said elsewhere.  Caller frees. */
char *sb_setting_dup_label (const SbSetting *setting);

/* The default in words: "30 s", or "" when there is none. */
char *sb_setting_dup_default (const SbSetting *setting);

/* Is this value the default? */
gboolean sb_setting_is_default (const SbSetting *setting, JsonNode *value);

/* What it can be the name of, of the configuration's files: "webhook/desk", and "default" of a bus.
 * NULL when it is no name.  Caller frees. */
char **sb_setting_dup_names (const SbSetting *setting, const char *const *files);

/* What an object of it begins with: its required settings that are one of a few or objects. */
JsonNode *sb_setting_new_value (const SbSetting *setting);

typedef struct
{
  char *kind;
  char *title;
  GPtrArray *settings; /* of SbSetting */
} SbSettings;

/* answer: of GET /v1/config/schemas/KIND. */
SbSettings *sb_settings_new (JsonObject *answer);
SbSettings *sb_settings_ref (SbSettings *self);
void sb_settings_unref (SbSettings *self);

/* NULL when there is none of the name. */
const SbSetting *sb_settings_find (const SbSettings *self, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SbSettings, sb_settings_unref)

G_END_DECLS
