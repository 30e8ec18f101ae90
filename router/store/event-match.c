/* A value at a place, compared.
 *
 * What can be told by looking for a few bytes is: nearly every body of a million has not the text
 * that is looked for, and need not be read as JSON. */
#include "store/event-match.h"

#include "base/error.h"
#include "rules/rules.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define DETAIL "$.detail"

struct EventWhere
{
  char *pointer; /* JSON pointer into the body */
  EventComparison comparison;
  gboolean is_number;
  double number;
  char *value;  /* JSON text, as it must stand there when it is not a number */
  char *needle; /* what a body without escapes must have, or NULL */
  char *digits; /* what a body without exponents must have, or NULL */
};

void
event_where_free (EventWhere *where)
{
  g_free (where->pointer);
  g_free (where->value);
  g_free (where->needle);
  g_free (where->digits);
  g_free (where);
}

gboolean
event_body_has (const char *body, gsize length, const char *text)
{
  return memmem (body, length, text, strlen (text)) != NULL;
}

/* ---- Reading ---- */

static gboolean
refuse (const char *text, const char *expected, GError **error)
{
  g_set_error (
      error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
      "“%s” cannot be read: %s; write it like $.detail.order.id=\"7\" or $.detail.total>100", text,
      expected);
  return FALSE;
}

static gboolean
is_name_char (char c)
{
  return g_ascii_isalnum (c) || c == '_' || c == '-' || (c & 0x80) != 0;
}

static void
append_escaped (GString *pointer, const char *name, gsize length)
{
  g_string_append_c (pointer, '/');
  for (gsize i = 0; i < length; i++)
    if (name[i] == '~')
      g_string_append (pointer, "~0");
    else if (name[i] == '/')
      g_string_append (pointer, "~1");
    else
      g_string_append_c (pointer, name[i]);
}

/* "['name']" or "[0]"; NULL: neither. */
static const char *
read_bracket (const char *at, GString *pointer)
{
  const char *end;

  if (at[1] == '\'')
    {
      end = strstr (at + 2, "']");
      if (end == NULL)
        return NULL;
      append_escaped (pointer, at + 2, (gsize) (end - at - 2));
      return end + 2;
    }
  for (end = at + 1; g_ascii_isdigit (*end); end++)
    ;
  if (end == at + 1 || *end != ']')
    return NULL;
  append_escaped (pointer, at + 1, (gsize) (end - at - 1));
  return end + 1;
}

/* The end of the path; NULL: it is none. */
static const char *
read_path (const char *text, GString *pointer)
{
  const char *at = text + strlen (DETAIL);

  if (!g_str_has_prefix (text, DETAIL))
    return NULL;
  while (at != NULL && (*at == '.' || *at == '['))
    {
      const char *begin = at + 1;

      if (*at == '[')
        {
          at = read_bracket (at, pointer);
          continue;
        }
      for (at = begin; is_name_char (*at); at++)
        ;
      if (at == begin)
        return NULL;
      append_escaped (pointer, begin, (gsize) (at - begin));
    }
  return at;
}

static const char *
read_operator (const char *at, EventComparison *out_comparison)
{
  static const struct
  {
    const char *text;
    EventComparison comparison;
  } operators[] = {
    { "!=", EVENT_IS_NOT }, { "<=", EVENT_AT_MOST }, { ">=", EVENT_AT_LEAST },
    { "=", EVENT_IS },      { "<", EVENT_LESS },     { ">", EVENT_MORE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (operators); i++)
    if (g_str_has_prefix (at, operators[i].text))
      {
        *out_comparison = operators[i].comparison;
        return at + strlen (operators[i].text);
      }
  return NULL;
}

static gboolean
is_json (const char *text, RulesJsonType *out_type)
{
  RulesJsonSpan span;

  if (!rules_json_locate (text, strlen (text), "", &span))
    return FALSE;
  *out_type = span.type;
  return TRUE;
}

static char *
quote (const char *text)
{
  GString *quoted = g_string_new ("\"");

  for (const char *at = text; *at != '\0'; at++)
    {
      if (*at == '"' || *at == '\\')
        g_string_append_c (quoted, '\\');
      g_string_append_c (quoted, *at);
    }
  g_string_append_c (quoted, '"');
  return g_string_free (quoted, FALSE);
}

/* A whole number is written with these digits in a row, whatever stands around them, unless it has
 * an exponent.  NULL: it is none. */
static char *
digits_of (const char *value)
{
  const char *digits = value + (*value == '-');

  return *digits != '\0' && strspn (digits, "0123456789") == strlen (digits) ? g_strdup (digits)
                                                                             : NULL;
}

static gboolean
read_value (EventWhere *where, const char *text, GError **error)
{
  RulesJsonType type = RULES_JSON_STRING;

  if (is_json (text, &type) && type != RULES_JSON_OBJECT && type != RULES_JSON_ARRAY)
    where->value = g_strstrip (g_strdup (text));
  else
    {
      where->value = quote (text);
      type = RULES_JSON_STRING;
      if (!is_json (where->value, &type))
        return refuse (text, "the value is no JSON and no text", error);
    }
  where->is_number = type == RULES_JSON_NUMBER;
  if (where->is_number)
    where->number = g_ascii_strtod (where->value, NULL);
  else if (where->comparison > EVENT_IS_NOT)
    return refuse (text, "only numbers are less or more", error);
  if (where->comparison == EVENT_IS && !where->is_number && strchr (where->value, '\\') == NULL)
    where->needle = g_strdup (where->value);
  if (where->comparison == EVENT_IS && where->is_number)
    where->digits = digits_of (where->value);
  return TRUE;
}

EventWhere *
event_where_parse (const char *text, GError **error)
{
  g_autoptr (EventWhere) where = g_new0 (EventWhere, 1);
  g_autoptr (GString) pointer = g_string_new (NULL);
  const char *at = read_path (text, pointer);

  if (at != NULL)
    at = read_operator (at, &where->comparison);
  if (at == NULL)
    {
      refuse (text, "expected a path from $.detail on, an operator and a value", error);
      return NULL;
    }
  where->pointer = g_strdup (pointer->str);
  return read_value (where, at, error) ? g_steal_pointer (&where) : NULL;
}

/* ---- Asking ---- */

static gboolean
compare (double a, EventComparison comparison, double b)
{
  switch (comparison)
    {
    case EVENT_LESS:
      return a < b;
    case EVENT_AT_MOST:
      return a <= b;
    case EVENT_MORE:
      return a > b;
    case EVENT_AT_LEAST:
      return a >= b;
    case EVENT_IS:
    case EVENT_IS_NOT:
      break;
    }
  return (a == b) == (comparison == EVENT_IS);
}

static gboolean
number_holds (const EventWhere *where, const char *text, gsize length)
{
  char number[64];
  g_autofree char *copy = NULL;

  if (length >= sizeof number)
    copy = g_strndup (text, length);
  else
    {
      memcpy (number, text, length);
      number[length] = '\0';
    }
  return compare (g_ascii_strtod (copy != NULL ? copy : number, NULL), where->comparison,
                  where->number);
}

/* Two JSON texts of one value may differ by their escapes. */
static gboolean
is_same_text (const char *a, gsize a_length, const char *b)
{
  g_autofree char *copy = NULL;
  g_autoptr (JsonNode) first = NULL;
  g_autoptr (JsonNode) second = NULL;

  if (a_length == strlen (b) && memcmp (a, b, a_length) == 0)
    return TRUE;
  if (*b != '"' || *a != '"' || (memchr (a, '\\', a_length) == NULL && strchr (b, '\\') == NULL))
    return FALSE;
  copy = g_strndup (a, a_length);
  first = json_from_string (copy, NULL);
  second = json_from_string (b, NULL);
  return first != NULL && second != NULL && json_node_equal (first, second);
}

static gboolean
value_holds (const EventWhere *where,
             const char *body,
             gboolean is_there,
             const RulesJsonSpan *span)
{
  gboolean is_same;

  if (!is_there)
    return where->comparison == EVENT_IS_NOT;
  if (where->is_number)
    return span->type == RULES_JSON_NUMBER ? number_holds (where, body + span->start, span->length)
                                           : where->comparison == EVENT_IS_NOT;
  is_same = is_same_text (body + span->start, span->length, where->value);
  return is_same == (where->comparison == EVENT_IS);
}

static gboolean
has_exponent_of (const char *body, gsize length, char e)
{
  const char *end = body + length;

  for (const char *at = body; (at = memchr (at, e, (gsize) (end - at))) != NULL; at++)
    if (at > body && g_ascii_isdigit (at[-1]) && at + 1 < end &&
        (g_ascii_isdigit (at[1]) || at[1] == '-' || at[1] == '+'))
      return TRUE;
  return FALSE;
}

/* FALSE: certainly not. */
static gboolean
may_hold (const EventWhere *where, const char *body, gsize length)
{
  if (where->needle != NULL)
    return event_body_has (body, length, where->needle) || memchr (body, '\\', length) != NULL;
  if (where->digits != NULL)
    return event_body_has (body, length, where->digits) || has_exponent_of (body, length, 'e') ||
           has_exponent_of (body, length, 'E');
  return TRUE;
}

/* Bodies are JSON, but who knows what became of them on the disk: what is found is looked at again
 * by somebody who believes nothing. */
gboolean
event_where_holds (const EventWhere *where, const char *body, gsize length)
{
  RulesJsonSpan span;

  if (!may_hold (where, body, length))
    return FALSE;
  return value_holds (where, body, rules_json_locate_valid (body, length, where->pointer, &span),
                      &span) &&
         value_holds (where, body, rules_json_locate (body, length, where->pointer, &span), &span);
}
