/* The problems of events. */
#include "ingress/refuse.h"

#include <string.h>

/* "" would be the whole body, which goes without saying. */
static void
set_pointer (Problem *problem, const char *pointer)
{
  if (*pointer != '\0')
    problem_set_place (problem, pointer, 0, 0);
}

static Problem *
refuse_depth (const Configuration *configuration)
{
  Problem *problem = problem_new (
      400, "invalid-json", "The body is not valid JSON",
      "Arrays and objects stand more than %u deep in each other, the limit that "
      "Limits.JsonDepth sets",
      configuration->router.json_depth);

  problem_set_remedy (problem, "Send a flatter event, or raise Limits.JsonDepth in router.json");
  return problem;
}

Problem *
refuse_json (const RulesError *error,
             const Configuration *configuration,
             const char *pointer,
             guint line_offset)
{
  g_autofree char *place = g_strconcat (pointer, error->pointer, NULL);
  Problem *problem;

  if (error->code == RULES_ERROR_NO_MEMORY)
    {
      problem = problem_new (503, "out-of-memory", "There is not enough memory",
                             "There is not enough memory to read the body");
      problem->retry_after_s = 5;
      return problem;
    }
  if (error->code == RULES_ERROR_LIMIT)
    problem = refuse_depth (configuration);
  else
    {
      problem = problem_new (400, "invalid-json", "The body is not valid JSON", "%s",
                             error->reason);
      if (error->hint[0] != '\0')
        problem_set_remedy (problem, "%s", error->hint);
    }
  problem_set_place (problem, *place != '\0' ? place : NULL, error->line + line_offset,
                     error->column);
  return problem;
}

Problem *
refuse_event (const char *pointer, const char *member, const char *format, ...)
{
  g_autofree char *detail = NULL;
  g_autofree char *place = g_strconcat (pointer, member[0] != '\0' ? "/" : "", member, NULL);
  Problem *problem;
  va_list args;

  va_start (args, format);
  detail = g_strdup_vprintf (format, args);
  va_end (args);
  if (pointer[0] == '\0')
    problem = problem_new (400, "invalid-event", "The event is not valid", "%s", detail);
  else
    problem = problem_new (400, "invalid-event", "The event is not valid",
                           "Event %s (counted from 0): %s; none of the request's events was kept",
                           pointer + 1, detail);
  set_pointer (problem, place);
  return problem;
}

Problem *
refuse_media (const char *content_type, gboolean lines_too)
{
  g_autofree char *shown = g_utf8_make_valid (content_type, -1);
  Problem *problem = problem_new (
      415, "unsupported-media-type", "The body is not JSON",
      "The Content-Type is “%.200s”; expected application/json in UTF-8%s", shown,
      lines_too ? ", or application/x-ndjson" : "");

  problem_set_remedy (
      problem, g_ascii_strncasecmp (content_type, "application/x-www-form-urlencoded", 33) == 0
                   ? "Set the sender to JSON (with curl: --json instead of -d)"
                   : "Set the sender to JSON");
  return problem;
}

Problem *
refuse_media_of_source (const char *content_type, char *const *content_types)
{
  g_autofree char *shown = g_utf8_make_valid (content_type != NULL ? content_type : "none", -1);
  g_autofree char *known = g_strjoinv (", ", (char **) content_types);

  return problem_new (415, "unsupported-media-type", "The source does not take this content type",
                      "The Content-Type is “%.200s”; expected one of %s", shown, known);
}

Problem *
refuse_event_bytes (const char *pointer, const Configuration *configuration, gsize bytes)
{
  Problem *problem = problem_new (413, "body-too-large", "The body is too large",
                                  "The event has %" G_GSIZE_FORMAT
                                  " bytes; Limits.EventBytes allows %" G_GSIZE_FORMAT,
                                  bytes, configuration->router.event_bytes);

  problem_set_remedy (problem, "Send less, or raise Limits.EventBytes in router.json");
  set_pointer (problem, pointer);
  return problem;
}

Problem *
refuse_event_count (const Configuration *configuration)
{
  Problem *problem = problem_new (413, "too-many-events",
                                  "There are too many events in one request",
                                  "The request has more than %u events, the limit that "
                                  "Limits.EventsPerRequest sets",
                                  configuration->router.events_per_request);

  problem_set_remedy (problem, "Send them in several requests, or raise Limits.EventsPerRequest in "
                               "router.json");
  return problem;
}

Problem *
refuse_target_count (const char *pointer, const Configuration *configuration, guint n)
{
  Problem *problem = problem_new (
      422, "too-many-targets", "The event has too many targets",
      "The event would go to %u targets; Limits.TargetsPerEvent allows %u", n,
      configuration->router.targets_per_event);

  problem_set_remedy (problem, "Make the rules match less, or raise Limits.TargetsPerEvent in "
                               "router.json");
  set_pointer (problem, pointer);
  return problem;
}

Problem *
refuse_unknown_source (const char *name, gboolean switched_off)
{
  Problem *problem = switched_off
                         ? problem_new (404, "unknown-source", "There is no such source",
                                        "The source “%s” is switched off", name)
                         : problem_new (404, "unknown-source", "There is no such source",
                                        "There is no source “%s” in the configuration", name);

  if (switched_off)
    problem_set_remedy (problem, "Set \"State\": \"ENABLED\" in source/%s.json", name);
  else
    problem_set_remedy (problem, "Make it: source/%.64s.json with {} is enough", name);
  return problem;
}

Problem *
refuse_unknown_bus (const char *pointer, const char *name)
{
  Problem *problem = problem_new (404, "unknown-bus", "There is no such bus",
                                  "There is no bus “%s” in the configuration", name);

  problem_set_remedy (problem, "Make it: bus/%.64s.json with {} is enough", name);
  set_pointer (problem, pointer);
  return problem;
}

Problem *
refuse_queue_full (const Configuration *configuration)
{
  Problem *problem = problem_new (503, "queue-full", "Too many events wait to be stored",
                                  "More than %u events wait to be stored, the limit that "
                                  "Limits.QueuedEvents sets",
                                  configuration->router.queued_events);

  problem_set_remedy (problem, "Send it again in a moment");
  problem->retry_after_s = 1;
  return problem;
}
