/* control-world.h: a Control over a configuration folder, a store in memory and a writer, for
 * tests. */
#pragma once

#include "base/random.h"
#include "control/control.h"
#include "control/job.h"
#include "support/store-samples.h"

G_BEGIN_DECLS

typedef struct
{
  char *folder;
  Clock *clock;
  Random *random;
  Store *store;
  Writer *writer;
  SnapshotHolder *snapshots;
  ControlSetup setup;
  Control *control;
  GMutex lock;
  GArray *due;         /* DeliveryKey: what was said to be due; with the lock */
  gint n_reconfigured; /* atomic */
  gint n_paused;       /* atomic: told of a pause or its end */
} World;

#define WORLD_RULE                                                                                 \
  "{\"EventPattern\": {\"source\": [\"a\"]},"                                                      \
  " \"Targets\": [{\"Id\": \"t\", \"Arn\": \"file/all\"}]}"

/* A folder with file/all.json and rule/default/all.json, generation 1. */
World *world_new (void);
void world_free (World *world);
/* As if the router had been restarted; what is on disk stays. */
void world_restart_control (World *world);
/* Writes a file of the folder and puts it in force. */
void world_put (World *world, const char *relative, const char *text);
Job *world_load_job (World *world, gint64 id);         /* as the store has it */
char *world_read (World *world, const char *relative); /* a file's text, NULL when missing */
guint64 world_generation (World *world);               /* in force */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

G_END_DECLS
