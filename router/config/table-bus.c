/* The table of bus/<name>.json.  Static data; any thread.  Keys are EventBridge's:
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html */
#include "config/table.h"

static const ConfigSetting bus_settings[] = {
  DESCRIPTION,
  UNSUPPORTED ("Name", "A bus is named by its file: remove the key."),
  UNSUPPORTED ("EventSourceName", "There are no partner event sources here: remove the key."),
  UNSUPPORTED ("DeadLetterConfig", "Every dead letter is kept by the router: remove the key."),
  UNSUPPORTED ("KmsKeyIdentifier", "Events are not encrypted at rest: remove the key."),
  UNSUPPORTED ("LogConfig", "Remove the key."),
  UNSUPPORTED ("Policy", "Remove the key."),
  UNSUPPORTED ("Tags", "Remove the key; Description may hold the text."),
  { NULL },
};

const ConfigSchema config_schema_bus = {
  .kind = "bus",
  .title = "Event bus",
  .settings = bus_settings,
};
