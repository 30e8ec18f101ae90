/* The table of tests/<name>.json: events, and what the rules are expected to make of them.  Static
 * data; any thread. */
#include "config/table.h"

static const ConfigSetting test_settings[] = {
  { .name = "Name",
    .type = SETTING_STRING,
    .flags = SETTING_REQUIRED,
    .min = 1,
    .max = 200,
    .help = "What it shows, in words for people." },
  { .name = "Bus",
    .type = SETTING_STRING,
    .flags = SETTING_BUS,
    .default_json = "\"default\"",
    .help = "The bus that the event enters." },
  { .name = "Event",
    .type = SETTING_ANY,
    .flags = SETTING_REQUIRED,
    .help = "The event: source, detail-type, detail, and what else of the envelope matters." },
  { .name = "Matches",
    .type = SETTING_ARRAY,
    .flags = SETTING_REQUIRED,
    .max = 1000,
    .help = "The names of all rules of the bus that match it; none of the others may." },
  { .name = "Outputs",
    .type = SETTING_ANY,
    .help = "An object: for a rule and target, as in paid-orders/billing, what is sent: JSON, or a "
            "string when it is text." },
  { NULL },
};

static const ConfigSchema test_schema = {
  .kind = "test",
  .title = "Test",
  .settings = test_settings,
};

static const ConfigSetting tests_settings[] = {
  DESCRIPTION,
  { .name = "Tests",
    .type = SETTING_ARRAY,
    .flags = SETTING_REQUIRED | SETTING_NONEMPTY,
    .min = 1,
    .max = 1000,
    .nested = &test_schema,
    .help = "The tests, each of one event." },
  { NULL },
};

const ConfigSchema config_schema_tests = {
  .kind = "tests",
  .title = "Tests of the rules",
  .settings = tests_settings,
};
