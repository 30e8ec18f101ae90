/* The table of rule/<bus>/<name>.json.  Static data; any thread.  Keys and bounds are
 * EventBridge's: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html and
 * API_PutTargets. */
#include "config/table.h"

static const ConfigSetting transformer_settings[] = {
  { .name = "InputPathsMap",
    .effect = EFFECT_NEXT_ATTEMPT,
    .type = SETTING_STRING_MAP,
    .help = "Names for values of the event, as JSONPath; at most 100." },
  { .name = "InputTemplate",
    .effect = EFFECT_NEXT_ATTEMPT,
    .type = SETTING_STRING,
    .flags = SETTING_REQUIRED,
    .help = "What the target receives, with <name> where a value goes; at most 8192 characters." },
  { NULL },
};

static const ConfigSchema transformer_schema = {
  .kind = "transformer",
  .title = "Input transformer",
  .settings = transformer_settings,
};

static const ConfigSetting backoff_settings[] = {
  { .name = "BaseSeconds",
    .effect = EFFECT_NEXT_ATTEMPT,
    .type = SETTING_NUMBER,
    .default_json = "1",
    .min = 0.001,
    .max = 86400,
    .unit = "s",
    .help = "The wait after the first failure." },
  { .name = "Factor",
    .effect = EFFECT_NEXT_ATTEMPT,
    .type = SETTING_NUMBER,
    .default_json = "2",
    .min = 1,
    .max = 100,
    .help = "Each further wait is so many times the one before." },
  { .name = "CapSeconds",
    .effect = EFFECT_NEXT_ATTEMPT,
    .type = SETTING_NUMBER,
    .default_json = "600",
    .min = 0.001,
    .max = 604800,
    .unit = "s",
    .help = "The longest wait." },
  { .name = "Jitter",
    .effect = EFFECT_NEXT_ATTEMPT,
    .type = SETTING_NUMBER,
    .default_json = "0.2",
    .min = 0,
    .max = 1,
    .help = "How far waits are spread at random: 0.2 is from 80 % to 120 %." },
  { NULL },
};

static const ConfigSchema backoff_schema = {
  .kind = "backoff",
  .title = "Back-off",
  .settings = backoff_settings,
};

/* EventBridge takes ages from 60 to 86400 s.  Shorter ones are for trying things out at one's desk,
 * longer ones for targets that are away over a holiday. */
static const ConfigSetting retry_settings[] = {
  { .name = "MaximumRetryAttempts",
    .effect = EFFECT_NEXT_ATTEMPT,
    .type = SETTING_INTEGER,
    .min = 0,
    .max = 185,
    .help = "How many tries follow the first; 185 when Backoff or MaximumEventAgeInSeconds is set, "
            "else as many as the Schedule has." },
  { .name = "MaximumEventAgeInSeconds",
    .effect = EFFECT_NEXT_ATTEMPT,
    .type = SETTING_INTEGER,
    .min = 1,
    .max = 604800,
    .unit = "s",
    .help = "How long after it was accepted an event is still tried; EventBridge knows 60 to "
            "86400.  86400 when Backoff or MaximumRetryAttempts is set, else no bound." },
  { .name = "Schedule",
    .effect = EFFECT_NEXT_ATTEMPT,
    .type = SETTING_NUMBERS,
    .min = 0,
    .max = 604800,
    .unit = "s",
    .help = "When it is tried, in seconds after it was accepted; the first is 0.  Without any of "
            "these keys: 0, 5, 30, 120, 600, 1800, 7200, 18000, 36000, 50400, 72000, 86400." },
  { .name = "Jitter",
    .effect = EFFECT_NEXT_ATTEMPT,
    .type = SETTING_NUMBER,
    .default_json = "0.2",
    .min = 0,
    .max = 1,
    .help = "How far the waits of the Schedule are spread at random: 0.2 is from 80 % to 120 %." },
  { .name = "Backoff",
    .type = SETTING_OBJECT,
    .nested = &backoff_schema,
    .help = "Waits that grow, instead of a Schedule.  Used, with its defaults, when only "
            "MaximumRetryAttempts or MaximumEventAgeInSeconds is set." },
  { NULL },
};

static const ConfigSchema retry_schema = {
  .kind = "retry",
  .title = "Retry policy",
  .settings = retry_settings,
};

static const ConfigSetting dead_letter_settings[] = {
  { .name = "Arn",
    .effect = EFFECT_NEXT_ATTEMPT,
    .type = SETTING_STRING,
    .flags = SETTING_REQUIRED | SETTING_REFERENCE | SETTING_QUEUE,
    .help = "The queue: queue/NAME." },
  { NULL },
};

static const ConfigSchema dead_letter_schema = {
  .kind = "dead-letter",
  .title = "Dead-letter queue",
  .settings = dead_letter_settings,
};

static const ConfigSetting sqs_settings[] = {
  { .name = "MessageGroupId",
    .effect = EFFECT_NEXT_ATTEMPT,
    .type = SETTING_STRING,
    .flags = SETTING_REQUIRED,
    .min = 1,
    .max = 128,
    .help = "The group of the messages in a FIFO queue." },
  { NULL },
};

static const ConfigSchema sqs_schema = {
  .kind = "sqs",
  .title = "Parameters of a queue",
  .settings = sqs_settings,
};

static const ConfigSetting http_settings[] = {
  { .name = "PathParameterValues",
    .effect = EFFECT_NEXT_ATTEMPT,
    .type = SETTING_ARRAY,
    .max = 20,
    .help = "What stands for each * in the path of the connector's Url: text, or a JSONPath." },
  { .name = "HeaderParameters",
    .effect = EFFECT_NEXT_ATTEMPT,
    .type = SETTING_STRING_MAP,
    .max = 100,
    .help = "More header fields by name: text, or a JSONPath into the event." },
  { .name = "QueryStringParameters",
    .effect = EFFECT_NEXT_ATTEMPT,
    .type = SETTING_STRING_MAP,
    .max = 100,
    .help = "More of the query by name: text, or a JSONPath into the event." },
  { NULL },
};

static const ConfigSchema http_schema = {
  .kind = "http",
  .title = "HTTP parameters",
  .settings = http_settings,
};

#define OTHER_SERVICE "It belongs to a service of AWS: remove the key."

static const ConfigSetting target_settings[] = {
  { .name = "Id",
    .effect = EFFECT_NEW_EVENTS,
    .type = SETTING_STRING,
    .flags = SETTING_REQUIRED,
    .min = 1,
    .max = 64,
    .help = "Tells the rule's targets apart: letters, digits, '.', '-' and '_'." },
  { .name = "Arn",
    .effect = EFFECT_NEXT_ATTEMPT,
    .type = SETTING_STRING,
    .flags = SETTING_REQUIRED | SETTING_REFERENCE,
    .help = "The connector that receives the events: webhook/billing is the file "
            "webhook/billing.json." },
  { .name = "Input",
    .effect = EFFECT_NEXT_ATTEMPT,
    .type = SETTING_STRING,
    .help = "JSON text that is sent instead of the event." },
  { .name = "InputPath",
    .effect = EFFECT_NEXT_ATTEMPT,
    .type = SETTING_STRING,
    .help = "A JSONPath: only this part of the event is sent." },
  { .name = "InputTransformer",
    .type = SETTING_OBJECT,
    .nested = &transformer_schema,
    .help = "A template that is filled from the event and sent instead of it." },
  { .name = "OrderKey",
    .effect = EFFECT_NEW_EVENTS,
    .type = SETTING_STRING,
    .flags = SETTING_NONEMPTY,
    .max = 256,
    .help = "A JSONPath: deliveries with the same value there are made one after the other, in the "
            "order of their events." },
  { .name = "Priority",
    .effect = EFFECT_NEW_EVENTS,
    .type = SETTING_ANY,
    .help = "0 to 9, or a JSONPath to such a number: of what is due the highest goes first; 4 when "
            "not given." },
  { .name = "DelaySeconds",
    .effect = EFFECT_NEW_EVENTS,
    .type = SETTING_NUMBER,
    .default_json = "0",
    .min = 0,
    .max = 31536000,
    .unit = "s",
    .help = "How long after the event was accepted it is delivered." },
  { .name = "DeliverAt",
    .effect = EFFECT_NEW_EVENTS,
    .type = SETTING_STRING,
    .flags = SETTING_NONEMPTY,
    .max = 256,
    .help = "A JSONPath to the time at which it is delivered, as RFC 3339 text or in seconds since "
            "1970; one that is over or not there makes no difference, and what is no time is not "
            "sent: it is a dead letter.  The wait is reckoned when the "
            "event is accepted: setting the clock later does not change it." },
  { .name = "RetryPolicy",
    .type = SETTING_OBJECT,
    .default_json = "{}",
    .nested = &retry_schema,
    .help = "How long a delivery that fails is tried again." },
  { .name = "DeadLetterConfig",
    .type = SETTING_OBJECT,
    .nested = &dead_letter_schema,
    .help = "A queue that gets a copy of each event that could not be delivered.  The router keeps "
            "its dead letters in any case." },
  { .name = "SqsParameters",
    .type = SETTING_OBJECT,
    .nested = &sqs_schema,
    .help = "Of a target that is a FIFO queue; without it the group is the rule's name." },
  { .name = "HttpParameters",
    .effect = EFFECT_NEXT_ATTEMPT,
    .type = SETTING_OBJECT,
    .nested = &http_schema,
    .help = "Of a target that is a webhook: what its path, query and header get from the event." },
  UNSUPPORTED ("RoleArn", "No role is needed here: remove the key."),
  UNSUPPORTED ("AppSyncParameters", OTHER_SERVICE),
  UNSUPPORTED ("BatchParameters", OTHER_SERVICE),
  UNSUPPORTED ("EcsParameters", OTHER_SERVICE),
  UNSUPPORTED ("KinesisParameters", OTHER_SERVICE),
  UNSUPPORTED ("RedshiftDataParameters", OTHER_SERVICE),
  UNSUPPORTED ("RunCommandParameters", OTHER_SERVICE),
  UNSUPPORTED ("SageMakerPipelineParameters", OTHER_SERVICE),
  { NULL },
};

static const ConfigSchema target_schema = {
  .kind = "target",
  .title = "Target",
  .settings = target_settings,
};

static const ConfigSetting rule_settings[] = {
  DESCRIPTION,
  STATE ("DISABLED: the rule matches nothing."),
  { .name = "EventPattern",
    .effect = EFFECT_NEW_EVENTS,
    .type = SETTING_ANY,
    .help =
        "Which events it matches, as an object or as a string of JSON; every event of the bus when "
        "there is none." },
  { .name = "Targets",
    .type = SETTING_ARRAY,
    .default_json = "[]",
    .max = 100,
    .nested = &target_schema,
    .help = "Where the events go." },
  UNSUPPORTED ("Name", "A rule is named by its file: remove the key."),
  UNSUPPORTED ("EventBusName", "A rule's bus is the folder that it is in: remove the key."),
  UNSUPPORTED ("ScheduleExpression",
               "Rules here match events; let a timer post to a source, and remove the key."),
  UNSUPPORTED ("RoleArn", "No role is needed here: remove the key."),
  UNSUPPORTED ("Arn", "The router makes it from the names of bus and rule: remove the key."),
  UNSUPPORTED ("CreatedBy", "Remove the key."),
  UNSUPPORTED ("ManagedBy", "Remove the key."),
  UNSUPPORTED ("Tags", "Remove the key; Description may hold the text."),
  UNSUPPORTED ("Type", "Of a CloudFormation resource only what its Properties hold belongs here."),
  UNSUPPORTED ("Properties",
               "Of a CloudFormation resource only what its Properties hold belongs here."),
  { NULL },
};

const ConfigSchema config_schema_rule = {
  .kind = "rule",
  .title = "Rule",
  .settings = rule_settings,
};
