#include "http/operations.h"

const ApiShape api_shapes[] = {
  { "Problem", "{type:string, title:string, status:int, detail:string, remedy?:string, "
               "pointer?:string, line?:int, column?:int, problems?:[ConfigProblem]}" },
  { "ConfigProblem", "{file:string?, line:int, column:int, key:string?, message:string?, "
                     "hint:string?}" },
  { "Counts", "{ready:int, waiting:int, held:int, done:int, dead:int, discarded:int}" },
  { "SomeCounts", "{ready?:int, waiting?:int, held?:int, done?:int, dead?:int, discarded?:int}" },
  { "Accepted", "{id?:string, matched?:[string], deliveries?:int, events?:[any]}" },
  { "Status",
    "{version:string, pid:int, generation:int, generation_at:time?, started_at:time, now:time, "
    "revision:int, state:string, listen:[string], tls:{subject:string, "
    "expires:time, expires_soon:bool, problem:string?}?, store:{engine:string, path:string, "
    "disk_full:bool, disk_blocked:bool, last_commit_us:int, commit_us:{p50:int, p95:int, p99:int}, "
    "queued_events:int}, config_dir:string, "
    "config_edited_by_hand:bool, restart:[string], state_dir:string, ledger:{events:int, "
    "unmatched:int, deliveries:int, ready:int, waiting:int, held:int, done:int, dead:int, "
    "discarded:int, expired:int, expired_events:int, difference:int}, schedule:{queued:int, "
    "under_way:int}}" },
  { "Source", "{name:string, description:string, enabled:bool, path:string, bus:string, "
              "events:int}" },
  { "RoutedSource", "{+Source, in_per_second:number, refused_per_second:number}" },
  { "SourceHealth", "{+RoutedSource, last_event:time?, "
                    "last_refused:{at:time, status:int, cause:string?, note:string}?}" },
  { "Connector",
    "{name:string, kind:string, description:string, summary:string, state:string, "
    "paused?:{since:time, by:string, reason:string}, shut?:{since:time, until:time, probes:int, "
    "reason:string}, counts:Counts, expired:int}" },
  { "Tried", "{connector:string, event:string, outcome:string, status:int, error_code:string?, "
             "note:string, response:string?, duration_us:int}" },
  { "RoutedConnector",
    "{+Connector, delivered_per_second:number, failed_per_second:number, p95_ms:number?}" },
  { "ConnectorHealth", "{+RoutedConnector, pending:int, oldest_pending_seconds:int, "
                       "last_success:time?, last_error:{at:time, "
                       "status:int, error_code:string?, note:string}?}" },
  { "Rule", "{name:string, bus:string, description:string, enabled:bool, matched:int, "
            "matched_per_second:number, targets:[{id:string, connector:string, counts:Counts, "
            "expired:int}]}" },
  { "EventSummary",
    "{id:string, bus:string, ingress:string, source:string, detail-type:string, time:string, "
    "received:time, bytes:int, matched:[string], generation:int, deliveries:int, "
    "counts:SomeCounts}" },
  { "EventFull", "{+EventSummary, resources:[string], content_type:string, detail:any}" },
  { "Tie", "{event:string, at:time, by:string, reason:string, rules:int?}" },
  { "Delivery",
    "{id:string, event:string, source:string, detail-type:string, rule:string, target:string, "
    "connector:string, state:string, created:time, changed:time, due:time?, attempts:int, "
    "dead_reason:string?, dead_sentence:string?, last:{outcome:string, status:int, "
    "error_code:string?, note:string}?, fingerprint:string?, replays:int, operation:int?}" },
  { "DeliveryFull", "{+Delivery, history:[HistoryEntry], dead_letter:{*:string}?}" },
  { "HistoryEntry",
    "{n:int, kind:string, at:time, attempt:int, duration_us:int, outcome:string?, status:int, "
    "error_code:string?, note:string, response:string?, actor:string, reason:string}" },
  { "DeadGroup",
    "{fingerprint:string, connector:string, rule:string, cause:string, sentence:string, "
    "status:int, error_code:string?, message:string, count:int, replayed:int, first:time, "
    "last:time, sample:string?}" },
  { "Trouble",
    "{fingerprint:string, kind:string, connector:string?, rule:string?, cause:string, status:int, "
    "error_code:string?, message:string, sentence:string, count:int, first:time, last:time, "
    "worked:time?, until:time?, trend:string, state:string, acknowledged:{at:time, by:string, "
    "reason:string}?, sample:string?, opened:time?, times:int, resolved:time?}" },
  { "Filter", "{state?:string, connector?:string, rule?:string, target?:string, source?:string, "
              "detail-type?:string, error-code?:string, status?:int, cause?:string, "
              "fingerprint?:string, replayed?:bool, operation?:int, from?:time, to?:time}" },
  { "Order", "{ids?:[string], filter?:Filter, actor?:string, reason?:string}" },
  { "Operated", "{applied:int, skipped:int, operation:int}" },
  { "Job", "{id:int, kind:string, filter:Filter, until?:time, rules?:string, skip_succeeded?:bool, "
           "left_succeeded?:int, left_nowhere?:int, state:string, note:string, actor?:string, "
           "reason?:string, operation:int?, created:time, changed:time, rate_per_second:number, "
           "total:int?, "
           "applied:int, skipped:int, succeeded?:int, failed?:int, guard:{max_failed_percent:int, "
           "confirm?:bool, step:int?, succeeded?:int, failed?:int}?}" },
  { "Rejected", "{id:string, at:time, source:string, cause:string, status:int, detail:string, "
                "content_type:string?, peer:string?, bytes:int}" },
  { "Change", "{kind:string, file:string, object:string, setting:string?, before:string?, "
              "after:string?, effect:string, text:string}" },
  { "Files", "{*:string}" },
  { "Applied", "{generation:int, changed:bool, tests:int, changes:[Change], restart:[string]}" },
  { "Generation", "{generation:int, at:time, author:string, reason:string, digest:string, "
                  "in_force:bool}" },
  { "GenerationFull", "{+Generation, files:Files}" },
  { "Setting",
    "{path:string, name:string, type:string, type_text:string, help:string, unit:string?, "
    "effect:string, names:string?, required:bool, private:bool, min:number?, max:number?, "
    "choices:[string]?, default:any}" },
  { "Queue", "{name:string, description:string?, fifo:bool, redrive_to:string?, visible:int, "
             "in_flight:int, delayed:int, oldest:time?}" },
  { "Message", "{id:string, sequence:int, receipt?:string, state?:string, sent:time, "
               "visible:time?, first_received:time?, receives:int, priority:int, group:string?, "
               "dedup_id:string?, origin:string?, content_type:string?, attributes:{*:string}, "
               "body?:string, body_base64?:string}" },
  { "Messages", "{messages:[Message]}" },
  { "Token", "{id:int, name:string, role:string, by:string, created:time, expires:time?, "
             "revoked:time?, state:string}" },
  { "Series",
    "{name:string, in?:[int?], delivered?:[int?], failed?:[int?], pending?:[int?], "
    "oldest_pending_seconds?:[int?], dead_letters?:[int?], p95_ms?:[number?], matched?:[int?], "
    "refused?:[int?]}" },
  { "WhatIf", "{looked_at:int, oldest:time?, matches:int, live_matches?:int, "
              "gained?:{count:int, events:[string]}, lost?:{count:int, events:[string]}}" },
  { NULL },
};

#define ANY_BODY "any"

const ApiOperation api_operations[] = {
  { "POST", "/in/:source", "Take in what a source is sent", ANY_BODY, "Accepted", NULL, 202 },
  { "PUT", "/in/:source", "The same, if the source asks for PUT", ANY_BODY, "Accepted", NULL, 202 },
  { "PATCH", "/in/:source", "The same, if the source asks for PATCH", ANY_BODY, "Accepted", NULL,
    202 },
  { "DELETE", "/in/:source", "The same, if the source asks for DELETE", NULL, "Accepted", NULL,
    202 },
  { "GET", "/in/:source", "The same, if the source asks for GET, or a handshake", NULL, "any", NULL,
    200 },
  { "OPTIONS", "/in/:source", "The handshake of the CloudEvents webhook specification", NULL, NULL,
    "text/plain" },
  { "POST", "/v1/events", "Take in one event, an array or lines of them", ANY_BODY, "Accepted",
    NULL, 202 },
  { "GET", "/metrics", "What Prometheus scrapes", NULL, NULL, "text/plain" },
  { "GET", "/health", "Whether the router is alive", NULL, "{status:string}" },
  { "GET", "/ready", "Whether it can take events, proved by a commit", NULL,
    "{status:string, commit_us:int}" },
  { "GET", "/v1/status", "How the router is", NULL, "Status" },
  { "GET", "/v1/openapi.json", "This document", NULL, "any" },
  { "GET", "/v1/series", "What went on lately, for plots", NULL,
    "{now:time, started_at:time, step_seconds:int, points:int, start:time?, series:[Series]}" },
  { "GET", "/v1/connectors", "How the connectors are", NULL, "{connectors:[ConnectorHealth]}" },
  { "GET", "/v1/connectors/:kind/:name", "How a connector is", NULL, "ConnectorHealth" },
  { "GET", "/v1/sources", "How the sources are", NULL, "{sources:[SourceHealth]}" },
  { "GET", "/v1/changes", "What changes, as it changes: server-sent events", NULL, NULL,
    "text/event-stream" },
  { "GET", "/v1/routes", "Sources, buses, rules and connectors, with their counts", NULL,
    "{generation:int, sources:[RoutedSource], buses:[{name:string, description:string}], "
    "rules:[Rule], connectors:[RoutedConnector]}" },
  { "GET", "/v1/events", "Events, the newest first", NULL,
    "{events:[EventSummary], next:string?}" },
  { "GET", "/v1/events/histogram", "How many events came in each step of a time", NULL,
    "{start:time, step_seconds:int, points:int, total:int, complete:bool, counted_back_to:time?, "
    "values:[int], next:string?}" },
  { "GET", "/v1/events/:id", "The journey of an event", NULL,
    "{event:EventFull, edited_from:Tie?, edited_copies:[Tie], deliveries:[DeliveryFull]}" },
  { "GET", "/v1/events/:id/body", "An event's body, as it was received", NULL, "any" },
  { "POST", "/v1/events/:id/edit", "Make an event of another one",
    "{detail?:any, source?:string, detail-type?:string, deliveries?:[string], actor?:string, "
    "reason?:string}",
    "Accepted", NULL, 202 },
  { "GET", "/v1/dead-letters/groups", "Dead letters by what they died of", NULL,
    "{total:int, groups:[DeadGroup], facets:{*:{*:int}}}" },
  { "GET", "/v1/dead-letters/histogram", "How many died of what in each step of a time", NULL,
    "{start:time, step_seconds:int, points:int, by:string, total:int, "
    "series:[{name:string?, total:int, values:[int]}]}" },
  { "GET", "/v1/problems", "What is wrong now, one entry a cause", NULL, "{problems:[Trouble]}" },
  { "POST", "/v1/problems/:fingerprint/acknowledge", "Say that somebody knows of a problem",
    "{reason?:string}", "{fingerprint:string, state:string}" },
  { "POST", "/v1/problems/:fingerprint/reopen", "Take that back", "{reason?:string}",
    "{fingerprint:string, state:string}" },
  { "GET", "/v1/deliveries", "Deliveries, the latest change first or by when they are due", NULL,
    "{deliveries:[Delivery], next:string?}" },
  { "GET", "/v1/deliveries/:id", "A delivery with its history", NULL, "DeliveryFull" },
  { "GET", "/v1/deliveries/:id/payload", "What the target is sent", NULL, "any" },
  { "POST", "/v1/replay", "Deliver dead letters again",
    "{ids?:[string], filter?:Filter, rules?:string, skip_succeeded?:bool, actor?:string, "
    "reason?:string}",
    "Operated" },
  { "POST", "/v1/replay/preview", "What a replay would do, looked at for a while",
    "{filter:Filter, rules?:string, skip_succeeded?:bool, after?:string}",
    "{looked_at:int, moved:int, more:int, elsewhere:int, nowhere:int, succeeded:int, "
    "next:string?}" },
  { "POST", "/v1/discard", "Let dead letters go", "Order", "Operated" },
  { "POST", "/v1/restore", "Make what was discarded dead letters again", "Order", "Operated" },
  { "POST", "/v1/retry", "Try what waits at once", "Order", "Operated" },
  { "POST", "/v1/postpone", "Try what waits later",
    "{ids?:[string], filter?:Filter, until:time, actor?:string, reason?:string}", "Operated" },
  { "POST", "/v1/give-up", "Make what waits dead letters", "Order", "Operated" },
  { "POST", "/v1/jobs", "Act on deliveries in the background",
    "{kind:string, filter:Filter, until?:time, rules?:string, skip_succeeded?:bool, "
    "rate_per_second?:number, guard?:any, actor?:string, "
    "reason?:string}",
    "Job" },
  { "GET", "/v1/jobs", "Jobs, the newest first", NULL, "{jobs:[Job], next:int?}" },
  { "GET", "/v1/jobs/:id", "A job", NULL, "Job" },
  { "POST", "/v1/jobs/:id/pause", "Hold a job", NULL, "Job" },
  { "POST", "/v1/jobs/:id/resume", "Let a job go on", NULL, "Job" },
  { "POST", "/v1/jobs/:id/cancel", "End a job", NULL, "Job" },
  { "POST", "/v1/jobs/:id/rate", "Change how fast a job is", "{rate_per_second:number}", "Job" },
  { "POST", "/v1/connectors/:kind/:name/pause", "Hold a connector's deliveries",
    "{actor?:string, reason?:string}", "{connector:string, applied:bool}" },
  { "POST", "/v1/connectors/:kind/:name/resume", "Let them go on",
    "{actor?:string, reason?:string}", "{connector:string, applied:bool}" },
  { "POST", "/v1/connectors/:kind/:name/test", "Send one event through a connector",
    "{source?:string, detail-type?:string, detail?:any, wait_s?:int}", "Tried" },
  { "POST", "/v1/connectors/:kind/:name/probe", "Learn whether it could deliver", "{wait_s?:int}",
    "Tried" },
  { "POST", "/v1/backup", "Copy the store (Unix socket only)",
    "{file:string, bytes_per_second?:int}",
    "{file:string, bytes:int, events:int, deliveries:int}" },
  { "GET", "/v1/rejected", "Requests that sources turned away", NULL,
    "{rejected:[Rejected], next:string?}" },
  { "GET", "/v1/rejected/:id/body", "The body of one", NULL, NULL, "application/octet-stream" },
  { "POST", "/v1/rejected/:id/accept", "Take one in after all", NULL, "Accepted", NULL, 202 },
  { "POST", "/v1/reload", "Put the files in force", NULL,
    "{generation:int, changed:bool, restart:[string]}" },
  { "GET", "/v1/config", "The configuration in force", NULL,
    "{generation:int, digest:string, edited_by_hand:bool, restart:[string], files:Files}" },
  { "PUT", "/v1/config", "Put a whole configuration in force", "{files:Files, reason?:string}",
    "Applied" },
  { "GET", "/v1/config/history", "Configurations, the newest first", NULL,
    "{generations:[Generation], next:int?}" },
  { "GET", "/v1/config/history/:generation", "One of them", NULL, "GenerationFull" },
  { "GET", "/v1/config/pending", "What a reload would do", NULL,
    "{generation:int, pending:bool, changes:[Change], problems:[ConfigProblem], "
    "files?:[{file:string, in_force:string?, on_disk:string?}]}" },
  { "GET", "/v1/config/diff", "What differs between two", NULL,
    "{from:int, to:int, changes:[Change]}" },
  { "POST", "/v1/config/rollback", "Put an earlier one in force again",
    "{generation:int, reason?:string}", "Applied" },
  { "GET", "/v1/config/files", "The files' paths", NULL, "{generation:int, files:[string]}" },
  { "GET", "/v1/config/file/*path", "A file's text", NULL, "any" },
  { "PUT", "/v1/config/file/*path", "Write a file and put it in force", ANY_BODY,
    "{generation:int}" },
  { "PATCH", "/v1/config/file/*path", "Change single settings of a file",
    "{changes:[{pointer:string, value?:any, remove?:bool}]}", "{generation:int}" },
  { "DELETE", "/v1/config/file/*path", "Delete a file", NULL, "{generation:int}" },
  { "GET", "/v1/config/schemas", "The kinds of files", NULL,
    "{kinds:[{kind:string, title:string, file:string, connector:bool}]}" },
  { "GET", "/v1/config/schemas/:kind", "What a kind's file may say", NULL,
    "{kind:string, title:string, settings:[Setting], schema:any}" },
  { "GET", "/v1/queues", "The pull queues", NULL, "{queues:[Queue]}" },
  { "GET", "/v1/queues/:queue", "A queue", NULL, "Queue" },
  { "GET", "/v1/queues/:queue/messages", "Messages, without receiving them", NULL,
    "{messages:[Message], next:int?}" },
  { "POST", "/v1/queues/:queue/messages", "Send a message",
    "{body?:string, body_base64?:string, priority?:int, delay_seconds?:number, group?:string, "
    "dedup_id?:string, content_type?:string, attributes?:{*:string}}",
    "{id:string, sequence:int, duplicate:bool}" },
  { "POST", "/v1/queues/:queue/receive", "Receive messages",
    "{max?:int, visibility_seconds?:number, wait_seconds?:number}", "Messages" },
  { "POST", "/v1/queues/:queue/delete", "Delete a received message", "{receipt:string}",
    "{deleted:int}" },
  { "POST", "/v1/queues/:queue/extend", "Hide a received message for longer, or show it again",
    "{receipt:string, visibility_seconds?:number}", "{extended:int}" },
  { "POST", "/v1/queues/:queue/purge", "Remove all messages", NULL, "{purged:int}" },
  { "POST", "/v1/queues/:queue/redrive", "Move messages back to where they came from",
    "{to?:string, max?:int}", "{moved:int}" },
  { "GET", "/v1/timeline", "What changed, on one axis", NULL,
    "{from:time, to:time, complete:bool, entries:[{at:time, kind:string, actor:string?, "
    "reason:string, connector?:string, generation?:int, until?:time?, job?:int, action?:string, "
    "state?:string, operation?:int, applied?:int}]}" },
  { "GET", "/v1/audit", "Who changed what, the newest first", NULL,
    "{lines:[{n:int, line:{at:time, who:string, method:string, target:string, status:int, "
    "body:string?}}], next:int?}" },
  { "GET", "/v1/disk", "The state folder and its disk", NULL,
    "{path:string, bytes:{events:int, log:int, index:int, other:int}, free_bytes:int, "
    "disk_bytes:int, forecast:{since:time, grown_bytes:int, taken_bytes:int, full_at:time?}?}" },
  { "POST", "/v1/doctor", "Look whether store and disk are well", "{thorough?:bool}",
    "{thorough:bool, findings:[{name:string, level:string, text:string, remedy:string?}]}" },
  { "POST", "/v1/what-if", "Try a pattern on past events",
    "{pattern:any, rule?:string, bus?:string, events?:int}", "WhatIf" },
  { "POST", "/v1/test-pattern", "Try a pattern on an event", "{pattern:any, event:any}",
    "{matches:bool, summary:string, leaves:[{path:string, predicate:string, held:bool, "
    "present:bool, value:string?, why:string, branch:int}]}" },
  { "GET", "/v1/tokens", "Who may ask over TCP", NULL, "{tokens:[Token]}" },
  { "POST", "/v1/tokens", "Make a token", "{name:string, role:string, expires_in_seconds?:int}",
    "{+Token, token:string}" },
  { "DELETE", "/v1/tokens/:token", "Revoke a token", NULL, "Token" },
  { NULL },
};
