/* A webhook's one event: its body is the detail, byte for byte; what it is called comes from the
 * source's settings. */
#include "ingress/draft.h"
#include "ingress/metadata.h"
#include "ingress/refuse.h"
#include "ingress/value.h"

#include <string.h>

static Problem *
check_word (const char *what, const char *word)
{
  gsize length = strlen (word);

  if (length == 0)
    return refuse_event ("", "", "%s is empty and its setting has no Default", what);
  if (length > DRAFT_MAX_NAME_BYTES)
    return refuse_event ("", "", "%s has %" G_GSIZE_FORMAT " bytes; at most %d are taken", what,
                         length, DRAFT_MAX_NAME_BYTES);
  return NULL;
}

/* A time that says nothing is no reason to lose an event; one that nobody can read is, since it is
 * a mistake of the settings and the request can be taken in once that is mended. */
static Problem *
take_time (const DraftContext *context, const ConfigSource *source, GBytes *body, Draft *draft)
{
  g_autofree char *text = value_get (&source->time, context->request, body);

  if (*text == '\0' || value_parse_time (text, &draft->time_us))
    return NULL;
  return refuse_event ("", "",
                       "the time is “%.64s”; expected one like 2026-11-21T09:14:00Z (RFC 3339), or "
                       "seconds or milliseconds since 1970",
                       text);
}

static Problem *
take_metadata (const DraftContext *context, const ConfigSource *source, GBytes *body, Draft *draft)
{
  g_autofree char *id = value_get (&source->id, context->request, body);
  const MetadataParts parts = { .request = context->request, .source = source, .id = id };

  if (strlen (id) > DRAFT_MAX_NAME_BYTES)
    return refuse_event ("", "", "its id has %" G_GSIZE_FORMAT " bytes; at most %d are taken",
                         strlen (id), DRAFT_MAX_NAME_BYTES);
  draft->metadata = metadata_new (&parts);
  return NULL;
}

Problem *
draft_from_webhook (const DraftContext *context,
                    const ConfigSource *source,
                    GBytes *body,
                    Draft *out_draft)
{
  const IngressRequest *request = context->request;
  const ConfigRouter *limits = &context->configuration->router;
  const RulesJsonLimits json_limits = { .max_depth = limits->json_depth };
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  Problem *problem;
  RulesError error;

  if (length > limits->event_bytes)
    return refuse_event_bytes ("", context->configuration, length);
  if (!rules_check_json (text, length, &json_limits, &error))
    return refuse_json (&error, context->configuration, "", 0);
  *out_draft = (Draft){
    .bus = g_strdup (source->bus),
    .source = value_get (&source->source, request, body),
    .detail_type = value_get (&source->detail_type, request, body),
    .time_us = context->now_us,
    .resources = value_get_list (&source->resources, request, body),
    .detail = g_bytes_ref (body),
  };
  problem = check_word ("the source", out_draft->source);
  if (problem == NULL)
    problem = check_word ("the detail-type", out_draft->detail_type);
  if (problem == NULL)
    problem = take_time (context, source, body, out_draft);
  if (problem == NULL)
    problem = take_metadata (context, source, body, out_draft);
  return problem;
}
