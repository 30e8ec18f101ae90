/* schema.c: the tables of what a file may say, and looking into them.
 *
 * Everything that is known of a setting stands here once: checking, defaults, the manual and the
 * app's forms follow from it.  Static data; any thread.  Keys and bounds of rules are
 * EventBridge's: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html and
 * API_PutTargets. */
#include "config/schema.h"

#include "base/limits.h"
#include "base/paths.h"

#include <string.h>

#define DESCRIPTION                                                                                \
  {                                                                                                \
    .name = "Description", .type = SETTING_STRING, .max = 512,                                     \
    .help = "What this is for, in words for people."                                               \
  }

#define UNSUPPORTED(key, advice)                                                                   \
  {                                                                                                \
    .name = key, .type = SETTING_ANY, .flags = SETTING_UNSUPPORTED, .help = advice                 \
  }

static const char *const states[] = { "ENABLED", "DISABLED", NULL };

#define STATE(what)                                                                                \
  {                                                                                                \
    .name = "State", .type = SETTING_STRING, .default_json = "\"ENABLED\"", .choices = states,     \
    .help = what                                                                                   \
  }

/* ---- router.json ---- */

/* Defaults are JSON text here and numbers in base/limits.h. */
G_STATIC_ASSERT (LIMIT_EVENT_BYTES == 262144);
G_STATIC_ASSERT (LIMIT_REQUEST_BYTES == 8388608);
G_STATIC_ASSERT (LIMIT_EVENTS_PER_REQUEST == 1000);
G_STATIC_ASSERT (LIMIT_JSON_DEPTH == 64);
G_STATIC_ASSERT (LIMIT_CONNECTIONS == 4096);
G_STATIC_ASSERT (LIMIT_REQUEST_SECONDS == 30);
G_STATIC_ASSERT (LIMIT_QUEUED_EVENTS == 10000);
G_STATIC_ASSERT (LIMIT_BATCH_ITEMS == 512);
G_STATIC_ASSERT (LIMIT_REPEAT_SECONDS == 86400);
G_STATIC_ASSERT (LIMIT_REJECTED_REQUESTS == 1000);
G_STATIC_ASSERT (LIMIT_REJECTED_BYTES == 8388608);
G_STATIC_ASSERT (LIMIT_RESPONSE_BYTES == 4096);
G_STATIC_ASSERT (LIMIT_TARGETS_PER_EVENT == 1000);
G_STATIC_ASSERT (LIMIT_METRIC_SERIES == 10000);
G_STATIC_ASSERT (LIMIT_DELIVERIES_IN_MEMORY == 1000);
G_STATIC_ASSERT (LIMIT_BREAKER_WINDOW_SECONDS == 60);
G_STATIC_ASSERT (LIMIT_BREAKER_FAILURES == 10);
G_STATIC_ASSERT (LIMIT_BREAKER_PROBE_SECONDS == 5);
G_STATIC_ASSERT (LIMIT_BREAKER_PROBE_CAP_SECONDS == 300);

static const ConfigSetting limits_settings[] = {
  { .name = "EventBytes",
    .type = SETTING_INTEGER,
    .default_json = "262144",
    .min = 1024,
    .max = 67108864,
    .unit = "bytes",
    .help = "The largest body of one event." },
  { .name = "RequestBytes",
    .type = SETTING_INTEGER,
    .default_json = "8388608",
    .min = 1024,
    .max = 1073741824,
    .unit = "bytes",
    .help = "The largest body of one request, which may hold many events." },
  { .name = "EventsPerRequest",
    .type = SETTING_INTEGER,
    .default_json = "1000",
    .min = 1,
    .max = 100000,
    .help = "How many events one request may hold." },
  { .name = "JsonDepth",
    .type = SETTING_INTEGER,
    .default_json = "64",
    .min = 1,
    .max = 1000,
    .help = "How deep arrays and objects of an event may stand in each other." },
  { .name = "Connections",
    .type = SETTING_INTEGER,
    .default_json = "4096",
    .min = 1,
    .max = 100000,
    .help = "How many connections are kept open at once; a further one is refused." },
  { .name = "RequestSeconds",
    .type = SETTING_INTEGER,
    .default_json = "30",
    .min = 1,
    .max = 3600,
    .unit = "s",
    .help = "An idle or slow connection is closed after this time." },
  { .name = "QueuedEvents",
    .type = SETTING_INTEGER,
    .default_json = "10000",
    .min = 1,
    .max = 1000000,
    .help =
        "How many events may wait to be stored; senders of further ones are asked to come later." },
  { .name = "BatchItems",
    .type = SETTING_INTEGER,
    .default_json = "512",
    .min = 1,
    .max = 100000,
    .help = "How much one commit of the store takes along at most." },
  { .name = "RepeatSeconds",
    .type = SETTING_INTEGER,
    .default_json = "86400",
    .min = 0,
    .max = 2592000,
    .unit = "s",
    .help = "How long a request's Idempotency-Key is remembered; 0: the header is ignored." },
  { .name = "RejectedRequests",
    .type = SETTING_INTEGER,
    .default_json = "1000",
    .min = 0,
    .max = 100000,
    .help = "How many requests that sources turned away are kept to be looked at; 0: none." },
  { .name = "RejectedBytes",
    .type = SETTING_INTEGER,
    .default_json = "8388608",
    .min = 0,
    .max = 1073741824,
    .unit = "bytes",
    .help = "How much memory these may take." },
  { .name = "ResponseBytes",
    .type = SETTING_INTEGER,
    .default_json = "4096",
    .min = 0,
    .max = 1048576,
    .unit = "bytes",
    .help = "How much of a target's answer is kept with the attempt." },
  { .name = "TargetsPerEvent",
    .type = SETTING_INTEGER,
    .default_json = "1000",
    .min = 1,
    .max = 100000,
    .help = "How many targets one event may reach; an event with more is refused." },
  { .name = "MetricSeries",
    .type = SETTING_INTEGER,
    .default_json = "10000",
    .min = 10,
    .max = 1000000,
    .help =
        "How many sources or connectors a metric tells apart; further ones count as \"other\"." },
  { .name = "DeliveriesInMemory",
    .type = SETTING_INTEGER,
    .default_json = "1000",
    .min = 16,
    .max = 1000000,
    .help = "How many waiting deliveries of one connector are kept in memory; the others wait in "
            "the store." },
  { NULL },
};

static const ConfigSchema limits_schema = {
  .kind = "limits",
  .title = "Limits",
  .settings = limits_settings,
};

G_STATIC_ASSERT (RETENTION_DONE_SECONDS == 2592000);
G_STATIC_ASSERT (RETENTION_DEAD_SECONDS == 0);
G_STATIC_ASSERT (RETENTION_DISCARDED_SECONDS == 0);
G_STATIC_ASSERT (RETENTION_BYTES == G_GINT64_CONSTANT (10737418240));

#define RETENTION_MAX_SECONDS 3155760000 /* a hundred years */

static const ConfigSetting retention_settings[] = {
  { .name = "DoneSeconds",
    .type = SETTING_INTEGER,
    .default_json = "2592000",
    .min = 0,
    .max = RETENTION_MAX_SECONDS,
    .unit = "s",
    .help = "How long a delivered event is kept, and one that matched no rule; 0: for ever." },
  { .name = "DeadSeconds",
    .type = SETTING_INTEGER,
    .default_json = "0",
    .min = 0,
    .max = RETENTION_MAX_SECONDS,
    .unit = "s",
    .help = "How long a dead letter is kept; 0: until it is replayed or discarded." },
  { .name = "DiscardedSeconds",
    .type = SETTING_INTEGER,
    .default_json = "0",
    .min = 0,
    .max = RETENTION_MAX_SECONDS,
    .unit = "s",
    .help = "How long a discarded delivery is kept; 0: for ever." },
  { .name = "Bytes",
    .type = SETTING_INTEGER,
    .default_json = "10737418240",
    .min = 0,
    .max = 1e15,
    .unit = "bytes",
    .help = "How large the store may get before the oldest delivered events are removed early; 0: "
            "as large as the disk." },
  { NULL },
};

static const ConfigSchema retention_schema = {
  .kind = "retention",
  .title = "Retention",
  .settings = retention_settings,
};

static const ConfigSetting router_settings[] = {
  DESCRIPTION,
  { .name = "Listen",
    .type = SETTING_STRING,
    .default_json = "\"" PATHS_DEFAULT_LISTEN "\"",
    .help =
        "The address and port for HTTP: 127.0.0.1:4610 or [::1]:4610; port 0 is any free one." },
  { .name = "TrustedProxies",
    .type = SETTING_ARRAY,
    .max = 1000,
    .help = "Addresses of reverse proxies, as 192.0.2.0/24, whose X-Forwarded-For is believed." },
  { .name = "Limits",
    .type = SETTING_OBJECT,
    .default_json = "{}",
    .nested = &limits_schema,
    .help = "What one sender may ask of the router." },
  { .name = "Retention",
    .type = SETTING_OBJECT,
    .default_json = "{}",
    .nested = &retention_schema,
    .help = "How long is kept what nothing is owed of any more." },
  { NULL },
};

const ConfigSchema config_schema_router = {
  .kind = "router",
  .title = "Router",
  .settings = router_settings,
};

/* ---- bus/<name>.json ---- */

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

/* ---- source/<name>.json ---- */

static const ConfigSetting repeats_settings[] = {
  { .name = "Key",
    .type = SETTING_VALUE,
    .default_json = "{\"Header\": \"Idempotency-Key\"}",
    .min = 1,
    .max = 255,
    .help = "Where a request says which one it is: a header or a path into the body." },
  { .name = "WindowSeconds",
    .type = SETTING_INTEGER,
    .default_json = "86400",
    .min = 1,
    .max = 2592000,
    .unit = "s",
    .help = "How long a key is remembered." },
  { .name = "Required",
    .type = SETTING_BOOLEAN,
    .default_json = "false",
    .help = "Whether a request without a key is refused." },
  { NULL },
};

static const ConfigSchema repeats_schema = {
  .kind = "repeats",
  .title = "Repeats",
  .settings = repeats_settings,
};

static const ConfigSetting secret_settings[] = {
  { .name = "Secret",
    .type = SETTING_STRING,
    .flags = SETTING_REQUIRED,
    .min = 1,
    .max = 64,
    .help = "The secret's name; the secret itself is kept outside the configuration." },
  { NULL },
};

static const ConfigSchema secret_schema = {
  .kind = "secret",
  .title = "Secret",
  .settings = secret_settings,
};

#define SECRETS                                                                                    \
  {                                                                                                \
    .name = "Secrets", .type = SETTING_ARRAY, .max = 10, .nested = &secret_schema,                 \
    .help = "Names of secrets; any one of them will do, so that they can be changed in turn."      \
  }

static const char *const auth_types[] = { "basic", "bearer", "api-key", NULL };

static const ConfigSetting auth_settings[] = {
  { .name = "Type",
    .type = SETTING_STRING,
    .flags = SETTING_REQUIRED,
    .choices = auth_types,
    .help = "How a sender says who it is." },
  { .name = "User", .type = SETTING_STRING, .min = 1, .max = 255, .help = "Of basic: the user." },
  { .name = "Header",
    .type = SETTING_STRING,
    .default_json = "\"X-Api-Key\"",
    .min = 1,
    .max = 100,
    .help = "Of api-key: the header." },
  SECRETS,
  { NULL },
};

static const ConfigSchema auth_schema = {
  .kind = "auth",
  .title = "Authentication",
  .settings = auth_settings,
};

static const ConfigSetting source_signature_settings[] = {
  { .name = "Scheme",
    .type = SETTING_STRING,
    .min = 1,
    .max = 64,
    .help = "How the sender signs: a preset (github, stripe, standard-webhooks …) or a file of "
            "signature/." },
  SECRETS,
  { .name = "Header",
    .type = SETTING_STRING,
    .min = 1,
    .max = 100,
    .help = "The header of the signature, when it is another than the scheme's." },
  { .name = "ToleranceSeconds",
    .type = SETTING_INTEGER,
    .min = 1,
    .max = 86400,
    .unit = "s",
    .help = "How far a request's time may be from now, when it is another than the scheme's." },
  { .name = "PublicUrl",
    .type = SETTING_STRING,
    .flags = SETTING_URL,
    .min = 1,
    .max = 2048,
    .help = "The URL that the sender was given, where the signature covers it." },
  { NULL },
};

static const ConfigSchema source_signature_schema = {
  .kind = "source-signature",
  .title = "Signature",
  .settings = source_signature_settings,
};

static const ConfigSetting rate_settings[] = {
  { .name = "PerSecond",
    .type = SETTING_NUMBER,
    .flags = SETTING_REQUIRED,
    .min = 0.001,
    .max = 1000000,
    .help = "How many requests a second are taken in the long run." },
  { .name = "Burst",
    .type = SETTING_INTEGER,
    .default_json = "10",
    .min = 1,
    .max = 1000000,
    .help = "How many may come at once." },
  { NULL },
};

static const ConfigSchema rate_schema = {
  .kind = "rate",
  .title = "Rate",
  .settings = rate_settings,
};

static const ConfigSetting answer_settings[] = {
  { .name = "Status",
    .type = SETTING_INTEGER,
    .default_json = "200",
    .min = 200,
    .max = 299,
    .help = "The status." },
  { .name = "ContentType",
    .type = SETTING_STRING,
    .default_json = "\"text/plain; charset=utf-8\"",
    .min = 1,
    .max = 100,
    .help = "The body's type." },
  { .name = "Headers", .type = SETTING_STRING_MAP, .max = 20, .help = "More headers." },
  { .name = "Body",
    .type = SETTING_STRING,
    .default_json = "\"\"",
    .max = 4096,
    .help = "The body." },
  { NULL },
};

static const ConfigSchema answer_schema = {
  .kind = "answer",
  .title = "Answer",
  .settings = answer_settings,
};

static const ConfigSetting source_settings[] = {
  DESCRIPTION,
  { .name = "Preset",
    .type = SETTING_STRING,
    .min = 1,
    .max = 64,
    .help = "Settings to begin from: github, gitlab, stripe, slack, shopify, twilio, svix, "
            "hookdeck, sns or standard-webhooks." },
  { .name = "Path",
    .type = SETTING_STRING,
    .min = 1,
    .max = 128,
    .help = "The path after /in/ when it shall not be the file's name: one that nobody guesses." },
  { .name = "Methods",
    .type = SETTING_ARRAY,
    .max = 5,
    .help = "The methods that are taken: POST, PUT, PATCH, GET, DELETE; POST when nothing is "
            "said." },
  { .name = "ContentTypes",
    .type = SETTING_ARRAY,
    .max = 20,
    .help = "The content types that are taken; JSON when nothing is said." },
  { .name = "FormField",
    .type = SETTING_STRING,
    .min = 1,
    .max = 100,
    .help = "Of a form: the field whose JSON is the event; all fields as an object when nothing "
            "is said." },
  { .name = "BodyBytes",
    .type = SETTING_INTEGER,
    .min = 1,
    .max = 67108864,
    .unit = "bytes",
    .help = "The largest body, where it is less than Limits.EventBytes." },
  { .name = "AllowAddresses",
    .type = SETTING_ARRAY,
    .max = 1000,
    .help = "The addresses that may send, as 192.0.2.0/24; any when nothing is said." },
  { .name = "Rate",
    .type = SETTING_OBJECT,
    .nested = &rate_schema,
    .help = "How many requests are taken; others are asked to come later." },
  { .name = "Auth",
    .type = SETTING_OBJECT,
    .nested = &auth_schema,
    .help = "How a sender must say who it is." },
  { .name = "Signature",
    .type = SETTING_OBJECT,
    .nested = &source_signature_schema,
    .help = "How a sender must sign." },
  { .name = "Handshakes",
    .type = SETTING_ARRAY,
    .max = 5,
    .help = "What is answered without becoming an event: slack, cloudevents." },
  { .name = "Answer",
    .type = SETTING_OBJECT,
    .nested = &answer_schema,
    .help = "What the sender is told when its event is kept." },
  { .name = "Bus",
    .type = SETTING_STRING,
    .flags = SETTING_BUS,
    .default_json = "\"default\"",
    .help = "The event bus that its events enter." },
  { .name = "Source",
    .type = SETTING_VALUE,
    .flags = SETTING_NONEMPTY,
    .min = 1,
    .max = 256,
    .help = "The events' \"source\"; the name of the file when nothing else is said." },
  { .name = "DetailType",
    .type = SETTING_VALUE,
    .flags = SETTING_NONEMPTY,
    .default_json = "\"webhook\"",
    .min = 1,
    .max = 128,
    .help = "The events' \"detail-type\"." },
  { .name = "Repeats",
    .type = SETTING_OBJECT,
    .nested = &repeats_schema,
    .help = "How a request that comes again is known; it is answered like the first." },
  STATE ("DISABLED: requests to it are refused."),
  { NULL },
};

const ConfigSchema config_schema_source = {
  .kind = "source",
  .title = "Source",
  .settings = source_settings,
};

/* ---- rule/<bus>/<name>.json ---- */

static const ConfigSetting transformer_settings[] = {
  { .name = "InputPathsMap",
    .type = SETTING_STRING_MAP,
    .help = "Names for values of the event, as JSONPath; at most 100." },
  { .name = "InputTemplate",
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
    .type = SETTING_NUMBER,
    .default_json = "1",
    .min = 0.001,
    .max = 86400,
    .unit = "s",
    .help = "The wait after the first failure." },
  { .name = "Factor",
    .type = SETTING_NUMBER,
    .default_json = "2",
    .min = 1,
    .max = 100,
    .help = "Each further wait is so many times the one before." },
  { .name = "CapSeconds",
    .type = SETTING_NUMBER,
    .default_json = "600",
    .min = 0.001,
    .max = 604800,
    .unit = "s",
    .help = "The longest wait." },
  { .name = "Jitter",
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
    .type = SETTING_INTEGER,
    .min = 0,
    .max = 185,
    .help = "How many tries follow the first; 185 when Backoff or MaximumEventAgeInSeconds is set, "
            "else as many as the Schedule has." },
  { .name = "MaximumEventAgeInSeconds",
    .type = SETTING_INTEGER,
    .min = 1,
    .max = 604800,
    .unit = "s",
    .help = "How long after it was accepted an event is still tried; EventBridge knows 60 to "
            "86400.  86400 when Backoff or MaximumRetryAttempts is set, else no bound." },
  { .name = "Schedule",
    .type = SETTING_NUMBERS,
    .min = 0,
    .max = 604800,
    .unit = "s",
    .help = "When it is tried, in seconds after it was accepted; the first is 0.  Without any of "
            "these keys: 0, 5, 30, 120, 600, 1800, 7200, 18000, 36000, 50400, 72000, 86400." },
  { .name = "Jitter",
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

#define OTHER_SERVICE "It belongs to a service of AWS: remove the key."

static const ConfigSetting target_settings[] = {
  { .name = "Id",
    .type = SETTING_STRING,
    .flags = SETTING_REQUIRED,
    .min = 1,
    .max = 64,
    .help = "Tells the rule's targets apart: letters, digits, '.', '-' and '_'." },
  { .name = "Arn",
    .type = SETTING_STRING,
    .flags = SETTING_REQUIRED | SETTING_REFERENCE,
    .help = "The connector that receives the events: webhook/billing is the file "
            "webhook/billing.json." },
  { .name = "Input",
    .type = SETTING_STRING,
    .help = "JSON text that is sent instead of the event." },
  { .name = "InputPath",
    .type = SETTING_STRING,
    .help = "A JSONPath: only this part of the event is sent." },
  { .name = "InputTransformer",
    .type = SETTING_OBJECT,
    .nested = &transformer_schema,
    .help = "A template that is filled from the event and sent instead of it." },
  { .name = "OrderKey",
    .type = SETTING_STRING,
    .flags = SETTING_NONEMPTY,
    .max = 256,
    .help = "A JSONPath: deliveries with the same value there are made one after the other, in the "
            "order of their events." },
  { .name = "Priority",
    .type = SETTING_ANY,
    .help = "0 to 9, or a JSONPath to such a number: of what is due the highest goes first; 4 when "
            "not given." },
  { .name = "DelaySeconds",
    .type = SETTING_NUMBER,
    .default_json = "0",
    .min = 0,
    .max = 31536000,
    .unit = "s",
    .help = "How long after the event was accepted it is delivered." },
  { .name = "DeliverAt",
    .type = SETTING_STRING,
    .flags = SETTING_NONEMPTY,
    .max = 256,
    .help = "A JSONPath to the time at which it is delivered, as RFC 3339 text or in seconds since "
            "1970; one that is over or not there makes no difference." },
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
  UNSUPPORTED ("RoleArn", "No role is needed here: remove the key."),
  UNSUPPORTED ("HttpParameters", "Remove the key; headers are settings of the connector."),
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

/* ---- <kind>/<name>.json: what all connectors have ---- */

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

const ConfigSchema *
config_schema_by_kind (const char *kind, const ConfigSchema *const *connector_schemas)
{
  static const ConfigSchema *const own[] = { &config_schema_router, &config_schema_bus,
                                             &config_schema_source, &config_schema_rule,
                                             &config_schema_signature };

  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    if (strcmp (own[i]->kind, kind) == 0)
      return own[i];
  for (guint i = 0; connector_schemas && connector_schemas[i]; i++)
    if (strcmp (connector_schemas[i]->kind, kind) == 0)
      return connector_schemas[i];
  return NULL;
}

gboolean
config_schema_is_connector (const ConfigSchema *schema)
{
  return schema != &config_schema_router && schema != &config_schema_bus &&
         schema != &config_schema_source && schema != &config_schema_rule &&
         schema != &config_schema_signature;
}

const ConfigSetting *
config_schema_find (const ConfigSchema *schema, const char *name)
{
  for (const ConfigSetting *setting = schema->settings; setting->name; setting++)
    if (strcmp (setting->name, name) == 0)
      return setting;
  return NULL;
}
