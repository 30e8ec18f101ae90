/* From counters, the breakers and what connectors were last seen to do. */
#include "http/trouble.h"

#include <string.h>

#define MAX_PROBLEMS 200
/* What still grows has grown within this time. */
#define TREND_MINUTES 5

static void
trouble_free (gpointer data)
{
  Trouble *trouble = data;

  g_free (trouble->fingerprint);
  g_free (trouble->error_code);
  g_free (trouble->message);
  g_free (trouble->sentence);
  g_free (trouble);
}

void
troubles_clear (Troubles *troubles)
{
  g_clear_pointer (&troubles->list, g_ptr_array_unref);
  g_clear_pointer (&troubles->holds, g_ptr_array_unref);
  dead_groups_clear (&troubles->groups);
  g_clear_pointer (&troubles->snapshot, snapshot_unref);
}

/* ---- Dead letters ---- */

static gint64
worked_at (const Troubles *troubles, const char *connector)
{
  g_auto (PulseState) pulse = { 0 };

  pulse_get (troubles->api->setup.pulse, connector, &pulse);
  return pulse.worked_us;
}

static char *
dead_sentence (const DeadGroup *group)
{
  const StoredDeadGroup *stored = group->first;
  g_autofree char *last = clock_format_seconds (group->last_us);

  return g_strdup_printf ("%" G_GINT64_FORMAT " %s of rule %s to %s, the last at %s: %s%s%s",
                          group->n, group->n == 1 ? "dead letter" : "dead letters", stored->rule,
                          stored->connector, last, dead_reason_sentence (stored->dead),
                          *group->message != '\0' ? ": " : "", group->message);
}

static void
add_dead (Troubles *troubles, const DeadGroup *group, gint64 now_us)
{
  const StoredDeadGroup *stored = group->first;
  gint64 worked_us = worked_at (troubles, stored->connector);
  Trouble *trouble = g_new0 (Trouble, 1);

  *trouble = (Trouble){
    .fingerprint = g_strdup (group->fingerprint),
    .kind = "dead-letters",
    .connector = stored->connector,
    .rule = stored->rule,
    .cause = dead_reason_name (stored->dead),
    .trend = now_us - group->last_us < TREND_MINUTES * G_TIME_SPAN_MINUTE ? "growing" : "steady",
    .status = stored->status,
    .error_code = g_strdup (stored->error_code),
    .message = g_strdup (group->message),
    .sentence = dead_sentence (group),
    .n = group->n,
    .first_us = group->first_us,
    .last_us = group->last_us,
    .worked_us = worked_us,
    .sample = group->sample,
  };
  g_ptr_array_add (troubles->list, trouble);
}

/* ---- Connectors ---- */

static const StoredHold *
find_hold (const Troubles *troubles, const char *connector)
{
  for (guint i = 0; i < troubles->holds->len; i++)
    if (strcmp (((const StoredHold *) troubles->holds->pdata[i])->connector, connector) == 0)
      return troubles->holds->pdata[i];
  return NULL;
}

static char *
failing_sentence (const char *connector, const PulseState *pulse, gint64 since_us, gint64 n)
{
  g_autofree char *since = clock_format_seconds (since_us);
  g_autofree char *worked = pulse->worked_us != 0 ? clock_format_seconds (pulse->worked_us) : NULL;
  g_autofree char *what = pulse->status != 0 ? g_strdup_printf ("answers %d", pulse->status)
                                             : g_strdup ("fails");

  return g_strdup_printf ("%s %s since %s; %" G_GINT64_FORMAT " %s; %s%s%s%s", connector, what,
                          since, n, n == 1 ? "delivery waits" : "deliveries wait",
                          worked != NULL ? "it last worked at " : "it is not known to have worked",
                          worked != NULL ? worked : "", *pulse->note != '\0' ? ": " : "",
                          pulse->note);
}

static const char *
trend_of (Series *series, const char *connector)
{
  guint64 lately = series_sum (series, SERIES_CONNECTOR, connector, SERIES_FAILED, SERIES_MINUTES,
                               TREND_MINUTES);
  guint64 both = series_sum (series, SERIES_CONNECTOR, connector, SERIES_FAILED, SERIES_MINUTES,
                             2 * TREND_MINUTES);

  return lately > both - lately ? "growing" : lately < both - lately ? "falling" : "steady";
}

/* A connector has one problem at a time: what it last failed with. */
static void
add_connector (Troubles *troubles, const char *connector, gint64 pending, Series *series)
{
  const StoredHold *hold = find_hold (troubles, connector);
  gboolean is_shut = hold != NULL && hold->shut_us != 0;
  g_auto (PulseState) pulse = { 0 };
  g_autofree char *key = NULL, *digest = NULL;
  gint64 first_us;
  Trouble *trouble;

  pulse_get (troubles->api->setup.pulse, connector, &pulse);
  if (!is_shut && (pulse.failing_us == 0 || pending == 0))
    return;
  first_us = pulse.failing_us != 0 ? pulse.failing_us : hold->shut_us;
  key = g_strdup_printf ("connector\n%s\n%d\n%s", connector, pulse.status, pulse.code);
  digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, key, -1);
  trouble = g_new0 (Trouble, 1);
  *trouble = (Trouble){
    .fingerprint = g_strndup (digest, 16),
    .kind = "connector",
    .connector = connector,
    .cause = is_shut ? "shut" : "failing",
    .trend = trend_of (series, connector),
    .status = pulse.status,
    .error_code = g_strdup (pulse.code),
    .message = g_strdup (is_shut && *pulse.note == '\0' ? hold->shut_reason : pulse.note),
    .sentence = failing_sentence (connector, &pulse, first_us, pending),
    .n = pending,
    .first_us = first_us,
    .last_us = MAX (pulse.failed_us, first_us),
    .worked_us = pulse.worked_us,
  };
  g_ptr_array_add (troubles->list, trouble);
}

static gint64
pending_of (const gint64 *counts)
{
  gint64 pending = 0;

  for (guint state = DELIVERY_READY; state < DELIVERY_N_STATES; state++)
    if (store_is_unsettled ((DeliveryState) state))
      pending += counts[state];
  return pending;
}

static gboolean
add_connectors (Troubles *troubles, GError **error)
{
  Api *api = troubles->api;
  g_auto (ApiCounts) counted = { 0 };
  GHashTableIter iter;
  gpointer name;
  Series *series;

  if (!api_counts_load (&counted, api->setup.store, error) ||
      !sampler_lock (api->sampler, &series, error))
    return FALSE;
  g_hash_table_iter_init (&iter, troubles->snapshot->configuration->connectors);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    add_connector (troubles, name, pending_of (api_counts_get (counted.by_connector, name)),
                   series);
  sampler_unlock (api->sampler);
  return TRUE;
}

/* ---- The router itself ---- */

static Trouble *
add_own (Troubles *troubles, const char *kind, const char *cause, const char *key)
{
  g_autofree char *text = g_strjoin ("\n", kind, cause, key, NULL);
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  Trouble *trouble = g_new0 (Trouble, 1);

  *trouble = (Trouble){
    .fingerprint = g_strndup (digest, 16),
    .kind = kind,
    .cause = cause,
    .trend = "steady",
    .error_code = g_strdup (""),
    .last_us = clock_wall_us (troubles->api->setup.clock),
    .n = 1,
  };
  g_ptr_array_add (troubles->list, trouble);
  return trouble;
}

/* A certificate that cannot be used is a trouble before its time is, and beside it. */
static void
add_certificate (Troubles *troubles)
{
  gint64 warn_us = (gint64) troubles->snapshot->configuration->router.certificate_warn_days *
                   G_TIME_SPAN_DAY;
  gint64 now_us = clock_wall_us (troubles->api->setup.clock);
  g_auto (HttpTlsState) state = { 0 };
  g_autofree char *expires = NULL;
  Trouble *trouble;
  gboolean is_over;

  if (troubles->api->tls == NULL)
    return;
  http_tls_describe (troubles->api->tls, &state);
  if (state.problem != NULL)
    {
      trouble = add_own (troubles, "certificate", "unusable", state.subject);
      trouble->message = g_strdup (state.problem);
      trouble->sentence = g_strdup_printf ("The new certificate is not used, the one before is: %s",
                                           state.problem);
    }
  if (state.expires_us - now_us >= warn_us)
    return;
  is_over = state.expires_us <= now_us;
  expires = clock_format_seconds (state.expires_us);
  trouble = add_own (troubles, "certificate", is_over ? "expired" : "expires-soon", expires);
  trouble->message = g_strdup (state.subject);
  trouble->first_us = state.expires_us - warn_us;
  trouble->until_us = state.expires_us;
  trouble->sentence = g_strdup_printf (is_over
                                           ? "The certificate of %s expired at %s: clients refuse "
                                             "to connect; put a new one into its files"
                                           : "The certificate of %s expires at %s; put a new one "
                                             "into its files, no restart is needed",
                                       state.subject, expires);
}

static void
add_disk (Troubles *troubles)
{
  Trouble *trouble;
  WriterStats stats;

  writer_stats (troubles->api->setup.writer, &stats);
  if (!stats.disk_full && !stats.disk_blocked)
    return;
  trouble = add_own (troubles, "disk", stats.disk_full ? "full" : "blocked", "");
  trouble->n = stats.queued_events;
  trouble->message = g_strdup (troubles->api->setup.state_dir);
  trouble->sentence = g_strdup_printf (
      stats.disk_full ? "The disk of %s is full: no event is taken in until there is room"
                      : "The disk of %s takes nothing, it is read-only or fails: no event is taken "
                        "in until it does",
      troubles->api->setup.state_dir);
}

/* ---- All ---- */

/* What the router itself has not comes before what others have not; what fails now before what has
 * failed. */
static int
rank (const Trouble *trouble)
{
  static const char *const kinds[] = { "disk", "certificate", "connector", "dead-letters" };
  int at = 0;

  while (strcmp (kinds[at], trouble->kind) != 0)
    at++;
  return at;
}

static int
compare_troubles (gconstpointer a, gconstpointer b)
{
  const Trouble *first = *(const Trouble *const *) a, *second = *(const Trouble *const *) b;
  int order = rank (first) - rank (second);

  if (order == 0 && first->n != second->n)
    order = first->n > second->n ? -1 : 1;
  return order != 0 ? order : strcmp (first->fingerprint, second->fingerprint);
}

gboolean
troubles_take (Troubles *troubles, Api *api, GError **error)
{
  Store *store = api->setup.store;
  gint64 now_us = clock_wall_us (api->setup.clock);

  troubles->api = api;
  troubles->snapshot = snapshot_current (api->setup.snapshots);
  troubles->list = g_ptr_array_new_with_free_func (trouble_free);
  if (!dead_groups_load (&troubles->groups, store, NULL, error) ||
      !store->engine->holds (store, &troubles->holds, error) || !add_connectors (troubles, error))
    return FALSE;
  add_certificate (troubles);
  add_disk (troubles);
  for (guint i = 0; i < MIN (troubles->groups.groups->len, MAX_PROBLEMS); i++)
    add_dead (troubles, troubles->groups.groups->pdata[i], now_us);
  g_ptr_array_sort (troubles->list, compare_troubles);
  return TRUE;
}

const Trouble *
troubles_find (const Troubles *troubles, const char *fingerprint)
{
  for (guint i = 0; fingerprint != NULL && i < troubles->list->len; i++)
    if (strcmp (((const Trouble *) troubles->list->pdata[i])->fingerprint, fingerprint) == 0)
      return troubles->list->pdata[i];
  return NULL;
}
