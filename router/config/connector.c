/* connector.c: one connector as its file describes it: a kind, a window, settings for the kind.
 *
 * What all connectors have stays out of the settings and so out of their digest: another
 * description, window, rate or breaker is no reason to close connections. */
#include "config/connector.h"

#include "config/check.h"
#include "config/settings.h"

/* What only the kind can judge. */
static void
check_settings (ConfigReport *report, JsonObject *settings)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *pointer = NULL;
  gsize mark = report->pointer->len;

  if (!report->file->schema->check || report->file->schema->check (settings, &pointer, &error))
    return;
  g_string_append (report->pointer, pointer ? pointer : "");
  config_report_value (report, "", "%s", error->message);
  config_report_leave (report, mark);
}

static ConfigBreaker
read_breaker (ConfigReport *report, JsonObject *common)
{
  JsonObject *settings = config_settings_object (common, "Breaker");
  ConfigBreaker breaker = {
    .window_us = config_settings_seconds (settings, "WindowSeconds"),
    .min_failures = (guint) config_settings_integer (settings, "Failures"),
    .ratio = config_settings_number (settings, "FailureRatio"),
    .probe_us = config_settings_seconds (settings, "ProbeSeconds"),
    .factor = config_settings_number (settings, "ProbeFactor"),
    .cap_us = config_settings_seconds (settings, "ProbeCapSeconds"),
  };

  if (breaker.cap_us < breaker.probe_us)
    {
      gsize mark = config_report_enter (report, "Breaker");

      config_report_enter (report, "ProbeCapSeconds");
      config_report_value (report, "Make the longest time at least as long as the first.",
                           "ProbeCapSeconds, %g s, is less than ProbeSeconds, %g s",
                           (double) breaker.cap_us / G_USEC_PER_SEC,
                           (double) breaker.probe_us / G_USEC_PER_SEC);
      config_report_leave (report, mark);
    }
  return breaker;
}

ConfigConnector *
config_connector_new (ConfigReport *report, const ConfigNames *names)
{
  const ConfigFile *file = report->file;
  JsonObject *object = json_node_get_object (file->root);
  g_autoptr (JsonObject) common = config_settings_complete (object, &config_schema_connector);
  ConfigConnector *connector = g_new0 (ConfigConnector, 1);

  config_check_object (report, names, object, file->schema, &config_schema_connector);
  connector->kind = g_strdup (file->schema->kind);
  connector->name = g_strdup (file->name);
  connector->ref = g_strconcat (connector->kind, "/", connector->name, NULL);
  connector->description = g_strdup (config_settings_string (common, "Description"));
  connector->window = (guint) config_settings_integer (common, "Concurrency");
  connector->rate = config_settings_number (common, "InvocationRateLimitPerSecond");
  connector->burst = (guint) config_settings_integer (common, "Burst");
  if (connector->burst == 0)
    connector->burst = (guint) CLAMP (connector->rate + 0.999, 1, G_MAXINT);
  connector->breaker = read_breaker (report, common);
  connector->settings = config_settings_complete (object, file->schema);
  if (report->n_problems == 0)
    check_settings (report, connector->settings);
  connector->digest = config_settings_digest (connector->settings);
  return connector;
}

ConfigConnector *
config_connector_new_bus (const char *bus, const char *description)
{
  g_autoptr (JsonObject) nothing = json_object_new ();
  g_autoptr (JsonObject) common = config_settings_complete (nothing, &config_schema_connector);
  ConfigConnector *connector = g_new0 (ConfigConnector, 1);

  connector->kind = g_strdup (config_schema_bus.kind);
  connector->name = g_strdup (bus);
  connector->ref = g_strconcat (connector->kind, "/", bus, NULL);
  connector->description = g_strdup (description);
  connector->window = (guint) config_settings_integer (common, "Concurrency");
  connector->breaker = read_breaker (NULL, common);
  connector->burst = 1;
  connector->settings = config_settings_complete (nothing, &config_schema_bus);
  connector->digest = config_settings_digest (connector->settings);
  return connector;
}

void
config_connector_inherit (ConfigConnector *connector,
                          const ConfigSchema *schema,
                          const ConfigRouter *router)
{
  g_autoptr (GList) names = NULL;
  JsonObject *settings;
  JsonArray *allowed;

  if (!router->allow_addresses || !config_schema_find (schema, CONFIG_ALLOW_ADDRESSES) ||
      json_object_has_member (connector->settings, CONFIG_ALLOW_ADDRESSES))
    return;
  settings = json_object_new ();
  names = json_object_get_members (connector->settings);
  for (GList *link = names; link; link = link->next)
    json_object_set_member (
        settings, link->data,
        json_node_ref (json_object_get_member (connector->settings, link->data)));
  allowed = json_array_new ();
  for (char **address = router->allow_addresses; *address; address++)
    json_array_add_string_element (allowed, *address);
  json_object_set_array_member (settings, CONFIG_ALLOW_ADDRESSES, allowed);
  json_object_seal (settings);
  json_object_unref (connector->settings);
  connector->settings = settings;
  g_free (connector->digest);
  connector->digest = config_settings_digest (connector->settings);
}

void
config_connector_free (ConfigConnector *connector)
{
  if (!connector)
    return;
  g_free (connector->kind);
  g_free (connector->name);
  g_free (connector->ref);
  g_free (connector->description);
  json_object_unref (connector->settings);
  g_free (connector->digest);
  g_free (connector);
}
