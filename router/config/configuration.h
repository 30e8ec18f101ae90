/* configuration.h: the folder of JSON files, read and checked as a whole.
 *
 * Immutable once loaded and reference-counted; any thread may hold one. */
#pragma once

#include "config/problems.h"
#include "config/schema.h"
#include "rules/rules.h"

#include "base/signing.h"
#include "base/timetable.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  CONFIG_VALUE_CONSTANT,
  CONFIG_VALUE_HEADER, /* a request header */
  CONFIG_VALUE_PATH,   /* a JSONPath into the body */
  CONFIG_VALUE_QUERY,  /* a parameter of the query */
} ConfigValueKind;

typedef struct
{
  ConfigValueKind kind;
  char *text;     /* the constant, the header's or parameter's name, or the path */
  char *fallback; /* when the request gives nothing: "Default", else the setting's own default;
                     never NULL, "" with a constant */
} ConfigValue;

/* How a request that comes again is known. */
typedef struct
{
  ConfigValue key; /* never a constant; fallback "" */
  gint64 window_us;
  gboolean required; /* a request without a key is refused */
} ConfigRepeats;

typedef enum
{
  CONFIG_ENCODING_HEX,
  CONFIG_ENCODING_BASE64,
  CONFIG_ENCODING_BASE64URL,
  CONFIG_ENCODING_PLAIN,
} ConfigEncoding;

typedef enum
{
  CONFIG_SECRET_RAW,
  CONFIG_SECRET_BASE64,
  CONFIG_SECRET_HEX,
} ConfigSecretEncoding;

/* How a sender signs: one description for all.  The strings are the settings of signature.c. */
typedef struct
{
  char *header;
  char *separator; /* NULL or "": one signature */
  char **tags;     /* empty: a signature is written bare */
  ConfigEncoding encoding;
  gboolean is_token; /* the secret itself; kind, base … mean nothing */
  SigningKind kind;
  char *secret_prefix;
  ConfigSecretEncoding secret_encoding;
  char *base;                                         /* "{id}.{timestamp}.{body}" */
  char *id_header, *timestamp_header, *timestamp_tag; /* or NULL */
  gint64 tolerance_s;
  char *body_digest_parameter; /* or NULL */
} ConfigSignature;

typedef enum
{
  CONFIG_AUTH_NONE,
  CONFIG_AUTH_BASIC,
  CONFIG_AUTH_BEARER,
  CONFIG_AUTH_KEY, /* a header of its own */
} ConfigAuthKind;

/* What a source asks of a request before it takes it in.  Lists are NULL when nothing is asked. */
typedef struct
{
  char **methods;       /* NULL: POST */
  char **content_types; /* NULL: JSON; "text/plain", "application/x-www-form-urlencoded" … */
  char *form_field;     /* of a form: the field that is JSON and the event; NULL: all fields */
  char **handshakes;    /* "slack", "cloudevents", "sns" */
  char **sns_topics;    /* ARNs; NULL: subscriptions to none are confirmed, events of all taken */
  char *sns_endpoint;   /* of another service than Amazon's, or NULL */
  gsize body_bytes;     /* 0: Limits.EventBytes */
  GPtrArray *addresses; /* GInetAddressMask */
  double rate_per_s;    /* 0: any */
  guint rate_burst;
  ConfigAuthKind auth;
  char *auth_user, *auth_header;
  char **auth_secrets;        /* names: any one of them will do */
  ConfigSignature *signature; /* NULL: none is asked */
  char **signature_secrets;
  char *public_url;
} ConfigGate;

/* What the sender of an accepted event is told instead of the usual. */
typedef struct
{
  guint status;
  char *content_type;
  char **headers; /* name, value … */
  char *body;
} ConfigAnswer;

/* Which of the times that passed while the router was not there are made up for. */
typedef enum
{
  CONFIG_CATCH_UP_LAST,
  CONFIG_CATCH_UP_ALL,
  CONFIG_CATCH_UP_NONE,
} ConfigCatchUp;

typedef struct
{
  char *expression;
  char *zone; /* NULL: UTC */
  Timetable *timetable;
  ConfigCatchUp catch_up;
  guint max_catch_up;
  GBytes *detail; /* of every event, one JSON value */
} ConfigSchedule;

typedef struct
{
  char *path; /* relative ones begin in the state folder */
  gint64 settle_us;
  gint64 rescan_us; /* 0: only when something is noticed */
  gsize file_bytes;
  gboolean keeps_done;
} ConfigFolder;

typedef enum
{
  CONFIG_CLOUDEVENTS_OFF,    /* a request is what its body says */
  CONFIG_CLOUDEVENTS_ACCEPT, /* one that is a CloudEvent is taken as such */
  CONFIG_CLOUDEVENTS_REQUIRE,
} ConfigCloudEvents;

typedef struct
{
  char *name; /* source/<name>.json */
  char *path; /* posted to at /in/<path>; the name when nothing else is said */
  char *description;
  char *bus;
  ConfigValue source;      /* the envelope's "source"; default: the name */
  ConfigValue detail_type; /* default: "webhook" */
  /* Whether the file or its preset says what the two are, so that a CloudEvent does not. */
  gboolean says_source, says_detail_type;
  ConfigValue id;        /* the sender's; "": it has none */
  ConfigValue time;      /* "": when it was received */
  ConfigValue resources; /* "": none */
  char **kept_headers;   /* names in lower case that rules may look at, or NULL */
  ConfigCloudEvents cloudevents;
  ConfigSchedule *schedule; /* not NULL: it takes no requests, and is at no path */
  ConfigFolder *folder;     /* the same */
  gboolean continues_trace; /* of the sender's traceparent */
  ConfigGate *gate;         /* NULL: a POST of JSON by anybody */
  ConfigAnswer *answer;     /* NULL: the usual one */
  ConfigRepeats *repeats;   /* NULL: an Idempotency-Key header for Limits.RepeatSeconds */
  gboolean enabled;
} ConfigSource;

/* What schedule/policy.h says of a Policy. */
typedef struct
{
  guint max_retries;
  gint64 max_age_us; /* G_MAXINT64: no bound */
  gint64 *waits_us;  /* between the tries of a Schedule; NULL: a Backoff */
  guint n_waits;
  gint64 base_us;
  double factor;
  gint64 cap_us;
  double jitter;
} ConfigRetry;

/* EventBridge's HttpParameters.  Values are constants, or JSONPaths when they begin with "$". */
typedef struct
{
  char **path_values; /* each of the three may be NULL */
  char **headers;     /* name, value … */
  char **query;
} ConfigHttp;

typedef struct
{
  char *id;
  char *connector;        /* "webhook/billing" */
  RulesTemplate *input;   /* what it receives */
  gboolean has_input;     /* else it receives the envelope as it is */
  gboolean input_is_text; /* a string template: the payload is text, not one JSON value */
  ConfigRetry retry;
  char *dead_letter_queue; /* name of a queue, or NULL */
  char *message_group;     /* of a FIFO queue, or NULL */
  char *order_key;         /* a path, or NULL: in no order */
  char *priority_path;     /* or NULL: always priority */
  guint priority;
  gint64 delay_us;
  char *deliver_at; /* a path, or NULL */
  ConfigHttp *http; /* or NULL */
} ConfigTarget;

typedef struct
{
  char *bus, *name;
  char *ref; /* "bus/name" */
  char *arn; /* what <aws.events.rule-arn> says: "signalbox:rule/bus/name" */
  char *description;
  gboolean enabled;
  char *pattern;      /* JSON text as the file has it, or NULL: matches every event of the bus */
  GPtrArray *targets; /* ConfigTarget */
} ConfigRule;

/* What schedule/breaker.h says of BreakerSettings. */
typedef struct
{
  gint64 window_us;
  guint min_failures;
  double ratio;
  gint64 probe_us;
  double factor;
  gint64 cap_us;
} ConfigBreaker;

typedef struct
{
  char *kind, *name;
  char *ref; /* "webhook/billing" */
  char *description;
  guint window; /* "Concurrency" */
  double rate;  /* a second; 0: no limit */
  guint burst;
  ConfigBreaker breaker;
  JsonObject *settings; /* completed with defaults */
  char *digest; /* of the settings: a connector whose digest is the same need not be reopened */
} ConfigConnector;

typedef struct
{
  char *listen;                      /* "127.0.0.1:4610" or "[::1]:4610" */
  char *insecure_listen;             /* the same, when it may be beyond the loopback; or NULL */
  char *certificate_file, *key_file; /* as written; NULL: no TLS */
  char *client_ca_file;              /* or NULL */
  gboolean only_tls_1_3;
  guint certificate_warn_days;
  gsize event_bytes, request_bytes;
  guint events_per_request, json_depth, connections, request_s;
  guint queued_events, batch_items, targets_per_event, metric_series, deliveries_in_memory;
  guint wildcard_score;
  guint bus_hops;
  guint streams;
  guint unfinished_jobs, keep_jobs, keep_audit_lines;
  gsize response_bytes;
  gint64 repeat_us;
  guint rejected_requests;
  gsize rejected_bytes;
  GPtrArray *trusted_proxies; /* GInetAddressMask, or NULL */
  char **allow_addresses;     /* of connectors that say nothing themselves; NULL: none */
  gint64 keep_done_us, keep_dead_us, keep_discarded_us; /* 0: for ever */
  gint64 keep_bytes;                                    /* 0: as much as fits */
} ConfigRouter;

/* The rules of one bus, compiled. */
typedef struct
{
  char *name;
  char *description;
  RulesSet *set;    /* ids are indexes of rules */
  GPtrArray *rules; /* ConfigRule that are enabled, not owned; NULL where an id is free */
} ConfigBus;

typedef struct
{
  ConfigRouter router;
  GHashTable *buses;      /* name -> ConfigBus; "default" is always there */
  GHashTable *sources;    /* name -> ConfigSource */
  GHashTable *paths;      /* path -> ConfigSource, not owned */
  GHashTable *rules;      /* "bus/name" -> ConfigRule, disabled ones too */
  GHashTable *connectors; /* "kind/name" -> ConfigConnector */
  GPtrArray *cases;       /* the files of tests/: see config/cases.h */
  char *digest;           /* SHA-256 over paths and texts of all files */
  char *content;          /* JSON object path -> text of every file, for the history */
} Configuration;

/* Reads and checks the whole folder.  NULL when there is any problem: problems (GPtrArray of
 * ConfigProblem, owned by the caller) then has them all, in file order; it is left alone otherwise.
 * overlay: relative path -> text that is taken instead of the file's (to check an edit before it is
 * written; a NULL text: as if the file were deleted), or NULL.  Blocks; any thread. */
Configuration *config_load (const char *folder,
                            const ConfigSchema *const *connector_schemas,
                            GHashTable *overlay,
                            GPtrArray **out_problems);

/* The same for a folder that was loaded before: what previous has compiled and is as it was is not
 * compiled again.  previous may be NULL. */
Configuration *config_reload (const Configuration *previous,
                              const char *folder,
                              const ConfigSchema *const *connector_schemas,
                              GHashTable *overlay,
                              GPtrArray **out_problems);
Configuration *configuration_ref (Configuration *configuration);
void configuration_unref (Configuration *configuration);

/* Object names: 1 to 64 of letters, digits, '.', '-', '_' ; not beginning with '.'. */
gboolean config_name_is_valid (const char *name);

/* router.json, <kind>/<name>.json or rule/<bus>/<name>.json: nothing that leads out of the folder
 * or that its reader would pass over. */
gboolean config_path_is_valid (const char *relative);

/* Writes <folder>/<relative> atomically: temporary file, fsync, rename, fsync of the folder.
 * Folders on the way are made; a file that is there keeps its mode, a symbolic link is followed.
 * text NULL: deletes the file.  ROUTER_ERROR_INVALID: relative is no path of a configuration file;
 * ROUTER_ERROR_NOT_FOUND: nothing to delete; ROUTER_ERROR_CONFLICT: something else is in its
 * place; ROUTER_ERROR_FULL: the disk; else ROUTER_ERROR_STORAGE.  On an error the file is as it
 * was, save that a failed fsync of the folder leaves the new one.  Blocks. */
gboolean
config_write_file (const char *folder, const char *relative, const char *text, GError **error);

/* Makes the folder's files just these (path -> text): after a crash on the way config_recover()
 * does the rest, so that it is all or nothing.  before: the files as they are, by path; what is the
 * same is not written.  Errors as above; on one the files may be mixed, and a second call with the
 * other map puts them right.  Blocks. */
gboolean
config_replace_files (const char *folder, GHashTable *before, GHashTable *files, GError **error);

/* Ends what a crash interrupted, before the folder is read.  Nothing to do is success. */
gboolean
config_recover (const char *folder, const ConfigSchema *const *connector_schemas, GError **error);

/* The folder's files as they are, path -> text, without judging them; NULL when one cannot be read
 * or is no text.  Blocks. */
GHashTable *config_read_files (const char *folder,
                               const ConfigSchema *const *connector_schemas,
                               GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Configuration, configuration_unref)

G_END_DECLS
