#include "config.h"

#include "sb-json-edit.h"

#include <string.h>

#include "rules/rules.h"

/* Of what is written where there was nothing to go by. */
#define INDENT "  "

/* ---- Values ---------------------------------------------------------------------------------- */

static void write_value (GString *out, JsonNode *node, const char *indent);

static void
write_string (GString *out, const char *text)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text);
  g_autofree char *quoted = json_to_string (node, FALSE);

  g_string_append (out, quoted);
}

static void
write_object (GString *out, JsonObject *object, const char *indent)
{
  g_autofree char *deeper = g_strconcat (indent, INDENT, NULL);
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;
  gboolean first = TRUE;

  if (json_object_get_size (object) == 0)
    {
      g_string_append (out, "{}");
      return;
    }
  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &value))
    {
      g_string_append_printf (out, "%s\n%s", first ? "{" : ",", deeper);
      write_string (out, name);
      g_string_append (out, ": ");
      write_value (out, value, deeper);
      first = FALSE;
    }
  g_string_append_printf (out, "\n%s}", indent);
}

static gboolean
is_plain (JsonArray *array)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    if (JSON_NODE_HOLDS_OBJECT (json_array_get_element (array, i)) &&
        json_object_get_size (json_array_get_object_element (array, i)) > 1)
      return FALSE;
  return TRUE;
}

/* An object of one member stands in one line too, as conditions of a pattern do. */
static void
write_small (GString *out, JsonNode *node)
{
  g_autoptr (GList) names = NULL;
  JsonObject *object;

  if (!JSON_NODE_HOLDS_OBJECT (node) || json_object_get_size (json_node_get_object (node)) != 1)
    {
      write_value (out, node, "");
      return;
    }
  object = json_node_get_object (node);
  names = json_object_get_members (object);
  g_string_append (out, "{ ");
  write_string (out, names->data);
  g_string_append (out, ": ");
  write_small (out, json_object_get_member (object, names->data));
  g_string_append (out, " }");
}

static void
write_array (GString *out, JsonArray *array, const char *indent)
{
  g_autofree char *deeper = g_strconcat (indent, INDENT, NULL);
  gboolean plain = is_plain (array);

  g_string_append_c (out, '[');
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      if (i > 0)
        g_string_append (out, plain ? ", " : ",");
      if (!plain)
        g_string_append_printf (out, "\n%s", deeper);
      if (plain)
        write_small (out, json_array_get_element (array, i));
      else
        write_value (out, json_array_get_element (array, i), deeper);
    }
  if (!plain)
    g_string_append_printf (out, "\n%s", indent);
  g_string_append_c (out, ']');
}

static void
write_value (GString *out, JsonNode *node, const char *indent)
{
  g_autofree char *text = NULL;

  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      write_object (out, json_node_get_object (node), indent);
      return;
    }
  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      write_array (out, json_node_get_array (node), indent);
      return;
    }
  text = json_to_string (node, FALSE);
  g_string_append (out, text);
}

char *
sb_json_write (JsonNode *value)
{
  GString *out = g_string_new (NULL);

  write_value (out, value, "");
  return g_string_free (out, FALSE);
}

/* ---- Pointers -------------------------------------------------------------------------------- */

char *
sb_json_pointer_join (const char *pointer, const char *name)
{
  g_autoptr (GString) token = g_string_new (name);

  g_string_replace (token, "~", "~0", 0);
  g_string_replace (token, "/", "~1", 0);
  return g_strdup_printf ("%s/%s", pointer, token->str);
}

static char *
unescape (const char *token)
{
  GString *name = g_string_new (token);

  g_string_replace (name, "~1", "/", 0);
  g_string_replace (name, "~0", "~", 0);
  return g_string_free (name, FALSE);
}

char *
sb_json_pointer_from_key (const char *key)
{
  GString *pointer = g_string_new (NULL);
  gboolean begins = TRUE;

  for (const char *at = key; *at != '\0'; at++)
    {
      if (begins && *at != '[')
        g_string_append_c (pointer, '/');
      begins = FALSE;
      if (*at == '.')
        begins = TRUE;
      else if (*at == '[')
        g_string_append_c (pointer, '/');
      else if (*at == '~')
        g_string_append (pointer, "~0");
      else if (*at == '/')
        g_string_append (pointer, "~1");
      else if (*at != ']')
        g_string_append_c (pointer, *at);
    }
  return g_string_free (pointer, FALSE);
}

JsonNode *
sb_json_pointer_get (JsonNode *root, const char *pointer)
{
  g_auto (GStrv) tokens = g_strsplit (pointer, "/", -1);
  JsonNode *node = root;

  for (gsize i = 1; node != NULL && tokens[0] != NULL && tokens[i] != NULL; i++)
    {
      g_autofree char *name = unescape (tokens[i]);
      guint64 index;

      if (JSON_NODE_HOLDS_OBJECT (node))
        node = json_object_get_member (json_node_get_object (node), name);
      else if (JSON_NODE_HOLDS_ARRAY (node) &&
               g_ascii_string_to_unsigned (name, 10, 0, G_MAXUINT32, &index, NULL) &&
               index < json_array_get_length (json_node_get_array (node)))
        node = json_array_get_element (json_node_get_array (node), (guint) index);
      else
        node = NULL;
    }
  return node;
}

/* ---- Places in a text ------------------------------------------------------------------------ */

static gboolean
locate (const char *text, const char *pointer, RulesJsonSpan *out_span)
{
  return rules_json_locate (text, strlen (text), pointer, out_span);
}

static gsize
skip_space (const char *text, gsize at)
{
  return at + strspn (text + at, " \t\r\n");
}

/* The end of what comes before the white space in front of this place. */
static gsize
skip_space_back (const char *text, gsize at)
{
  while (at > 0 && strchr (" \t\r\n", text[at - 1]) != NULL)
    at--;
  return at;
}

static char *
splice (const char *text, gsize start, gsize end, const char *between)
{
  GString *result = g_string_new_len (text, (gssize) start);

  g_string_append (result, between);
  g_string_append (result, text + end);
  return g_string_free (result, FALSE);
}

/* The white space at the beginning of the line that a place is in. */
static char *
indent_of_line (const char *text, gsize at)
{
  gsize begin = at;

  while (begin > 0 && text[begin - 1] != '\n')
    begin--;
  return g_strndup (text + begin, strspn (text + begin, " \t"));
}

/* A value of several lines stands as deep as what it is put into. */
static char *
indented (const char *value, const char *indent)
{
  g_auto (GStrv) lines = g_strsplit (value, "\n", -1);
  g_autofree char *between = g_strconcat ("\n", indent, NULL);

  return g_strjoinv (between, lines);
}

/* ---- Setting --------------------------------------------------------------------------------- */

/* What stands between the container's bracket and its first value is put before the new one too. */
static char *
add_behind (const char *text, const RulesJsonSpan *span, const char *entry)
{
  gsize first = skip_space (text, span->start + 1);
  gsize close = span->start + span->length - 1;
  g_autofree char *before = g_strndup (text + span->start + 1, first - span->start - 1);
  g_autofree char *indent = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *whole = NULL;
  gsize last;

  if (first == close)
    {
      g_autofree char *outer = indent_of_line (text, span->start);

      indent = g_strconcat (outer, INDENT, NULL);
      shown = indented (entry, indent);
      whole = g_strconcat ("\n", indent, shown, "\n", outer, NULL);
      return splice (text, span->start + 1, close, whole);
    }
  last = skip_space_back (text, close);
  indent = strchr (before, '\n') != NULL ? indent_of_line (text, first) : g_strdup ("");
  shown = indented (entry, indent);
  whole = g_strconcat (",", *before != '\0' ? before : " ", shown, NULL);
  return splice (text, last, last, whole);
}

static char *
put_into (const char *text, const RulesJsonSpan *container, const char *token, const char *value)
{
  g_autoptr (GString) entry = NULL;
  g_autofree char *name = NULL;

  if (container->type == RULES_JSON_ARRAY)
    return g_str_equal (token, "-") ? add_behind (text, container, value) : NULL;
  if (container->type != RULES_JSON_OBJECT)
    return NULL;
  name = unescape (token);
  entry = g_string_new (NULL);
  write_string (entry, name);
  g_string_append_printf (entry, ": %s", value);
  return add_behind (text, container, entry->str);
}

char *
sb_json_edit_set (const char *text, const char *pointer, JsonNode *value)
{
  g_autofree char *written = sb_json_write (value);
  g_autofree char *parent = NULL;
  g_autofree char *name = NULL;
  g_autoptr (JsonNode) wrapped = NULL;
  const char *token = strrchr (pointer, '/');
  RulesJsonSpan span;

  if (token == NULL || !rules_check_json (text, strlen (text), NULL, NULL))
    return NULL;
  if (locate (text, pointer, &span))
    {
      g_autofree char *indent = indent_of_line (text, span.start);
      g_autofree char *shown = indented (written, indent);

      return splice (text, span.start, span.start + span.length, shown);
    }
  parent = g_strndup (pointer, (gsize) (token - pointer));
  if (locate (text, parent, &span))
    return put_into (text, &span, token + 1, written);
  if (*parent == '\0')
    return NULL;

  /* The object that it is a member of comes with it. */
  name = unescape (token + 1);
  wrapped = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (wrapped, json_object_new ());
  json_object_set_member (json_node_get_object (wrapped), name, json_node_copy (value));
  return sb_json_edit_set (text, parent, wrapped);
}

/* ---- Removing -------------------------------------------------------------------------------- */

static char *
remove_entry (const char *text, const RulesJsonSpan *span)
{
  gsize start = span->name_length > 0 ? span->name_start : span->start;
  gsize end = span->start + span->length;
  gsize before = skip_space_back (text, start);
  gsize behind = skip_space (text, end);

  if (text[behind] == ',')
    return splice (text, start, skip_space (text, behind + 1), "");
  if (before > 0 && text[before - 1] == ',')
    return splice (text, before - 1, end, "");
  return splice (text, before, behind, "");
}

static gboolean
is_empty_object (const char *text, const char *pointer)
{
  RulesJsonSpan span;

  return locate (text, pointer, &span) && span.type == RULES_JSON_OBJECT &&
         skip_space (text, span.start + 1) == span.start + span.length - 1;
}

char *
sb_json_edit_remove (const char *text, const char *pointer, gboolean prune)
{
  const char *token = strrchr (pointer, '/');
  g_autofree char *parent = NULL;
  g_autofree char *result = NULL;
  RulesJsonSpan span;

  if (token == NULL || !rules_check_json (text, strlen (text), NULL, NULL))
    return NULL;
  if (!locate (text, pointer, &span))
    return g_strdup (text);
  parent = g_strndup (pointer, (gsize) (token - pointer));
  result = remove_entry (text, &span);
  if (prune && *parent != '\0' && is_empty_object (result, parent))
    return sb_json_edit_remove (result, parent, TRUE);
  return g_steal_pointer (&result);
}
