/* sb-answer.h: what the router says to one question, kept up to date.
 *
 * For what is small enough to be asked for as a whole: the answer stays while a newer one is under
 * way, and when the router is away. */
#pragma once

#include "sb-client.h"

G_BEGIN_DECLS

#define SB_TYPE_ANSWER (sb_answer_get_type ())
G_DECLARE_FINAL_TYPE (SbAnswer, sb_answer, SB, ANSWER, GObject)

/* what and query: see sb_client_ask_async(); what may be NULL: nothing is asked yet. */
SbAnswer *sb_answer_new (SbClient *client, const char *what, const char *query);

/* Another question: forgets the answer unless it is the same.  It is asked by the next refresh. */
void sb_answer_set_question (SbAnswer *self, const char *what, const char *query);

/* The same question with another query, a longer page for instance: the answer stays. */
void sb_answer_set_query (SbAnswer *self, const char *query);

/* Asks.  While a question is under way it is asked once more after it. */
void sb_answer_refresh (SbAnswer *self);

/* NULL before the first answer. */
JsonObject *sb_answer_get (SbAnswer *self);

/* Why the last question had no answer; NULL when it had one. */
const char *sb_answer_get_error (SbAnswer *self);

/* Signals:
 *   changed ()  the answer, or the error, is another one */

G_END_DECLS
