/* The table of source/<name>.json: who may send, how it is checked, what becomes the event.
 * Static data; any thread. */
#include "config/table.h"

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

const ConfigSchema config_schema_secret = {
  .kind = "secret",
  .title = "Secret",
  .settings = secret_settings,
};

#define SECRETS                                                                                    \
  {                                                                                                \
    .name = "Secrets", .type = SETTING_ARRAY, .max = 10, .nested = &config_schema_secret,          \
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

static const char *const catch_ups[] = { "last", "all", "none", NULL };

static const ConfigSetting schedule_settings[] = {
  { .name = "Expression",
    .type = SETTING_STRING,
    .flags = SETTING_REQUIRED,
    .min = 1,
    .max = 256,
    .help = "rate(5 minutes), cron(0 8 ? * MON-FRI *) or at(2026-11-21T09:14:00), as EventBridge "
            "Scheduler has them." },
  { .name = "TimeZone",
    .type = SETTING_STRING,
    .min = 1,
    .max = 64,
    .help = "The time zone of cron and at, an IANA name as Europe/Zurich; UTC when nothing is "
            "said." },
  { .name = "CatchUp",
    .type = SETTING_STRING,
    .default_json = "\"last\"",
    .choices = catch_ups,
    .help = "Which of the times that passed while the router was not there it makes up for." },
  { .name = "CatchUpEvents",
    .type = SETTING_INTEGER,
    .default_json = "1000",
    .min = 1,
    .max = 100000,
    .help = "Of all of them at most so many, the latest." },
  { .name = "Detail",
    .type = SETTING_ANY,
    .help = "The events' \"detail\"; an empty object when nothing is said." },
  { NULL },
};

static const ConfigSchema schedule_schema = {
  .kind = "schedule",
  .title = "Schedule",
  .settings = schedule_settings,
};

static const ConfigSetting folder_settings[] = {
  { .name = "Path",
    .type = SETTING_STRING,
    .flags = SETTING_REQUIRED,
    .min = 1,
    .max = 4096,
    .help = "The folder; a relative path begins in the state folder." },
  { .name = "SettleSeconds",
    .type = SETTING_NUMBER,
    .default_json = "1",
    .min = 0,
    .max = 3600,
    .unit = "s",
    .help = "How long a file must not have been written to before it is taken." },
  { .name = "RescanSeconds",
    .type = SETTING_NUMBER,
    .default_json = "300",
    .min = 0,
    .max = 86400,
    .unit = "s",
    .help = "How often the folder is looked through although nothing was noticed in it; 0: never. "
            "A folder on another machine is looked at once a second." },
  { .name = "FileBytes",
    .type = SETTING_INTEGER,
    .default_json = "67108864",
    .min = 1,
    .max = 1073741824,
    .unit = "bytes",
    .help = "The largest file." },
  { .name = "KeepDone",
    .type = SETTING_BOOLEAN,
    .default_json = "true",
    .help = "Whether a file whose events are kept goes to done/; else it is deleted." },
  { NULL },
};

static const ConfigSchema folder_schema = {
  .kind = "folder",
  .title = "Folder",
  .settings = folder_settings,
};

static const ConfigSetting sns_settings[] = {
  { .name = "Topics",
    .type = SETTING_ARRAY,
    .flags = SETTING_REQUIRED | SETTING_NONEMPTY,
    .max = 1000,
    .help = "ARNs of the topics whose subscriptions are confirmed; messages of others are "
            "refused." },
  { .name = "Endpoint",
    .type = SETTING_STRING,
    .flags = SETTING_URL,
    .min = 1,
    .max = 2048,
    .help = "Where confirmations go, as http://sns.internal:4566, when it is another service than "
            "Amazon's of the topic's region; a private address must be in Outgoing.AllowAddresses "
            "of router.json." },
  { NULL },
};

static const ConfigSchema sns_schema = {
  .kind = "sns",
  .title = "Amazon SNS",
  .settings = sns_settings,
};

static const char *const cloudevents[] = { "off", "accept", "require", NULL };
static const char *const traces[] = { "continue", "restart", NULL };

static const ConfigSetting source_settings[] = {
  DESCRIPTION,
  { .name = "Preset",
    .type = SETTING_STRING,
    .min = 1,
    .max = 64,
    .help = "Settings to begin from: github, gitlab, stripe, slack, shopify, twilio, svix, "
            "hookdeck, sns, standard-webhooks or cloudevents." },
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
    .help = "What is answered without becoming an event: slack, cloudevents, sns." },
  { .name = "Sns",
    .type = SETTING_OBJECT,
    .nested = &sns_schema,
    .help = "Of the handshake sns: whose subscriptions are confirmed." },
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
  { .name = "Id",
    .type = SETTING_VALUE,
    .default_json = "\"\"",
    .max = 256,
    .help = "The sender's own id of an event, which rules find as metadata.id." },
  { .name = "Time",
    .type = SETTING_VALUE,
    .default_json = "\"\"",
    .max = 64,
    .help = "The events' \"time\", as RFC 3339 or seconds or milliseconds since 1970; when it was "
            "received where nothing is said." },
  { .name = "Resources",
    .type = SETTING_VALUE,
    .default_json = "\"\"",
    .max = 1024,
    .help = "The events' \"resources\": one, or all of an array." },
  { .name = "KeepHeaders",
    .type = SETTING_ARRAY,
    .max = 50,
    .help = "Request headers that rules may look at, as metadata.headers." },
  { .name = "CloudEvents",
    .type = SETTING_STRING,
    .default_json = "\"off\"",
    .choices = cloudevents,
    .help = "Whether a request that is a CloudEvent is taken as one, or must be one." },
  { .name = "Trace",
    .type = SETTING_STRING,
    .choices = traces,
    .help =
        "Whether a sender's trace goes on with what is sent of its events; it does when nothing "
        "is said and the source checks who sends." },
  { .name = "Schedule",
    .type = SETTING_OBJECT,
    .nested = &schedule_schema,
    .help = "When the router makes an event itself; the source then takes no requests." },
  { .name = "Folder",
    .type = SETTING_OBJECT,
    .nested = &folder_schema,
    .help = "A folder whose JSON and NDJSON files become events; the source then takes no "
            "requests." },
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
