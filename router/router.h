/* router.h: the composition root: builds, starts and stops every part, in order. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *config_dir;
  const char *state_dir;
  const char *secrets_dir; /* need not be there */
  const char *socket_path; /* NULL: no Unix socket */
  const char *listen;      /* NULL: as router.json says; "none": no TCP */
  const char *store;       /* "sqlite" or "memory" */
  gboolean config_read_only;
} RouterOptions;

/* Exit statuses, of sysexits.h. */
#define ROUTER_EXIT_USAGE 64
#define ROUTER_EXIT_UNAVAILABLE 69 /* cannot listen */
#define ROUTER_EXIT_STORE 74
#define ROUTER_EXIT_CONFIG 78

/* Runs until SIGTERM or SIGINT; returns the exit status.  What goes wrong is logged. */
int router_run (const RouterOptions *options);

G_END_DECLS
