/* preset.h: what comes with the program: signatures, providers and SMS gateways, as data files
 * (data/signatures, data/providers, data/sms) that are compiled in.  Pure functions; any thread. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  PRESET_SIGNATURE, /* what signature/<name>.json would hold */
  PRESET_PROVIDER,  /* what source/<name>.json would hold, to begin from */
  PRESET_SMS,       /* what the setting Gateway of sms/<name>.json would hold */
} PresetKind;

/* NULL when there is none of that name; the caller's. */
JsonObject *config_preset_get (PresetKind kind, const char *name);

/* Their names, sorted, NULL-terminated; the caller's. */
char **config_preset_names (PresetKind kind);

/* Preset and file put together: what the file says counts; objects of both are put together in the
 * same way, one level deep.  The caller's. */
JsonObject *config_preset_merge (JsonObject *preset, JsonObject *file);

G_END_DECLS
