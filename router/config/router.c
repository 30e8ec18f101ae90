/* router.c: router.json: where the router listens, and its limits. */
#include "config/router.h"

#include "config/check.h"
#include "config/gate.h"
#include "config/settings.h"

#include "base/egress.h"

#include <gio/gio.h>

#include <string.h>

/* "127.0.0.1:4610" or "[::1]:4610"; NULL for all else.  Names are left out on purpose: what they
 * resolve to may change between the check and the listening. */
static GInetAddress *
parse_listen (const char *listen)
{
  const char *colon = strrchr (listen, ':');
  gsize length = colon ? (gsize) (colon - listen) : 0;
  gboolean bracketed = length > 2 && listen[0] == '[' && colon[-1] == ']';
  g_autofree char *host = NULL;
  g_autoptr (GInetAddress) address = NULL;

  if (!colon || !g_ascii_isdigit (colon[1]) ||
      !g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, NULL, NULL))
    return NULL;
  host = bracketed ? g_strndup (listen + 1, length - 2) : g_strndup (listen, length);
  address = g_inet_address_new_from_string (host);
  if (!address || g_inet_address_get_family (address) !=
                      (bracketed ? G_SOCKET_FAMILY_IPV6 : G_SOCKET_FAMILY_IPV4))
    return NULL;
  return g_steal_pointer (&address);
}

/* The server refuses the same: here it is told before a restart fails of it.  Whether there are
 * tokens, which it needs, too, only the store knows. */
static void
check_listen (ConfigReport *report, const ConfigRouter *router)
{
  const char *listen = router->listen;
  gsize mark = config_report_enter (report, "Listen");
  g_autoptr (GInetAddress) address = parse_listen (listen);

  if (!address)
    config_report_value (report,
                         "Write an address, not a name: 127.0.0.1:4610 or [::1]:4610, which only "
                         "this machine reaches.",
                         "“%s” is no address and port", listen);
  else if (!g_inet_address_get_is_loopback (address) && !router->certificate_file &&
           g_strcmp0 (listen, router->insecure_listen) != 0)
    config_report_value (
        report,
        "Give it a certificate (Tls), or listen on 127.0.0.1 or [::1] and put a proxy with TLS in "
        "front; or write the same address as InsecureListen, if what is sent may be read on the "
        "way.",
        "“%s” can be reached from other machines, without TLS", listen);
  config_report_leave (report, mark);
}

static void
check_outgoing (ConfigReport *report, const ConfigRouter *router)
{
  g_autoptr (GError) error = NULL;
  guint index = 0;
  g_autoptr (Egress) egress = egress_new ((const char *const *) router->allow_addresses, &index,
                                          &error);
  gsize mark = config_report_enter (report, "Outgoing");

  config_report_enter (report, CONFIG_ALLOW_ADDRESSES);
  config_report_enter_index (report, index);
  if (!egress)
    config_report_value (report, "", "%s", error->message);
  config_report_leave (report, mark);
}

/* A request that may not hold the largest event would make that limit a lie. */
static void
check_sizes (ConfigReport *report, const ConfigRouter *router)
{
  gsize mark = config_report_enter (report, "Limits");

  config_report_enter (report, "RequestBytes");
  if (router->request_bytes < router->event_bytes)
    config_report_value (report, "A request must have room for an event.",
                         "RequestBytes, %" G_GSIZE_FORMAT
                         ", is less than EventBytes, %" G_GSIZE_FORMAT,
                         router->request_bytes, router->event_bytes);
  config_report_leave (report, mark);
}

static gint64
keep_us (JsonObject *retention, const char *name)
{
  return config_settings_integer (retention, name) * G_USEC_PER_SEC;
}

static void
read_tls (JsonObject *tls, ConfigRouter *out_router)
{
  out_router->certificate_file = g_strdup (config_settings_string (tls, "CertificateFile"));
  out_router->key_file = g_strdup (config_settings_string (tls, "KeyFile"));
  out_router->client_ca_file = g_strdup (config_settings_string (tls, "ClientCaFile"));
  out_router->only_tls_1_3 = g_strcmp0 (config_settings_string (tls, "MinimumVersion"), "1.3") == 0;
  out_router->certificate_warn_days = (guint) config_settings_integer (tls, "WarnDays");
}

static void
read_settings (JsonObject *object, ConfigRouter *out_router)
{
  g_autoptr (JsonObject) settings = config_settings_complete (object, &config_schema_router);
  JsonObject *limits = config_settings_object (settings, "Limits");
  JsonObject *retention = config_settings_object (settings, "Retention");
  JsonObject *outgoing = config_settings_object (settings, "Outgoing");
  JsonObject *tls = config_settings_object (settings, "Tls");

  out_router->listen = g_strdup (config_settings_string (settings, "Listen"));
  out_router->insecure_listen = g_strdup (config_settings_string (settings, "InsecureListen"));
  if (tls)
    read_tls (tls, out_router);
  out_router->trusted_proxies = config_addresses_read (settings, "TrustedProxies");
  out_router->allow_addresses = config_settings_strings (outgoing, CONFIG_ALLOW_ADDRESSES);
  out_router->event_bytes = (gsize) config_settings_integer (limits, "EventBytes");
  out_router->request_bytes = (gsize) config_settings_integer (limits, "RequestBytes");
  out_router->events_per_request = (guint) config_settings_integer (limits, "EventsPerRequest");
  out_router->json_depth = (guint) config_settings_integer (limits, "JsonDepth");
  out_router->connections = (guint) config_settings_integer (limits, "Connections");
  out_router->request_s = (guint) config_settings_integer (limits, "RequestSeconds");
  out_router->queued_events = (guint) config_settings_integer (limits, "QueuedEvents");
  out_router->batch_items = (guint) config_settings_integer (limits, "BatchItems");
  out_router->response_bytes = (gsize) config_settings_integer (limits, "ResponseBytes");
  out_router->rejected_requests = (guint) config_settings_integer (limits, "RejectedRequests");
  out_router->rejected_bytes = (gsize) config_settings_integer (limits, "RejectedBytes");
  out_router->repeat_us = config_settings_seconds (limits, "RepeatSeconds");
  out_router->deliveries_in_memory = (guint) config_settings_integer (limits, "DeliveriesInMemory");
  out_router->targets_per_event = (guint) config_settings_integer (limits, "TargetsPerEvent");
  out_router->bus_hops = (guint) config_settings_integer (limits, "BusHops");
  out_router->wildcard_score = (guint) config_settings_integer (limits, "WildcardScore");
  out_router->keep_done_us = keep_us (retention, "DoneSeconds");
  out_router->keep_dead_us = keep_us (retention, "DeadSeconds");
  out_router->keep_discarded_us = keep_us (retention, "DiscardedSeconds");
  out_router->keep_bytes = config_settings_integer (retention, "Bytes");
  out_router->keep_jobs = (guint) config_settings_integer (retention, "Jobs");
  out_router->keep_audit_lines = (guint) config_settings_integer (retention, "AuditLines");
  out_router->unfinished_jobs = (guint) config_settings_integer (limits, "UnfinishedJobs");
  out_router->streams = (guint) config_settings_integer (limits, "Streams");
  out_router->metric_series = (guint) config_settings_integer (limits, "MetricSeries");
}

void
config_router_read (ConfigReport *report, const ConfigNames *names, ConfigRouter *out_router)
{
  JsonObject *object = json_node_get_object (report->file->root);

  config_check_object (report, names, object, &config_schema_router, NULL);
  config_addresses_check (report, object, "TrustedProxies");
  read_settings (object, out_router);
  if (out_router->listen)
    check_listen (report, out_router);
  /* With other mistakes in the file the numbers may not be what was meant. */
  if (report->n_problems == 0)
    check_outgoing (report, out_router);
  if (report->n_problems == 0)
    check_sizes (report, out_router);
}

void
config_router_defaults (ConfigRouter *out_router)
{
  g_autoptr (JsonObject) nothing = json_object_new ();

  read_settings (nothing, out_router);
}

void
config_router_clear (ConfigRouter *router)
{
  g_clear_pointer (&router->listen, g_free);
  g_clear_pointer (&router->insecure_listen, g_free);
  g_clear_pointer (&router->certificate_file, g_free);
  g_clear_pointer (&router->key_file, g_free);
  g_clear_pointer (&router->client_ca_file, g_free);
  g_clear_pointer (&router->trusted_proxies, g_ptr_array_unref);
  g_clear_pointer (&router->allow_addresses, g_strfreev);
}
