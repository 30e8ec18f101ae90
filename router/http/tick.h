/* tick.h: what changed within a short time, summed up.
 *
 * Sums and names, never rows: however much happens, a tick stays small, and whoever is told of it
 * asks for what he shows.  One thread, or the caller's lock. */
#pragma once

#include "http/json.h"
#include "store/batch.h"

G_BEGIN_DECLS

typedef enum
{
  TICK_EVENTS = 1 << 0,
  TICK_DELIVERIES = 1 << 1,
  TICK_DEAD_LETTERS = 1 << 2,
  TICK_CONNECTORS = 1 << 3, /* paused, resumed, shut, opened */
  TICK_GENERATION = 1 << 4,
  TICK_QUEUES = 1 << 5,
  TICK_EXPIRED = 1 << 6,
  TICK_JOBS = 1 << 7,
} TickTopic;

#define TICK_ALL 0xffu

/* 0: there is no such topic. */
guint tick_topic_by_name (const char *name);

/* Names of things that changed; of more than these it only says that there were. */
#define TICK_MAX_NAMES 50

typedef struct
{
  guint64 id;
  gint64 revision; /* of the status, when it was closed */
  guint topics;    /* TickTopic: of which there is something in it */
  guint64 events;  /* appended */
  guint64 unmatched;
  guint64 created;                       /* deliveries */
  guint64 came_to[DELIVERY_N_STATES];    /* deliveries that came to this state, created ones not */
  guint64 generation;                    /* in force; 0: the same as before */
  GHashTable *connectors, *queues;       /* char*; NULL: none */
  gboolean more_connectors, more_queues; /* than there was room for */
} Tick;

Tick *tick_new (void);
void tick_free (Tick *tick);

/* What a commit did; one without items removed what had expired. */
void tick_add_batch (Tick *tick, const Batch *batch);
void tick_add_generation (Tick *tick, guint64 generation);

/* As a JSON object with the members of these topics. */
void tick_write (const Tick *tick, guint topics, JsonOut *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Tick, tick_free)

G_END_DECLS
