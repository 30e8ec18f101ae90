/* Any bytes as JSON: what is checked, located and enumerated agrees. */
#include "fuzz.h"

#include "rules/rules.h"

static const RulesJsonLimits lenient = { .max_depth = 1000, .allow_duplicates = true };

typedef struct
{
  const char *text;
  size_t length;
  unsigned index;
} Elements;

static bool
visit_element (void *user, const char *element, size_t length)
{
  Elements *elements = user;
  RulesJsonSpan span;
  char pointer[16];

  snprintf (pointer, sizeof pointer, "/%u", elements->index++);
  FUZZ_CHECK (rules_json_locate (elements->text, elements->length, pointer, &span));
  FUZZ_CHECK (elements->text + span.start == element && span.length == length);
  FUZZ_CHECK (rules_check_json (element, length, &lenient, NULL));
  return elements->index < 4;
}

/* Two ways to the same place, or to none. */
static void
locate_both_ways (const char *text, size_t size, bool valid)
{
  static const char *const pointers[] = { "",  "/0",   "/1",   "/a",   "/b",
                                          "/", "/a/a", "/a/0", "/0/a", "/0/0/0" };

  for (size_t i = 0; i < sizeof pointers / sizeof *pointers; i++)
    {
      RulesJsonSpan plain = { 0 }, quick = { 0 };
      bool found = rules_json_locate_valid (text, size, pointers[i], &quick);

      if (found)
        FUZZ_CHECK (quick.start <= size && quick.length <= size - quick.start);
      if (!valid)
        continue;
      FUZZ_CHECK (rules_json_locate (text, size, pointers[i], &plain) == found);
      FUZZ_CHECK (!found ||
                  (plain.type == quick.type && plain.start == quick.start &&
                   plain.length == quick.length && plain.name_length == quick.name_length));
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  const char *text = (const char *) data;
  Elements elements = { text, size, 0 };
  RulesError error = { 0 };
  RulesJsonSpan span = { 0 };
  unsigned line, column;
  bool valid = rules_check_json (text, size, &lenient, &error);

  FUZZ_CHECK (rules_json_locate (text, size, "", &span) == valid);
  if (valid)
    {
      FUZZ_CHECK (span.start + span.length <= size);
      FUZZ_CHECK (rules_check_json (text + span.start, span.length, &lenient, NULL));
    }
  else
    {
      rules_text_position (text, size, error.offset, &line, &column);
      FUZZ_CHECK (error.offset <= size && error.line == line && error.column == column);
      FUZZ_CHECK (error.reason[0] != '\0');
    }
  FUZZ_CHECK (rules_json_each (text, size, &lenient, visit_element, &elements, NULL) ==
              (valid && span.type == RULES_JSON_ARRAY));

  locate_both_ways (text, size, valid);

  /* Being stricter never accepts more. */
  FUZZ_CHECK (!rules_check_json (text, size, NULL, &error) || valid);
  return 0;
}
