/* The events API: one entry, an array of entries, or one entry a line. */
#include "ingress/draft.h"
#include "ingress/media.h"
#include "ingress/refuse.h"

#include <string.h>

void
draft_clear (Draft *draft)
{
  g_free (draft->bus);
  g_free (draft->source);
  g_free (draft->detail_type);
  g_free (draft->resources);
  g_free (draft->content_type);
  g_free (draft->metadata);
  g_clear_pointer (&draft->detail, g_bytes_unref);
  *draft = (Draft){ 0 };
}

typedef struct
{
  const DraftContext *context;
  GArray *drafts;
  Problem *problem;
} Split;

/* FALSE: split->problem is set. */
static gboolean
add_entry (Split *split, JsonSlice entry, const char *pointer)
{
  g_array_set_size (split->drafts, split->drafts->len + 1);
  split->problem = draft_from_entry (split->context, entry, pointer,
                                     &g_array_index (split->drafts, Draft, split->drafts->len - 1));
  return split->problem == NULL;
}

static gboolean
has_room (Split *split)
{
  const Configuration *configuration = split->context->configuration;

  if (split->drafts->len < configuration->router.events_per_request)
    return TRUE;
  split->problem = refuse_event_count (configuration);
  return FALSE;
}

/* An entry, and an array around it, stand around the detail, whose depth is what is limited. */
static RulesJsonLimits
limits_around (const DraftContext *context, guint levels)
{
  return (RulesJsonLimits){ .max_depth = context->configuration->router.json_depth + levels };
}

static void
split_array (Split *split, const char *text, gsize length)
{
  const RulesJsonLimits limits = limits_around (split->context, 2);
  JsonElements elements;
  JsonSlice element;
  RulesError error;

  if (!rules_check_json (text, length, &limits, &error))
    {
      split->problem = refuse_json (&error, split->context->configuration, "", 0);
      return;
    }
  json_elements_begin (&elements, json_slice (text, length));
  while (split->problem == NULL && json_elements_next (&elements, &element))
    {
      char pointer[16];

      g_snprintf (pointer, sizeof pointer, "/%u", split->drafts->len);
      if (has_room (split))
        add_entry (split, element, pointer);
    }
}

/* Problems in a line name the line; there is no array that a pointer could begin from. */
static gboolean
add_line (Split *split, JsonSlice line, guint number)
{
  const RulesJsonLimits limits = limits_around (split->context, 1);
  g_autofree char *pointer = g_strdup_printf ("/%u", split->drafts->len);
  RulesError error;

  if (!has_room (split))
    return FALSE;
  if (!rules_check_json (line.text, line.length, &limits, &error))
    {
      split->problem = refuse_json (&error, split->context->configuration, pointer, number - 1);
      return FALSE;
    }
  if (add_entry (split, json_slice (line.text, line.length), pointer))
    return TRUE;
  if (split->problem->line == 0)
    split->problem->line = number;
  split->problem->column = MAX (split->problem->column, 1);
  return FALSE;
}

static void
split_lines (Split *split, const char *text, gsize length)
{
  const char *end = text + length;
  guint number = 1;

  for (; text < end; number++)
    {
      const char *newline = memchr (text, '\n', (gsize) (end - text));
      const char *line_end = newline != NULL ? newline : end;
      JsonSlice line = json_slice (text, (gsize) (line_end - text));

      /* The column that an error names counts from where the line begins. */
      if (line.length > 0 &&
          !add_line (split, (JsonSlice){ text, (gsize) (line.text + line.length - text) }, number))
        return;
      text = newline != NULL ? newline + 1 : end;
    }
}

static void
take_single (Split *split, const char *text, gsize length)
{
  const RulesJsonLimits limits = limits_around (split->context, 1);
  RulesError error;

  if (rules_check_json (text, length, &limits, &error))
    add_entry (split, json_slice (text, length), "");
  else
    split->problem = refuse_json (&error, split->context->configuration, "", 0);
}

Problem *
draft_from_events (const DraftContext *context, GArray *drafts, gboolean *out_several)
{
  Split split = { .context = context, .drafts = drafts };
  gsize length;
  const char *text = g_bytes_get_data (context->request->body, &length);
  Media media = media_parse (context->request->content_type);

  if (media == MEDIA_OTHER)
    return refuse_media (context->request->content_type, TRUE);
  *out_several = TRUE;
  if (media == MEDIA_NDJSON)
    split_lines (&split, text, length);
  else if (json_slice_type (json_slice (text, length)) == '[')
    split_array (&split, text, length);
  else
    {
      *out_several = FALSE;
      take_single (&split, text, length);
    }
  if (split.problem == NULL && drafts->len == 0)
    return refuse_event ("", "", "the request has no events");
  return split.problem;
}
