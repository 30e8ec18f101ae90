/* scenario.h: a real signalboxd in a folder of its own, posted to and asked over HTTP.
 *
 * Every function fails the test, with the daemon's log, when what it expects does not happen within
 * its deadline.  JSON texts may be written with ' for ", so that they can be read. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct Scenario Scenario;

Scenario *scenario_new (void);
/* Kills the daemon if it runs, and removes the folder. */
void scenario_free (Scenario *scenario);

const char *scenario_folder (Scenario *scenario);
const char *scenario_url (Scenario *scenario); /* "http://127.0.0.1:40123", once started */
const char *scenario_socket (Scenario *scenario);
char *scenario_state_path (Scenario *scenario, const char *relative);

/* Writes <config>/<relative>. */
void scenario_config (Scenario *scenario, const char *relative, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* A secret that the router may read: 0600, in secrets/ of its state folder. */
void scenario_secret (Scenario *scenario, const char *name, const char *text);

/* An argument for every start that follows. */
void scenario_argument (Scenario *scenario, const char *argument);

/* The authority, a PEM file, that https URLs are believed of. */
void scenario_trust (Scenario *scenario, const char *ca_file);

/* A command that every start that follows is run by, NULL-terminated; it must become the daemon, as
 * env(1) does.  NULL: none. */
void scenario_prefix (Scenario *scenario, const char *const *prefix);

/* Starts the daemon and waits until it answers.  The port is the same over restarts. */
void scenario_start (Scenario *scenario);
/* The same, for one that may end before it answers: FALSE. */
gboolean scenario_try_start (Scenario *scenario);
/* It was started, and is no more; scenario_kill() then only waits for it. */
gboolean scenario_has_ended (Scenario *scenario);
GPid scenario_pid (Scenario *scenario); /* 0: it does not run */
/* Starts a daemon that is expected to refuse; returns its exit status and what it said. */
int scenario_start_refused (Scenario *scenario, char **out_said);
void scenario_kill (Scenario *scenario); /* SIGKILL, and waits */
void scenario_stop (Scenario *scenario); /* SIGTERM; must exit with 0 */
void scenario_signal (Scenario *scenario, int signal);
char *scenario_log (Scenario *scenario); /* all that it has logged */

typedef struct
{
  guint status; /* 0: no answer */
  char *content_type;
  char *body;
  gsize length;
  JsonNode *json; /* NULL when it is none */
} Answer;

void answer_free (Answer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Answer, answer_free)

/* headers: "Name: value" …, NULL-terminated, or NULL.  body may be NULL. */
Answer *scenario_request (Scenario *scenario,
                          const char *method,
                          const char *path,
                          const char *const *headers,
                          const char *body,
                          gssize length);
Answer *scenario_get (Scenario *scenario, const char *path);
/* application/json; body with ' for ". */
Answer *scenario_post (Scenario *scenario, const char *path, const char *body);

/* Posts and expects 202; returns the event's id. */
char *scenario_accept (Scenario *scenario, const char *path, const char *body);

/* Member by dotted path with array indexes: "deliveries.0.state".  Fails when there is none. */
const char *json_at_string (JsonNode *node, const char *path);
gint64 json_at_int (JsonNode *node, const char *path);
guint json_at_length (JsonNode *node, const char *path);
JsonNode *json_at (JsonNode *node, const char *path); /* NULL when there is none */

/* Asks again until the member has the value (as text), at most 30 s. */
void
scenario_wait (Scenario *scenario, const char *get_path, const char *member, const char *value);

/* Waits until delivery number index of the event is in the state. */
void
scenario_wait_delivery (Scenario *scenario, const char *event_id, guint index, const char *state);

/* The ledger balances: asks the router, and counts. */
void scenario_check_ledger (Scenario *scenario);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Scenario, scenario_free)

G_END_DECLS
