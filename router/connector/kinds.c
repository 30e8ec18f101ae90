/* The list of the kinds that are built in: a new one is a folder and a line in each table here.
 * Constant data; any thread. */
#include "connector/connector.h"

#include "config/queue.h"
#include "connector/bus/bus.h"
#include "connector/email/email.h"
#include "connector/exec/exec.h"
#include "connector/file/file.h"
#include "connector/log/log.h"
#include "connector/queue/queue.h"
#include "connector/sms/sms.h"
#include "connector/webhook/webhook.h"

static const ConnectorKind *const kinds[] = {
  &connector_kind_webhook, &connector_kind_file,  &connector_kind_email,
  &connector_kind_sms,     &connector_kind_queue, &connector_kind_exec,
  &connector_kind_log,     &connector_kind_bus,   NULL,
};

/* Not of the bus, which the configuration knows by itself. */
static const ConfigSchema *const schemas[] = {
  &connector_schema_webhook, &connector_schema_file, &connector_schema_email, &connector_schema_sms,
  &config_schema_queue,      &connector_schema_exec, &connector_schema_log,   NULL,
};

G_STATIC_ASSERT (G_N_ELEMENTS (kinds) == G_N_ELEMENTS (schemas) + 1);

const ConnectorKind *const *
connector_kinds (void)
{
  return kinds;
}

const ConnectorKind *
connector_kind_by_name (const char *kind)
{
  for (guint i = 0; kinds[i] != NULL; i++)
    if (g_str_equal (kinds[i]->kind, kind))
      return kinds[i];
  return NULL;
}

const ConfigSchema *const *
connector_schemas (void)
{
  return schemas;
}

Connector *
connector_open (const ConnectorKind *kind,
                const char *name,
                JsonObject *settings,
                const ConnectorHost *host,
                GError **error)
{
  g_autofree char *pointer = NULL;
  Connector *connector;

  g_return_val_if_fail (!kind->is_stored, NULL);
  if (kind->schema->check != NULL && !kind->schema->check (settings, &pointer, error))
    {
      g_prefix_error (error, "%s/%s: %s%s", kind->kind, name, pointer != NULL ? pointer + 1 : "",
                      pointer != NULL ? ": " : "");
      return NULL;
    }
  connector = kind->open (name, settings, host, error);
  if (connector == NULL)
    g_prefix_error (error, "%s/%s: ", kind->kind, name);
  return connector;
}
