/* glob.c: wildcard patterns.
 *
 * With * as the only wildcard the first place where a piece occurs is always as good as any later
 * one, so that matching never goes back.
 */
#include "glob.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static GlobResult
check (const char *text, size_t length, size_t *out_stars, size_t *out_position)
{
  *out_stars = 0;
  for (size_t i = 0; i < length; i++)
    {
      bool more = i + 1 < length;

      *out_position = i;
      if (text[i] == '*')
        {
          if (more && text[i + 1] == '*')
            return GLOB_CONSECUTIVE;
          ++*out_stars;
        }
      else if (text[i] == '\\')
        {
          if (!more || (text[i + 1] != '*' && text[i + 1] != '\\'))
            return GLOB_ESCAPE;
          i++;
        }
    }
  return GLOB_OK;
}

GlobResult
glob_parse (const char *text, size_t length, Arena *arena, Glob *out, size_t *out_position)
{
  size_t stars, n = 0;
  GlobResult result = check (text, length, &stars, out_position);
  char *to, *piece;

  if (result != GLOB_OK)
    return result;
  out->n_pieces = stars + 1;
  out->pieces = ARENA_ARRAY (arena, const char *, stars + 1);
  out->lengths = ARENA_ARRAY (arena, size_t, stars + 1);
  to = piece = arena_take (arena, length);
  if (!out->pieces || !out->lengths || !to)
    return GLOB_NO_MEMORY;
  for (size_t i = 0; i <= length; i++)
    if (i == length || text[i] == '*')
      {
        out->pieces[n] = piece;
        out->lengths[n++] = (size_t) (to - piece);
        piece = to;
      }
    else
      {
        i += text[i] == '\\';
        *to++ = text[i];
      }
  return GLOB_OK;
}

#if defined(__SSE2__)

#define BLOCK 16u

/* So many places that only look right are tried before it matters how many there are. */
#define FEW_TRIES 64u

static inline unsigned
equal_bytes (const char *at, __m128i byte)
{
  return (unsigned) _mm_movemask_epi8 (
      _mm_cmpeq_epi8 (_mm_loadu_si128 ((const __m128i *) (const void *) at), byte));
}

/* Where first and last byte of the piece are right, the rest is compared; memmem() goes byte by
 * byte, but is never quadratic: what has too many such places is left to it. */
static const char *
find_piece (const char *text, const char *end, const char *piece, size_t length)
{
  const __m128i first = _mm_set1_epi8 (piece[0]), last = _mm_set1_epi8 (piece[length - 1]);
  const char *at = text;
  size_t n_tries = 0;

  for (; (size_t) (end - at) >= length - 1 + BLOCK; at += BLOCK)
    {
      unsigned places = equal_bytes (at, first);

      if (!places || !(places &= equal_bytes (at + length - 1, last)))
        continue;
      for (; places; places &= places - 1)
        {
          const char *place = at + __builtin_ctz (places);

          if (length <= 2 || memcmp (place + 1, piece + 1, length - 2) == 0)
            return place;
          n_tries++;
        }
      if (n_tries > FEW_TRIES && n_tries * BLOCK > (size_t) (at - text))
        break;
    }
  return memmem (at, (size_t) (end - at), piece, length);
}

#else

static const char *
find_piece (const char *text, const char *end, const char *piece, size_t length)
{
  return memmem (text, (size_t) (end - text), piece, length);
}

#endif

bool
glob_matches (const Glob *glob, const char *value, size_t length)
{
  size_t last = glob->n_pieces - 1;
  const char *at = value, *end = value + length;

  if (last == 0)
    return length == glob->lengths[0] && memcmp (value, glob->pieces[0], length) == 0;
  if (length < glob->lengths[0] + glob->lengths[last] ||
      memcmp (value, glob->pieces[0], glob->lengths[0]) != 0 ||
      memcmp (end - glob->lengths[last], glob->pieces[last], glob->lengths[last]) != 0)
    return false;
  at += glob->lengths[0];
  end -= glob->lengths[last];
  for (size_t i = 1; i < last; i++)
    {
      at = find_piece (at, end, glob->pieces[i], glob->lengths[i]);
      if (!at)
        return false;
      at += glob->lengths[i];
    }
  return true;
}
