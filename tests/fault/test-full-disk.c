/* A real file system that is really full: the router's state on a small tmpfs of its own.  Senders
 * are turned away with 507, what was accepted is delivered and recorded all the same, and when
 * somebody makes room everything goes on by itself.
 *
 * The disk has room for the store's reserve when the daemon starts, or none would be kept. */
#include "support/receiver.h"
#include "support/scenario.h"

#include <glib/gstdio.h>
#include <string.h>

#define BODY_BYTES 100000
#define MAX_EVENTS 1000

/* What the daemon is run by: a mount namespace in which its state folder is a tmpfs that something
 * else has filled to a third. */
static const char script[] = "mount -t tmpfs -o size=64m,mode=0700 tmpfs \"$0\" && "
                             "head -c 25165824 /dev/zero >\"$0/filling\" && exec \"$@\"";

static gboolean
may_mount (void)
{
  const char *argv[] = { "unshare", "-r", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt", NULL };
  int status = -1;

  return g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                       NULL, NULL, NULL, NULL, &status, NULL) &&
         g_spawn_check_wait_status (status, NULL);
}

static char *
body_of (guint n)
{
  g_autofree char *filling = g_strnfill (BODY_BYTES, 'x');

  return g_strdup_printf ("{\"n\":%u,\"filling\":\"%s\"}", n, filling);
}

/* Posts until there is no room; ids of what was accepted. */
static GPtrArray *
fill (Scenario *scenario)
{
  GPtrArray *ids = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < MAX_EVENTS; i++)
    {
      g_autofree char *body = body_of (i);
      g_autoptr (Answer) answer = scenario_post (scenario, "/in/shop", body);

      if (answer->status == 507)
        return ids;
      g_assert_cmpuint (answer->status, ==, 202);
      g_ptr_array_add (ids, g_strdup (json_at_string (answer->json, "id")));
    }
  g_error ("The disk is not full after %u events", MAX_EVENTS);
}

static void
make_room (Scenario *scenario)
{
  g_autofree char *path = g_strdup_printf (
      "/proc/%d/root%s/state/filling", (int) scenario_pid (scenario), scenario_folder (scenario));

  g_assert_cmpint (g_unlink (path), ==, 0);
}

static char *
accept_again (Scenario *scenario)
{
  for (guint i = 0; i < 300; i++)
    {
      g_autoptr (Answer) answer = scenario_post (scenario, "/in/shop", "{'n':0}");

      if (answer->status == 202)
        return g_strdup (json_at_string (answer->json, "id"));
      g_assert_cmpuint (answer->status, ==, 507);
      g_usleep (100 * 1000);
    }
  g_error ("The router takes nothing although there is room");
}

static void
check_body (Scenario *scenario, const char *id, guint n)
{
  g_autofree char *path = g_strdup_printf ("/v1/events/%s/body", id);
  g_autofree char *expected = body_of (n);
  g_autoptr (Answer) answer = scenario_get (scenario, path);

  g_assert_cmpuint (answer->status, ==, 200);
  g_assert_cmpmem (answer->body, answer->length, expected, strlen (expected));
}

static void
test_full (void)
{
  g_autoptr (Receiver) receiver = receiver_new ();
  g_autoptr (Scenario) scenario = scenario_new ();
  g_autofree char *state = g_build_filename (scenario_folder (scenario), "state", NULL);
  const char *const prefix[] = {
    "/usr/bin/unshare", "-r", "-m", "/bin/sh", "-c", script, state, NULL
  };
  g_autoptr (GPtrArray) ids = NULL;
  g_autofree char *later = NULL;
  g_autofree char *done = NULL;

  if (!may_mount ())
    {
      g_test_skip ("no file system may be mounted here (unshare -r -m)");
      return;
    }
  g_mkdir_with_parents (state, 0700);
  scenario_config (scenario, "source/shop.json", "{}");
  scenario_config (scenario, "webhook/a.json", "{'Url':'%s'}", receiver_url (receiver));
  scenario_config (scenario, "rule/default/r.json", "{'Targets':[{'Id':'t','Arn':'webhook/a'}]}");
  scenario_prefix (scenario, prefix);
  scenario_start (scenario);
  receiver_hold (receiver);
  ids = fill (scenario);
  g_assert_cmpuint (ids->len, >, 10);
  scenario_wait (scenario, "/v1/status", "store.disk_full", "true");

  /* What was accepted is delivered while the disk is full, and there is room to say so. */
  receiver_release (receiver);
  done = g_strdup_printf ("%u", ids->len);
  scenario_wait (scenario, "/v1/status", "ledger.done", done);
  g_assert_cmpuint (receiver_n_requests (receiver), ==, ids->len);

  make_room (scenario);
  later = accept_again (scenario);
  scenario_wait_delivery (scenario, later, 1, "done");
  for (guint i = 0; i < ids->len; i++)
    check_body (scenario, g_ptr_array_index (ids, i), i);
  scenario_check_ledger (scenario);
  scenario_stop (scenario);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/full-disk/tmpfs", test_full);
  return g_test_run ();
}
