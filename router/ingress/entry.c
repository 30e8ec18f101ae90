/* One entry of the events API: an object with an event's own names or those of EventBridge's
 * PutEvents. */
#include "ingress/draft.h"
#include "ingress/metadata.h"
#include "ingress/refuse.h"

#include <math.h>
#include <string.h>

typedef enum
{
  FIELD_SOURCE,
  FIELD_DETAIL_TYPE,
  FIELD_DETAIL,
  FIELD_TIME,
  FIELD_RESOURCES,
  FIELD_BUS,
  FIELD_METADATA,
  N_FIELDS,
  FIELD_IGNORED = N_FIELDS,
  FIELD_UNKNOWN,
} Field;

/* The members of an envelope that the router gives itself are passed over, so that an event that
 * was received somewhere can be sent in again as it is. */
static const struct
{
  const char *name;
  Field field;
} names[] = {
  { "source", FIELD_SOURCE },
  { "Source", FIELD_SOURCE },
  { "detail-type", FIELD_DETAIL_TYPE },
  { "DetailType", FIELD_DETAIL_TYPE },
  { "detail", FIELD_DETAIL },
  { "Detail", FIELD_DETAIL },
  { "time", FIELD_TIME },
  { "Time", FIELD_TIME },
  { "resources", FIELD_RESOURCES },
  { "Resources", FIELD_RESOURCES },
  { "bus", FIELD_BUS },
  { "EventBusName", FIELD_BUS },
  { "metadata", FIELD_METADATA },
  { "version", FIELD_IGNORED },
  { "id", FIELD_IGNORED },
  { "account", FIELD_IGNORED },
  { "region", FIELD_IGNORED },
  { "replay-name", FIELD_IGNORED },
  { "TraceHeader", FIELD_IGNORED },
};

/* Where each field was found; text NULL: it was not. */
typedef struct
{
  const char *name[N_FIELDS]; /* as it was spelled */
  JsonSlice value[N_FIELDS];
} Fields;

typedef struct
{
  const DraftContext *context;
  const char *pointer;
  Fields fields;
} Entry;

static Field
field_by_name (const char *name, const char **out_static_name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (name, names[i].name) == 0)
      {
        *out_static_name = names[i].name;
        return names[i].field;
      }
  return FIELD_UNKNOWN;
}

static Problem *
collect_fields (Entry *entry, JsonSlice object)
{
  Fields *fields = &entry->fields;
  JsonMembers members;
  JsonSlice name, value;

  json_members_begin (&members, object);
  while (json_members_next (&members, &name, &value))
    {
      g_autofree char *text = json_slice_string (name);
      const char *known;
      Field field = field_by_name (text, &known);

      if (field == FIELD_UNKNOWN)
        return refuse_event (entry->pointer, "",
                             "it has a member %.*s; known are source, detail-type, detail, time, "
                             "resources and bus (data of your own belongs into detail)",
                             (int) MIN (name.length, 80), name.text);
      if (field == FIELD_IGNORED)
        continue;
      if (fields->name[field] != NULL)
        return refuse_event (entry->pointer, known, "“%s” and “%s” are the same, give one of them",
                             fields->name[field], known);
      fields->name[field] = known;
      fields->value[field] = value;
    }
  return NULL;
}

static Problem *
take_word (Entry *entry, Field field, const char *missing_name, char **out_word)
{
  const char *name = entry->fields.name[field];
  g_autofree char *word = NULL;

  if (name == NULL)
    return refuse_event (entry->pointer, "", "“%s” is missing", missing_name);
  word = json_slice_string (entry->fields.value[field]);
  if (word == NULL || *word == '\0')
    return refuse_event (entry->pointer, name, "“%s” must be a string that is not empty", name);
  if (strlen (word) > DRAFT_MAX_NAME_BYTES)
    return refuse_event (entry->pointer, name,
                         "“%s” has %" G_GSIZE_FORMAT " bytes; at most %d are taken", name,
                         strlen (word), DRAFT_MAX_NAME_BYTES);
  *out_word = g_steal_pointer (&word);
  return NULL;
}

/* A name, or EventBridge's ARN of a bus, of which the last part is the name. */
static Problem *
take_bus (Entry *entry, char **out_bus)
{
  const char *default_bus = entry->context->request->bus;
  g_autofree char *word = NULL;
  const char *slash;
  Problem *problem;

  if (entry->fields.name[FIELD_BUS] == NULL)
    word = g_strdup (default_bus != NULL ? default_bus : "default");
  else
    {
      problem = take_word (entry, FIELD_BUS, "bus", &word);
      if (problem != NULL)
        return problem;
    }
  slash = g_str_has_prefix (word, "arn:") ? strrchr (word, '/') : NULL;
  *out_bus = g_strdup (slash != NULL ? slash + 1 : word);
  if (!g_hash_table_contains (entry->context->configuration->buses, *out_bus))
    return refuse_unknown_bus (entry->pointer, *out_bus);
  return NULL;
}

/* 9999-12-31T23:59:59Z: what a date with four digits of year can say. */
#define MAX_EPOCH_SECONDS 253402300799.0

static gboolean
parse_epoch (JsonSlice value, gint64 *out_us)
{
  g_autofree char *text = g_strndup (value.text, value.length);
  double seconds = g_ascii_strtod (text, NULL);

  if (!(seconds >= 0 && seconds <= MAX_EPOCH_SECONDS))
    return FALSE;
  *out_us = llround (seconds * 1e6);
  return TRUE;
}

static Problem *
take_time (Entry *entry, gint64 *out_us)
{
  const char *name = entry->fields.name[FIELD_TIME];
  JsonSlice value = entry->fields.value[FIELD_TIME];
  g_autofree char *text = NULL;

  *out_us = entry->context->now_us;
  if (name == NULL || json_slice_type (value) == 'n')
    return NULL;
  if (json_slice_type (value) == '0' && parse_epoch (value, out_us))
    return NULL;
  text = json_slice_string (value);
  if (text != NULL && clock_parse (text, out_us))
    return NULL;
  return refuse_event (entry->pointer, name,
                       "“%s” is %.*s; expected a time like \"2026-11-21T09:14:00Z\" (RFC 3339) or "
                       "seconds since 1970",
                       name, (int) MIN (value.length, 80), value.text);
}

static Problem *
take_resources (Entry *entry, char **out_resources)
{
  const char *name = entry->fields.name[FIELD_RESOURCES];
  JsonSlice value = entry->fields.value[FIELD_RESOURCES];

  if (name == NULL || json_slice_type (value) == 'n')
    *out_resources = g_strdup ("[]");
  else if (json_slice_type (value) == '[' && json_slice_are_strings (value))
    *out_resources = g_strndup (value.text, value.length);
  else
    return refuse_event (entry->pointer, name, "“%s” must be an array of strings", name);
  return NULL;
}

/* What an event was received with elsewhere, or the trace that the request is part of. */
static Problem *
take_metadata (Entry *entry, char **out_metadata)
{
  const char *name = entry->fields.name[FIELD_METADATA];
  JsonSlice value = entry->fields.value[FIELD_METADATA];

  if (name == NULL || json_slice_type (value) == 'n')
    *out_metadata = metadata_of_entry (entry->context->request);
  else if (json_slice_type (value) != '{')
    return refuse_event (entry->pointer, name, "“%s” must be an object", name);
  else
    *out_metadata = g_strndup (value.text, value.length);
  return NULL;
}

/* EventBridge's Detail is JSON inside a string: it is checked as a text of its own. */
static Problem *
take_detail_text (Entry *entry, const char *name, GBytes **out_detail)
{
  const Configuration *configuration = entry->context->configuration;
  const RulesJsonLimits limits = { .max_depth = configuration->router.json_depth };
  g_autofree char *text = json_slice_string (entry->fields.value[FIELD_DETAIL]);
  g_autofree char *place = g_strconcat (entry->pointer, "/", name, NULL);
  RulesError error;
  gsize length;

  if (text == NULL)
    return refuse_event (entry->pointer, name, "“%s” has a NUL character", name);
  length = strlen (text);
  if (!rules_check_json (text, length, &limits, &error))
    return refuse_json (&error, configuration, place, 0);
  if (json_slice_type (json_slice (text, length)) != '{')
    return refuse_event (entry->pointer, name,
                         "“%s” must be an object, or a string of JSON that is one", name);
  *out_detail = g_bytes_new_take (g_steal_pointer (&text), length);
  return NULL;
}

static Problem *
take_detail (Entry *entry, GBytes **out_detail)
{
  const char *name = entry->fields.name[FIELD_DETAIL];
  JsonSlice value = entry->fields.value[FIELD_DETAIL];

  if (name == NULL)
    return refuse_event (entry->pointer, "", "“detail” is missing");
  switch (json_slice_type (value))
    {
    case '{':
      /* A copy: a part of the request would keep the whole request in memory. */
      *out_detail = g_bytes_new (value.text, value.length);
      return NULL;
    case '"':
      return take_detail_text (entry, name, out_detail);
    default:
      return refuse_event (entry->pointer, name,
                           "“%s” must be an object, or a string of JSON that is one", name);
    }
}

/* As EventBridge counts an entry's size. */
static Problem *
check_size (Entry *entry, const Draft *draft)
{
  const Configuration *configuration = entry->context->configuration;
  gsize bytes = g_bytes_get_size (draft->detail) + strlen (draft->source) +
                strlen (draft->detail_type) + strlen (draft->resources) +
                (draft->metadata != NULL ? strlen (draft->metadata) : 0);

  if (bytes <= configuration->router.event_bytes)
    return NULL;
  return refuse_event_bytes (entry->pointer, configuration, bytes);
}

Problem *
draft_from_entry (const DraftContext *context,
                  JsonSlice entry_text,
                  const char *pointer,
                  Draft *out_draft)
{
  Entry entry = { .context = context, .pointer = pointer };
  Problem *problem;

  if (json_slice_type (entry_text) != '{')
    return refuse_event (pointer, "",
                         "it is %.*s; expected an object with source, detail-type and detail",
                         (int) MIN (entry_text.length, 40), entry_text.text);
  problem = collect_fields (&entry, entry_text);
  if (problem == NULL)
    problem = take_word (&entry, FIELD_SOURCE, "source", &out_draft->source);
  if (problem == NULL)
    problem = take_word (&entry, FIELD_DETAIL_TYPE, "detail-type", &out_draft->detail_type);
  if (problem == NULL)
    problem = take_detail (&entry, &out_draft->detail);
  if (problem == NULL)
    problem = take_time (&entry, &out_draft->time_us);
  if (problem == NULL)
    problem = take_resources (&entry, &out_draft->resources);
  if (problem == NULL)
    problem = take_bus (&entry, &out_draft->bus);
  if (problem == NULL)
    problem = take_metadata (&entry, &out_draft->metadata);
  if (problem == NULL)
    problem = check_size (&entry, out_draft);
  return problem;
}
