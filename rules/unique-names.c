/* unique-names.c: comparing the names of each object by their first bytes and lengths.
 *
 * The names of all objects that are open lie in one array, those of the innermost at its end. Every
 * name is compared with all before it in its object; objects for which that would be slow are not
 * for this file.
 */
#include "unique-names.h"

#include "skip.h"

#define MAX_OPEN_NAMES 512u
#define MAX_NAMES 64u /* of one object */

typedef struct
{
  uint64_t heads[MAX_OPEN_NAMES]; /* the first eight bytes, mixed with the length */
  const char *names[MAX_OPEN_NAMES];
  size_t lengths[MAX_OPEN_NAMES];
  size_t n_names;
  size_t starts[UNIQUE_NAMES_DEPTH + 1]; /* where the names of each open object begin */
  size_t depth;
} Names;

/* The next quote or brace, or end. */
static inline const char *
next_mark (const char *at, const char *end)
{
#if defined(__SSE2__)
  for (; end - at >= 16; at += 16)
    {
      __m128i bytes = _mm_loadu_si128 ((const __m128i *) (const void *) at);
      __m128i marks = _mm_or_si128 (_mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('"')),
                                    _mm_or_si128 (_mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('{')),
                                                  _mm_cmpeq_epi8 (bytes, _mm_set1_epi8 ('}'))));
      unsigned mask = (unsigned) _mm_movemask_epi8 (marks);

      if (mask)
        return at + __builtin_ctz (mask);
    }
#endif
  while (at < end && *at != '"' && *at != '{' && *at != '}')
    at++;
  return at;
}

static bool
add_name (Names *self, const char *name, size_t length, const char *end)
{
  size_t first = self->starts[self->depth], n = self->n_names;
  uint64_t head = 0;

  if (n == MAX_OPEN_NAMES || n - first == MAX_NAMES)
    return false;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  if (end - name >= 8)
    {
      memcpy (&head, name, sizeof head);
      head &= length < 8 ? (UINT64_C (1) << (8 * length)) - 1 : UINT64_MAX;
    }
  else
#endif
    memcpy (&head, name, length < sizeof head ? length : sizeof head);
  head ^= (uint64_t) length << 56;
  for (size_t i = first; i < n; i++)
    if (self->heads[i] == head && self->lengths[i] == length &&
        memcmp (self->names[i], name, length) == 0)
      return false;
  self->heads[n] = head;
  self->names[n] = name;
  self->lengths[n] = length;
  self->n_names++;
  return true;
}

bool
unique_names (const char *text, size_t length)
{
  const char *at = text, *end = text + length;
  Names names;

  names.n_names = 0;
  names.depth = 0;
  names.starts[0] = 0;
  for (at = next_mark (at, end); at < end; at = next_mark (at, end))
    if (*at == '{')
      {
        if (names.depth == UNIQUE_NAMES_DEPTH)
          return false;
        names.starts[++names.depth] = names.n_names;
        at++;
      }
    else if (*at == '}')
      {
        if (names.depth == 0)
          return false;
        names.n_names = names.starts[names.depth--];
        at++;
      }
    else
      {
        const char *name = at + 1, *after;
        bool escaped;

        at = skip_to_quote (name, end, &escaped);
        if (at == end)
          return false;
        after = skip_blanks (at + 1, end);
        if (after < end && *after == ':' &&
            (escaped || !add_name (&names, name, (size_t) (at - name), end)))
          return false;
        at++;
      }
  return true;
}
