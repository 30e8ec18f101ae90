/* The original is never touched: what is made of it is an event of its own, and two records tie
 * them together. */
#include "ingress/edited.h"

#include "ingress/refuse.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* Of either kind of record: the oldest ties are forgotten above this. */
#define KEPT_TIES 100000

static Problem *
check_word (const char *word, const char *name)
{
  if (word == NULL || (*word != '\0' && strlen (word) <= DRAFT_MAX_NAME_BYTES))
    return NULL;
  return problem_new (400, "invalid-event", "The event is not valid",
                      "“%s” must be a string of 1 to %d bytes", name, DRAFT_MAX_NAME_BYTES);
}

static Problem *
check_detail (const IngressEdit *edit, const Configuration *configuration)
{
  const RulesJsonLimits limits = { .max_depth = configuration->router.json_depth };
  gsize length;
  const char *text;
  RulesError error;

  if (edit->detail == NULL)
    return NULL;
  text = g_bytes_get_data (edit->detail, &length);
  if (length > configuration->router.event_bytes)
    return refuse_event_bytes ("", configuration, length);
  return rules_check_json (text, length, &limits, &error)
             ? NULL
             : refuse_json (&error, configuration, "/detail", 0);
}

Problem *
edited_draft (const IngressEdit *edit, const Configuration *configuration, Draft *out_draft)
{
  const Event *original = edit->original;
  Problem *problem = check_word (edit->source, "source");

  if (problem == NULL)
    problem = check_word (edit->detail_type, "detail-type");
  if (problem == NULL)
    problem = check_detail (edit, configuration);
  if (problem == NULL && !g_hash_table_contains (configuration->buses, original->bus))
    problem = problem_new (409, "conflict", "The object is not in a state for this",
                           "The event's bus “%s” is no longer configured", original->bus);
  if (problem != NULL)
    return problem;
  *out_draft = (Draft){
    .bus = g_strdup (original->bus),
    .source = g_strdup (edit->source != NULL ? edit->source : original->source),
    .detail_type = g_strdup (edit->detail_type != NULL ? edit->detail_type : original->detail_type),
    .time_us = original->time_us,
    .resources = g_strdup (original->resources),
    .metadata = g_strdup (original->metadata),
    .detail = g_bytes_ref (edit->detail != NULL ? edit->detail : original->body),
  };
  return NULL;
}

/* ---- Whom it is for ---- */

static gboolean
is_wanted (const char *const *only, const NewDelivery *delivery)
{
  for (gsize i = 0; only[i] != NULL; i += 2)
    if (strcmp (only[i], delivery->rule) == 0 && strcmp (only[i + 1], delivery->target) == 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_owed (const AppendEvent *append, const char *rule, const char *target)
{
  for (guint i = 0; i < append->n_deliveries; i++)
    if (strcmp (append->deliveries[i].rule, rule) == 0 &&
        strcmp (append->deliveries[i].target, target) == 0)
      return TRUE;
  return FALSE;
}

static Problem *
check_only (const char *const *only, const AppendEvent *append)
{
  for (gsize i = 0; only[i] != NULL; i += 2)
    if (!is_owed (append, only[i], only[i + 1]))
      {
        Problem *problem = problem_new (422, "no-match", "The event does not go there",
                                        "The edited event does not match the rule %s, or the rule "
                                        "has no target “%s” any more",
                                        only[i], only[i + 1]);

        problem_set_remedy (problem, "Edit it so that it matches, or let the rules decide");
        return problem;
      }
  return NULL;
}

static gboolean
is_among (const NewDelivery *delivery, gpointer only)
{
  return is_wanted (only, delivery);
}

void
edited_leave (AppendEvent *append,
              gboolean (*wants) (const NewDelivery *delivery, gpointer user_data),
              gpointer user_data)
{
  guint kept = 0;

  for (guint i = 0; i < append->n_deliveries; i++)
    {
      NewDelivery *delivery = &append->deliveries[i];

      if (wants (delivery, user_data))
        {
          NewDelivery moved = *delivery;

          *delivery = (NewDelivery){ 0 };
          append->deliveries[kept++] = moved;
          continue;
        }
      g_clear_pointer (&delivery->rule, g_free);
      g_clear_pointer (&delivery->target, g_free);
      g_clear_pointer (&delivery->connector, g_free);
    }
  append->n_deliveries = kept;
}

/* ---- Where it came from ---- */

static RecordChange *
tie_new (RecordKind kind, const char *of, const char *with, const EditedTie *tie)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;
  RecordChange *change;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "event");
  json_builder_add_string_value (builder, with);
  json_builder_set_member_name (builder, "at_us");
  json_builder_add_int_value (builder, tie->at_us);
  json_builder_set_member_name (builder, "by");
  json_builder_add_string_value (builder, tie->actor);
  json_builder_set_member_name (builder, "reason");
  json_builder_add_string_value (builder, tie->reason);
  json_builder_set_member_name (builder, "rules");
  json_builder_add_int_value (builder, (gint64) tie->rules);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  change = record_change_new (kind, 0, of, text);
  change->keep_newest = KEPT_TIES;
  change->of_action = tie->of_action;
  return change;
}

void
edited_tie (BatchItem *item, const char *original, const char *made, const EditedTie *tie)
{
  batch_item_add_record (item, tie_new (RECORD_ORIGIN, made, original, tie));
  batch_item_add_record (item, tie_new (RECORD_COPY, original, made, tie));
}

Problem *
edited_finish (const IngressEdit *edit, BatchItem *item, gint64 now_us)
{
  AppendEvent *append = &item->append.events[0];
  const EditedTie tie = { .at_us = now_us, .actor = edit->actor, .reason = edit->reason };
  Problem *problem = edit->only != NULL ? check_only (edit->only, append) : NULL;

  if (problem != NULL)
    return problem;
  if (edit->only != NULL)
    edited_leave (append, is_among, (gpointer) edit->only);
  edited_tie (item, edit->original->id, append->event->id, &tie);
  return NULL;
}
