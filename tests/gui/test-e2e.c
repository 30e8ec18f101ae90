/* The program in a real window, as its user and as an assistive technology would use it, in front
 * of the fake router, which is a program of its own. */
#include <glib/gstdio.h>
#include <signal.h>

#include "sections.h"
#include "ui-driver.h"

typedef struct
{
  char *folder;
  char *socket;
  GSubprocess *router;
  UiApp *app;
} Fixture;

static void
start_router (Fixture *fixture)
{
  g_autofree char *world = g_test_build_filename (G_TEST_DIST, "world.json", NULL);
  const char *argv[] = { g_getenv ("FAKE_ROUTER"), world, fixture->socket, NULL };
  gint64 end_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  fixture->router = ui_spawn (argv);
  while (!g_file_test (fixture->socket, G_FILE_TEST_EXISTS))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_usleep (5000);
    }
}

static void
stop_router (Fixture *fixture)
{
  g_subprocess_send_signal (fixture->router, SIGTERM);
  g_subprocess_wait (fixture->router, NULL, NULL);
  g_clear_object (&fixture->router);
}

static void
start_app (Fixture *fixture)
{
  const char *argv[] = { g_getenv ("SIGNALBOX"), "--socket", fixture->socket, NULL };

  fixture->app = ui_app_launch (argv, "signalbox");
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("signalbox-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->socket = g_build_filename (fixture->folder, "socket", NULL);
  start_router (fixture);
  start_app (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (ui_app_close (fixture->app), ==, 0);
  if (fixture->router != NULL)
    stop_router (fixture);
  g_assert_no_errno (g_rmdir (fixture->folder));
  g_free (fixture->folder);
  g_free (fixture->socket);
}

static void
test_routes (Fixture *fixture, gconstpointer data)
{
  UiApp *app = fixture->app;

  ui_find (app, "status", "Connected");
  ui_find (app, "label", "What Changed");
  ui_keys (app, KEY_ROUTES);
  ui_find (app, "button", "Source shop: 39817 events");
  ui_find (app, "button", "Connector webhook/billing: * delivered, 5 dead letters");

  /* From the pointer to the keys: along the way of a rule, and into its editor. */
  ui_point (app, "button", "Rule chat on bus default: *");
  ui_find (app, "status", "Rule chat on bus default: 412 matches, 1 dead letter");
  ui_keys (app, "Right");
  ui_wait_state (app, "button", "Connector webhook/chat: *", UI_STATE_FOCUSED, TRUE);
  ui_find (app, "button", "Show 1 Dead Letter");
  ui_keys (app, "Left Up");
  ui_wait_state (app, "button", "Rule billing on bus default: *", UI_STATE_FOCUSED, TRUE);
  ui_keys (app, "Return");
  ui_find (app, "label", "rule/default/billing.json");
}

/* A rule is dragged to a connector: that is a target of it now, until it is taken back. */
static void
test_link (Fixture *fixture, gconstpointer data)
{
  UiApp *app = fixture->app;
  UiNode *node;
  int x, y;

  ui_find (app, "status", "Connected");
  ui_keys (app, KEY_ROUTES);
  node = ui_find (app, "button", "Rule chat on bus default: *");
  x = node->x + node->width / 2;
  y = node->y + node->height / 2;
  node = ui_find (app, "button", "Connector file/audit: *");
  ui_drag (app, "button", "Rule chat on bus default: *", node->x + node->width / 2 - x,
           node->y + node->height / 2 - y);
  ui_find (app, "label", "Generation 8");
  ui_keys (app, "ctrl+z");
  ui_find (app, "label", "Generation 9");
}

static void
test_replay (Fixture *fixture, gconstpointer data)
{
  UiApp *app = fixture->app;

  ui_keys (app, KEY_DEAD_LETTERS);
  ui_click (app, "button", "All, One by One");
  ui_find (app, "label", "8 deliveries gave up");
  ui_find (app, "label", "webhook/billing refused it: it answered 401 Unauthorized");
  ui_click (app, "button", "Replay");
  ui_find (app, "label", "7 deliveries gave up");
  ui_find (app, NULL, "1 dead letter replayed");

  /* And from the keyboard, where the list has the focus. */
  ui_keys (app, KEY_EVENTS);
  ui_find (app, "label", "* events received");
  ui_keys (app, KEY_DEAD_LETTERS);
  ui_click (app, "button", "All, One by One");
  ui_keys (app, "r");
  ui_find (app, "label", "6 deliveries gave up");
  /* The keyboard is with the next one now. */
  ui_keys (app, "r");
  ui_find (app, "label", "5 deliveries gave up");
}

static void
test_replay_all (Fixture *fixture, gconstpointer data)
{
  UiApp *app = fixture->app;

  ui_keys (app, KEY_DEAD_LETTERS);
  ui_click (app, "button", "All, One by One");
  ui_click (app, "button", "Replay All 8");
  ui_find (app, "label", "Replay 8 Dead Letters?");
  ui_click (app, "button", "*Replay 8");
  ui_find (app, "label", "No Dead Letters");
}

/* By groups, with care: the first one, and when it has arrived the rest. */
static void
test_guarded (Fixture *fixture, gconstpointer data)
{
  UiApp *app = fixture->app;

  ui_keys (app, KEY_DEAD_LETTERS);
  ui_find (app, "status", "5 × 401 Unauthorized from webhook/billing");
  ui_click (app, "button", "Replay 5…");
  ui_click (app, "button", "Send First Event");
  ui_find (app, "status", "The first event arrived");
  ui_click (app, "button", "Continue with the Rest (4)");
  ui_find (app, "status", "All arrived");
  ui_keys (app, "Escape");
  ui_find (app, "label", "3 deliveries gave up");
  ui_keys (app, KEY_JOBS);
  ui_find (app, "label", "5 of 5 sent, 5 arrived, 0 failed");

  /* What is discarded can be taken back. */
  ui_keys (app, KEY_DEAD_LETTERS);
  ui_click (app, "button", "Discard 1");
  ui_find (app, "label", "2 deliveries gave up");
  ui_keys (app, "ctrl+z");
  ui_find (app, "label", "3 deliveries gave up");
}

static void
test_editor (Fixture *fixture, gconstpointer data)
{
  UiApp *app = fixture->app;

  ui_find (app, "status", "Connected");
  ui_keys (app, KEY_ROUTES);
  ui_point (app, "button", "Rule chat on bus default: *");
  ui_click (app, "button", "Edit Rule");
  ui_find (app, "status", "Valid and in force");
  ui_click (app, "tab", "Text");
  ui_point (app, "text box", "Rule as JSON");
  ui_keys (app, "ctrl+a");
  ui_type (app, "{\"EventPattern\": 1, }");
  ui_find (app, "label", "Line 1");
  ui_keys (app, "ctrl+a");
  ui_type (app, "{\"Description\": \"Typed\", \"Targets\": []}");
  ui_find (app, "status", "Valid, not saved yet");
  ui_keys (app, "ctrl+s");
  ui_find (app, "status", "Valid and in force");
  ui_find (app, "label", "Generation 8");
  ui_keys (app, "alt+Left");
  ui_find (app, "button", "Rule chat on bus default: *");
}

static void
test_away (Fixture *fixture, gconstpointer data)
{
  UiApp *app = fixture->app;

  ui_keys (app, KEY_EVENTS);
  ui_find (app, "label", "* events received");
  stop_router (fixture);
  ui_find (app, "label", "The router is away. *");
  ui_find (app, "label", "* events received");
  start_router (fixture);
  ui_wait_gone (app, "label", "The router is away. *");
  ui_find (app, "status", "Connected");
}

static void
test_away_from_the_beginning (Fixture *fixture, gconstpointer data)
{
  UiApp *app = fixture->app;

  ui_app_close (app);
  stop_router (fixture);
  start_app (fixture);
  app = fixture->app;
  ui_find (app, "label", "The Router Does Not Answer");
  start_router (fixture);
  ui_click (app, "button", "Try Again");
  ui_find (app, "status", "Connected");
  ui_find (app, "button", "webhook/billing, *");
}

static void
test_menu (Fixture *fixture, gconstpointer data)
{
  UiApp *app = fixture->app;

  ui_keys (app, "F10");
  ui_click (app, "menu item", "*Keyboard Shortcuts");
  ui_find (app, "label", "Walk the Routes");
  ui_keys (app, "Escape");
  ui_wait_gone (app, "label", "Walk the Routes");

  ui_keys (app, "ctrl+n");
  ui_find (app, "label", "New Rule");
  ui_type (app, "fresh");
  ui_keys (app, "Return");
  ui_find (app, "label", "rule/default/fresh.json");
}

/* The same in German, with the translations of the build folder. */
static void
test_german (Fixture *fixture, gconstpointer data)
{
  ui_app_close (fixture->app);
  g_setenv ("LANGUAGE", "de", TRUE);
  start_app (fixture);
  g_unsetenv ("LANGUAGE");
  ui_find (fixture->app, "status", "Verbunden");
  ui_keys (fixture->app, KEY_ROUTES);
  ui_find (fixture->app, "button", "Quelle shop: 39817 Ereignisse");
  ui_keys (fixture->app, KEY_DEAD_LETTERS);
  ui_find (fixture->app, "label", "8 Zustellungen aufgegeben");
  ui_click (fixture->app, "button", "Alle, einzeln");
  ui_find (fixture->app, "button", "Alle 8 erneut zustellen");
}

/* The palette: a part of a name is enough, and Escape leaves everything as it was. */
static void
test_palette (Fixture *fixture, gconstpointer data)
{
  UiApp *app = fixture->app;

  ui_find (app, "status", "Connected");
  ui_keys (app, "ctrl+k");
  ui_find (app, NULL, "Go to or do");
  ui_type (app, "dead bill");
  ui_wait_gone (app, NULL, "Keyboard Shortcuts");
  ui_find (app, NULL, "Dead Letters of webhook/billing");
  ui_keys (app, "Return");
  ui_find (app, "label", "Only webhook/billing");

  ui_keys (app, "ctrl+k");
  ui_find (app, NULL, "Go to or do");
  ui_keys (app, "Escape");
  ui_wait_gone (app, NULL, "Go to or do");
  ui_find (app, "label", "Only webhook/billing");
  ui_keys (app, "F9");
  ui_wait_gone (app, "button", "Copy the Payload");
  ui_keys (app, "F9");
  ui_find (app, "button", "Copy the Payload");
}

typedef struct
{
  const char *path;
  const char *title;       /* in the palette */
  const char *role, *name; /* what is there when it is */
} Place;

/* Every control has a name, and no two of a page the same.  A window of its own for each page or
 * dialog, as reading one takes the longer the more pages were shown before; and as long a window as
 * a page can need, as what is scrolled away is not looked at. */
static void
test_names (Fixture *fixture, gconstpointer data)
{
  const Place *place = data;
  UiApp *app = fixture->app;
  g_autofree char *faults = NULL;

  ui_find (app, "status", "Connected");
  ui_resize (app, 1200, 2400);
  ui_keys (app, "ctrl+k");
  ui_find (app, NULL, "Go to or do");
  if (place->title != NULL)
    {
      ui_type (app, place->title);
      ui_keys (app, "Return");
      ui_wait_gone (app, NULL, "Go to or do");
    }
  ui_find (app, place->role, place->name);
  faults = ui_lint (app);
  g_assert_cmpstr (faults, ==, "");
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/e2e/routes", test_routes },
    { "/e2e/link", test_link },
    { "/e2e/replay", test_replay },
    { "/e2e/replay-all", test_replay_all },
    { "/e2e/guarded", test_guarded },
    { "/e2e/editor", test_editor },
    { "/e2e/away", test_away },
    { "/e2e/away-from-the-beginning", test_away_from_the_beginning },
    { "/e2e/menu", test_menu },
    { "/e2e/palette", test_palette },
    { "/e2e/german", test_german },
  };
  static const Place places[] = {
    { "/e2e/names/overview", "Overview", "label", "What Changed" },
    { "/e2e/names/problems", "Problems", "list", "Problems" },
    { "/e2e/names/routes", "Routes", "label", "7 rules, 7 connectors" },
    { "/e2e/names/sources", "Sources", "list", "Sources" },
    { "/e2e/names/connectors", "Connectors", "list", "Connectors" },
    { "/e2e/names/events", "Events", "label", "* events received" },
    { "/e2e/names/retrying", "Retrying", "label", "4 deliveries wait" },
    { "/e2e/names/dead-letters", "Dead Letters", "label", "8 deliveries gave up" },
    { "/e2e/names/jobs", "Jobs", "label", "Replaying or discarding many *" },
    { "/e2e/names/queues", "Queues", "list", "Queues" },
    { "/e2e/names/configuration", "Configuration", "list", "Files" },
    { "/e2e/names/system", "System", "list", "Audit log" },
    { "/e2e/names/palette", NULL, "list item", "Queues" },
    { "/e2e/names/new-rule", "New Rule", "text box", "*" },
    { "/e2e/names/connect", "Connect to Another Router", "text box", "*" },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    g_test_add (places[i].path, Fixture, &places[i], set_up, test_names, tear_down);
  return g_test_run ();
}
