/* table.h: what the tables of settings share; for table-*.c alone. */
#pragma once

#include "config/schema.h"

#define DESCRIPTION                                                                                \
  {                                                                                                \
    .name = "Description", .type = SETTING_STRING, .max = 512,                                     \
    .help = "What this is for, in words for people."                                               \
  }

#define UNSUPPORTED(key, advice)                                                                   \
  {                                                                                                \
    .name = key, .type = SETTING_ANY, .flags = SETTING_UNSUPPORTED, .help = advice                 \
  }

extern const char *const config_table_states[]; /* ENABLED, DISABLED */

#define STATE(what)                                                                                \
  {                                                                                                \
    .name = "State", .type = SETTING_STRING, .default_json = "\"ENABLED\"",                        \
    .choices = config_table_states, .help = what                                                   \
  }
