/* The email connector's settings table, and what the table alone cannot check.  Pure; any thread.
 */
#include "connector/email/email.h"

#include "connector/email/address.h"
#include "connector/outbox.h"

static const ConfigSetting settings_table[] = {
  {
      .name = "Outbox",
      .type = SETTING_STRING,
      .flags = SETTING_NONEMPTY,
      .min = 1,
      .max = 1024,
      .help = "The Maildir that mails are put into; a relative path begins in the state folder. "
              "Without it: outbox/email/ and the connector's name.",
  },
  {
      .name = "From",
      .type = SETTING_STRING,
      .flags = SETTING_NONEMPTY,
      .default_json = "\"Signalbox <signalbox@localhost>\"",
      .min = 3,
      .max = 320,
      .help = "The sender: ops@example.org or Name <ops@example.org>.",
  },
  {
      .name = "To",
      .type = SETTING_ARRAY,
      .flags = SETTING_REQUIRED | SETTING_NONEMPTY,
      .min = 1,
      .max = 100,
      .help = "The recipients, each written like the sender.",
  },
  {
      .name = "Subject",
      .type = SETTING_STRING,
      .flags = SETTING_NONEMPTY,
      .default_json = "\"<detail-type> (<source>)\"",
      .min = 1,
      .max = 500,
      .help = "The subject; <source>, <detail-type>, <bus>, <rule>, <time> and <event-id> stand "
              "for what the event says.",
  },
  { 0 },
};

/* TRUE, or an error with pointer in out_pointer. */
static gboolean
check_address (const char *text, char *pointer, char **out_pointer, GError **error)
{
  g_autofree char *kept = pointer;
  g_autofree char *address = address_format (text, error);

  if (address != NULL)
    return TRUE;
  *out_pointer = g_steal_pointer (&kept);
  return FALSE;
}

static gboolean
check_settings (JsonObject *settings, char **out_pointer, GError **error)
{
  JsonArray *to = json_object_get_array_member (settings, "To");

  if (!check_address (json_object_get_string_member (settings, "From"), g_strdup ("/From"),
                      out_pointer, error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (to); i++)
    if (!check_address (json_array_get_string_element (to, i), g_strdup_printf ("/To/%u", i),
                        out_pointer, error))
      return FALSE;
  return outbox_check (settings, out_pointer, error);
}

const ConfigSchema connector_schema_email = {
  .kind = "email",
  .title = "Email connector",
  .settings = settings_table,
  .check = check_settings,
};
