#include "config.h"

#include "sb-sections.h"

#include <glib/gi18n.h>

#include "sb-configuration-page.h"
#include "sb-connectors-page.h"
#include "sb-dead-groups-page.h"
#include "sb-events-page.h"
#include "sb-jobs-page.h"
#include "sb-overview-page.h"
#include "sb-problems-page.h"
#include "sb-queues-page.h"
#include "sb-retrying-page.h"
#include "sb-routes-page.h"
#include "sb-sources-page.h"
#include "sb-system-page.h"

static gint64
count_events (const SbStatus *status, char **out_words)
{
  *out_words = g_strdup_printf (ngettext ("%'lu event", "%'lu events", (gulong) status->events),
                                (gulong) status->events);
  return status->events;
}

static gint64
count_retrying (const SbStatus *status, char **out_words)
{
  gint64 n = status->waiting + status->held;

  *out_words = g_strdup_printf (ngettext ("%'lu waiting", "%'lu waiting", (gulong) n), (gulong) n);
  return n;
}

static gint64
count_dead_letters (const SbStatus *status, char **out_words)
{
  *out_words = g_strdup_printf (
      ngettext ("%'lu dead letter", "%'lu dead letters", (gulong) status->dead),
      (gulong) status->dead);
  return status->dead;
}

/* clang-format off */
static const SbSection sections[] = {
  { "overview", N_("Overview"), "sb-overview-symbolic", "plain",
    sb_overview_page_get_type, FALSE, NULL },
  { "problems", N_("Problems"), "sb-problems-symbolic", "plain",
    sb_problems_page_get_type, FALSE, NULL },
  { "routes", N_("Routes"), "sb-routes-symbolic", "plain",
    sb_routes_page_get_type, TRUE, NULL },
  { "sources", N_("Sources"), "sb-source-symbolic", "plain",
    sb_sources_page_get_type, FALSE, NULL },
  { "connectors", N_("Connectors"), "sb-webhook-symbolic", "plain",
    sb_connectors_page_get_type, FALSE, NULL },
  { "events", N_("Events"), "sb-events-symbolic", "plain",
    sb_events_page_get_type, TRUE, count_events },
  { "retrying", N_("Retrying"), "sb-waiting-symbolic", "waiting",
    sb_retrying_page_get_type, FALSE, count_retrying },
  { "dead-groups", N_("Dead Letters"), "sb-dead-letters-symbolic", "dead",
    sb_dead_groups_page_get_type, FALSE, count_dead_letters },
  { "jobs", N_("Jobs"), "sb-jobs-symbolic", "plain",
    sb_jobs_page_get_type, FALSE, NULL },
  { "queues", N_("Queues"), "sb-queues-symbolic", "plain",
    sb_queues_page_get_type, FALSE, NULL },
  { "configuration", N_("Configuration"), "sb-configuration-symbolic", "plain",
    sb_configuration_page_get_type, TRUE, NULL },
  { "system", N_("System"), "sb-system-symbolic", "plain",
    sb_system_page_get_type, FALSE, NULL },
};
/* clang-format on */

const SbSection *
sb_sections_get (guint *out_n)
{
  *out_n = G_N_ELEMENTS (sections);
  return sections;
}

const char *
sb_sections_get_parent (const char *page)
{
  static const char *const parents[][2] = {
    { "editor", "routes" },
    { "dead-letters", "dead-groups" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (parents); i++)
    if (g_str_equal (parents[i][0], page))
      return parents[i][1];
  return page;
}
