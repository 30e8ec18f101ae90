/* explain.c: why a rule did or did not match, field by field.
 *
 * Tries each field of each branch on its own first; when all fit and the branch still does not
 * hold, arrays are the reason, and the first field is named that cannot be had together with those
 * before it.
 */
#include "arrays.h"
#include "error.h"
#include "oracle.h"
#include "phrase.h"
#include "set.h"

#include <string.h>

#define MAX_SHOWN_VALUES 3u

typedef struct
{
  const Rule *rule;
  const char *text; /* of the event */
  const JsonNode *root;
  Event event;
  Arena *arena;
  Sentence sentence;
  RulesTraceLeaf *leaves;
  size_t n_leaves;
  size_t matched_branch; /* SIZE_MAX: none */
  ArraysResult failure;  /* why there is no explanation */
} Explaining;

static ArraysResult
check_fields (const Explaining *self, Field **fields, size_t count, const Leaf **out_chosen)
{
  Branch branch = { .fields = fields, .n_fields = count };

  return arrays_check (&branch, &self->event, self->arena, out_chosen);
}

/* Fields of a branch that can be had together, and the value of each. */
typedef struct
{
  Field **fields;
  const Leaf **chosen;
  size_t count;
} Kept;

/* ---- One field ------------------------------------------------------------------------------- */

/* Where a path leads through objects, without going into arrays; NULL when nowhere. */
static const JsonNode *
find_node (const JsonNode *root, const Field *field)
{
  const JsonNode *node = root;
  const char *at = field->path, *end = field->path + field->n_path;

  while (node && at <= end)
    {
      const char *dot = memchr (at, '.', (size_t) (end - at));
      size_t length = (size_t) ((dot ? dot : end) - at);

      node = json_member (node, at, length);
      at += length + 1;
    }
  return node;
}

static void
say_absent (Explaining *self, const Field *field)
{
  Sentence *sentence = &self->sentence;
  const JsonNode *node = find_node (self->root, field);

  if (node && node->type == RULES_JSON_OBJECT)
    sentence_add (sentence, "the event has an object here, which is no value itself");
  else if (node && node->type == RULES_JSON_ARRAY)
    sentence_add (sentence, "the event has an array without values here");
  else
    sentence_add (sentence, "the event has no value here");
}

static void
say_values (Explaining *self, const LeafList *list)
{
  Sentence *sentence = &self->sentence;

  sentence_add (sentence, "the event has ");
  for (size_t i = 0; i < list->n_leaves && i < MAX_SHOWN_VALUES; i++)
    {
      sentence_add (sentence, i > 0 ? ", " : "");
      sentence_add_json (sentence, self->text + list->leaves[i].start, list->leaves[i].length);
    }
  if (list->n_leaves > MAX_SHOWN_VALUES)
    {
      sentence_add (sentence, " and ");
      sentence_add_number (sentence, list->n_leaves - MAX_SHOWN_VALUES);
      sentence_add (sentence, " more");
    }
}

static void
say_wanted (Explaining *self, const Field *field)
{
  sentence_add (&self->sentence, ", the rule wants ");
  sentence_add_alternatives (&self->sentence, field, self->rule->text);
}

/* Why this value is right. */
static void
say_held (Explaining *self, const Field *field, const Leaf *leaf)
{
  Sentence *sentence = &self->sentence;
  const Predicate *predicate = field->alternatives;

  if (!leaf)
    {
      if (self->event.lists[field->path_id].n_leaves > 0)
        sentence_add (sentence, "the event has no value here in the same array element");
      else
        say_absent (self, field);
      sentence_add (sentence, ", as the rule wants");
      return;
    }
  while (!predicate_holds (predicate, &leaf->value))
    predicate = predicate->next;
  sentence_add (sentence, "the event has ");
  sentence_add_json (sentence, self->text + leaf->start, leaf->length);
  sentence_add (sentence, ", as the rule wants");
  if (predicate->operator_)
    {
      sentence_add (sentence, ": ");
      sentence_add_predicate (sentence, predicate, self->rule->text);
    }
}

/* The field fits alone, but not together with one that is kept: which? */
static void
say_elsewhere (Explaining *self, const Kept *kept, Field *field, const Leaf *leaf)
{
  Sentence *sentence = &self->sentence;

  sentence_add (sentence, "the event has ");
  if (leaf)
    sentence_add_json (sentence, self->text + leaf->start, leaf->length);
  else
    sentence_add (sentence, "no value here");
  sentence_add (sentence, ", but not in the same array element as what the rule wants of ");
  for (size_t i = 0; i < kept->count; i++)
    {
      Field *pair[] = { kept->fields[i], field };

      if (path_compare (pair[0]->path, pair[0]->n_path, field->path, field->n_path) > 0)
        break;
      if (check_fields (self, pair, 2, NULL) == ARRAYS_HOLD)
        continue;
      sentence_add_bytes (sentence, pair[0]->path, pair[0]->n_path);
      return;
    }
  sentence_add (sentence, "the fields before");
}

/* The alternatives on one line: white space between tokens becomes one blank. */
static const char *
one_line (Explaining *self, const Field *field)
{
  const char *text = self->rule->text + field->start;
  Sentence *sentence = &self->sentence;
  bool in_string = false, space = false;

  for (size_t i = 0; i < field->length; i++)
    {
      bool blank = !in_string && strchr (" \t\r\n", text[i]);

      if (space && !blank)
        sentence_add (sentence, " ");
      space = blank;
      if (blank)
        continue;
      if (text[i] == '"')
        in_string = !in_string;
      else if (text[i] == '\\' && in_string)
        sentence_add_bytes (sentence, text + i++, 1);
      sentence_add_bytes (sentence, text + i, 1);
    }
  return sentence_end (sentence, self->arena);
}

/* The first value that satisfies the field, or NULL. */
static const Leaf *
find_accepted (const Field *field, const LeafList *list)
{
  for (size_t i = 0; i < list->n_leaves; i++)
    if (field_accepts (field, &list->leaves[i].value))
      return &list->leaves[i];
  return NULL;
}

static void
say_why (Explaining *self,
         const Kept *kept,
         Field *field,
         const RulesTraceLeaf *leaf,
         const Leaf *shown)
{
  const LeafList *list = &self->event.lists[field->path_id];

  if (leaf->held)
    say_held (self, field, shown);
  else if (check_fields (self, &field, 1, NULL) == ARRAYS_HOLD)
    say_elsewhere (self, kept, field, shown);
  else
    {
      if (leaf->present)
        say_values (self, list);
      else
        say_absent (self, field);
      say_wanted (self, field);
    }
}

/* chosen: the value that satisfied the field; NULL where its absence did, or nothing. */
static bool
explain_field (Explaining *self, const Kept *kept, Field *field, bool held, const Leaf *chosen)
{
  const LeafList *list = &self->event.lists[field->path_id];
  RulesTraceLeaf *leaf = &self->leaves[self->n_leaves++];
  const Leaf *shown = chosen;

  if (!held)
    shown = find_accepted (field, list);
  leaf->path = arena_copy (self->arena, field->path, field->n_path);
  leaf->predicate = one_line (self, field);
  leaf->pattern_offset = field->start;
  leaf->held = held;
  leaf->present = list->n_leaves > 0;
  say_why (self, kept, field, leaf, shown);
  leaf->why = sentence_end (&self->sentence, self->arena);
  if (!shown && leaf->present)
    shown = list->leaves;
  leaf->value_offset = shown ? shown->start : 0;
  leaf->value_length = shown ? shown->length : 0;
  return leaf->path && leaf->predicate && leaf->why;
}

/* ---- Branches -------------------------------------------------------------------------------- */

/* People read the pattern from the top. */
static void
sort_leaves (RulesTraceLeaf *leaves, size_t count)
{
  for (size_t i = 1; i < count; i++)
    {
      RulesTraceLeaf leaf = leaves[i];
      size_t at = i;

      for (; at > 0 && leaves[at - 1].pattern_offset > leaf.pattern_offset; at--)
        leaves[at] = leaves[at - 1];
      leaves[at] = leaf;
    }
}

/* Finds the fields of a branch that can be had together, and the value of each. */
static ArraysResult
keep_fields (const Explaining *self, const Branch *branch, Kept *kept)
{
  for (size_t i = 0; i < branch->n_fields; i++)
    {
      ArraysResult result;

      kept->fields[kept->count] = branch->fields[i];
      result = check_fields (self, kept->fields, kept->count + 1, kept->chosen);
      if (result == ARRAYS_HOLD)
        kept->count++;
      else if (result != ARRAYS_FAIL)
        return result;
    }
  return ARRAYS_HOLD;
}

static bool
explain_branch (Explaining *self, size_t number)
{
  const Branch *branch = &self->rule->plan.branches[number];
  RulesTraceLeaf *leaves = &self->leaves[self->n_leaves];
  Kept kept = { ARENA_ARRAY (self->arena, Field *, branch->n_fields),
                ARENA_ARRAY (self->arena, const Leaf *, branch->n_fields), 0 };
  size_t next = 0;

  if (!kept.fields || !kept.chosen)
    return false;
  self->failure = keep_fields (self, branch, &kept);
  if (self->failure != ARRAYS_HOLD)
    return false;
  self->failure = ARRAYS_NO_MEMORY;
  if (kept.count == branch->n_fields && self->matched_branch == SIZE_MAX)
    self->matched_branch = number;
  for (size_t i = 0; i < branch->n_fields; i++)
    {
      bool held = next < kept.count && kept.fields[next] == branch->fields[i];

      if (!explain_field (self, &kept, branch->fields[i], held, held ? kept.chosen[next] : NULL))
        return false;
      leaves[i].branch = (unsigned) number;
      next += held;
    }
  sort_leaves (leaves, branch->n_fields);
  return true;
}

static void
summarise_failure (Explaining *self)
{
  Sentence *sentence = &self->sentence;
  size_t failed = 0;

  for (size_t i = 0; i < self->n_leaves; i++)
    if (!self->leaves[i].held)
      {
        sentence_add (sentence, failed++ == 0 ? "" : ", ");
        sentence_add (sentence, self->leaves[i].path);
      }
  sentence_add (sentence, failed == 1 ? " does not fit" : " do not fit");
}

static const char *
summarise (Explaining *self)
{
  Sentence *sentence = &self->sentence;
  size_t n_branches = self->rule->plan.n_branches;

  if (self->matched_branch != SIZE_MAX)
    {
      sentence_add (sentence, "the rule matches");
      if (n_branches > 1)
        {
          sentence_add (sentence, ", by combination ");
          sentence_add_number (sentence, self->matched_branch + 1);
          sentence_add (sentence, " of the ");
          sentence_add_number (sentence, n_branches);
          sentence_add (sentence, " that its $or makes");
        }
    }
  else
    {
      sentence_add (sentence, "the rule does not match: ");
      if (n_branches == 1)
        summarise_failure (self);
      else
        {
          sentence_add (sentence, "none of the ");
          sentence_add_number (sentence, n_branches);
          sentence_add (sentence, " combinations that its $or makes fits");
        }
    }
  return sentence_end (sentence, self->arena);
}

/* ---- Public ---------------------------------------------------------------------------------- */

static bool
explain (Explaining *self, RulesTrace *out_trace)
{
  size_t count = 0;
  const char *summary;

  for (size_t i = 0; i < self->rule->plan.n_branches; i++)
    count += self->rule->plan.branches[i].n_fields;
  self->leaves = ARENA_ARRAY (self->arena, RulesTraceLeaf, count);
  if (!self->leaves)
    return false;
  for (size_t i = 0; i < self->rule->plan.n_branches; i++)
    if (!explain_branch (self, i))
      return false;
  summary = summarise (self);
  if (!summary)
    return false;
  out_trace->matched = self->matched_branch != SIZE_MAX;
  out_trace->n_leaves = self->n_leaves;
  out_trace->leaves = self->leaves;
  out_trace->summary = summary;
  return true;
}

static bool
read_and_explain (const RulesSet *set,
                  const RulesOracle *oracle,
                  const char *event,
                  size_t length,
                  Arena *arena,
                  RulesTrace *out_trace,
                  RulesError *error)
{
  static const RulesJsonLimits limits = { .max_depth = JSON_MAX_DEPTH, .allow_duplicates = true };
  Explaining explaining = { .rule = oracle->rules, .text = event, .arena = arena };
  bool ok;

  explaining.matched_branch = SIZE_MAX;
  explaining.failure = ARRAYS_NO_MEMORY;
  explaining.sentence.buffer.alloc = set->alloc;
  if (!event_read (event, length, &oracle->table, oracle->max_values, arena, &explaining.event,
                   error) ||
      !json_parse_prefix (event, length, &limits, arena, &explaining.root, error))
    return false;
  ok = explain (&explaining, out_trace);
  rules_buffer_clear (&explaining.sentence.buffer);
  return ok || arrays_error (explaining.failure, error);
}

/* The set keeps of a rule only its text: it is compiled again, in the plain form. */
static bool
compile_and_explain (const RulesSet *set,
                     uint32_t id,
                     const char *event,
                     size_t length,
                     Arena *arena,
                     RulesTrace *out_trace,
                     RulesError *error)
{
  RulesSource source = set_source (set, id);
  RulesOracle oracle;
  bool ok = rules_oracle_build (&oracle, &source, 1, &set->limits, set->alloc, error) &&
            read_and_explain (set, &oracle, event, length, arena, out_trace, error);

  rules_oracle_clear (&oracle);
  return ok;
}

bool
rules_explain (const RulesSet *set,
               uint32_t id,
               const char *event,
               size_t length,
               RulesTrace *out_trace,
               RulesError *error)
{
  RulesTrace trace = { 0 };
  Arena *arena;

  if (id >= set->n_ids || !set_source (set, id).pattern)
    return error_at (error, RULES_ERROR_LIMIT, "", 0, 0, "", "there is no rule %u", id);
  arena = memory_resize (set->alloc, NULL, sizeof *arena);
  if (!arena)
    return error_no_memory (error);
  arena_init (arena, set->alloc);
  trace.memory = arena;
  if (!compile_and_explain (set, id, event, length, arena, &trace, error))
    {
      rules_trace_clear (set, &trace);
      return false;
    }
  *out_trace = trace;
  return true;
}

void
rules_trace_clear (const RulesSet *set, RulesTrace *trace)
{
  if (trace->memory)
    {
      arena_clear (trace->memory);
      memory_resize (set->alloc, trace->memory, 0);
    }
  memset (trace, 0, sizeof *trace);
}
