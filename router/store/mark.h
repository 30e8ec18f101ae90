/* mark.h: moments that explain what came after them: a connector was paused or shut, the router
 * started, an operator replayed something.  Kept as records, for people who look for a cause. */
#pragma once

#include "store/batch.h"

G_BEGIN_DECLS

typedef enum
{
  MARK_PAUSED,
  MARK_RESUMED,
  MARK_SHUT,
  MARK_OPENED,
  MARK_STARTED,
  MARK_STOPPED,
  MARK_OPERATED, /* an operator acted on deliveries */
  MARK_N_KINDS,
} MarkKind;

/* The newest so many are kept. */
#define MARKS_KEPT 10000

typedef struct
{
  MarkKind kind;
  gint64 at_us;          /* wall clock */
  const char *connector; /* NULL: it is not about one */
  const char *actor;     /* NULL: nobody */
  const char *reason;    /* NULL: not said */
  /* MARK_OPERATED */
  JournalKind action;
  gint64 operation;
  gint64 applied;
} Mark;

/* "paused" …; of an operation what was done: "replay", "discard" … */
const char *mark_name (const Mark *mark);
const char *journal_kind_name (JournalKind kind);

RecordChange *mark_to_record (const Mark *mark);

/* Those of the router itself, which have no connector: for find_records(). */
#define MARK_ROUTER_KEY "router"

/* The texts are the root's, which is to be freed (json_node_unref); FALSE: it is damaged. */
struct _JsonNode;
gboolean mark_read (const StoredRecord *record, struct _JsonNode **out_root, Mark *out_mark);

G_END_DECLS
