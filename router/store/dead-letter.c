/* The attributes of a dead letter.  Pure; any thread. */
#include "store/dead-letter.h"

#include <json-glib/json-glib.h>

static const char *
exhausted_condition (DeadReason dead)
{
  switch (dead)
    {
    case DEAD_ATTEMPTS:
      return "MaximumRetryAttempts";
    case DEAD_AGE:
      return "MaximumEventAgeInSeconds";
    default:
      return NULL;
    }
}

void
dead_letter_foreach (const DeadLetter *letter, DeadLetterAttribute attribute, gpointer user_data)
{
  g_autofree char *rule = g_strconcat ("signalbox:rule/", letter->rule, NULL);
  g_autofree char *target = g_strconcat ("signalbox:", letter->connector, NULL);
  const char *condition = exhausted_condition (letter->dead);
  guint retries = letter->round_attempts > 0 ? letter->round_attempts - 1 : 0;
  char number[16];

  g_snprintf (number, sizeof number, "%u", retries);
  attribute ("RULE_ARN", rule, user_data);
  attribute ("TARGET_ARN", target, user_data);
  attribute ("ERROR_CODE", letter->error_code != NULL ? letter->error_code : "", user_data);
  attribute ("ERROR_MESSAGE", letter->error_message != NULL ? letter->error_message : "",
             user_data);
  if (condition != NULL)
    attribute ("EXHAUSTED_RETRY_CONDITION", condition, user_data);
  attribute ("RETRY_ATTEMPTS", number, user_data);
}

static void
set_member (const char *name, const char *value, gpointer user_data)
{
  json_object_set_string_member (user_data, name, value);
}

char *
dead_letter_to_json (const DeadLetter *letter)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);

  json_node_take_object (node, json_object_new ());
  dead_letter_foreach (letter, set_member, json_node_get_object (node));
  return json_to_string (node, FALSE);
}
