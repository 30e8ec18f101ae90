/* scan.c: reads the names on the way to what rules look at and skips everything else.
 *
 * A name with escapes in it is decoded; one with dots may lead several steps down at once.
 */
#include "scan.h"

#include "json.h"

typedef struct ElementTrail ElementTrail;

struct ElementTrail
{
  Trail trail;
  ElementTrail *previous; /* element of the same array */
};

struct ScanFrame
{
  uint32_t node;
  bool object;
  uint64_t seen;      /* steps of the node that have been taken */
  const Trail *trail; /* of the container itself */
  size_t array;       /* its number */
  ElementTrail *last; /* its elements that are containers */
};

static ScanResult
push (Scan *scan, uint32_t node, bool object, const Trail *trail)
{
  if (scan->n_frames >= JSON_MAX_DEPTH)
    return SCAN_TOO_DEEP;
  if (!vector_reserve (scan->alloc, scan->frames, scan->frames_capacity, scan->n_frames + 1,
                       sizeof **scan->frames))
    return SCAN_NO_MEMORY;
  (*scan->frames)[scan->n_frames++] = (ScanFrame){
    .node = node,
    .object = object,
    .trail = trail,
    .array = object ? 0 : scan->n_arrays++,
  };
  return SCAN_OK;
}

/* Behind any value; NULL when there is no end. */
static inline const char *
skip_value (const Scan *scan, const char *at)
{
  bool escaped;

  switch (*at)
    {
    case '"':
      at = skip_to_quote (at + 1, scan->end, &escaped);
      return at < scan->end ? at + 1 : NULL;
    case '{':
    case '[':
      return scan->skip (at + 1, scan->end);
    default:
      return skip_scalar (at, scan->end);
    }
}

static RulesJsonType
scalar_type (char first)
{
  switch (first)
    {
    case 'n':
      return RULES_JSON_NULL;
    case 't':
      return RULES_JSON_TRUE;
    case 'f':
      return RULES_JSON_FALSE;
    default:
      return RULES_JSON_NUMBER;
    }
}

static bool
is_hex (char c)
{
  return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* Whether a string's escapes are whole, so that they can be decoded. */
static bool
check_escapes (const char *text, size_t length)
{
  for (size_t i = 0; i < length; i++)
    {
      size_t digits = 0;

      if (text[i] != '\\')
        continue;
      if (++i == length)
        return false;
      if (text[i] != 'u')
        continue;
      for (; digits < 4 && i + 1 < length && is_hex (text[i + 1]); digits++)
        i++;
      if (digits < 4)
        return false;
    }
  return true;
}

/* A string, number or word at a node. */
static inline ScanResult
take_scalar (Scan *scan, const FieldNode *node, const ScanFrame *frame, const char **at)
{
  const Trail *trail = frame->trail;
  ScanValue value = { .path = node->path,
                      .start = *at,
                      .trail = trail,
                      .last = frame->object && !trail && !scan->dotted };

  if (**at == '"')
    {
      value.type = RULES_JSON_STRING;
      value.end = skip_to_quote (*at + 1, scan->end, &value.escaped);
      if (value.end == scan->end ||
          (value.escaped && !check_escapes (*at + 1, (size_t) (value.end - *at - 1))))
        return SCAN_BROKEN;
      value.end++;
    }
  else
    {
      value.type = scalar_type (**at);
      value.end = skip_scalar (*at, scan->end);
      if (value.end == *at)
        return SCAN_BROKEN;
    }
  *at = value.end;
  if (node->path == FIELD_NONE)
    return SCAN_OK;
  scan->trails = scan->trails || trail;
  switch (scan->take (scan->user, &value))
    {
    case SCAN_TAKE_MORE:
      return SCAN_OK;
    case SCAN_TAKE_ENOUGH:
      return scan->early ? SCAN_ENOUGH : SCAN_OK;
    default:
      return SCAN_STOPPED;
    }
}

/* ---- Members --------------------------------------------------------------------------------- */

/* The node that a name leads to, or FIELD_NONE. */
static uint32_t
follow (Scan *scan, ScanFrame *frame, const char *name, size_t length)
{
  const FieldTree *tree = scan->tree;
  const FieldNode *node = &tree->nodes[frame->node];
  uint32_t step = FIELD_NONE;

  if (node->lengths >> (length & 63) & 1)
    {
      uint64_t head;

      if (scan->end - name >= 8)
        {
          memcpy (&head, name, sizeof head);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
          head &= length < 8 ? (UINT64_C (1) << (8 * length)) - 1 : UINT64_MAX;
#else
          head = field_head (name, length);
#endif
        }
      else
        head = field_head (name, length);
      step = field_tree_step (tree, node, name, length, head);
    }
  if (step != FIELD_NONE)
    {
      if (step - node->first < 64)
        frame->seen |= UINT64_C (1) << (step - node->first);
      return tree->steps[step].node;
    }
  if (!node->dotted || !memchr (name, '.', length))
    return FIELD_NONE;
  scan->dotted = true;
  return field_tree_dotted (tree, frame->node, name, length);
}

/* The same for a name with escapes. */
static ScanResult
follow_escaped (Scan *scan, ScanFrame *frame, const char *name, size_t length, uint32_t *out_node)
{
  const FieldTree *tree = scan->tree;
  ArenaMark mark = arena_mark (scan->arena);
  char *decoded = arena_take (scan->arena, length + 1);
  uint32_t step;
  size_t n;

  if (!decoded)
    return SCAN_NO_MEMORY;
  if (!check_escapes (name, length))
    return SCAN_BROKEN;
  n = json_decode (name, length, decoded);
  step = field_tree_step (tree, &tree->nodes[frame->node], decoded, n, field_head (decoded, n));
  scan->dotted = scan->dotted || memchr (decoded, '.', n);
  if (step != FIELD_NONE)
    *out_node = tree->steps[step].node;
  else
    *out_node = field_tree_dotted (tree, frame->node, decoded, n);
  arena_release (scan->arena, mark);
  return SCAN_OK;
}

/* at: behind the quote of the name. */
static inline ScanResult
read_member (Scan *scan, ScanFrame *frame, const char **at)
{
  const char *name = *at, *close, *value;
  bool escaped;
  uint32_t node = FIELD_NONE;
  const FieldNode *target;

  close = skip_to_quote (name, scan->end, &escaped);
  if (close == scan->end)
    return SCAN_BROKEN;
  value = skip_blanks (close + 1, scan->end);
  if (value == scan->end || *value != ':')
    return SCAN_BROKEN;
  value = skip_blanks (value + 1, scan->end);
  if (value == scan->end)
    return SCAN_BROKEN;
  if (!escaped)
    node = follow (scan, frame, name, (size_t) (close - name));
  else
    {
      ScanResult result = follow_escaped (scan, frame, name, (size_t) (close - name), &node);

      if (result != SCAN_OK)
        return result;
    }
  target = node == FIELD_NONE ? NULL : &scan->tree->nodes[node];
  if (!target || (*value == '{' && target->n_steps == 0))
    {
      *at = skip_value (scan, value);
      return *at ? SCAN_OK : SCAN_BROKEN;
    }
  *at = value;
  if (*value != '{' && *value != '[')
    return take_scalar (scan, target, frame, at);
  *at = value + 1;
  return push (scan, node, *value == '{', frame->trail);
}

/* ---- Elements -------------------------------------------------------------------------------- */

static ScanResult
read_element (Scan *scan, ScanFrame *frame, const char **at)
{
  const FieldNode *node = &scan->tree->nodes[frame->node];
  const char *start = *at, *inside;
  ElementTrail *element;

  if (*start != '{' && *start != '[')
    return take_scalar (scan, node, frame, at);
  inside = skip_blanks (start + 1, scan->end);
  if (inside == scan->end)
    return SCAN_BROKEN;
  if (*inside == '}' || *inside == ']' || (*start == '{' && node->n_steps == 0))
    {
      *at = scan->skip (start + 1, scan->end);
      return *at ? SCAN_OK : SCAN_BROKEN;
    }
  *at = inside;
  /* All values below are of one path: which element they lie in never matters. */
  if (node->n_steps == 0)
    return push (scan, frame->node, false, frame->trail);
  element = ARENA_NEW (scan->arena, ElementTrail);
  if (!element)
    return SCAN_NO_MEMORY;
  element->trail = (Trail){
    .outer = frame->trail,
    .array = frame->array,
    .start = (size_t) (start - scan->text),
  };
  element->previous = frame->last;
  frame->last = element;
  return push (scan, frame->node, *start == '{', &element->trail);
}

/* ---- All of it ------------------------------------------------------------------------------- */

static void
pop (Scan *scan, const char *at)
{
  ScanFrame *frame = &(*scan->frames)[--scan->n_frames];

  for (ElementTrail *element = frame->last; element; element = element->previous)
    element->trail.array_end = (size_t) (at - scan->text);
}

/* Whether all steps of an object have been seen. */
static inline bool
is_done (const Scan *scan, const ScanFrame *frame)
{
  return frame->object && frame->seen != 0 && frame->seen == scan->tree->nodes[frame->node].all;
}

static bool
all_done (const Scan *scan)
{
  for (size_t i = 0; i < scan->n_frames; i++)
    if (!is_done (scan, &(*scan->frames)[i]))
      return false;
  return true;
}

/* Whether no name in the rest can lead to another value: none of a step of the frames, to each of
 * which what is done here applies. */
static bool
is_rest_free (const Scan *scan, const char *at)
{
  const FieldTree *tree = scan->tree;
  RestName names[REST_NAMES];
  size_t n = 0;

  for (size_t i = 0; i < scan->n_frames; i++)
    {
      const FieldNode *node = &tree->nodes[(*scan->frames)[i].node];

      if (node->n_steps > REST_NAMES - n)
        return false;
      for (uint32_t k = node->first; k < node->first + node->n_steps; k++)
        {
          const FieldStep *step = &tree->steps[k];

          if (step->n_name == 0 || step->n_name > REST_NAME_BYTES)
            return false;
          names[n++] = (RestName){ tree->names + step->name, step->n_name };
        }
    }
  return scan->rest (at, scan->end, names, n);
}

/* All paths have been seen at this place: whether nothing behind it counts. */
static bool
may_stop (Scan *scan, const char *at)
{
  bool free_rest;

  if (scan->early)
    return true;
  free_rest = is_rest_free (scan, at);
  /* Once is enough: what is there now will still be there further on. */
  scan->rest = NULL;
  return free_rest;
}

ScanResult
scan_event (Scan *scan)
{
  const char *end = scan->end;
  const char *at = skip_blanks (scan->text, end);
  ScanResult result;

  if (at == end || *at != '{')
    return SCAN_BROKEN;
  at++;
  result = push (scan, 0, true, NULL);
  while (result == SCAN_OK && scan->n_frames > 0)
    {
      ScanFrame *frame = &(*scan->frames)[scan->n_frames - 1];

      if ((scan->early || scan->rest) && is_done (scan, frame))
        {
          if (all_done (scan) && may_stop (scan, at))
            return SCAN_OK;
          if (scan->early)
            {
              at = scan->skip (at, end);
              if (!at)
                return SCAN_BROKEN;
              pop (scan, at);
              continue;
            }
        }
      at = skip_blanks (at, end);
      if (at < end && *at == ',')
        at = skip_blanks (at + 1, end);
      if (at == end)
        return SCAN_BROKEN;
      if (*at == (frame->object ? '}' : ']'))
        pop (scan, ++at);
      else if (!frame->object)
        result = read_element (scan, frame, &at);
      else if (*at == '"')
        {
          at++;
          result = read_member (scan, frame, &at);
        }
      else
        return SCAN_BROKEN;
    }
  return result == SCAN_ENOUGH ? SCAN_OK : result;
}
