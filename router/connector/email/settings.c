/* The email connector's settings table, and what the table alone cannot check.  Pure; any thread.
 */
#include "connector/email/settings.h"

#include "base/error.h"
#include "config/settings.h"
#include "connector/email/address.h"
#include "connector/email/email.h"
#include "connector/guard.h"
#include "connector/outbox.h"

#include <string.h>

static const char *const securities[] = { "starttls", "tls", "none", NULL };
static const guint usual_ports[] = { 587, 465, 25 };

static const ConfigSetting smtp_settings[] = {
  {
      .name = "Host",
      .type = SETTING_STRING,
      .flags = SETTING_REQUIRED | SETTING_NONEMPTY,
      .min = 1,
      .max = 253,
      .help = "The mail server's name or address.",
  },
  {
      .name = "Port",
      .type = SETTING_INTEGER,
      .min = 1,
      .max = 65535,
      .help = "Its port; without it 587 with starttls, 465 with tls, 25 with none.",
  },
  {
      .name = "Security",
      .type = SETTING_STRING,
      .default_json = "\"starttls\"",
      .choices = securities,
      .help = "starttls: TLS is asked for, and nothing is sent to a server that does not have it; "
              "tls: from the first byte on; none: in the clear.",
  },
  {
      .name = "User",
      .type = SETTING_STRING,
      .flags = SETTING_NONEMPTY,
      .min = 1,
      .max = 255,
      .help = "Who logs in; without it nobody does.",
  },
  {
      .name = "Secret",
      .type = SETTING_OBJECT,
      .nested = &config_schema_secret,
      .help = "The password, by name.",
  },
  {
      .name = "HelloName",
      .type = SETTING_STRING,
      .flags = SETTING_NONEMPTY,
      .min = 1,
      .max = 253,
      .help = "What the router calls itself to the server; without it the machine's name.",
  },
  {
      .name = "CaFile",
      .type = SETTING_STRING,
      .flags = SETTING_NONEMPTY,
      .min = 1,
      .max = 4096,
      .help = "Certificates of authorities that are believed, in place of the system's.",
  },
  {
      .name = "TimeoutSeconds",
      .type = SETTING_INTEGER,
      .default_json = "60",
      .min = 1,
      .max = 3600,
      .unit = "s",
      .help = "A mail that was not taken within this time is tried again later.",
  },
  {
      .name = "ConnectTimeoutSeconds",
      .type = SETTING_INTEGER,
      .default_json = "10",
      .min = 1,
      .max = 600,
      .unit = "s",
      .help = "The part of it for name look-up, connection and TLS.",
  },
  { 0 },
};

static const ConfigSchema smtp_schema = {
  .kind = "smtp",
  .title = "Mail server",
  .settings = smtp_settings,
};

static const ConfigSetting settings_table[] = {
  {
      .name = "Outbox",
      .type = SETTING_STRING,
      .flags = SETTING_NONEMPTY,
      .min = 1,
      .max = 1024,
      .help = "The Maildir that mails are put into; a relative path begins in the state folder. "
              "Without it, and without Smtp: outbox/email/ and the connector's name.",
  },
  {
      .name = "Smtp",
      .type = SETTING_OBJECT,
      .nested = &smtp_schema,
      .help = "The server that mails are sent by, in place of an Outbox.",
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
      .help = "The recipients, each written like the sender; <$.detail.email> stands for what the "
              "event has there.",
  },
  {
      .name = "Cc",
      .type = SETTING_ARRAY,
      .max = 100,
      .help = "More recipients, who are shown as such; written like To.",
  },
  {
      .name = "ReplyTo",
      .type = SETTING_STRING,
      .flags = SETTING_NONEMPTY,
      .min = 1,
      .max = 500,
      .help = "Where answers go; written like To.",
  },
  {
      .name = "Subject",
      .type = SETTING_STRING,
      .flags = SETTING_NONEMPTY,
      .default_json = "\"<detail-type> (<source>)\"",
      .min = 1,
      .max = 500,
      .help = "The subject; <source>, <detail-type>, <bus>, <rule>, <time>, <event-id> and paths "
              "such as <$.detail.id> stand for what the event says.",
  },
  {
      .name = "Text",
      .type = SETTING_STRING,
      .flags = SETTING_NONEMPTY,
      .min = 1,
      .max = 65536,
      .help = "The mail's text, with places as in the subject; what is delivered, without it.",
  },
  {
      .name = "Html",
      .type = SETTING_STRING,
      .flags = SETTING_NONEMPTY,
      .min = 1,
      .max = 65536,
      .help = "The same as HTML, beside the text; values of events are escaped.",
  },
  {
      .name = "Attachment",
      .type = SETTING_STRING,
      .flags = SETTING_NONEMPTY,
      .min = 1,
      .max = 200,
      .help = "What is delivered is attached as a file of this name, with places as in the "
              "subject.",
  },
  GUARD_SETTING,
  { 0 },
};

/* ---- Checking ------------------------------------------------------------------------------ */

/* FALSE with the pointer in out_pointer. */
static gboolean
judge (gboolean is_right, const char *pointer, guint index, char **out_pointer)
{
  if (!is_right)
    *out_pointer = strstr (pointer, "%u") != NULL
                       ? g_strdup_printf ("%.*s%u", (int) (strlen (pointer) - 2), pointer, index)
                       : g_strdup (pointer);
  return is_right;
}

static gboolean
check_address (const char *text, GError **error)
{
  g_autofree char *address = address_format (text, error);

  return address != NULL;
}

/* What is the same for every event must be an address now. */
static gboolean
check_recipient (const char *text, GError **error)
{
  g_autoptr (Template) template_ = template_new (text, error);

  return template_ != NULL && (!template_is_constant (template_) || check_address (text, error));
}

static gboolean
check_template (const char *text, GError **error)
{
  g_autoptr (Template) template_ = text != NULL ? template_new (text, error) : NULL;

  return text == NULL || template_ != NULL;
}

static gboolean
check_list (JsonObject *settings,
            const char *key,
            const char *pointer,
            char **out_pointer,
            GError **error)
{
  JsonArray *array = config_settings_array (settings, key);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    if (!judge (check_recipient (json_array_get_string_element (array, i), error), pointer, i,
                out_pointer))
      return FALSE;
  return TRUE;
}

static gboolean
check_texts (JsonObject *settings, char **out_pointer, GError **error)
{
  static const char *const keys[] = { "/Subject", "/Text", "/Html", "/Attachment" };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (!judge (check_template (config_settings_string (settings, keys[i] + 1), error), keys[i], 0,
                out_pointer))
      return FALSE;
  return TRUE;
}

/* Letters, digits and what else a name or an address has: nothing that a URL or a command could
 * take for something else. */
static gboolean
check_host (const char *text, const char *more, GError **error)
{
  for (const char *p = text; p != NULL && *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr (more, *p) == NULL)
      {
        g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                     "“%.64s” is no name of a host, expected one like “mail.example.org”", text);
        return FALSE;
      }
  return TRUE;
}

static gboolean
is_clean (const char *text)
{
  for (const char *p = text; p != NULL && *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      return FALSE;
  return TRUE;
}

/* A password in the clear is everybody's. */
static gboolean
check_login (JsonObject *smtp, char **out_pointer, GError **error)
{
  const char *user = config_settings_string (smtp, "User");
  gboolean has_secret = config_settings_object (smtp, "Secret") != NULL;
  const char *problem = NULL;

  if ((user != NULL) != has_secret)
    problem = "a login needs both User and Secret";
  else if (user != NULL && !is_clean (user))
    problem = "the user has a control character in it";
  else if (user != NULL && g_str_equal (config_settings_string (smtp, "Security"), "none"))
    problem = "a password is not sent in the clear; set Security to starttls or tls";
  if (problem != NULL)
    g_set_error_literal (error, ROUTER_ERROR, ROUTER_ERROR_INVALID, problem);
  return judge (problem == NULL, "/Smtp/User", 0, out_pointer);
}

static gboolean
check_smtp (JsonObject *settings, char **out_pointer, GError **error)
{
  JsonObject *smtp = config_settings_object (settings, "Smtp");

  if (smtp == NULL)
    return TRUE;
  if (config_settings_string (settings, "Outbox") != NULL)
    {
      g_set_error_literal (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                           "mails go to a server or into an Outbox, not both; remove one of them");
      return judge (FALSE, "/Outbox", 0, out_pointer);
    }
  return judge (check_host (config_settings_string (smtp, "Host"), ".-:", error), "/Smtp/Host", 0,
                out_pointer) &&
         judge (check_host (config_settings_string (smtp, "HelloName"), ".-", error),
                "/Smtp/HelloName", 0, out_pointer) &&
         check_login (smtp, out_pointer, error);
}

static gboolean
check_settings (JsonObject *settings, char **out_pointer, GError **error)
{
  const char *reply_to = config_settings_string (settings, "ReplyTo");

  return judge (check_address (config_settings_string (settings, "From"), error), "/From", 0,
                out_pointer) &&
         check_list (settings, "To", "/To/%u", out_pointer, error) &&
         check_list (settings, "Cc", "/Cc/%u", out_pointer, error) &&
         judge (reply_to == NULL || check_recipient (reply_to, error), "/ReplyTo", 0,
                out_pointer) &&
         check_texts (settings, out_pointer, error) && check_smtp (settings, out_pointer, error) &&
         outbox_check (settings, out_pointer, error) && guard_check (settings, out_pointer, error);
}

const ConfigSchema connector_schema_email = {
  .kind = "email",
  .title = "Email connector",
  .settings = settings_table,
  .check = check_settings,
};

/* ---- Reading ------------------------------------------------------------------------------- */

static GPtrArray *
read_templates (JsonObject *settings, const char *key)
{
  g_auto (GStrv) texts = config_settings_strings (settings, key);
  GPtrArray *templates = g_ptr_array_new_with_free_func ((GDestroyNotify) template_free);

  for (guint i = 0; texts != NULL && texts[i] != NULL; i++)
    g_ptr_array_add (templates, template_new (texts[i], NULL));
  return templates;
}

static Template *
read_template (JsonObject *settings, const char *key)
{
  const char *text = config_settings_string (settings, key);

  return text != NULL ? template_new (text, NULL) : NULL;
}

static SmtpSecurity
read_security (JsonObject *smtp)
{
  const char *security = config_settings_string (smtp, "Security");

  for (guint i = 0; securities[i] != NULL; i++)
    if (strcmp (securities[i], security) == 0)
      return (SmtpSecurity) i;
  return SMTP_STARTTLS;
}

static void
read_smtp (EmailSettings *self, JsonObject *smtp, const ConnectorHost *host)
{
  const char *ca_file = config_settings_string (smtp, "CaFile");
  JsonObject *secret = config_settings_object (smtp, "Secret");

  self->is_smtp = TRUE;
  self->host = g_strdup (config_settings_string (smtp, "Host"));
  self->hello = g_strdup (config_settings_string (smtp, "HelloName"));
  self->ca_file = ca_file != NULL ? g_canonicalize_filename (ca_file, host->state_dir) : NULL;
  self->user = g_strdup (config_settings_string (smtp, "User"));
  self->secret = secret != NULL ? g_strdup (config_settings_string (secret, "Secret")) : NULL;
  self->smtp = (SmtpSettings){
    .host = self->host,
    .port = (guint) config_settings_integer (smtp, "Port"),
    .security = read_security (smtp),
    .hello = self->hello,
    .ca_file = self->ca_file,
    .egress = self->egress,
    .timeout_ms = (long) config_settings_integer (smtp, "TimeoutSeconds") * 1000,
    .connect_timeout_ms = (long) config_settings_integer (smtp, "ConnectTimeoutSeconds") * 1000,
    .max_kept_bytes = host->max_response_bytes,
    .resolve = host->resolve,
  };
  if (self->smtp.port == 0)
    self->smtp.port = usual_ports[self->smtp.security];
}

EmailSettings *
email_settings_new (JsonObject *settings, const ConnectorHost *host)
{
  JsonObject *smtp = config_settings_object (settings, "Smtp");
  EmailSettings *self = g_new0 (EmailSettings, 1);

  self->from = address_format (config_settings_string (settings, "From"), NULL);
  self->to = read_templates (settings, "To");
  self->cc = read_templates (settings, "Cc");
  self->reply_to = read_template (settings, "ReplyTo");
  self->subject = read_template (settings, "Subject");
  self->text = read_template (settings, "Text");
  self->html = read_template (settings, "Html");
  self->file_name = read_template (settings, "Attachment");
  self->egress = guard_egress_new (settings);
  if (smtp != NULL)
    read_smtp (self, smtp, host);
  return self;
}

void
email_settings_free (EmailSettings *settings)
{
  g_free (settings->from);
  g_ptr_array_unref (settings->to);
  g_ptr_array_unref (settings->cc);
  g_clear_pointer (&settings->reply_to, template_free);
  g_clear_pointer (&settings->subject, template_free);
  g_clear_pointer (&settings->text, template_free);
  g_clear_pointer (&settings->html, template_free);
  g_clear_pointer (&settings->file_name, template_free);
  g_free (settings->host);
  g_free (settings->hello);
  g_free (settings->ca_file);
  g_free (settings->user);
  g_free (settings->secret);
  egress_free (settings->egress);
  g_free (settings);
}
