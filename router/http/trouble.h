/* trouble.h: what is wrong now: connectors that fail, dead letters by what they died of, the
 * router's own certificate and disk.
 *
 * Nothing of it is stored: it is read from counters whenever it is asked for, so that a trouble is
 * gone when its cause is.  What came and went is noted by trouble-log.h.  Any thread that may wait
 * for the store. */
#pragma once

#include "http/api-private.h"
#include "http/dead-groups.h"

G_BEGIN_DECLS

typedef struct
{
  char *fingerprint;
  const char *kind;             /* "connector", "dead-letters", "certificate" or "disk" */
  const char *connector, *rule; /* NULL: none in particular */
  const char *cause, *trend;
  int status;
  char *error_code, *message, *sentence;
  gint64 n, last_us;
  gint64 first_us;    /* 0: it is not known since when */
  gint64 worked_us;   /* when the connector last took a delivery; 0: not known */
  gint64 until_us;    /* when it gets worse by itself, of a certificate; 0: it does not */
  DeliveryKey sample; /* event_seq 0: none */
} Trouble;

/* Of one moment; the names in the list point into it. */
typedef struct
{
  Api *api;
  Snapshot *snapshot;
  DeadGroups groups;
  GPtrArray *holds;
  GPtrArray *list; /* Trouble: what fails now before what has failed, the larger one first */
} Troubles;

/* FALSE: the store failed. */
gboolean troubles_take (Troubles *troubles, Api *api, GError **error);
void troubles_clear (Troubles *troubles);

/* NULL when there is none of this fingerprint now. */
const Trouble *troubles_find (const Troubles *troubles, const char *fingerprint);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Troubles, troubles_clear)

G_END_DECLS
