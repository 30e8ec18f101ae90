/* The table of what every connector has besides its kind's own settings.  Static data; any
 * thread. */
#include "config/table.h"

static const ConfigSetting breaker_settings[] = {
  { .name = "Failures",
    .type = SETTING_INTEGER,
    .default_json = "10",
    .min = 0,
    .max = 1000000,
    .help = "So many failures within WindowSeconds shut the connector; 0: nothing ever does." },
  { .name = "FailureRatio",
    .type = SETTING_NUMBER,
    .default_json = "0.5",
    .min = 0,
    .max = 1,
    .help = "How much of all attempts within WindowSeconds must have failed too: 0.5 is half." },
  { .name = "WindowSeconds",
    .type = SETTING_NUMBER,
    .default_json = "60",
    .min = 1,
    .max = 86400,
    .unit = "s",
    .help = "What came to pass longer ago does not count." },
  { .name = "ProbeSeconds",
    .type = SETTING_NUMBER,
    .default_json = "5",
    .min = 0.001,
    .max = 86400,
    .unit = "s",
    .help = "A shut connector is tried after this time, with one delivery." },
  { .name = "ProbeFactor",
    .type = SETTING_NUMBER,
    .default_json = "2",
    .min = 1,
    .max = 100,
    .help = "After each try that fails it stays shut so many times as long." },
  { .name = "ProbeCapSeconds",
    .type = SETTING_NUMBER,
    .default_json = "300",
    .min = 0.001,
    .max = 86400,
    .unit = "s",
    .help = "The longest time that it stays shut without being tried." },
  { NULL },
};

static const ConfigSchema breaker_schema = {
  .kind = "breaker",
  .title = "Breaker",
  .settings = breaker_settings,
};

static const ConfigSetting connector_settings[] = {
  DESCRIPTION,
  { .name = "Concurrency",
    .type = SETTING_INTEGER,
    .default_json = "16",
    .min = 1,
    .max = 1000,
    .help = "How many deliveries to it are under way at once." },
  { .name = "InvocationRateLimitPerSecond",
    .type = SETTING_NUMBER,
    .min = 0.001,
    .max = 1000000,
    .help =
        "How many deliveries to it may begin in a second; as many as there are when not given." },
  { .name = "Burst",
    .type = SETTING_INTEGER,
    .min = 1,
    .max = 1000000,
    .help =
        "How many of them may begin at once after a rest; those of one second when not given." },
  { .name = "Breaker",
    .type = SETTING_OBJECT,
    .default_json = "{}",
    .nested = &breaker_schema,
    .help = "When a connector that fails is left alone: its deliveries are held until it works." },
  { NULL },
};

const ConfigSchema config_schema_connector = {
  .kind = "connector",
  .title = "Connector",
  .settings = connector_settings,
};
