#include "config.h"

#include "sb-pattern.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sb-json-edit.h"

#include "rules/rules.h"

void
sb_pattern_row_free (SbPatternRow *row)
{
  g_free (row->field);
  g_free (row->pointer);
  g_free (row->values);
  g_free (row);
}

static gboolean
is_json (const char *text)
{
  return rules_check_json (text, strlen (text), NULL, NULL);
}

/* ---- Values ---------------------------------------------------------------------------------- */

/* A text that could be taken for something else is quoted. */
static void
add_value (GString *out, JsonNode *node)
{
  const char *text = JSON_NODE_HOLDS_VALUE (node) &&
                             json_node_get_value_type (node) == G_TYPE_STRING
                         ? json_node_get_string (node)
                         : NULL;
  gboolean plain = text != NULL && *text != '\0' && !is_json (text) &&
                   strpbrk (text, ",\"\n") == NULL && !g_ascii_isspace (*text) &&
                   !g_ascii_isspace (text[strlen (text) - 1]);

  if (out->len > 0)
    g_string_append (out, ", ");
  if (plain)
    g_string_append (out, text);
  else
    {
      g_autofree char *json = json_to_string (node, FALSE);

      g_string_append (out, json);
    }
}

/* The end of a value: the next comma outside of quotes. */
static const char *
value_end (const char *at)
{
  gboolean quoted = FALSE;

  for (; *at != '\0' && (quoted || *at != ','); at++)
    if (*at == '"')
      quoted = !quoted;
    else if (*at == '\\' && quoted && at[1] != '\0')
      at++;
  return at;
}

static JsonArray *
parse_values (const char *text)
{
  JsonArray *array = json_array_new ();

  while (*text != '\0')
    {
      const char *end = value_end (text);
      g_autofree char *value = g_strndup (text, (gsize) (end - text));

      g_strstrip (value);
      if (*value != '\0' && is_json (value))
        json_array_add_element (array, json_from_string (value, NULL));
      else if (*value != '\0')
        json_array_add_string_element (array, value);
      text = *end == ',' ? end + 1 : end;
    }
  return array;
}

/* ---- Reading --------------------------------------------------------------------------------- */

static const char *const operator_names[SB_N_OPERATORS] = {
  [SB_OPERATOR_IS_NOT] = "anything-but",
  [SB_OPERATOR_BEGINS] = "prefix",
  [SB_OPERATOR_ENDS] = "suffix",
  [SB_OPERATOR_LIKE] = "wildcard",
  [SB_OPERATOR_IS_IGNORING_CASE] = "equals-ignore-case",
  [SB_OPERATOR_NUMBER] = "numeric",
  [SB_OPERATOR_ADDRESS] = "cidr",
  [SB_OPERATOR_EXISTS] = "exists",
};

/* The operator of {"prefix": …}, and what it is compared with; SB_OPERATOR_IS for a plain value. */
static SbOperator
operator_of (JsonNode *element, JsonNode **out_operand)
{
  g_autoptr (GList) names = NULL;

  *out_operand = element;
  if (JSON_NODE_HOLDS_VALUE (element) || JSON_NODE_HOLDS_NULL (element))
    return SB_OPERATOR_IS;
  if (!JSON_NODE_HOLDS_OBJECT (element) ||
      json_object_get_size (json_node_get_object (element)) != 1)
    return SB_OPERATOR_JSON;
  names = json_object_get_members (json_node_get_object (element));
  *out_operand = json_object_get_member (json_node_get_object (element), names->data);
  for (guint i = 0; i < SB_N_OPERATORS; i++)
    if (operator_names[i] != NULL && g_str_equal (operator_names[i], names->data))
      return (SbOperator) i;
  return SB_OPERATOR_JSON;
}

static gboolean
all_plain (JsonNode *node)
{
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return JSON_NODE_HOLDS_VALUE (node) || JSON_NODE_HOLDS_NULL (node);
  for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
    if (!all_plain (json_array_get_element (json_node_get_array (node), i)) ||
        JSON_NODE_HOLDS_ARRAY (json_array_get_element (json_node_get_array (node), i)))
      return FALSE;
  return TRUE;
}

static void
add_comparisons (GString *out, JsonArray *array)
{
  for (guint i = 0; i + 1 < json_array_get_length (array); i += 2)
    {
      g_autofree char *number = json_to_string (json_array_get_element (array, i + 1), FALSE);

      g_string_append_printf (out, "%s%s %s", out->len > 0 ? ", " : "",
                              json_array_get_string_element (array, i), number);
    }
}

static gboolean
is_comparison (JsonNode *node)
{
  JsonArray *array = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (array == NULL || json_array_get_length (array) == 0 || json_array_get_length (array) % 2 != 0)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (!JSON_NODE_HOLDS_VALUE (json_array_get_element (array, i)) ||
        (json_node_get_value_type (json_array_get_element (array, i)) == G_TYPE_STRING) !=
            (i % 2 == 0))
      return FALSE;
  return TRUE;
}

/* Adds what one element of a field's array says; FALSE when a row cannot say it. */
static gboolean
add_operand (GString *out, SbOperator op, JsonNode *operand, gboolean alone)
{
  switch (op)
    {
    case SB_OPERATOR_IS:
      add_value (out, operand);
      return TRUE;
    case SB_OPERATOR_NUMBER:
      if (!alone || !is_comparison (operand))
        return FALSE;
      add_comparisons (out, json_node_get_array (operand));
      return TRUE;
    case SB_OPERATOR_EXISTS:
      return alone && JSON_NODE_HOLDS_VALUE (operand) &&
             json_node_get_value_type (operand) == G_TYPE_BOOLEAN;
    case SB_OPERATOR_IS_NOT:
      if (!alone || !all_plain (operand))
        return FALSE;
      for (guint i = 0; JSON_NODE_HOLDS_ARRAY (operand) &&
                        i < json_array_get_length (json_node_get_array (operand));
           i++)
        add_value (out, json_array_get_element (json_node_get_array (operand), i));
      if (!JSON_NODE_HOLDS_ARRAY (operand))
        add_value (out, operand);
      return TRUE;
    case SB_OPERATOR_JSON:
      return FALSE;
    default:
      if (!JSON_NODE_HOLDS_VALUE (operand) || json_node_get_value_type (operand) != G_TYPE_STRING)
        return FALSE;
      add_value (out, operand);
      return TRUE;
    }
}

static gboolean
read_array (JsonArray *array, SbPatternRow *row)
{
  g_autoptr (GString) values = g_string_new (NULL);
  guint n = json_array_get_length (array);

  for (guint i = 0; i < n; i++)
    {
      JsonNode *operand;
      SbOperator op = operator_of (json_array_get_element (array, i), &operand);

      if (i > 0 && op != row->op)
        return FALSE;
      row->op = op;
      if (!add_operand (values, op, operand, n == 1))
        return FALSE;
      if (op == SB_OPERATOR_EXISTS && !json_node_get_boolean (operand))
        row->op = SB_OPERATOR_ABSENT;
    }
  row->values = g_strdup (values->str);
  return n > 0;
}

static void
add_row (GPtrArray *rows, const char *field, const char *pointer, JsonNode *node)
{
  SbPatternRow *row = g_new0 (SbPatternRow, 1);

  row->field = g_strdup (field);
  row->pointer = g_strdup (pointer);
  g_ptr_array_add (rows, row);
  if (JSON_NODE_HOLDS_ARRAY (node) && !g_str_has_suffix (field, "$or") &&
      read_array (json_node_get_array (node), row))
    return;
  row->op = SB_OPERATOR_JSON;
  g_free (row->values);
  row->values = json_to_string (node, FALSE);
}

static void
read_object (GPtrArray *rows, const char *field, const char *pointer, JsonObject *object)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      g_autofree char *inner = *field != '\0' ? g_strdup_printf ("%s.%s", field, name)
                                              : g_strdup (name);
      g_autofree char *below = sb_json_pointer_join (pointer, name);

      if (JSON_NODE_HOLDS_OBJECT (node) && json_object_get_size (json_node_get_object (node)) > 0)
        read_object (rows, inner, below, json_node_get_object (node));
      else
        add_row (rows, inner, below, node);
    }
}

GPtrArray *
sb_pattern_rows (JsonNode *pattern)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) sb_pattern_row_free);

  if (pattern != NULL && JSON_NODE_HOLDS_OBJECT (pattern))
    read_object (rows, "", "", json_node_get_object (pattern));
  return rows;
}

/* ---- Writing --------------------------------------------------------------------------------- */

static JsonNode *
take_array (JsonArray *array)
{
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  json_node_take_array (node, array);
  return node;
}

static void
add_condition (JsonArray *array, SbOperator op, JsonNode *operand)
{
  JsonObject *object = json_object_new ();

  json_object_set_member (object, operator_names[op], operand);
  json_array_add_object_element (array, object);
}

/* "> 100, <= 200" as [">", 100, "<=", 200]. */
static JsonNode *
parse_comparisons (const char *values)
{
  g_auto (GStrv) parts = g_strsplit (values, ",", -1);
  g_autoptr (JsonArray) array = json_array_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    {
      const char *part = g_strstrip (parts[i]);
      gsize length = strspn (part, "<>=");
      g_autofree char *op = g_strndup (part, length);
      const char *number = part + length + strspn (part + length, " ");

      if (*part == '\0')
        continue;
      if (!is_json (number) || (!g_ascii_isdigit (*number) && *number != '-'))
        return NULL;
      json_array_add_string_element (array, length > 0 ? op : "=");
      json_array_add_element (array, json_from_string (number, NULL));
    }
  return json_array_get_length (array) > 0 ? take_array (g_steal_pointer (&array)) : NULL;
}

static JsonNode *
each_condition (SbOperator op, JsonArray *values)
{
  JsonArray *array = json_array_new ();

  for (guint i = 0; i < json_array_get_length (values); i++)
    {
      JsonNode *value = json_array_get_element (values, i);
      g_autofree char *text = json_node_get_value_type (value) == G_TYPE_STRING
                                  ? json_node_dup_string (value)
                                  : json_to_string (value, FALSE);

      add_condition (array, op, json_node_init_string (json_node_alloc (), text));
    }
  return take_array (array);
}

JsonNode *
sb_pattern_value (SbOperator op, const char *values)
{
  g_autoptr (JsonArray) parsed = NULL;
  JsonArray *array;

  if (op == SB_OPERATOR_JSON)
    return is_json (values) ? json_from_string (values, NULL) : NULL;
  if (op == SB_OPERATOR_EXISTS || op == SB_OPERATOR_ABSENT)
    {
      array = json_array_new ();
      add_condition (array, SB_OPERATOR_EXISTS,
                     json_node_init_boolean (json_node_alloc (), op == SB_OPERATOR_EXISTS));
      return take_array (array);
    }
  if (op == SB_OPERATOR_NUMBER)
    {
      JsonNode *comparisons = parse_comparisons (values);

      if (comparisons == NULL)
        return NULL;
      array = json_array_new ();
      add_condition (array, op, comparisons);
      return take_array (array);
    }
  parsed = parse_values (values);
  if (json_array_get_length (parsed) == 0)
    return NULL;
  for (guint i = 0; i < json_array_get_length (parsed); i++)
    if (JSON_NODE_HOLDS_OBJECT (json_array_get_element (parsed, i)) ||
        JSON_NODE_HOLDS_ARRAY (json_array_get_element (parsed, i)))
      return NULL;
  if (op == SB_OPERATOR_IS)
    return take_array (g_steal_pointer (&parsed));
  if (op != SB_OPERATOR_IS_NOT)
    return each_condition (op, parsed);
  array = json_array_new ();
  add_condition (array, op, take_array (g_steal_pointer (&parsed)));
  return take_array (array);
}

char *
sb_pattern_pointer (const char *field)
{
  g_auto (GStrv) names = g_strsplit (field, ".", -1);
  char *pointer = g_strdup ("");

  for (guint i = 0; names[i] != NULL; i++)
    {
      char *longer = sb_json_pointer_join (pointer, names[i]);

      g_free (pointer);
      pointer = longer;
    }
  return pointer;
}

/* ---- Words ----------------------------------------------------------------------------------- */

const char *
sb_operator_words (SbOperator op)
{
  static const char *const texts[SB_N_OPERATORS] = {
    [SB_OPERATOR_IS] =
        N_ ("is"), [SB_OPERATOR_IS_NOT] = N_ ("is not"),
                       [SB_OPERATOR_BEGINS] = N_ ("begins with"),
                           [SB_OPERATOR_ENDS] =
                               N_ ("ends with"), [SB_OPERATOR_LIKE] = N_ ("is like"),
                                                     [SB_OPERATOR_IS_IGNORING_CASE] = N_ ("is, in any case"),
                                                         [SB_OPERATOR_NUMBER] = N_ ("is a number"),
                                                             [SB_OPERATOR_ADDRESS] = N_ ("is an address in"),
                                                                 [SB_OPERATOR_EXISTS] = N_ ("is there"),
                                                                     [SB_OPERATOR_ABSENT] = N_ ("is not there"),
                                                                         [SB_OPERATOR_JSON] = N_ ("as JSON"),
                                                                         };

  g_return_val_if_fail (op < SB_N_OPERATORS, "");

  return _ (texts[op]);
}

const char *
sb_operator_example (SbOperator op)
{
  switch (op)
    {
    case SB_OPERATOR_IS:
    case SB_OPERATOR_IS_NOT:
    case SB_OPERATOR_IS_IGNORING_CASE:
      return _ ("one, another");
    case SB_OPERATOR_BEGINS:
    case SB_OPERATOR_ENDS:
      return _ ("a part, another");
    case SB_OPERATOR_LIKE:
      return "order.*";
    case SB_OPERATOR_NUMBER:
      return "> 100, <= 200";
    case SB_OPERATOR_ADDRESS:
      return "10.0.0.0/8";
    case SB_OPERATOR_JSON:
      return "[{\"prefix\": \"a\"}, \"b\"]";
    default:
      return "";
    }
}
