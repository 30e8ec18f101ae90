/* limits.h: the defaults of every limit that is a setting of the router (router.json, "Limits").
 *
 * The setting's name is the macro's, spelled for people: LIMIT_EVENT_BYTES is "EventBytes". */
#pragma once

#define LIMIT_EVENT_BYTES (256 * 1024) /* one event's body */
#define LIMIT_REQUEST_BYTES                                                                        \
  (8 * 1024 * 1024) /* one request's body: an array or NDJSON of events                            \
                     */
#define LIMIT_EVENTS_PER_REQUEST 1000
#define LIMIT_JSON_DEPTH 64
#define LIMIT_CONNECTIONS 4096
#define LIMIT_REQUEST_SECONDS 30     /* an idle or slow connection is closed after this */
#define LIMIT_QUEUED_EVENTS 10000    /* accepted, not yet committed; above it senders get 503 */
#define LIMIT_BATCH_ITEMS 512        /* one commit */
#define LIMIT_REPEAT_SECONDS 86400   /* how long a request's Idempotency-Key is remembered */
#define LIMIT_REJECTED_REQUESTS 1000 /* that sources turned away, kept in memory */
#define LIMIT_REJECTED_BYTES (8 * 1024 * 1024)
#define LIMIT_RESPONSE_BYTES 4096       /* of a target's answer, kept with the attempt */
#define LIMIT_METRIC_SERIES 10000       /* told apart in one family of /metrics */
#define LIMIT_CERTIFICATE_WARN_DAYS 14  /* before a certificate's end, it is spoken of */
#define LIMIT_STREAMS 64                /* of changes, open at a time */
#define LIMIT_DELIVERIES_IN_MEMORY 1000 /* of one connector; the rest waits in the store */
#define LIMIT_TARGETS_PER_EVENT 1000    /* deliveries of one event */
#define LIMIT_BUS_HOPS 8                /* from bus to bus, of one event and what became of it */
#define LIMIT_WILDCARD_SCORE 10         /* of a rule's pattern; EventBridge's */
#define LIMIT_UNFINISHED_JOBS 100       /* of an operator, paused ones too */

/* Of a connector's "Breaker". */
#define LIMIT_BREAKER_WINDOW_SECONDS 60
#define LIMIT_BREAKER_FAILURES 10
#define LIMIT_BREAKER_FAILURE_RATIO 0.5
#define LIMIT_BREAKER_PROBE_SECONDS 5
#define LIMIT_BREAKER_PROBE_FACTOR 2
#define LIMIT_BREAKER_PROBE_CAP_SECONDS 300

/* Of a backup, unless it is asked for faster: what a disk does beside its work. */
#define BACKUP_BYTES_PER_SECOND (64 * 1024 * 1024)

/* The same for router.json, "Retention": how long is kept what nothing is owed of any more. */
#define RETENTION_DONE_SECONDS                                                                     \
  (30 * 24 * 3600)                    /* delivered events, and those that matched nothing */
#define RETENTION_DEAD_SECONDS 0      /* dead letters; 0: until somebody decides */
#define RETENTION_DISCARDED_SECONDS 0 /* 0: for ever */
#define RETENTION_BYTES 10737418240   /* delivered events go early above this; 0: never */
#define RETENTION_JOBS 1000           /* the newest so many; unfinished ones stay */
#define RETENTION_AUDIT_LINES 100000  /* the newest so many */
