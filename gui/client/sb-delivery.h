/* sb-delivery.h: one event owed to one target, as the router last described it. */
#pragma once

#include "sb-item.h"

G_BEGIN_DECLS

#define SB_TYPE_DELIVERY (sb_delivery_get_type ())
G_DECLARE_FINAL_TYPE (SbDelivery, sb_delivery, SB, DELIVERY, SbItem)

typedef enum
{
  SB_DELIVERY_READY,
  SB_DELIVERY_WAITING,
  SB_DELIVERY_HELD,
  SB_DELIVERY_DONE,
  SB_DELIVERY_DEAD,
  SB_DELIVERY_DISCARDED,
  SB_DELIVERY_UNKNOWN, /* of a router newer than the app */
} SbDeliveryState;

SbDeliveryState sb_delivery_state_parse (const char *name);
const char *sb_delivery_state_words (SbDeliveryState state);
const char *sb_delivery_state_icon (SbDeliveryState state);
/* The style class that goes with the icon: "success", "warning", "error", "dim-label". */
const char *sb_delivery_state_style (SbDeliveryState state);

/* One line of the history, oldest first in the API. */
typedef enum
{
  SB_ENTRY_ATTEMPT,
  SB_ENTRY_REPLAY,
  SB_ENTRY_DISCARD,
  SB_ENTRY_RESTORE, /* of what was discarded */
  SB_ENTRY_RETRY,   /* at once, before its time */
  SB_ENTRY_POSTPONE,
  SB_ENTRY_GIVE_UP,
} SbEntryKind;

typedef struct
{
  SbEntryKind kind;
  gint64 at_us;
  guint attempt; /* number of the attempt */
  gint64 duration_us;
  char *outcome; /* "delivered", "retry" … */
  int status;
  char *error_code;
  char *note;
  char *response; /* head of the answer; "" when there was none */
  char *actor;    /* of a replay or discard */
  char *reason;
} SbEntry;

void sb_entry_free (SbEntry *entry);

/* All strings are owned by the delivery and never NULL; "" is what is not known. */
const char *sb_delivery_get_event (SbDelivery *self);
const char *sb_delivery_get_source (SbDelivery *self);
const char *sb_delivery_get_detail_type (SbDelivery *self);
const char *sb_delivery_get_rule (SbDelivery *self);
const char *sb_delivery_get_target (SbDelivery *self);
const char *sb_delivery_get_connector (SbDelivery *self);
SbDeliveryState sb_delivery_get_state (SbDelivery *self);
gint64 sb_delivery_get_created_us (SbDelivery *self);
gint64 sb_delivery_get_changed_us (SbDelivery *self);
gint64 sb_delivery_get_due_us (SbDelivery *self); /* -1: not due */
guint sb_delivery_get_attempts (SbDelivery *self);

/* Why it is where it is, in one sentence: of a dead letter the reason, else what the last attempt
 * came to; "" before the first. */
char *sb_delivery_dup_sentence (SbDelivery *self);

/* The last attempt's own sentence, when the one above is another; else "". */
const char *sb_delivery_get_note (SbDelivery *self);

/* What the last attempt came to, in a few words; "" before the first. */
char *sb_delivery_dup_answer (SbDelivery *self);

/* Only after it was read from a DeliveryFull: GPtrArray of SbEntry, and the attributes that
 * EventBridge gives dead letters, as names and values in turn.  Empty else. */
GPtrArray *sb_delivery_get_history (SbDelivery *self);
const char *const *sb_delivery_get_attributes (SbDelivery *self);

G_END_DECLS
