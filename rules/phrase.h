/* phrase.h: predicates and values in plain words, for explanations.
 */
#pragma once

#include "pattern.h"

/* A sentence being written.  After a failed allocation the rest is dropped and failed stays true.
 */
typedef struct
{
  RulesBuffer buffer;
  bool failed;
} Sentence;

void sentence_add (Sentence *sentence, const char *string);
void sentence_add_bytes (Sentence *sentence, const char *bytes, size_t length);
void sentence_add_number (Sentence *sentence, size_t number);

/* A JSON text on one line; one longer than about a line is cut. */
void sentence_add_json (Sentence *sentence, const char *text, size_t length);

/* "a string that ends with ".png"", after "wants". */
void sentence_add_predicate (Sentence *sentence, const Predicate *predicate, const char *pattern);

/* "one of "a", "b"", after "wants". */
void sentence_add_alternatives (Sentence *sentence, const Field *field, const char *pattern);

/* Ends the sentence: a terminated copy in the arena; NULL when there is no memory.  The next
 * sentence can begin. */
const char *sentence_end (Sentence *sentence, Arena *arena);
