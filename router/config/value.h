/* value.h: SETTING_VALUE: a constant, or where in a request to find the value. */
#pragma once

#include "config/check.h"
#include "config/configuration.h"

G_BEGIN_DECLS

void config_value_check (ConfigReport *report,
                         const ConfigNames *names,
                         const ConfigSetting *setting,
                         JsonNode *node);

/* node: checked, or NULL for the constant fallback. */
void config_value_read (JsonNode *node, const char *fallback, ConfigValue *out_value);
void config_value_clear (ConfigValue *value);

G_END_DECLS
