/* The attributes of a dead letter.  Pure; any thread. */
#include "store/dead-letter.h"

#include <json-glib/json-glib.h>

#include <string.h>

/* A word of hexadecimal digits that is so long is an id, not a word. */
#define MIN_ID_CHARS 8

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

/* ---- Messages ---- */

static gboolean
is_id (const char *text, gsize length)
{
  gboolean has_digit = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isxdigit (text[i]) && text[i] != '-')
        return FALSE;
      has_digit |= g_ascii_isdigit (text[i]) != 0;
    }
  return has_digit && length >= MIN_ID_CHARS;
}

char *
dead_letter_message (const char *note)
{
  GString *text = g_string_sized_new (strlen (note));

  for (const char *at = note; *at != '\0';)
    {
      gsize word = 0;

      while (g_ascii_isalnum (at[word]) || at[word] == '-')
        word++;
      if (word > 0 && is_id (at, word))
        {
          g_string_append_c (text, '#');
          at += word;
          continue;
        }
      if (g_ascii_isdigit (*at))
        {
          g_string_append_c (text, '#');
          while (g_ascii_isdigit (*at))
            at++;
          continue;
        }
      g_string_append_c (text, *at++);
    }
  return g_string_free (text, FALSE);
}

char *
dead_letter_fingerprint (const char *connector,
                         const char *rule,
                         DeadReason dead,
                         int status,
                         const char *error_code,
                         const char *message)
{
  g_autofree char *plain = dead_letter_message (message);
  g_autofree char *text = g_strdup_printf ("%s\n%s\n%u\n%d\n%s\n%s", connector, rule, (guint) dead,
                                           status, error_code, plain);
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  return g_strndup (digest, DEAD_LETTER_FINGERPRINT_CHARS);
}
