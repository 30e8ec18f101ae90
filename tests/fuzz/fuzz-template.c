/* A template, its variables ("name=path" a line) and an event: what a JSON template yields is JSON,
 * and what can never be rendered is not. */
#include "fuzz.h"

#include "rules/rules.h"

#define MAX_VARIABLES 16

static const RulesJsonLimits lenient = { .max_depth = 1000, .allow_duplicates = true };

/* Cuts text up in its place. */
static size_t
parse_variables (char *text, RulesVariable *variables)
{
  size_t count = 0;

  for (char *line = strtok (text, "\n"); line && count < MAX_VARIABLES; line = strtok (NULL, "\n"))
    {
      char *equals = strchr (line, '=');

      if (!equals)
        continue;
      *equals = '\0';
      variables[count++] = (RulesVariable){ line, equals + 1 };
    }
  return count;
}

static void
check_paths (const RulesVariable *variables, size_t count, FuzzPart event)
{
  for (size_t i = 0; i < count; i++)
    {
      RulesBuffer out = { 0 };
      bool found = false;

      if (rules_path_get (variables[i].path, event.text, event.length, &out, &found, NULL))
        FUZZ_CHECK (rules_check_json (out.data, out.length, &lenient, NULL) == found);
      else
        FUZZ_CHECK (out.length == 0);
      rules_buffer_clear (&out);
    }
}

static void
check_render (const RulesInput *input, const RulesTemplate *template_, FuzzPart event)
{
  static const RulesContext context = { "name", "signalbox:rule/default/name",
                                        "2026-01-02T03:04:05Z" };
  const char *start = input->input_template + strspn (input->input_template, " \t\r\n");
  RulesBuffer out = { 0 };
  RulesError error = { 0 };
  bool possible = rules_template_check (template_, &error) || error.code != RULES_ERROR_RENDER;

  if (rules_template_render (template_, event.text, event.length, &context, &out, NULL))
    {
      FUZZ_CHECK (possible);
      if (*start != '"')
        FUZZ_CHECK (rules_check_json (out.data, out.length, &lenient, NULL));
    }
  else
    FUZZ_CHECK (out.length == 0);
  rules_buffer_clear (&out);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzPart parts[3];
  RulesVariable variables[MAX_VARIABLES];
  RulesInput input = { .variables = variables, .target_id = "t" };
  RulesTemplate *template_ = NULL;
  char *text, *paths;

  if (fuzz_split (data, size, parts, 3) != 3 ||
      !rules_check_json (parts[2].text, parts[2].length, &lenient, NULL))
    return 0;
  input.input_template = text = fuzz_string (parts[0]);
  paths = fuzz_string (parts[1]);
  input.n_variables = parse_variables (paths, variables);
  check_paths (variables, input.n_variables, parts[2]);
  if (rules_template_new (&input, NULL, &template_, NULL))
    check_render (&input, template_, parts[2]);
  rules_template_free (template_);
  free (paths);
  free (text);
  return 0;
}
