/* instances.h: the open connectors.  Delivery thread.
 *
 * A connector is opened by the first delivery that needs it, and again when its settings have
 * changed; the old one is closed when its last send is done. */
#pragma once

#include "config/configuration.h"
#include "connector/connector.h"

G_BEGIN_DECLS

typedef struct Instances Instances;
typedef struct Instance Instance;

/* host outlives the instances. */
Instances *instances_new (const ConnectorHost *host);

/* Closes all; sends that are under way are given up without their done being called. */
void instances_free (Instances *instances);

/* The connector as it is configured now.  It is in use until instance_release(), which belongs into
 * the send's done.  Never from within a done.  ROUTER_ERROR_UNAVAILABLE: what it writes to is still
 * written to by the one before it; try again soon. */
Instance *instances_use (Instances *instances, const ConfigConnector *config, GError **error);
void instance_send (Instance *instance,
                    const ConnectorRequest *request,
                    ConnectorDone done,
                    gpointer user_data);
/* The connector's kind has a probe. */
void instance_probe (Instance *instance, ConnectorDone done, gpointer user_data);
void instance_release (Instance *instance);

/* Lets go of those that the configuration does not have, or has with other settings. */
void instances_reconfigure (Instances *instances, const Configuration *configuration);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Instances, instances_free)

G_END_DECLS
