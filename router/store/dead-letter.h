/* dead-letter.h: what EventBridge tells of a delivery that it gave up.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 *
 * Pure; any thread. */
#pragma once

#include "base/delivery.h"

G_BEGIN_DECLS

/* In hexadecimal digits. */
#define DEAD_LETTER_FINGERPRINT_CHARS 16

/* Strings are the caller's. */
typedef struct
{
  const char *rule;      /* "bus/name" */
  const char *connector; /* "webhook/billing" */
  DeadReason dead;
  guint round_attempts;      /* made since it was accepted or last replayed */
  const char *error_code;    /* NULL: "" */
  const char *error_message; /* NULL: "" */
} DeadLetter;

/* All values are strings.  Called for each of RULE_ARN, TARGET_ARN, ERROR_CODE, ERROR_MESSAGE,
 * EXHAUSTED_RETRY_CONDITION (only when retries ran out) and RETRY_ATTEMPTS, in this order. */
typedef void (*DeadLetterAttribute) (const char *name, const char *value, gpointer user_data);
void
dead_letter_foreach (const DeadLetter *letter, DeadLetterAttribute attribute, gpointer user_data);

/* The same as the text of a JSON object. */
char *dead_letter_to_json (const DeadLetter *letter);

/* A note without what differs from one delivery to the next: "took 1532 ms" is "took # ms", and a
 * long word of hexadecimal digits is # too.  Of what came out of it once it makes the same again.
 */
char *dead_letter_message (const char *note);

/* Of dead letters that people take for the same: connector, rule, cause, status, error code and the
 * message without what differs.  The message may be the whole note. */
char *dead_letter_fingerprint (const char *connector,
                               const char *rule,
                               DeadReason dead,
                               int status,
                               const char *error_code,
                               const char *message);

G_END_DECLS
