/* Same-element consistency, against its definition without any shortcut. */
#include "rules/arrays.h"
#include "rules/json.h"
#include "rules/rules.h"

#include <glib.h>
#include <string.h>

/* A value of the event with the elements that it lies in: (array, index) pairs. */
typedef struct
{
  GString *path;
  const JsonNode *node;
  guint arrays[16], indexes[16], n_arrays;
} PlainLeaf;

typedef struct
{
  GPtrArray *leaves;
  guint n_arrays;
} PlainEvent;

static void
plain_leaf_free (gpointer data)
{
  PlainLeaf *leaf = data;

  g_string_free (leaf->path, TRUE);
  g_free (leaf);
}

static void
flatten (PlainEvent *event, const JsonNode *node, PlainLeaf here)
{
  PlainLeaf *leaf;
  guint array, index = 0;

  switch (node->type)
    {
    case RULES_JSON_OBJECT:
      for (const JsonNode *child = node->child; child; child = child->next)
        {
          PlainLeaf below = here;

          below.path = g_string_new (here.path->str);
          g_string_append (below.path, node->parent ? "." : "");
          g_string_append_len (below.path, child->name, (gssize) child->n_name);
          flatten (event, child, below);
          g_string_free (below.path, TRUE);
        }
      break;
    case RULES_JSON_ARRAY:
      array = event->n_arrays++;
      for (const JsonNode *child = node->child; child; child = child->next, index++)
        {
          PlainLeaf below = here;

          if (child->type == RULES_JSON_OBJECT || child->type == RULES_JSON_ARRAY)
            {
              below.arrays[below.n_arrays] = array;
              below.indexes[below.n_arrays++] = index;
            }
          flatten (event, child, below);
        }
      break;
    default:
      leaf = g_memdup2 (&here, sizeof here);
      leaf->path = g_string_new (here.path->str);
      leaf->node = node;
      g_ptr_array_add (event->leaves, leaf);
    }
}

static gboolean
goes_together (const PlainLeaf *leaf, const GArray *chosen)
{
  for (guint i = 0; i < chosen->len; i += 2)
    for (guint j = 0; j < leaf->n_arrays; j++)
      if (g_array_index (chosen, guint, i) == leaf->arrays[j] &&
          g_array_index (chosen, guint, i + 1) != leaf->indexes[j])
        return FALSE;
  return TRUE;
}

/* Field by field in the order of their paths; each choice is tried. */
static gboolean
plain_match (const PlainEvent *event, const Branch *branch, size_t at, GArray *chosen)
{
  const Field *field;
  gboolean present = FALSE;

  if (at == branch->n_fields)
    return TRUE;
  field = branch->fields[at];
  for (guint i = 0; i < event->leaves->len; i++)
    {
      const PlainLeaf *leaf = event->leaves->pdata[i];
      Value value = { .type = leaf->node->type,
                      .bytes = leaf->node->bytes,
                      .n_bytes = leaf->node->n_bytes };
      guint before = chosen->len;

      if (leaf->path->len != field->n_path ||
          memcmp (leaf->path->str, field->path, field->n_path) != 0 ||
          !goes_together (leaf, chosen))
        continue;
      present = TRUE;
      value.comparable = number_parse (value.bytes, value.n_bytes, &value.number);
      if (!field_accepts (field, &value))
        continue;
      for (guint j = 0; j < leaf->n_arrays; j++)
        {
          g_array_append_val (chosen, leaf->arrays[j]);
          g_array_append_val (chosen, leaf->indexes[j]);
        }
      if (plain_match (event, branch, at + 1, chosen))
        return TRUE;
      g_array_set_size (chosen, before);
    }
  return !present && field_accepts_absence (field) && plain_match (event, branch, at + 1, chosen);
}

static gboolean
expected_match (const char *pattern, const char *text)
{
  RulesJsonLimits limits = { .max_depth = 100, .allow_duplicates = true };
  g_autoptr (GArray) chosen = g_array_new (FALSE, FALSE, sizeof (guint));
  PlainEvent event = { g_ptr_array_new_with_free_func (plain_leaf_free), 0 };
  PlainLeaf root_leaf = { .path = g_string_new (NULL) };
  const JsonNode *root;
  gboolean matched = FALSE;
  Arena arena;
  Plan plan;

  arena_init (&arena, NULL);
  g_assert_true (pattern_parse (pattern, strlen (pattern), NULL, &arena, &plan, NULL));
  g_assert_true (json_parse (text, strlen (text), &limits, &arena, &root, NULL));
  flatten (&event, root, root_leaf);
  for (size_t i = 0; i < plan.n_branches && !matched; i++)
    {
      g_array_set_size (chosen, 0);
      matched = plain_match (&event, &plan.branches[i], 0, chosen);
    }
  arena_clear (&arena);
  g_string_free (root_leaf.path, TRUE);
  g_ptr_array_unref (event.leaves);
  return matched;
}

/* ---- Random patterns and events -------------------------------------------------------------- */

static const char *const names[] = { "a", "b", "c", "d", "a.b" };

static const char *
random_name (GRand *random)
{
  return names[g_rand_int_range (random, 0, G_N_ELEMENTS (names))];
}

static void
add_value (GRand *random, GString *text, guint depth)
{
  guint kind = (guint) g_rand_int_range (random, 0, depth == 0 ? 3 : 10);
  guint n = (guint) g_rand_int_range (random, 0, 4);

  if (kind < 3)
    {
      g_string_append_printf (text, "%d", g_rand_int_range (random, 1, 4));
      return;
    }
  g_string_append_c (text, kind < 7 ? '[' : '{');
  for (guint i = 0; i < n; i++)
    {
      g_string_append (text, i > 0 ? "," : "");
      if (kind >= 7)
        g_string_append_printf (text, "\"%s\":", random_name (random));
      add_value (random, text, depth - 1);
    }
  g_string_append_c (text, kind < 7 ? ']' : '}');
}

static char *
random_event (GRand *random)
{
  GString *text = g_string_new ("{");
  guint n = (guint) g_rand_int_range (random, 1, 5);

  for (guint i = 0; i < n; i++)
    {
      g_string_append_printf (text, "%s\"%s\":", i > 0 ? "," : "", random_name (random));
      add_value (random, text, 4);
    }
  g_string_append_c (text, '}');
  return g_string_free (text, FALSE);
}

static void
add_fields (GRand *random, GString *text, guint depth)
{
  static const char *const lists[] = {
    "[1]",
    "[2,3]",
    "[{\"exists\":true}]",
    "[{\"exists\":false}]",
    "[1,{\"exists\":false}]",
    "[{\"anything-but\":1}]",
  };
  guint n = (guint) g_rand_int_range (random, 1, 4);

  g_string_append_c (text, '{');
  for (guint i = 0; i < n; i++)
    {
      g_string_append_printf (text, "%s\"%s\":", i > 0 ? "," : "", random_name (random));
      if (depth > 0 && g_rand_int_range (random, 0, 3) == 0)
        add_fields (random, text, depth - 1);
      else
        g_string_append (text, lists[g_rand_int_range (random, 0, G_N_ELEMENTS (lists))]);
    }
  g_string_append_c (text, '}');
}

static gboolean
rules_say (const char *pattern, const char *event)
{
  const RulesSource source = { pattern, strlen (pattern) };
  RulesSet *set = NULL;
  RulesScratch *scratch = NULL;
  const uint32_t *ids;
  size_t count;

  g_assert_true (rules_set_build (&source, 1, NULL, NULL, &set, NULL));
  g_assert_true (rules_scratch_new (NULL, &scratch, NULL));
  g_assert_true (rules_match (set, scratch, event, strlen (event), &ids, &count, NULL));
  rules_scratch_free (scratch);
  rules_set_free (set);
  return count == 1;
}

static void
test_against_definition (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1789);
  guint held = 0;

  for (guint i = 0; i < 30000; i++)
    {
      g_autoptr (GString) pattern = g_string_new (NULL);
      g_autofree char *event = random_event (random);
      gboolean expected;

      add_fields (random, pattern, 2);
      expected = expected_match (pattern->str, event);
      if (rules_say (pattern->str, event) != expected)
        g_error ("expected %d: %s on %s", expected, pattern->str, event);
      held += expected;
    }
  g_test_message ("%u held", held);
  g_assert_cmpuint (held, >, 2000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/arrays/against-definition", test_against_definition);
  return g_test_run ();
}
