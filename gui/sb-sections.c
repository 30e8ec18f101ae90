#include "config.h"

#include "sb-sections.h"

#include <glib/gi18n.h>

#include "sb-dead-letters-page.h"
#include "sb-events-page.h"
#include "sb-retrying-page.h"
#include "sb-routes-page.h"
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

static const SbSection sections[] = {
  { "routes", N_ ("Routes"), "sb-routes-symbolic", "plain", sb_routes_page_get_type, FALSE, NULL },
    { "events",
      N_ ("Events"), "sb-events-symbolic", "plain", sb_events_page_get_type, FALSE, count_events },
      { "retrying",
        N_ ("Retrying"),
            "sb-waiting-symbolic",
            "waiting",
            sb_retrying_page_get_type,
            FALSE,
            count_retrying },
        { "dead-letters",
          N_ ("Dead Letters"),
              "sb-dead-letters-symbolic",
              "dead",
              sb_dead_letters_page_get_type,
              FALSE,
              count_dead_letters },
          { "system",
            N_ ("System"), "sb-system-symbolic", "plain", sb_system_page_get_type, TRUE, NULL },
        };

const SbSection *
sb_sections_get (guint *out_n)
{
  *out_n = G_N_ELEMENTS (sections);
  return sections;
}
