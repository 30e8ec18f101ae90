/* outcome.h: what one attempt of one delivery came to. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A closed set; the numbers are stored. */
typedef enum
{
  OUTCOME_DELIVERED = 1,
  OUTCOME_RETRY = 2,         /* may work later */
  OUTCOME_REFUSED = 3,       /* will never work for this event */
  OUTCOME_DOWN = 4,          /* the target cannot be reached at all; may work later */
  OUTCOME_MISCONFIGURED = 5, /* the connector's settings are wrong; an operator must act */
} OutcomeKind;

const char *outcome_kind_name (OutcomeKind kind);

/* A value: copy with outcome_copy(), clear with outcome_clear(). */
typedef struct
{
  OutcomeKind kind;
  int status;             /* of the protocol (HTTP 503), 0 when there was no answer */
  const char *error_code; /* EventBridge's ERROR_CODE, a static string, or NULL when delivered */
  gint64 retry_after_us;  /* the target asked to wait this long; -1 when it did not */
  char *note;             /* one plain sentence for the operator, "" when delivered */
  GBytes *response;       /* head of the answer, bounded, or NULL */
  gboolean gone;          /* the target wants nothing more, of this event or any; not stored */
} Outcome;

void outcome_clear (Outcome *outcome);
void outcome_copy (const Outcome *from, Outcome *to);

/* EventBridge's ERROR_CODE values that this router gives (semantics of dead-letter attributes). */
#define ERROR_CODE_CONNECTION_FAILURE "CONNECTION_FAILURE"
#define ERROR_CODE_ERROR_FROM_TARGET "ERROR_FROM_TARGET"
#define ERROR_CODE_TIMEOUT "TIMEOUT"
#define ERROR_CODE_THROTTLING "THROTTLING"
#define ERROR_CODE_INVALID_JSON "INVALID_JSON"
#define ERROR_CODE_INVALID_PARAMETER "INVALID_PARAMETER"
#define ERROR_CODE_NO_RESOURCE "NO_RESOURCE"
#define ERROR_CODE_NO_PERMISSIONS "NO_PERMISSIONS"
#define ERROR_CODE_SDK_CLIENT_ERROR "SDK_CLIENT_ERROR"
#define ERROR_CODE_INTERNAL_ERROR "INTERNAL_ERROR"
/* One that EventBridge does not have: the address is not among those that may be connected to. */
#define ERROR_CODE_ADDRESS_REFUSED "ADDRESS_REFUSED"
/* Another: the event went from bus to bus more often than Limits.BusHops allows. */
#define ERROR_CODE_TOO_MANY_HOPS "TOO_MANY_HOPS"
/* And two about answers: more than is read of one before its end must have come, and one that does
 * not speak the protocol. */
#define ERROR_CODE_ANSWER_TOO_LONG "ANSWER_TOO_LONG"
#define ERROR_CODE_PROTOCOL_ERROR "PROTOCOL_ERROR"

/* The static string for a stored code, NULL for an unknown one or NULL. */
const char *error_code_intern (const char *code);

G_END_DECLS
