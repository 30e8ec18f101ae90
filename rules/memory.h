/* memory.h: memory of the rules library, taken from the caller's RulesAlloc and nowhere else.
 *
 * An Arena hands out pieces that all die together; it is the owner of everything that a parse, a
 * compiled set or one match makes.  Every function that takes memory can fail and then returns NULL
 * or false; what the caller reports is RULES_ERROR_NO_MEMORY.  One thread at a time.
 */
#pragma once

#include "rules.h"

typedef struct ArenaBlock ArenaBlock;

typedef struct
{
  const RulesAlloc *alloc; /* NULL: malloc; must outlive the arena */
  ArenaBlock *block;       /* the one being filled; earlier ones hang from it */
} Arena;

/* A place in an arena to which arena_release() can go back. */
typedef struct
{
  ArenaBlock *block;
  size_t used;
} ArenaMark;

/* RulesAlloc.resize, or the C library's realloc and free when alloc is NULL. */
void *memory_resize (const RulesAlloc *alloc, void *pointer, size_t size);

void arena_init (Arena *arena, const RulesAlloc *alloc);

/* Frees everything. */
void arena_clear (Arena *arena);

/* Forgets everything, but keeps one block for the next use. */
void arena_reset (Arena *arena);

/* size bytes, aligned for any type, not initialised; NULL when there is no memory.  Size 0 gives a
 * pointer that is not NULL. */
void *arena_take (Arena *arena, size_t size);

/* count elements of element_size bytes, all zero.  An overflow counts as no memory. */
void *arena_take_zero (Arena *arena, size_t count, size_t element_size);

/* A copy with a NUL after it. */
char *arena_copy (Arena *arena, const char *bytes, size_t length);

/* Makes room for one more element behind count ones: the array moves to twice its size when full.
 * array points at the pointer, capacity at the elements it has room for.  The old array stays in
 * the arena until that ends, so that all the growing together costs twice the final size. */
bool arena_grow (Arena *arena, void *array, size_t count, size_t *capacity, size_t element_size);

ArenaMark arena_mark (const Arena *arena);

/* Gives back what was taken since the mark. */
void arena_release (Arena *arena, ArenaMark mark);

#define ARENA_NEW(arena, Type) ((Type *) arena_take_zero ((arena), 1, sizeof (Type)))
#define ARENA_ARRAY(arena, Type, count) ((Type *) arena_take_zero ((arena), (count), sizeof (Type)))

/* Append to a RulesBuffer; false when there is no memory, the buffer then being as before.  Nothing
 * is put behind the bytes: a buffer is not a string. */
bool buffer_append (RulesBuffer *buffer, const char *bytes, size_t length);
bool buffer_append_string (RulesBuffer *buffer, const char *string);
bool buffer_append_char (RulesBuffer *buffer, char byte);

/* Room for more bytes beyond the length, without changing the length. */
bool buffer_reserve (RulesBuffer *buffer, size_t more);

/* The bytes as a JSON string, quotes included.  Bytes that are not UTF-8 go through as they are. */
bool buffer_append_json_string (RulesBuffer *buffer, const char *bytes, size_t length);
