/* Wraps drafts into the envelope and matches them. */
#include "ingress/envelope.h"

#include "ingress/refuse.h"

#include "base/id.h"
#include "config/plan.h"

static char *
ingress_of (const EnvelopeContext *context)
{
  if (context->forwarded != NULL)
    return event_trail (context->forwarded);
  if (context->ingress != NULL)
    return g_strdup (context->ingress);
  return context->request->source_name != NULL
             ? g_strconcat ("source/", context->request->source_name, NULL)
             : g_strdup ("api");
}

static char *
content_type_of (const EnvelopeContext *context, const Draft *draft)
{
  const IngressRequest *request = context->request;

  if (context->forwarded != NULL)
    return g_strdup (context->forwarded->content_type);
  if (draft->content_type != NULL)
    return g_strdup (draft->content_type);
  return g_utf8_make_valid (
      request->source_name != NULL && request->content_type != NULL ? request->content_type : "",
      -1);
}

static Event *
make_event (const EnvelopeContext *context, const Draft *draft)
{
  char id[ID_LENGTH + 1];
  g_autofree char *ingress = ingress_of (context);
  g_autofree char *content_type = content_type_of (context, draft);
  Event fields = {
    .id = id,
    .bus = draft->bus,
    .ingress = ingress,
    .source = draft->source,
    .detail_type = draft->detail_type,
    .time_us = draft->time_us,
    .received_us = context->now_us,
    .resources = draft->resources,
    .content_type = content_type,
    .metadata = draft->metadata,
    .body = draft->detail,
    .generation = context->snapshot->generation,
  };

  id_new (context->clock, context->random, id);
  return event_new (&fields);
}

static guint
count_targets (const ConfigBus *bus, const guint32 *ids, gsize n_ids)
{
  guint n = 0;

  for (gsize i = 0; i < n_ids; i++)
    n += ((const ConfigRule *) bus->rules->pdata[ids[i]])->targets->len;
  return n;
}

static void
owe (const ConfigBus *bus,
     const guint32 *ids,
     gsize n_ids,
     const GString *text,
     const EnvelopeContext *context,
     AppendEvent *append)
{
  /* From now on what time passes counts, not what the clock is set to. */
  gint64 ahead_us = context->steady_us - context->now_us;
  NewDelivery *delivery;

  append->matched = g_new0 (char *, n_ids + 1);
  append->n_deliveries = count_targets (bus, ids, n_ids);
  append->deliveries = g_new0 (NewDelivery, append->n_deliveries);
  delivery = append->deliveries;
  for (gsize i = 0; i < n_ids; i++)
    {
      const ConfigRule *rule = bus->rules->pdata[ids[i]];

      append->matched[i] = g_strdup (rule->ref);
      for (guint j = 0; j < rule->targets->len; j++)
        {
          const ConfigTarget *target = rule->targets->pdata[j];
          ConfigPlan plan = config_target_plan (target, rule->ref, text->str, text->len,
                                                context->now_us);

          *delivery++ = (NewDelivery){ .rule = g_strdup (rule->ref),
                                       .target = g_strdup (target->id),
                                       .connector = g_strdup (target->connector),
                                       .due_us = plan.due_us + ahead_us,
                                       .since_us = plan.due_us + ahead_us,
                                       .priority = plan.priority,
                                       .order_key = plan.order_key };
        }
    }
}

Problem *
envelope_route (const EnvelopeContext *context,
                const Draft *draft,
                const char *pointer,
                AppendEvent *out_append)
{
  const Configuration *configuration = context->snapshot->configuration;
  const ConfigBus *bus = g_hash_table_lookup (configuration->buses, draft->bus);
  g_autoptr (GString) text = NULL;
  const guint32 *ids = NULL;
  gsize n_ids = 0;
  RulesError error;
  guint n_targets;

  if (bus == NULL)
    return refuse_unknown_bus (pointer, draft->bus);
  out_append->event = make_event (context, draft);
  text = event_envelope (out_append->event);
  if (!rules_match (bus->set, context->scratch, text->str, text->len, &ids, &n_ids, &error))
    {
      if (error.code == RULES_ERROR_NO_MEMORY)
        return refuse_json (&error, configuration, pointer, 0);
      return refuse_event (pointer, "", "it cannot be matched: %s", error.reason);
    }
  n_targets = count_targets (bus, ids, n_ids);
  if (n_targets > configuration->router.targets_per_event)
    return refuse_target_count (pointer, configuration, n_targets);
  owe (bus, ids, n_ids, text, context, out_append);
  return NULL;
}
