/* queue.h: pull queues: messages that wait until a consumer fetches them.
 *
 * What a queue does is decided by QueueRules, which come from its file and are passed with every
 * operation: the store keeps messages, not settings.  The words are those of Amazon SQS.
 *
 * All times are steady (base/clock.h): no message comes early or late because somebody sets the
 * wall clock.
 *
 * A message is in exactly one of these states at a time now:
 * - expired: sent_us + retention_us <= now; it is not seen any more, and removed in passing
 * - delayed: visible_us > now, never received
 * - in flight: visible_us > now, received
 * - visible: all others
 *
 * Order: higher priority first, then as sent.  In a queue with fifo the messages of one group are
 * received strictly as sent: none while another of its group is in flight, and only behind those
 * that were sent before it. */
#pragma once

#include "config/queue.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean fifo;
  gboolean dedup_by_group; /* deduplication ids count within their group, not the queue */
  gint64 retention_us;
  guint max_receives;  /* received so often it is moved to redrive_to instead; 0: never */
  char *redrive_to;    /* name of a queue, when max_receives is not 0 */
  guint max_in_flight; /* above it nothing is handed out; 0: no limit */
} QueueRules;

/* For a queue of the configuration; the rules are to be cleared. */
void queue_rules_read (const ConfigQueue *config, QueueRules *out_rules);
void queue_rules_copy (const QueueRules *from, QueueRules *to);
void queue_rules_clear (QueueRules *rules);

#define QUEUE_DEDUP_US (5 * G_TIME_SPAN_MINUTE) /* SQS's window */

/* A message as it is kept, or as it is to be sent.  Texts that are missing are "". */
typedef struct
{
  gint64 id; /* ascending over all queues; given by the store */
  char *queue;
  char *uid;    /* public, stable for the message's life */
  gint64 token; /* random: makes receipts hard to guess */
  int priority;
  gint64 sent_us;    /* retention counts from here, in a dead-letter queue too */
  gint64 visible_us; /* to be sent: when it may first be received */
  gint64 first_received_us;
  guint n_received; /* in this queue */
  char *group;      /* MessageGroupId */
  char *dedup;      /* MessageDeduplicationId */
  char *origin;     /* "queue/orders": moved from there; "delivery/<id>": a dead letter; or "" */
  char *content_type;
  char *attributes; /* JSON object of strings, or "" */
  GBytes *body;
} QueueMessage;

QueueMessage *queue_message_copy (const QueueMessage *message);
void queue_message_free (QueueMessage *message);

typedef enum
{
  QUEUE_SEND = 1,
  QUEUE_RECEIVE,
  QUEUE_DELETE,
  QUEUE_EXTEND,  /* change how long a message in flight stays so */
  QUEUE_PURGE,   /* remove all, in flight and delayed too */
  QUEUE_REDRIVE, /* move what is not in flight to another queue, as if sent now */
} QueueOpKind;

typedef enum
{
  QUEUE_OK,
  QUEUE_DUPLICATE,     /* send: the deduplication id was there; out_ is the first message's */
  QUEUE_STALE_RECEIPT, /* delete of a fifo message, or extend: it was received again since, or its
                          time is over */
  QUEUE_NO_RECEIPT,    /* no receipt of this queue */
  QUEUE_OVER_LIMIT,    /* receive: max_in_flight are out */
} QueueResult;

/* Which message, and which time that it was received.  In text "<id>.<n>.<token>". */
typedef struct
{
  gint64 id;
  guint n;
  gint64 token;
} QueueReceipt;

char *queue_receipt_format (const QueueMessage *message);
gboolean queue_receipt_parse (const char *text, QueueReceipt *out_receipt);

/* One operation.  Zeroed by queue_op_new(), filled by the submitter; out_ by the commit, which may
 * run more than once. */
typedef struct
{
  QueueOpKind kind;
  char *queue;
  gint64 now_us;
  QueueRules rules;
  QueueMessage *message; /* send: uid, token, priority, visible_us, group, dedup … */
  guint limit;           /* receive, redrive: how many at most */
  gint64 visibility_us;  /* receive, extend: from now */
  QueueReceipt receipt;  /* delete, extend */
  char *to;              /* redrive: name of a queue, or NULL: each to where it came from */

  QueueResult out_result;
  gint64 out_id;           /* send */
  char *out_uid;           /* send */
  GPtrArray *out_messages; /* receive: QueueMessage, as they are now */
  guint out_n;             /* delete: 0 when it was gone already; purge, redrive: how many */
  gint64 out_next_us; /* receive: nothing was there; when that may change by time alone, or 0 */
} QueueOp;

QueueOp *queue_op_new (QueueOpKind kind, const char *queue, gint64 now_us);
void queue_op_free (QueueOp *op);
/* For engines: forgets what an earlier run said. */
void queue_op_reset (QueueOp *op);

typedef struct
{
  gint64 visible, in_flight, delayed;
  gint64 oldest_us; /* sent_us of the oldest, 0 when there is none */
} QueueDepth;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (QueueMessage, queue_message_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (QueueOp, queue_op_free)

G_END_DECLS
