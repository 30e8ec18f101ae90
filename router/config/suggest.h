/* suggest.h: "did you mean …": the known word that is closest to what was written.
 *
 * A value on the caller's stack; the words must outlive it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *word;
  const char *best; /* private: use suggestion_get() */
  guint distance;
} Suggestion;

void suggestion_init (Suggestion *suggestion, const char *word);
void suggestion_offer (Suggestion *suggestion, const char *candidate);

/* The closest candidate if it is close enough to be meant, or NULL.  The order in which they were
 * offered does not matter. */
const char *suggestion_get (const Suggestion *suggestion);

/* How many letters must be left out, put in, changed or swapped with their neighbour to get from
 * one word to the other; upper and lower case of ASCII are the same.  Words of more than
 * SUGGEST_WORD_BYTES are as far away as can be: G_MAXUINT. */
#define SUGGEST_WORD_BYTES 64
guint suggest_distance (const char *a, const char *b);

G_END_DECLS
