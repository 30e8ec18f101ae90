/* The table of router.json: where the router listens, its limits, how long it keeps things.
 * Static data; any thread. */
#include "config/table.h"

#include "base/limits.h"
#include "base/paths.h"

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
G_STATIC_ASSERT (LIMIT_BUS_HOPS == 8);
G_STATIC_ASSERT (LIMIT_WILDCARD_SCORE == 10);
G_STATIC_ASSERT (LIMIT_UNFINISHED_JOBS == 100);
G_STATIC_ASSERT (RETENTION_JOBS == 1000);
G_STATIC_ASSERT (RETENTION_AUDIT_LINES == 100000);
G_STATIC_ASSERT (LIMIT_METRIC_SERIES == 10000);
G_STATIC_ASSERT (LIMIT_STREAMS == 64);
G_STATIC_ASSERT (LIMIT_CERTIFICATE_WARN_DAYS == 14);
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
    .effect = EFFECT_RESTART,
    .type = SETTING_INTEGER,
    .default_json = "4096",
    .min = 1,
    .max = 100000,
    .help = "How many connections are kept open at once; a further one is refused." },
  { .name = "RequestSeconds",
    .effect = EFFECT_RESTART,
    .type = SETTING_INTEGER,
    .default_json = "30",
    .min = 1,
    .max = 3600,
    .unit = "s",
    .help = "An idle or slow connection is closed after this time." },
  { .name = "QueuedEvents",
    .effect = EFFECT_RESTART,
    .type = SETTING_INTEGER,
    .default_json = "10000",
    .min = 1,
    .max = 1000000,
    .help =
        "How many events may wait to be stored; senders of further ones are asked to come later." },
  { .name = "BatchItems",
    .effect = EFFECT_RESTART,
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
  { .name = "BusHops",
    .effect = EFFECT_NEXT_ATTEMPT,
    .type = SETTING_INTEGER,
    .default_json = "8",
    .min = 1,
    .max = 100,
    .help = "How often an event, and what becomes of it, may go from one bus to another; then the "
            "delivery is a dead letter." },
  { .name = "WildcardScore",
    .type = SETTING_INTEGER,
    .default_json = "10",
    .min = 2,
    .max = 1000,
    .help = "How complex the wildcards of a rule may be: in how many places of them one text can "
            "be at once, as signalboxctl test-pattern shows it. EventBridge refuses more than "
            "10." },
  { .name = "MetricSeries",
    .effect = EFFECT_RESTART,
    .type = SETTING_INTEGER,
    .default_json = "10000",
    .min = 10,
    .max = 1000000,
    .help =
        "How many sources or connectors a metric tells apart; further ones count as \"other\"." },
  { .name = "Streams",
    .effect = EFFECT_RESTART,
    .type = SETTING_INTEGER,
    .default_json = "64",
    .min = 1,
    .max = 10000,
    .help = "How many may listen to the stream of changes (GET /v1/changes) at a time." },
  { .name = "UnfinishedJobs",
    .type = SETTING_INTEGER,
    .default_json = "100",
    .min = 1,
    .max = 10000,
    .help = "How many jobs, running or paused, there may be at a time." },
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
  { .name = "Jobs",
    .type = SETTING_INTEGER,
    .default_json = "1000",
    .min = 1,
    .max = 1000000,
    .help = "How many jobs are kept, the newest; one that is not finished stays." },
  { .name = "AuditLines",
    .type = SETTING_INTEGER,
    .default_json = "100000",
    .min = 1,
    .max = 10000000,
    .help = "How many lines of the audit log are kept, the newest." },
  { NULL },
};

static const ConfigSchema retention_schema = {
  .kind = "retention",
  .title = "Retention",
  .settings = retention_settings,
};

static const ConfigSetting outgoing_settings[] = {
  { .name = CONFIG_ALLOW_ADDRESSES,
    .effect = EFFECT_NEXT_ATTEMPT,
    .type = SETTING_ARRAY,
    .max = 1000,
    .help = "Addresses that connectors may reach although they are not public: loopback, private, "
            "link-local, or blocks as 192.168.7.0/24; none when not given." },
  { NULL },
};

static const ConfigSchema outgoing_schema = {
  .kind = "outgoing",
  .title = "Outgoing connections",
  .settings = outgoing_settings,
};

static const char *const tls_versions[] = { "1.2", "1.3", NULL };

static const ConfigSetting tls_settings[] = {
  { .name = "CertificateFile",
    .flags = SETTING_REQUIRED,
    .effect = EFFECT_RESTART,
    .type = SETTING_STRING,
    .min = 1,
    .max = 4096,
    .help = "The certificate in PEM, followed by those that lead to its authority.  A relative "
            "path is in the state folder.  A new certificate in the file is taken up within a "
            "second, without a restart and without an end of open connections; one that cannot be "
            "used changes nothing, and signalboxctl doctor says why." },
  { .name = "KeyFile",
    .flags = SETTING_REQUIRED,
    .effect = EFFECT_RESTART,
    .type = SETTING_STRING,
    .min = 1,
    .max = 4096,
    .help = "The certificate's private key in PEM, without a password.  A file that every user of "
            "the machine can read is refused." },
  { .name = "ClientCaFile",
    .effect = EFFECT_RESTART,
    .type = SETTING_STRING,
    .min = 1,
    .max = 4096,
    .help = "Certificates of authorities, in PEM: only clients that show a certificate from one of "
            "them are listened to.  None is asked for when not given." },
  { .name = "MinimumVersion",
    .effect = EFFECT_RESTART,
    .type = SETTING_STRING,
    .default_json = "\"1.2\"",
    .choices = tls_versions,
    .help = "The oldest version of TLS that is spoken." },
  { .name = "WarnDays",
    .type = SETTING_INTEGER,
    .default_json = "14",
    .min = 0,
    .max = 365,
    .unit = "days",
    .help = "How long before the certificate's end signalboxctl doctor and the log warn of it." },
  { NULL },
};

static const ConfigSchema tls_schema = {
  .kind = "tls",
  .title = "TLS of the listener",
  .settings = tls_settings,
};

static const ConfigSetting router_settings[] = {
  DESCRIPTION,
  { .name = "Listen",
    .effect = EFFECT_RESTART,
    .type = SETTING_STRING,
    .default_json = "\"" PATHS_DEFAULT_LISTEN "\"",
    .help =
        "The address and port for HTTP: 127.0.0.1:4610 or [::1]:4610; port 0 is any free one." },
  { .name = "InsecureListen",
    .effect = EFFECT_RESTART,
    .type = SETTING_STRING,
    .help = "The same address as Listen, when that is one that other machines reach and there is "
            "no Tls: that what they send, tokens included, can be read on the way is known and "
            "wanted.  Calls of the API then always need a token." },
  { .name = "Tls",
    .type = SETTING_OBJECT,
    .nested = &tls_schema,
    .help = "The certificate to listen with, for https.  With it, and a token (signalboxctl token "
            "create), Listen may be an address that other machines reach.  The Unix socket stays "
            "as it is." },
  { .name = "TrustedProxies",
    .type = SETTING_ARRAY,
    .max = 1000,
    .help = "Addresses of reverse proxies, as 192.0.2.0/24, whose X-Forwarded-For is believed." },
  { .name = "Outgoing",
    .type = SETTING_OBJECT,
    .default_json = "{}",
    .nested = &outgoing_schema,
    .help = "Where connectors may connect to." },
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
