/* case.c: reading the members of a case. */
#include "case.h"

#include <string.h>

const char *
case_string (const Case *test, const char *name, const char *fallback)
{
  JsonNode *node = json_object_get_member (test->object, name);

  if (!node || !JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return fallback;
  return json_node_get_string (node);
}

char *
case_text (const Case *test, const char *pointer)
{
  RulesJsonSpan span;

  if (!rules_json_locate (test->line, test->length, pointer, &span))
    return NULL;
  return g_strndup (test->line + span.start, span.length);
}
