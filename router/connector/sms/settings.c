/* The sms connector's settings table, and what the table alone cannot check.  Pure; any thread. */
#include "connector/sms/sms.h"

#include "base/error.h"
#include "config/settings.h"
#include "connector/guard.h"
#include "connector/outbox.h"
#include "connector/sms/gateway.h"
#include "connector/template.h"

#include <string.h>

static const ConfigSetting settings_table[] = {
  {
      .name = "Outbox",
      .type = SETTING_STRING,
      .flags = SETTING_NONEMPTY,
      .min = 1,
      .max = 1024,
      .help = "The folder that messages are put into; a relative path begins in the state folder. "
              "Without it, and without Gateway: outbox/sms/ and the connector's name.",
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
      .help = "The recipients' numbers, each with + and the country: +4915112345678; "
              "<$.detail.phone> stands for what the event has there.",
  },
  {
      .name = "Text",
      .type = SETTING_STRING,
      .flags = SETTING_NONEMPTY,
      .min = 1,
      .max = 4096,
      .help =
          "The text, with places as in To, and <source>, <detail-type>, <time> and others; what "
          "is delivered, without it.",
  },
  {
      .name = "Gateway",
      .type = SETTING_OBJECT,
      .nested = &gateway_schema,
      .help = "The HTTP service that sends the messages, in place of an Outbox.",
  },
  {
      .name = "MaxSegments",
      .type = SETTING_INTEGER,
      .default_json = "10",
      .min = 1,
      .max = 255,
      .help = "A text that takes more messages than this is refused.",
  },
  GUARD_SETTING,
  { 0 },
};

gboolean
sms_is_number (const char *text)
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

/* What is the same for every event must be a number now. */
static gboolean
check_recipient (const char *text, GError **error)
{
  g_autoptr (Template) template_ = template_new (text, error);

  if (template_ == NULL)
    return FALSE;
  return !template_is_constant (template_) || sms_is_number (text) ||
         refuse (error, text, "a number like +4915112345678");
}

static gboolean
check_text (JsonObject *settings, char **out_pointer, GError **error)
{
  const char *text = config_settings_string (settings, "Text");
  g_autoptr (Template) template_ = text != NULL ? template_new (text, error) : NULL;

  if (text == NULL || template_ != NULL)
    return TRUE;
  *out_pointer = g_strdup ("/Text");
  return FALSE;
}

static gboolean
check_way (JsonObject *settings, char **out_pointer, GError **error)
{
  if (config_settings_object (settings, "Gateway") == NULL ||
      config_settings_string (settings, "Outbox") == NULL)
    return gateway_check (settings, out_pointer, error);
  *out_pointer = g_strdup ("/Outbox");
  g_set_error_literal (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                       "messages go to a gateway or into an Outbox, not both; remove one of them");
  return FALSE;
}

static gboolean
check_settings (JsonObject *settings, char **out_pointer, GError **error)
{
  JsonArray *to = json_object_get_array_member (settings, "To");
  const char *from = json_object_get_string_member (settings, "From");

  if (!sms_is_number (from) && !is_sender_name (from))
    {
      *out_pointer = g_strdup ("/From");
      return refuse (error, from,
                     "a number like +4915112345678 or a name of at most 11 letters, digits and "
                     "spaces");
    }
  for (guint i = 0; i < json_array_get_length (to); i++)
    {
      const char *number = json_array_get_string_element (to, i);

      if (check_recipient (number, error))
        continue;
      *out_pointer = g_strdup_printf ("/To/%u", i);
      return FALSE;
    }
  return check_text (settings, out_pointer, error) && check_way (settings, out_pointer, error) &&
         outbox_check (settings, out_pointer, error) && guard_check (settings, out_pointer, error);
}

const ConfigSchema connector_schema_sms = {
  .kind = "sms",
  .title = "SMS connector",
  .settings = settings_table,
  .check = check_settings,
};
