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
  guint n_posted, n_acknowledged, n_refused, n_repeated;
  guint n_crashes, n_restarts;
  GHashTable *keyed; /* Idempotency-Key -> id of the event that it was acknowledged with */
  GPtrArray *found;  /* violations seen on the way */
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

/* A sender posts a body to the source "shop", or several at once to the API.  With the same key
 * only the first is an event, as long as the key is remembered; what comes back is compared. */
void world_post (World *world, const char *body);
void world_post_keyed (World *world, const char *key, const char *body);
/* The keys may be forgotten by now. */
void world_forget_keys (World *world);
void world_post_several (World *world, const char *const *bodies, guint n);

/* An operator pauses a connector, or lets it go on. */
void world_set_paused (World *world, const char *connector, gboolean paused);

/* The configuration is edited, the generation recorded in the evidence. */
void world_edit (World *world, const char *relative, const char *text);

G_END_DECLS
