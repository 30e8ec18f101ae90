/* world.h: a router's parts put together as router.c does it, without a server: its clocks are
 * turns.h's, its targets targets.h's, its disk disk.h's.  The conductor's thread only. */
#pragma once

#include "evidence.h"

#include "control/control.h"
#include "deliver/deliver.h"
#include "ingress/ingress.h"

G_BEGIN_DECLS

typedef struct Disk Disk;

typedef struct
{
  guint32 seed;
  char *folder, *config_dir, *state_dir;
  Evidence *evidence;
  Disk *disk; /* NULL: the store is in memory */

  Clock *clock;
  Random *random;
  Store *store;
  Writer *writer;
  SnapshotHolder *snapshots;
  Deliver *deliver;
  Ingress *ingress;
  Control *control;
  gboolean has_failed; /* the store did */

  guint life; /* of the router, from 1; senders know whom they asked */
  guint n_posted, n_acknowledged, n_refused;
  guint n_crashes, n_restarts;
  GPtrArray *found; /* violations seen on the way */
} World;

/* in_memory: a store in memory, which no crash can be survived with. */
World *world_new (guint32 seed, gboolean in_memory);
void world_free (World *world);

/* The router's log, which is full of what is done to it; off at first. */
void world_show_log (gboolean shown);

/* A file of the configuration; before world_start() only. */
void world_config (World *world, const char *relative, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

void world_start (World *world);
/* Orderly; what is under way has some seconds. */
void world_stop (World *world);
/* The process ends, and with it what was not synced, as loss (DiskLoss) says; what it did
 * afterwards never happened.  It is not started again. */
void world_crash (World *world, guint loss, guint32 seed);

/* A sender posts a body to the source "shop", or several at once to the API. */
void world_post (World *world, const char *body);
void world_post_several (World *world, const char *const *bodies, guint n);

/* The configuration is edited, the generation recorded in the evidence. */
void world_edit (World *world, const char *relative, const char *text);

G_END_DECLS
