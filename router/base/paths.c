/* Default places, for root and for a user. */
#include "base/paths.h"

#include <unistd.h>

static gboolean
is_root (void)
{
  return geteuid () == 0;
}

char *
paths_config_dir (void)
{
  return is_root () ? g_strdup ("/etc/signalbox")
                    : g_build_filename (g_get_user_config_dir (), "signalbox", NULL);
}

char *
paths_state_dir (void)
{
  return is_root () ? g_strdup ("/var/lib/signalbox")
                    : g_build_filename (g_get_user_state_dir (), "signalbox", NULL);
}

char *
paths_socket (void)
{
  const char *set = g_getenv ("SIGNALBOX_SOCKET");

  if (set != NULL && *set != '\0')
    return g_strdup (set);
  return is_root () ? g_strdup ("/run/signalbox/socket")
                    : g_build_filename (g_get_user_runtime_dir (), "signalbox", "socket", NULL);
}
