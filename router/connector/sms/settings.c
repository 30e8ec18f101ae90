/* The sms connector's settings table, and what the table alone cannot check.  Pure; any thread. */
#include "connector/sms/sms.h"

#include "base/error.h"
#include "connector/outbox.h"

#include <string.h>

static const ConfigSetting settings_table[] = {
  {
      .name = "Outbox",
      .type = SETTING_STRING,
      .flags = SETTING_NONEMPTY,
      .min = 1,
      .max = 1024,
      .help = "The folder that messages are put into; a relative path begins in the state folder. "
              "Without it: outbox/sms/ and the connector's name.",
  },
  {
      .name = "From",
      .type = SETTING_STRING,
      .flags = SETTING_NONEMPTY,
      .default_json = "\"Signalbox\"",
      .min = 1,
      .max = 16,
      .help = "The sender: a number like +4915112345678, or a name of at most 11 letters, digits "
              "and spaces.",
  },
  {
      .name = "To",
      .type = SETTING_ARRAY,
      .flags = SETTING_REQUIRED | SETTING_NONEMPTY,
      .min = 1,
      .max = 100,
      .help = "The recipients' numbers, each with + and the country: +4915112345678.",
  },
  {
      .name = "MaxSegments",
      .type = SETTING_INTEGER,
      .default_json = "10",
      .min = 1,
      .max = 255,
      .help = "A text that takes more messages than this is refused.",
  },
  { 0 },
};

/* E.164: + and at most 15 digits. */
static gboolean
is_number (const char *text)
{
  gsize digits = *text == '+' ? strspn (text + 1, "0123456789") : 0;

  return digits >= 5 && digits <= 15 && text[1 + digits] == '\0' && text[1] != '0';
}

static gboolean
is_sender_name (const char *text)
{
  gsize length = strlen (text);

  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != ' ')
      return FALSE;
  return length >= 1 && length <= 11;
}

static gboolean
refuse (GError **error, const char *text, const char *expected)
{
  g_autofree char *shown = g_strescape (text, NULL);

  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID, "“%s” is not %s", shown, expected);
  return FALSE;
}

static gboolean
check_settings (JsonObject *settings, char **out_pointer, GError **error)
{
  JsonArray *to = json_object_get_array_member (settings, "To");
  const char *from = json_object_get_string_member (settings, "From");

  if (!is_number (from) && !is_sender_name (from))
    {
      *out_pointer = g_strdup ("/From");
      return refuse (error, from,
                     "a number like +4915112345678 or a name of at most 11 letters, digits and "
                     "spaces");
    }
  for (guint i = 0; i < json_array_get_length (to); i++)
    {
      const char *number = json_array_get_string_element (to, i);

      if (is_number (number))
        continue;
      *out_pointer = g_strdup_printf ("/To/%u", i);
      return refuse (error, number, "a number like +4915112345678");
    }
  return outbox_check (settings, out_pointer, error);
}

const ConfigSchema connector_schema_sms = {
  .kind = "sms",
  .title = "SMS connector",
  .settings = settings_table,
  .check = check_settings,
};
