/* fake-router-main.c: the fake router as a program: fake-router WORLD SOCKET */
#include <glib-unix.h>
#include <signal.h>

#include "fake-router.h"

static gboolean
quit_cb (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

int
main (int argc, char *argv[])
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (FakeRouter) router = NULL;

  if (argc != 3)
    {
      g_printerr ("usage: %s WORLD SOCKET\n", argv[0]);
      return 2;
    }
  router = fake_router_new (argv[1]);
  fake_router_listen (router, argv[2]);
  g_unix_signal_add (SIGTERM, quit_cb, loop);
  g_main_loop_run (loop);
  return 0;
}
