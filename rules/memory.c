/* memory.c: the arena and the growing buffer.
 *
 * Blocks double in size from 1 KB to 1 MB, so that a large document costs few allocations and a
 * small one little memory.  A piece larger than that gets a block of its own size.
 */
#include "memory.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK_BYTES 1024u
#define LARGEST_BLOCK_BYTES (1024u * 1024u)

struct ArenaBlock
{
  ArenaBlock *earlier;
  size_t size;
  size_t used;
  alignas (max_align_t) char bytes[];
};

void *
memory_resize (const RulesAlloc *alloc, void *pointer, size_t size)
{
  if (!pointer && size == 0)
    return NULL;
  if (alloc)
    return alloc->resize (alloc->user, pointer, size);
  if (size > 0)
    return realloc (pointer, size);
  free (pointer);
  return NULL;
}

void
arena_init (Arena *arena, const RulesAlloc *alloc)
{
  arena->alloc = alloc;
  arena->block = NULL;
}

static void
drop_block (Arena *arena)
{
  ArenaBlock *block = arena->block;

  arena->block = block->earlier;
  memory_resize (arena->alloc, block, 0);
}

void
arena_clear (Arena *arena)
{
  while (arena->block)
    drop_block (arena);
}

void
arena_reset (Arena *arena)
{
  ArenaBlock *kept = arena->block;

  if (!kept)
    return;
  /* The newest block is the largest, unless a huge piece had one of its own. */
  arena->block = kept->earlier;
  arena_clear (arena);
  kept->earlier = NULL;
  kept->used = 0;
  arena->block = kept;
}

static bool
add_block (Arena *arena, size_t at_least)
{
  size_t size = FIRST_BLOCK_BYTES;
  ArenaBlock *block;

  if (arena->block)
    size = arena->block->size * 2;
  if (size > LARGEST_BLOCK_BYTES)
    size = LARGEST_BLOCK_BYTES;
  if (size < at_least)
    size = at_least;
  if (size > SIZE_MAX - sizeof (ArenaBlock))
    return false;
  block = memory_resize (arena->alloc, NULL, sizeof (ArenaBlock) + size);
  if (!block)
    return false;
  block->earlier = arena->block;
  block->size = size;
  block->used = 0;
  arena->block = block;
  return true;
}

void *
arena_take (Arena *arena, size_t size)
{
  const size_t align = alignof (max_align_t);
  char *piece;

  if (size > SIZE_MAX - align)
    return NULL;
  size = (size + align - 1) & ~(align - 1);
  if (!arena->block || arena->block->size - arena->block->used < size)
    if (!add_block (arena, size))
      return NULL;
  piece = arena->block->bytes + arena->block->used;
  arena->block->used += size;
  return piece;
}

void *
arena_take_zero (Arena *arena, size_t count, size_t element_size)
{
  void *piece;

  if (element_size > 0 && count > SIZE_MAX / element_size)
    return NULL;
  piece = arena_take (arena, count * element_size);
  if (piece)
    memset (piece, 0, count * element_size);
  return piece;
}

char *
arena_copy (Arena *arena, const char *bytes, size_t length)
{
  char *copy = length < SIZE_MAX ? arena_take (arena, length + 1) : NULL;

  if (!copy)
    return NULL;
  if (length > 0)
    memcpy (copy, bytes, length);
  copy[length] = '\0';
  return copy;
}

bool
arena_grow (Arena *arena, void *array, size_t count, size_t *capacity, size_t element_size)
{
  void *old, *larger;
  size_t wanted;

  if (count < *capacity)
    return true;
  if (count > SIZE_MAX / 2 / element_size)
    return false;
  wanted = count > 0 ? count * 2 : 8;
  larger = arena_take (arena, wanted * element_size);
  if (!larger)
    return false;
  memcpy (&old, array, sizeof old);
  if (count > 0)
    memcpy (larger, old, count * element_size);
  memcpy (array, &larger, sizeof larger);
  *capacity = wanted;
  return true;
}

ArenaMark
arena_mark (const Arena *arena)
{
  ArenaMark mark = { arena->block, arena->block ? arena->block->used : 0 };

  return mark;
}

void
arena_release (Arena *arena, ArenaMark mark)
{
  while (arena->block != mark.block)
    drop_block (arena);
  if (arena->block)
    arena->block->used = mark.used;
}

bool
buffer_reserve (RulesBuffer *buffer, size_t more)
{
  size_t capacity = buffer->capacity;
  char *data;

  if (capacity - buffer->length >= more)
    return true;
  if (more > SIZE_MAX / 2 - buffer->length)
    return false;
  if (capacity < 64)
    capacity = 64;
  while (capacity - buffer->length < more)
    capacity *= 2;
  data = memory_resize (buffer->alloc, buffer->data, capacity);
  if (!data)
    return false;
  buffer->data = data;
  buffer->capacity = capacity;
  return true;
}

bool
buffer_append (RulesBuffer *buffer, const char *bytes, size_t length)
{
  if (!buffer_reserve (buffer, length))
    return false;
  if (length > 0)
    memcpy (buffer->data + buffer->length, bytes, length);
  buffer->length += length;
  return true;
}

bool
buffer_append_string (RulesBuffer *buffer, const char *string)
{
  return buffer_append (buffer, string, strlen (string));
}

bool
buffer_append_char (RulesBuffer *buffer, char byte)
{
  return buffer_append (buffer, &byte, 1);
}

static bool
append_escape (RulesBuffer *buffer, unsigned char byte)
{
  static const char hex[] = "0123456789abcdef";
  char escape[] = { '\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15] };

  switch (byte)
    {
    case '"':
    case '\\':
      escape[1] = (char) byte;
      return buffer_append (buffer, escape, 2);
    case '\n':
      return buffer_append (buffer, "\\n", 2);
    case '\t':
      return buffer_append (buffer, "\\t", 2);
    case '\r':
      return buffer_append (buffer, "\\r", 2);
    default:
      return buffer_append (buffer, escape, sizeof escape);
    }
}

bool
buffer_append_json_string (RulesBuffer *buffer, const char *bytes, size_t length)
{
  size_t before = buffer->length;
  size_t start = 0;
  bool ok = buffer_append_char (buffer, '"');

  for (size_t i = 0; ok && i < length; i++)
    {
      unsigned char byte = (unsigned char) bytes[i];

      if (byte >= 0x20 && byte != '"' && byte != '\\')
        continue;
      ok = buffer_append (buffer, bytes + start, i - start) && append_escape (buffer, byte);
      start = i + 1;
    }
  ok = ok && buffer_append (buffer, bytes + start, length - start) &&
       buffer_append_char (buffer, '"');
  if (!ok)
    buffer->length = before;
  return ok;
}

void
rules_buffer_clear (RulesBuffer *buffer)
{
  memory_resize (buffer->alloc, buffer->data, 0);
  buffer->data = NULL;
  buffer->length = 0;
  buffer->capacity = 0;
}
