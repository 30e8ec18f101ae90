/* Opening, replacing and closing connectors.
 *
 * What must stay true: an instance that is in the table is the one for new sends; a retired one
 * takes none and is closed when it has no users, but never from within a done of its own, on whose
 * stack it still is. */
#include "deliver/instances.h"

#include "base/error.h"
#include "connector/wakeup.h"

struct Instances
{
  const ConnectorHost *host;
  GHashTable *open; /* "webhook/billing" -> Instance */
  GQueue retired;   /* Instance */
  GSource *closer;  /* ready when a retired one has no users */
};

struct Instance
{
  Instances *owner;
  Connector *connector;
  char *ref;
  char *digest;
  guint n_users;
  gboolean is_retired;
};

static void
instance_close (Instance *instance)
{
  instance->connector->kind->close (instance->connector);
  g_free (instance->ref);
  g_free (instance->digest);
  g_free (instance);
}

static void
close_retired (Instances *instances)
{
  for (GList *link = instances->retired.head; link != NULL;)
    {
      GList *next = link->next;
      Instance *instance = link->data;

      if (instance->n_users == 0)
        {
          g_queue_delete_link (&instances->retired, link);
          instance_close (instance);
        }
      link = next;
    }
}

static gboolean
close_retired_cb (gpointer data)
{
  close_retired (data);
  return G_SOURCE_CONTINUE;
}

/* Is the one before it still at work?  FALSE with an error when it is. */
static gboolean
check_alone (Instances *instances, const ConnectorKind *kind, const char *ref, GError **error)
{
  if (!kind->is_exclusive)
    return TRUE;
  close_retired (instances);
  for (GList *link = instances->retired.head; link != NULL; link = link->next)
    if (g_str_equal (((const Instance *) link->data)->ref, ref))
      {
        g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE,
                     "%s is still at work with its former settings", ref);
        return FALSE;
      }
  return TRUE;
}

Instances *
instances_new (const ConnectorHost *host)
{
  Instances *instances = g_new0 (Instances, 1);

  instances->host = host;
  instances->open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  instances->closer = wakeup_new ("connector closer", host->context, close_retired_cb, instances);
  return instances;
}

void
instances_free (Instances *instances)
{
  GHashTableIter iter;
  gpointer instance;

  g_hash_table_iter_init (&iter, instances->open);
  while (g_hash_table_iter_next (&iter, NULL, &instance))
    instance_close (instance);
  while ((instance = g_queue_pop_head (&instances->retired)) != NULL)
    instance_close (instance);
  g_hash_table_unref (instances->open);
  wakeup_free (instances->closer);
  g_free (instances);
}

/* Taken out of the table by the caller. */
static void
retire (Instance *instance)
{
  Instances *instances = instance->owner;

  instance->is_retired = TRUE;
  g_queue_push_tail (&instances->retired, instance);
  wakeup_now (instances->closer);
}

static Instance *
open_instance (Instances *instances, const ConfigConnector *config, GError **error)
{
  const ConnectorKind *kind = connector_kind_by_name (config->kind);
  Connector *connector;
  Instance *instance;

  if (kind == NULL)
    {
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID, "%s: there is no kind “%s”",
                   config->ref, config->kind);
      return NULL;
    }
  if (!check_alone (instances, kind, config->ref, error))
    return NULL;
  connector = connector_open (kind, config->name, config->settings, instances->host, error);
  if (connector == NULL)
    return NULL;

  instance = g_new0 (Instance, 1);
  instance->owner = instances;
  instance->connector = connector;
  instance->ref = g_strdup (config->ref);
  instance->digest = g_strdup (config->digest);
  return instance;
}

Instance *
instances_use (Instances *instances, const ConfigConnector *config, GError **error)
{
  Instance *instance = g_hash_table_lookup (instances->open, config->ref);

  if (instance != NULL && !g_str_equal (instance->digest, config->digest))
    {
      g_hash_table_remove (instances->open, config->ref);
      retire (instance);
      instance = NULL;
    }
  if (instance == NULL)
    {
      instance = open_instance (instances, config, error);
      if (instance == NULL)
        return NULL;
      g_hash_table_insert (instances->open, g_strdup (config->ref), instance);
    }
  instance->n_users++;
  return instance;
}

void
instance_send (Instance *instance,
               const ConnectorRequest *request,
               ConnectorDone done,
               gpointer user_data)
{
  instance->connector->kind->send (instance->connector, request, done, user_data);
}

void
instance_probe (Instance *instance, ConnectorDone done, gpointer user_data)
{
  instance->connector->kind->probe (instance->connector, done, user_data);
}

void
instance_release (Instance *instance)
{
  g_assert (instance->n_users > 0);
  instance->n_users--;
  if (instance->is_retired && instance->n_users == 0)
    wakeup_now (instance->owner->closer);
}

void
instances_reconfigure (Instances *instances, const Configuration *configuration)
{
  GHashTableIter iter;
  gpointer ref, instance;

  g_hash_table_iter_init (&iter, instances->open);
  while (g_hash_table_iter_next (&iter, &ref, &instance))
    {
      const ConfigConnector *config = g_hash_table_lookup (configuration->connectors, ref);

      if (config != NULL && g_str_equal (config->digest, ((Instance *) instance)->digest))
        continue;
      g_hash_table_iter_remove (&iter);
      retire (instance);
    }
}
