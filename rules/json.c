/* json.c: the document tree, and the public functions that walk it.
 *
 * Builds with a loop over the reader's tokens; the open containers are the nodes' own parents.
 */
#include "json.h"

#include "error.h"
#include "utf8.h"

#include <string.h>

/* ---- Decoding -------------------------------------------------------------------------------- */

static uint32_t
read_unit (const char *digits)
{
  uint32_t unit = 0;

  for (int i = 0; i < 4; i++)
    {
      unsigned char digit = (unsigned char) digits[i];

      unit = unit << 4 |
             (digit <= '9' ? digit - (uint32_t) '0' : (uint32_t) (digit | 0x20) - 'a' + 10);
    }
  return unit;
}

/* The character of a \u escape at text (behind the u), and how many bytes from there it takes. */
static uint32_t
decode_unicode (const char *text, size_t length, size_t *out_taken)
{
  uint32_t unit = read_unit (text);

  *out_taken = 4;
  if (unit < 0xD800 || unit > 0xDFFF)
    return unit;
  if (unit < 0xDC00 && length >= 10 && text[4] == '\\' && text[5] == 'u')
    {
      uint32_t low = read_unit (text + 6);

      if (low >= 0xDC00 && low <= 0xDFFF)
        {
          *out_taken = 10;
          return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        }
    }
  return '?';
}

size_t
json_decode (const char *text, size_t length, char *out)
{
  static const char escapes[] = "bfnrt";
  static const char meanings[] = "\b\f\n\r\t";
  char *to = out;

  for (size_t i = 0; i < length; i++)
    {
      const char *escape;
      size_t taken;

      if (text[i] != '\\')
        {
          *to++ = text[i];
          continue;
        }
      i++;
      if (text[i] == 'u')
        {
          to += utf8_encode (decode_unicode (text + i + 1, length - i - 1, &taken), to);
          i += taken;
          continue;
        }
      escape = strchr (escapes, text[i]);
      *to++ = escape ? meanings[escape - escapes] : text[i];
    }
  return (size_t) (to - out);
}

/* ---- Building -------------------------------------------------------------------------------- */

typedef struct
{
  JsonReader reader;
  Arena *arena;
  RulesError *error;
  bool unique; /* names must be */
  JsonNode *root;
  JsonNode *open; /* the innermost container that is open */
  JsonNode *node; /* the member whose value is read next */
} Builder;

/* What the reader's finished string means: the text itself where it has no escapes. */
static bool
decode_string (Builder *builder, const char **out_bytes, size_t *out_length)
{
  const JsonReader *reader = &builder->reader;
  const char *text = reader->text + reader->start + 1;
  size_t length = reader->end - reader->start - 2;
  char *bytes;

  *out_bytes = text;
  *out_length = length;
  if (!reader->escaped)
    return true;
  bytes = arena_take (builder->arena, length);
  if (!bytes)
    return error_no_memory (builder->error);
  *out_bytes = bytes;
  *out_length = json_decode (text, length, bytes);
  return true;
}

/* A node at the end of the open container. */
static JsonNode *
add_node (Builder *builder)
{
  JsonNode *node = ARENA_NEW (builder->arena, JsonNode);

  if (!node)
    {
      error_no_memory (builder->error);
      return NULL;
    }
  node->parent = builder->open;
  if (!builder->open)
    builder->root = node;
  else
    {
      if (builder->open->last)
        ((JsonNode *) builder->open->last)->next = node;
      else
        builder->open->child = node;
      builder->open->last = node;
      builder->open->n_children++;
    }
  return node;
}

static bool
add_member (Builder *builder)
{
  JsonReader *reader = &builder->reader;
  JsonNode *node = add_node (builder);

  if (!node || !decode_string (builder, &node->name, &node->n_name))
    return false;
  node->name_start = reader->start;
  node->name_length = reader->end - reader->start;
  builder->node = node;
  return true;
}

static bool
add_value (Builder *builder, JsonToken token)
{
  static const RulesJsonType types[] = {
    [JSON_TOKEN_OBJECT] = RULES_JSON_OBJECT, [JSON_TOKEN_ARRAY] = RULES_JSON_ARRAY,
    [JSON_TOKEN_STRING] = RULES_JSON_STRING, [JSON_TOKEN_NUMBER] = RULES_JSON_NUMBER,
    [JSON_TOKEN_TRUE] = RULES_JSON_TRUE,     [JSON_TOKEN_FALSE] = RULES_JSON_FALSE,
    [JSON_TOKEN_NULL] = RULES_JSON_NULL,
  };
  JsonReader *reader = &builder->reader;
  JsonNode *node = builder->node ? builder->node : add_node (builder);

  if (!node)
    return false;
  builder->node = NULL;
  if (!json_reader_finish (reader))
    return json_reader_error (reader, builder->error);
  node->type = types[token];
  node->start = reader->start;
  node->length = reader->end - reader->start;
  node->bytes = reader->text + reader->start;
  node->n_bytes = node->length;
  if (node->type == RULES_JSON_STRING)
    return decode_string (builder, &node->bytes, &node->n_bytes);
  if (node->type == RULES_JSON_OBJECT || node->type == RULES_JSON_ARRAY)
    builder->open = node;
  return true;
}

/* ---- Names that occur twice ------------------------------------------------------------------ */

static int
compare_names (const JsonNode *a, const JsonNode *b)
{
  size_t shorter = a->n_name < b->n_name ? a->n_name : b->n_name;
  int order = memcmp (a->name, b->name, shorter);

  if (order != 0)
    return order;
  return a->n_name < b->n_name ? -1 : a->n_name > b->n_name;
}

/* Merges the sorted halves [0, middle) and [middle, count) of from into to; equal ones keep their
 * order. */
static void
merge (const JsonNode **from, size_t middle, size_t count, const JsonNode **to)
{
  size_t a = 0, b = middle;

  for (size_t i = 0; i < count; i++)
    if (b >= count || (a < middle && compare_names (from[a], from[b]) <= 0))
      to[i] = from[a++];
    else
      to[i] = from[b++];
}

/* Merge sort, bottom up: no hash that a hostile sender could fill with collisions, and no qsort(),
 * which may allocate behind our back.  names and spare have room for count; returns the sorted one.
 */
static const JsonNode **
sort_names (const JsonNode **names, const JsonNode **spare, size_t count)
{
  for (size_t width = 1; width < count; width *= 2)
    {
      const JsonNode **swap = names;

      for (size_t i = 0; i < count; i += 2 * width)
        {
          size_t rest = count - i;

          merge (names + i, rest < width ? rest : width, rest < 2 * width ? rest : 2 * width,
                 spare + i);
        }
      names = spare;
      spare = swap;
    }
  return names;
}

/* The first member, in the order of the text, whose name an earlier one has. */
static const JsonNode *
first_repeated (const JsonNode **sorted, size_t count)
{
  const JsonNode *found = NULL;

  for (size_t i = 1; i < count; i++)
    if (compare_names (sorted[i - 1], sorted[i]) == 0)
      if (!found || sorted[i]->name_start < found->name_start)
        found = sorted[i];
  return found;
}

void
json_error_point_to (RulesError *error, const JsonNode *node)
{
  const JsonNode *child;

  /* From the root down without recursion: each round finds the next node on the way. */
  for (const JsonNode *above = NULL; above != node; above = child)
    {
      for (child = node; child->parent != above; child = child->parent)
        ;
      if (child->name)
        error_pointer_append (error, child->name, child->n_name);
      else if (child->parent)
        {
          char digits[24];
          size_t n = sizeof digits, index = 0;

          for (const JsonNode *sibling = child->parent->child; sibling != child;
               sibling = sibling->next)
            index++;
          do
            digits[--n] = (char) ('0' + index % 10);
          while ((index /= 10) > 0);
          error_pointer_append (error, digits + n, sizeof digits - n);
        }
    }
}

static bool
refuse_repeated (Builder *builder, const JsonNode *member)
{
  const JsonReader *reader = &builder->reader;
  const char *name = reader->text + member->name_start;

  error_at (builder->error, RULES_ERROR_JSON, reader->text, reader->length, member->name_start,
            "Keep one of them: senders and receivers disagree about which of two counts.",
            "name %.*s%s occurs twice", (int) error_cut_utf8 (name, member->name_length, 200), name,
            member->name_length > 200 ? "…" : "");
  if (builder->error)
    json_error_point_to (builder->error, member);
  return false;
}

static bool
check_names (Builder *builder, const JsonNode *object)
{
  size_t count = object->n_children, i = 0;
  ArenaMark mark = arena_mark (builder->arena);
  const JsonNode **names = arena_take (builder->arena, 2 * count * sizeof *names);
  const JsonNode *repeated;

  if (!names)
    return error_no_memory (builder->error);
  for (const JsonNode *member = object->child; member; member = member->next)
    names[i++] = member;
  repeated = first_repeated (sort_names (names, names + count, count), count);
  arena_release (builder->arena, mark);
  return repeated ? refuse_repeated (builder, repeated) : true;
}

static bool
close_node (Builder *builder)
{
  JsonNode *node = builder->open;

  node->length = builder->reader.end - node->start;
  node->bytes = NULL;
  node->n_bytes = 0;
  builder->open = (JsonNode *) node->parent;
  if (builder->unique && node->type == RULES_JSON_OBJECT && node->n_children > 1)
    return check_names (builder, node);
  return true;
}

static bool
build_value (Builder *builder)
{
  JsonReader *reader = &builder->reader;
  JsonToken token;
  bool ok;

  do
    {
      if (!json_reader_next (reader, &token))
        {
          json_reader_error (reader, builder->error);
          if (builder->error && reader->fault == JSON_FAULT_DEPTH && builder->open)
            json_error_point_to (builder->error, builder->node ? builder->node : builder->open);
          return false;
        }
      if (token == JSON_TOKEN_NAME)
        ok = add_member (builder);
      else if (token == JSON_TOKEN_OBJECT_END || token == JSON_TOKEN_ARRAY_END)
        ok = close_node (builder);
      else if (token == JSON_TOKEN_END)
        return error_at (builder->error, RULES_ERROR_JSON, reader->text, reader->length,
                         reader->length, "Send one JSON value.", "the text is empty");
      else
        ok = add_value (builder, token);
    }
  while (ok && builder->open);
  return ok;
}

/* Nothing but white space may come now. */
static bool
check_rest (Builder *builder)
{
  JsonReader *reader = &builder->reader;

  while (reader->position < reader->length && reader->text[reader->position] != '\0' &&
         strchr (" \t\r\n", reader->text[reader->position]))
    reader->position++;
  if (reader->position == reader->length)
    return true;
  reader->fault = JSON_FAULT_TRAILING;
  reader->fault_offset = reader->position;
  return json_reader_error (reader, builder->error);
}

static bool
parse (const char *text,
       size_t length,
       const RulesJsonLimits *limits,
       bool whole,
       Arena *arena,
       const JsonNode **out_root,
       RulesError *error)
{
  Builder builder = { .arena = arena, .error = error };

  if (limits && limits->max_bytes > 0 && length > limits->max_bytes)
    return error_at (error, RULES_ERROR_LIMIT, text, length, limits->max_bytes,
                     "Send less, or raise the limit on the size.",
                     "%zu bytes, at most %zu are accepted", length, limits->max_bytes);
  builder.unique = !limits || !limits->allow_duplicates;
  json_reader_init (&builder.reader, text, length, limits ? limits->max_depth : 0);
  if (!build_value (&builder) || (whole && !check_rest (&builder)))
    return false;
  *out_root = builder.root;
  return true;
}

bool
json_parse (const char *text,
            size_t length,
            const RulesJsonLimits *limits,
            Arena *arena,
            const JsonNode **out_root,
            RulesError *error)
{
  return parse (text, length, limits, true, arena, out_root, error);
}

bool
json_parse_prefix (const char *text,
                   size_t length,
                   const RulesJsonLimits *limits,
                   Arena *arena,
                   const JsonNode **out_root,
                   RulesError *error)
{
  return parse (text, length, limits, false, arena, out_root, error);
}

const JsonNode *
json_member (const JsonNode *node, const char *name, size_t length)
{
  const JsonNode *found = NULL;

  if (node->type != RULES_JSON_OBJECT)
    return NULL;
  for (const JsonNode *member = node->child; member; member = member->next)
    if (member->n_name == length && memcmp (member->name, name, length) == 0)
      found = member;
  return found;
}

const JsonNode *
json_element (const JsonNode *node, size_t index)
{
  const JsonNode *element = node->type == RULES_JSON_ARRAY ? node->child : NULL;

  while (element && index-- > 0)
    element = element->next;
  return element;
}
