/* JSON that was accepted, walked by what accepts events: every slice is JSON itself, inside the
 * text, and of the type that the rules library finds. */
#include "fuzz.h"

#include "ingress/scan.h"
#include "rules/rules.h"

static const RulesJsonLimits limits = { .max_depth = 64, .allow_duplicates = true };

static void
check_value (JsonSlice value, JsonSlice outer)
{
  static const char types[] = {
    [RULES_JSON_NULL] = 'n',   [RULES_JSON_FALSE] = 'b',  [RULES_JSON_TRUE] = 'b',
    [RULES_JSON_NUMBER] = '0', [RULES_JSON_STRING] = '"', [RULES_JSON_ARRAY] = '[',
    [RULES_JSON_OBJECT] = '{',
  };
  RulesJsonSpan span;

  FUZZ_CHECK (value.text >= outer.text && value.text + value.length <= outer.text + outer.length);
  FUZZ_CHECK (rules_json_locate (value.text, value.length, "", &span));
  FUZZ_CHECK (span.start == 0 && span.length == value.length);
  FUZZ_CHECK (json_slice_type (value) == types[span.type]);
}

static void
check_string (JsonSlice value)
{
  g_autofree char *text = json_slice_string (value);

  FUZZ_CHECK (text == NULL || g_utf8_validate (text, -1, NULL));
  FUZZ_CHECK (text != NULL || json_slice_type (value) != '"' ||
              g_strstr_len (value.text, (gssize) value.length, "\\u0000") != NULL);
}

static void
walk (JsonSlice value)
{
  JsonMembers members;
  JsonElements elements;
  JsonSlice name, inner;

  check_string (value);
  if (json_slice_type (value) == '{')
    for (json_members_begin (&members, value); json_members_next (&members, &name, &inner);)
      {
        check_value (name, value);
        check_string (name);
        check_value (inner, value);
        walk (inner);
      }
  if (json_slice_type (value) == '[')
    for (json_elements_begin (&elements, value); json_elements_next (&elements, &inner);)
      {
        check_value (inner, value);
        walk (inner);
      }
}

static bool
count_element (void *user, const char *element, size_t length)
{
  ++*(size_t *) user;
  return true;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *text = (const char *) data;
  JsonSlice root = json_slice (text, size);
  JsonElements elements;
  JsonSlice element;
  size_t expected = 0, count = 0;

  if (!rules_check_json (text, size, &limits, NULL))
    return 0;
  check_value (root, (JsonSlice){ text, size });
  walk (root);
  if (rules_json_each (text, size, &limits, count_element, &expected, NULL))
    {
      json_elements_begin (&elements, root);
      while (json_elements_next (&elements, &element))
        count++;
      FUZZ_CHECK (count == expected);
    }
  return 0;
}
