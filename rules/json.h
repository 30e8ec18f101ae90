/* json.h: a whole JSON document as a tree.
 *
 * Nothing here recurses.  Offsets and lengths are bytes.  A tree never changes once made.
 */
#pragma once

#include "json-reader.h"
#include "memory.h"

/* The UTF-8 that a string's text between the quotes means.  The text must be a valid string's.  A
 * surrogate escape without its partner becomes '?', as it does in EventBridge; \u0000 is a NUL byte
 * like any other.  The result is never longer than the text; returns its length. */
size_t json_decode (const char *text, size_t length, char *out);

typedef struct JsonNode JsonNode;

struct JsonNode
{
  RulesJsonType type;
  size_t start, length; /* the value's own text, quotes and brackets included */

  /* Strings: what they mean, in UTF-8.  Numbers: the text.  Not terminated; may hold NUL bytes; may
   * point into the document's text. */
  const char *bytes;
  size_t n_bytes;

  /* A member's name: what it means, and its text with the quotes.  NULL for elements and the root.
   */
  const char *name;
  size_t n_name;
  size_t name_start, name_length;

  const JsonNode *parent;       /* NULL: the root */
  const JsonNode *child, *last; /* first and last element or member, in the order of the text */
  const JsonNode *next;         /* the sibling behind */
  size_t n_children;
};

/* Parses a whole document.  The nodes live in the arena and point into text, so both must outlive
 * them.  Nothing but white space may follow the value.  Duplicate names, where limits allow them,
 * are all there, in order.  NULL limits: 64 deep, no limit in bytes, duplicates refused.
 *
 * Fails with RULES_ERROR_JSON, RULES_ERROR_LIMIT or RULES_ERROR_NO_MEMORY. */
bool json_parse (const char *text,
                 size_t length,
                 const RulesJsonLimits *limits,
                 Arena *arena,
                 const JsonNode **out_root,
                 RulesError *error);

/* The same, but text behind the value is not looked at. */
bool json_parse_prefix (const char *text,
                        size_t length,
                        const RulesJsonLimits *limits,
                        Arena *arena,
                        const JsonNode **out_root,
                        RulesError *error);

/* The last member with this name; NULL when there is none or node is no object. */
const JsonNode *json_member (const JsonNode *node, const char *name, size_t length);

/* The element at this index; NULL when there is none or node is no array. */
const JsonNode *json_element (const JsonNode *node, size_t index);

/* Appends the JSON pointer to a node to error->pointer. */
void json_error_point_to (RulesError *error, const JsonNode *node);
