/* CloudEvents as they come in. */
#include "ingress/cloudevents.h"

#include "ingress/decode.h"
#include "ingress/media.h"
#include "ingress/metadata.h"
#include "ingress/refuse.h"
#include "ingress/value.h"

#include <string.h>

#define STRUCTURED "application/cloudevents"
#define BATCHED "application/cloudevents-batch"

/* ---- Which mode ---- */

static const char *
get_header (const IngressRequest *request, const char *name)
{
  return request->header != NULL ? request->header (name, request->header_data) : NULL;
}

CloudEventsMode
cloudevents_mode (const IngressRequest *request)
{
  static const char *const required[] = { "ce-id", "ce-source", "ce-specversion", "ce-type" };
  const char *type = request->content_type != NULL ? request->content_type : "";

  type += strspn (type, " \t");
  /* The longer one first: it begins with the other. */
  if (g_ascii_strncasecmp (type, BATCHED, strlen (BATCHED)) == 0)
    return CLOUDEVENTS_BATCHED;
  if (g_ascii_strncasecmp (type, STRUCTURED, strlen (STRUCTURED)) == 0)
    return CLOUDEVENTS_STRUCTURED;
  for (guint i = 0; i < G_N_ELEMENTS (required); i++)
    if (get_header (request, required[i]) == NULL)
      return CLOUDEVENTS_NONE;
  return CLOUDEVENTS_BINARY;
}

/* ---- Attributes ---- */

gboolean
cloudevents_name_is_valid (const char *name)
{
  for (const char *at = name; *at != '\0'; at++)
    if (!g_ascii_islower (*at) && !g_ascii_isdigit (*at))
      return FALSE;
  return *name != '\0' && strcmp (name, "data") != 0;
}

/* No control characters and no noncharacters (core, "Type System"). */
static gboolean
is_attribute_text (const char *text)
{
  if (!g_utf8_validate (text, -1, NULL))
    return FALSE;
  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c < 0x20 || (c >= 0x7f && c <= 0x9f) || (c >= 0xfdd0 && c <= 0xfdef) ||
          (c & 0xfffe) == 0xfffe)
        return FALSE;
    }
  return TRUE;
}

/* RFC 7230, section 3.2.6.  NULL: the quotes do not end where the value does. */
static char *
unquote (const char *value)
{
  g_autoptr (GString) out = g_string_new (NULL);
  const char *at = value + 1;

  for (; *at != '\0' && *at != '"'; at++)
    {
      if (*at == '\\' && *++at == '\0')
        return NULL;
      g_string_append_c (out, *at);
    }
  if (at[0] != '"' || at[1] != '\0')
    return NULL;
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static gboolean
decode_percent (char *text)
{
  char *out = text;

  for (const char *at = text; *at != '\0'; at++)
    {
      if (*at != '%')
        {
          *out++ = *at;
          continue;
        }
      if (!g_ascii_isxdigit (at[1]) || !g_ascii_isxdigit (at[2]))
        return FALSE;
      *out++ = (char) (g_ascii_xdigit_value (at[1]) << 4 | g_ascii_xdigit_value (at[2]));
      if (out[-1] == '\0')
        return FALSE;
      at += 2;
    }
  *out = '\0';
  return TRUE;
}

char *
cloudevents_decode_header (const char *value)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (value));
  g_autofree char *text = *trimmed == '"' ? unquote (trimmed) : g_steal_pointer (&trimmed);

  if (text == NULL || !decode_percent (text) || !is_attribute_text (text))
    return NULL;
  return g_steal_pointer (&text);
}

/* One event on its way to a draft. */
typedef struct
{
  const DraftContext *context;
  const ConfigSource *source; /* NULL: the events API */
  const char *pointer;
  GString *attributes;         /* the JSON object so far, without its end */
  GHashTable *texts;           /* name -> what it says, of those whose value is text */
  JsonSlice data, data_base64; /* text NULL: not there */
  const char *encoding;
  GBytes *detail;
  Problem *problem; /* the first one */
} Reading;

static void
reading_begin (Reading *reading,
               const DraftContext *context,
               const ConfigSource *source,
               const char *pointer)
{
  *reading = (Reading){ .context = context,
                        .source = source,
                        .pointer = pointer,
                        .attributes = g_string_new (NULL),
                        .texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free) };
}

static void
reading_end (Reading *reading)
{
  g_string_free (reading->attributes, TRUE);
  g_hash_table_unref (reading->texts);
  g_clear_pointer (&reading->detail, g_bytes_unref);
}

/* member: where in the body, or "" */
static void refuse (Reading *reading, const char *member, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

static void
refuse (Reading *reading, const char *member, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list arguments;

  if (reading->problem != NULL)
    return;
  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  reading->problem = refuse_event (reading->pointer, member, "%s", what);
}

static void
put_attribute (Reading *reading, const char *name, const char *json, gsize length)
{
  GString *out = reading->attributes;

  g_string_append_c (out, out->len == 0 ? '{' : ',');
  event_append_json_string (out, name, -1);
  g_string_append_c (out, ':');
  g_string_append_len (out, json, (gssize) length);
}

static const char *
text_of (const Reading *reading, const char *name)
{
  return g_hash_table_lookup (reading->texts, name);
}

/* In binary mode every value is text. */
static void
take_header (const char *name, const char *value, gpointer user_data)
{
  Reading *reading = user_data;
  g_autofree char *attribute = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GString) json = NULL;

  if (g_ascii_strncasecmp (name, "ce-", 3) != 0)
    return;
  attribute = g_ascii_strdown (name + 3, -1);
  text = cloudevents_decode_header (value);
  if (strcmp (attribute, "datacontenttype") == 0)
    refuse (reading, "", "the header ce-datacontenttype must not be there; Content-Type says it");
  else if (!cloudevents_name_is_valid (attribute))
    refuse (reading, "",
            "“%.64s” is no header of an attribute: a name has lower-case letters and "
            "digits",
            name);
  else if (text == NULL)
    refuse (reading, "",
            "the header ce-%.64s cannot be read: an escape is broken, or it has a "
            "character that attributes may not have",
            attribute);
  else if (g_hash_table_contains (reading->texts, attribute))
    refuse (reading, "", "the header ce-%.64s is there twice", attribute);
  if (reading->problem != NULL)
    return;
  json = g_string_new (NULL);
  event_append_json_string (json, text, -1);
  put_attribute (reading, attribute, json->str, json->len);
  g_hash_table_insert (reading->texts, g_steal_pointer (&attribute), g_steal_pointer (&text));
}

/* JSON format, section 2.2: a string, a 32-bit integer or a boolean. */
static gboolean
is_int32 (JsonSlice value)
{
  g_autofree char *text = g_strndup (value.text, value.length);
  gint64 number;

  return strpbrk (text, ".eE") == NULL &&
         g_ascii_string_to_signed (text, 10, G_MININT32, G_MAXINT32, &number, NULL);
}

static void
take_member (Reading *reading, const char *name, JsonSlice value)
{
  g_autofree char *text = NULL;
  g_autoptr (GString) json = g_string_new (NULL);

  switch (json_slice_type (value))
    {
    case 'n': /* as if it were not there */
      return;
    case 'b':
      break;
    case '0':
      if (!is_int32 (value))
        {
          refuse (reading, name, "“%s” is %.*s; a number of an attribute is a 32-bit integer", name,
                  (int) MIN (value.length, 40), value.text);
          return;
        }
      break;
    case '"':
      text = json_slice_string (value);
      if (text != NULL && is_attribute_text (text))
        break;
      refuse (reading, name, "“%s” has a character that attributes may not have", name);
      return;
    default:
      refuse (reading, name, "“%s” must be a string, a boolean or an integer", name);
      return;
    }
  if (text == NULL)
    {
      put_attribute (reading, name, value.text, value.length);
      return;
    }
  /* Written anew: what is half of a character in it is so no more. */
  event_append_json_string (json, text, -1);
  put_attribute (reading, name, json->str, json->len);
  g_hash_table_insert (reading->texts, g_strdup (name), g_steal_pointer (&text));
}

static void
take_members (Reading *reading, JsonSlice object)
{
  JsonMembers members;
  JsonSlice name, value;

  json_members_begin (&members, object);
  while (reading->problem == NULL && json_members_next (&members, &name, &value))
    {
      g_autofree char *text = json_slice_string (name);

      if (g_strcmp0 (text, "data") == 0)
        reading->data = value;
      else if (g_strcmp0 (text, "data_base64") == 0)
        {
          if (json_slice_type (value) != 'n')
            reading->data_base64 = value;
        }
      else if (text == NULL || !cloudevents_name_is_valid (text))
        refuse (reading, "",
                "%.*s is no name of an attribute: it has lower-case letters and digits",
                (int) MIN (name.length, 64), name.text);
      else
        take_member (reading, text, value);
    }
}

static void
check_attributes (Reading *reading)
{
  static const char *const required[] = { "id", "source", "type", "specversion" };
  static const char *const not_empty[] = { "subject", "dataschema", "datacontenttype" };
  gint64 time_us;

  for (guint i = 0; i < G_N_ELEMENTS (required); i++)
    {
      const char *text = text_of (reading, required[i]);

      if (text == NULL || *text == '\0')
        refuse (reading, "", "the CloudEvent has no “%s”, which must be a string that is not empty",
                required[i]);
    }
  if (g_strcmp0 (text_of (reading, "specversion"), "1.0") != 0)
    refuse (reading, "", "its specversion is “%.20s”; this router knows 1.0",
            text_of (reading, "specversion"));
  for (guint i = 0; i < G_N_ELEMENTS (not_empty); i++)
    if (g_strcmp0 (text_of (reading, not_empty[i]), "") == 0)
      refuse (reading, "", "its “%s” is empty; leave it out instead", not_empty[i]);
  if (text_of (reading, "time") != NULL && !clock_parse (text_of (reading, "time"), &time_us))
    refuse (reading, "", "its time is “%.64s”; expected one like 2026-11-21T09:14:00Z (RFC 3339)",
            text_of (reading, "time"));
}

/* ---- Data ---- */

static void
check_json (Reading *reading, const char *text, gsize length)
{
  const Configuration *configuration = reading->context->configuration;
  const RulesJsonLimits limits = { .max_depth = configuration->router.json_depth };
  RulesError error;

  if (reading->problem == NULL && !rules_check_json (text, length, &limits, &error))
    reading->problem = refuse_json (&error, configuration, reading->pointer, 0);
}

static GBytes *
json_string (const char *text, gsize length)
{
  GString *out = g_string_sized_new (length + 2);

  event_append_json_string (out, text, (gssize) length);
  return g_string_free_to_bytes (out);
}

/* Data that is no JSON is text where it can be, so that rules can look at it. */
static void
take_bytes (Reading *reading, const char *text, gsize length)
{
  g_autofree char *encoded = NULL;

  if (length > 0 && media_is_utf8 (reading->context->request->content_type) &&
      g_utf8_validate (text, (gssize) length, NULL))
    {
      reading->encoding = "text";
      reading->detail = json_string (text, length);
      return;
    }
  encoded = g_base64_encode ((const guchar *) text, length);
  reading->encoding = "base64";
  reading->detail = json_string (encoded, strlen (encoded));
}

static void
take_no_data (Reading *reading)
{
  reading->encoding = "none";
  reading->detail = g_bytes_new_static ("{}", 2);
}

static void
take_body (Reading *reading)
{
  const IngressRequest *request = reading->context->request;
  const char *type = request->content_type;
  gsize length;
  const char *text = g_bytes_get_data (request->body, &length);

  if (length == 0)
    take_no_data (reading);
  else if (type != NULL && media_is_json (type) && media_parse (type) == MEDIA_JSON)
    {
      check_json (reading, text, length);
      reading->detail = g_bytes_ref (request->body);
    }
  else
    take_bytes (reading, text, length);
}

static void
take_base64 (Reading *reading)
{
  g_autofree char *text = json_slice_string (reading->data_base64);
  g_autoptr (GBytes) bytes = NULL;

  if (text != NULL)
    bytes = decode_text (CONFIG_ENCODING_BASE64, text, strlen (text));
  if (bytes == NULL)
    {
      refuse (reading, "data_base64", "“data_base64” is no string of base64");
      return;
    }
  reading->encoding = "base64";
  reading->detail = json_string (text, strlen (text));
}

static void
take_data (Reading *reading)
{
  const char *type = text_of (reading, "datacontenttype");
  gboolean is_null = reading->data.text != NULL && json_slice_type (reading->data) == 'n';

  if (reading->data_base64.text != NULL && reading->data.text != NULL && !is_null)
    refuse (reading, "data_base64", "“data” and “data_base64” are both there; give one of them");
  else if (reading->data_base64.text != NULL)
    take_base64 (reading);
  else if (reading->data.text == NULL)
    take_no_data (reading);
  else if (type == NULL || media_is_json (type))
    /* A copy: a part of the request would keep the whole request in memory. */
    reading->detail = g_bytes_new (reading->data.text, reading->data.length);
  else if (json_slice_type (reading->data) == '"')
    {
      reading->encoding = "text";
      reading->detail = g_bytes_new (reading->data.text, reading->data.length);
    }
  else
    refuse (reading, "data", "“data” must be a string, since datacontenttype is %.64s", type);
}

/* ---- The draft ---- */

static void
take_word (Reading *reading, const char *name, const ConfigValue *instead, char **out)
{
  const char *text = text_of (reading, name);

  *out = instead != NULL ? value_get (instead, reading->context->request, reading->detail)
                         : g_strdup (text);
  if (**out == '\0' || strlen (*out) > DRAFT_MAX_NAME_BYTES)
    refuse (reading, name, "the %s has %" G_GSIZE_FORMAT " bytes; 1 to %d are taken", name,
            strlen (*out), DRAFT_MAX_NAME_BYTES);
}

/* A router that sent several resources has put them into an extension. */
static char *
make_resources (const Reading *reading)
{
  const RulesJsonLimits limits = { .max_depth = 2 };
  const char *resources = text_of (reading, "resources");
  const char *subject = text_of (reading, "subject");
  GString *out;

  if (resources != NULL && rules_check_json (resources, strlen (resources), &limits, NULL))
    {
      JsonSlice list = json_slice (resources, strlen (resources));

      if (json_slice_type (list) == '[' && json_slice_are_strings (list))
        return g_strndup (list.text, list.length);
    }
  out = g_string_new ("[");
  if (subject != NULL)
    event_append_json_string (out, subject, -1);
  g_string_append_c (out, ']');
  return g_string_free (out, FALSE);
}

static void
make_draft (Reading *reading, Draft *draft)
{
  const DraftContext *context = reading->context;
  const ConfigSource *source = reading->source;
  const char *type = text_of (reading, "datacontenttype");
  MetadataParts parts = { .request = context->request,
                          .source = source,
                          .id = text_of (reading, "id"),
                          .encoding = reading->encoding };
  gsize bytes;

  draft->time_us = context->now_us;
  if (text_of (reading, "time") != NULL)
    clock_parse (text_of (reading, "time"), &draft->time_us);
  draft->bus = g_strdup (source != NULL                  ? source->bus
                         : context->request->bus != NULL ? context->request->bus
                                                         : "default");
  draft->resources = make_resources (reading);
  draft->content_type = g_strdup (type != NULL                ? type
                                  : reading->encoding == NULL ? "application/json"
                                                              : "");
  draft->detail = g_bytes_ref (reading->detail);
  take_word (reading, "source", source != NULL && source->says_source ? &source->source : NULL,
             &draft->source);
  take_word (reading, "type",
             source != NULL && source->says_detail_type ? &source->detail_type : NULL,
             &draft->detail_type);
  g_string_append_c (reading->attributes, '}');
  parts.cloudevent = reading->attributes->str;
  draft->metadata = metadata_new (&parts);
  bytes = g_bytes_get_size (draft->detail) + strlen (draft->metadata);
  if (reading->problem == NULL && bytes > context->configuration->router.event_bytes)
    reading->problem = refuse_event_bytes (reading->pointer, context->configuration, bytes);
}

/* What two events share only when they are the same. */
static void
add_to_key (const Reading *reading, GChecksum *key)
{
  const char *const parts[] = { text_of (reading, "source"), text_of (reading, "id") };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    g_checksum_update (key, (const guchar *) parts[i], (gssize) strlen (parts[i]) + 1);
}

static Problem *
finish (Reading *reading, GArray *drafts, GChecksum *key)
{
  check_attributes (reading);
  if (reading->problem == NULL)
    {
      add_to_key (reading, key);
      g_array_set_size (drafts, drafts->len + 1);
      make_draft (reading, &g_array_index (drafts, Draft, drafts->len - 1));
    }
  reading_end (reading);
  return reading->problem;
}

static void
take_content_type (Reading *reading)
{
  const char *type = reading->context->request->content_type;
  g_autofree char *trimmed = type != NULL ? g_strstrip (g_utf8_make_valid (type, -1)) : NULL;
  g_autoptr (GString) json = g_string_new (NULL);

  if (trimmed == NULL || *trimmed == '\0')
    return;
  g_strdelimit (trimmed, "\t", ' '); /* which parameters may be set apart by */
  if (!is_attribute_text (trimmed))
    {
      refuse (reading, "", "the Content-Type has characters that no attribute may have");
      return;
    }
  event_append_json_string (json, trimmed, -1);
  put_attribute (reading, "datacontenttype", json->str, json->len);
  g_hash_table_insert (reading->texts, g_strdup ("datacontenttype"), g_steal_pointer (&trimmed));
}

static Problem *
read_binary (const DraftContext *context,
             const ConfigSource *source,
             GArray *drafts,
             GChecksum *key)
{
  const IngressRequest *request = context->request;
  Reading reading;

  reading_begin (&reading, context, source, "");
  if (request->each_header != NULL)
    request->each_header (take_header, &reading, request->header_data);
  take_content_type (&reading);
  take_body (&reading);
  return finish (&reading, drafts, key);
}

static Problem *
read_object (const DraftContext *context,
             const ConfigSource *source,
             JsonSlice value,
             const char *pointer,
             GArray *drafts,
             GChecksum *key)
{
  Reading reading;

  if (json_slice_type (value) != '{')
    return refuse_event (pointer, "", "it is no JSON object, which a CloudEvent is");
  reading_begin (&reading, context, source, pointer);
  take_members (&reading, value);
  if (reading.problem == NULL)
    take_data (&reading);
  return finish (&reading, drafts, key);
}

static Problem *
read_batch (const DraftContext *context,
            const ConfigSource *source,
            JsonSlice array,
            GArray *drafts,
            GChecksum *key)
{
  JsonElements elements;
  JsonSlice element;
  Problem *problem = NULL;

  if (json_slice_type (array) != '[')
    return refuse_event ("", "", "it is no JSON array, which a batch of CloudEvents is");
  json_elements_begin (&elements, array);
  while (problem == NULL && json_elements_next (&elements, &element))
    {
      char pointer[16];

      if (drafts->len >= context->configuration->router.events_per_request)
        return refuse_event_count (context->configuration);
      g_snprintf (pointer, sizeof pointer, "/%u", drafts->len);
      problem = read_object (context, source, element, pointer, drafts, key);
    }
  return problem;
}

/* Around data stand the event and, of a batch, the array. */
static Problem *
read_json (const DraftContext *context,
           const ConfigSource *source,
           gboolean is_batch,
           GArray *drafts,
           GChecksum *key)
{
  const Configuration *configuration = context->configuration;
  const RulesJsonLimits limits = { .max_depth = configuration->router.json_depth + 1 + is_batch };
  gsize length;
  const char *text = g_bytes_get_data (context->request->body, &length);
  RulesError error;

  if (media_parse (context->request->content_type) != MEDIA_JSON)
    return refuse_media (context->request->content_type, FALSE);
  if (!rules_check_json (text, length, &limits, &error))
    return refuse_json (&error, configuration, "", 0);
  if (is_batch)
    return read_batch (context, source, json_slice (text, length), drafts, key);
  return read_object (context, source, json_slice (text, length), "", drafts, key);
}

Problem *
draft_from_cloudevents (const DraftContext *context,
                        const ConfigSource *source,
                        GArray *drafts,
                        char **out_key,
                        gboolean *out_several)
{
  CloudEventsMode mode = cloudevents_mode (context->request);
  g_autoptr (GChecksum) key = g_checksum_new (G_CHECKSUM_SHA256);
  Problem *problem;

  *out_several = mode == CLOUDEVENTS_BATCHED;
  if (mode == CLOUDEVENTS_BINARY)
    problem = read_binary (context, source, drafts, key);
  else
    problem = read_json (context, source, *out_several, drafts, key);
  *out_key = problem == NULL && drafts->len > 0 ? g_strdup (g_checksum_get_string (key)) : NULL;
  return problem;
}
