/* Reads the text from left to right, and writes as it goes. */
#include "http/shape.h"

#include <string.h>

typedef struct
{
  const char *text, *at;
} Reader;

static void put_shape (JsonOut *out, const char *name, Reader *reader);

static void
skip_space (Reader *reader)
{
  while (*reader->at == ' ')
    reader->at++;
}

static gboolean
take (Reader *reader, char c)
{
  skip_space (reader);
  if (*reader->at != c)
    return FALSE;
  reader->at++;
  return TRUE;
}

static void
expect (Reader *reader, char c)
{
  if (!take (reader, c))
    g_error ("The shape “%s” has no %c where “%s” is", reader->text, c, reader->at);
}

static char *
take_word (Reader *reader)
{
  const char *start;

  skip_space (reader);
  for (start = reader->at; g_ascii_isalnum (*reader->at) || *reader->at == '_' ||
                           *reader->at == '-' || *reader->at == '$';
       reader->at++)
    ;
  if (reader->at == start)
    g_error ("The shape “%s” has no word where “%s” is", reader->text, start);
  return g_strndup (start, (gsize) (reader->at - start));
}

/* ---- Names and simple ones ---- */

static void
put_type (JsonOut *out, const char *type, gboolean or_null)
{
  if (!or_null)
    {
      json_out_string (out, "type", type);
      return;
    }
  json_out_array (out, "type");
  json_out_string (out, NULL, type);
  json_out_string (out, NULL, "null");
  json_out_end_array (out);
}

static void
put_reference (JsonOut *out, const char *word)
{
  g_autofree char *place = g_strconcat ("#/components/schemas/", word, NULL);

  json_out_string (out, "$ref", place);
}

static void
put_named (JsonOut *out, const char *word, gboolean or_null)
{
  if (!or_null)
    {
      put_reference (out, word);
      return;
    }
  json_out_array (out, "anyOf");
  json_out_object (out, NULL);
  put_reference (out, word);
  json_out_end_object (out);
  json_out_object (out, NULL);
  json_out_string (out, "type", "null");
  json_out_end_object (out);
  json_out_end_array (out);
}

static void
put_word (JsonOut *out, const char *word, gboolean or_null)
{
  if (strcmp (word, "string") == 0)
    put_type (out, "string", or_null);
  else if (strcmp (word, "int") == 0)
    put_type (out, "integer", or_null);
  else if (strcmp (word, "number") == 0)
    put_type (out, "number", or_null);
  else if (strcmp (word, "bool") == 0)
    put_type (out, "boolean", or_null);
  else if (strcmp (word, "time") == 0)
    {
      put_type (out, "string", or_null);
      json_out_string (out, "format", "date-time");
    }
  else if (g_ascii_isupper (*word))
    put_named (out, word, or_null);
  else if (strcmp (word, "any") != 0)
    g_error ("The shape “%s” is not known", word);
}

/* ---- Objects ---- */

typedef struct
{
  GPtrArray *required; /* char* */
  GPtrArray *included; /* char*: names of shapes */
  gboolean has_others;
} Members;

/* Writes one member of "properties"; what concerns the whole object is noted. */
static void
put_member (JsonOut *out, Reader *reader, Members *members)
{
  g_autofree char *name = NULL;

  if (take (reader, '+'))
    {
      g_ptr_array_add (members->included, take_word (reader));
      return;
    }
  name = take_word (reader);
  if (!take (reader, '?'))
    g_ptr_array_add (members->required, g_strdup (name));
  expect (reader, ':');
  put_shape (out, name, reader);
}

static void
put_list (JsonOut *out, const char *name, GPtrArray *words)
{
  json_out_array (out, name);
  for (guint i = 0; i < words->len; i++)
    json_out_string (out, NULL, words->pdata[i]);
  json_out_end_array (out);
}

static void
put_members (JsonOut *out, Reader *reader, gboolean or_null)
{
  Members members = { g_ptr_array_new_with_free_func (g_free),
                      g_ptr_array_new_with_free_func (g_free), FALSE };

  put_type (out, "object", or_null);
  json_out_object (out, "properties");
  while (!members.has_others && !take (reader, '}'))
    {
      if (take (reader, '*'))
        members.has_others = TRUE;
      else
        put_member (out, reader, &members);
      if (!members.has_others)
        take (reader, ',');
    }
  json_out_end_object (out);
  if (members.has_others)
    {
      expect (reader, ':');
      put_shape (out, "additionalProperties", reader);
      expect (reader, '}');
    }
  if (members.required->len > 0)
    put_list (out, "required", members.required);
  if (members.included->len > 0)
    {
      json_out_array (out, "allOf");
      for (guint i = 0; i < members.included->len; i++)
        {
          json_out_object (out, NULL);
          put_reference (out, members.included->pdata[i]);
          json_out_end_object (out);
        }
      json_out_end_array (out);
    }
  g_ptr_array_unref (members.required);
  g_ptr_array_unref (members.included);
}

/* Where the shape that begins here ends, so that it is known first whether "?" stands behind it. */
static gboolean
is_nullable (const Reader *reader)
{
  const char *at = reader->at;
  int depth = 0;

  while (*at == ' ')
    at++;
  do
    {
      depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
      at++;
    }
  while (*at != '\0' && (depth > 0 || (depth == 0 && at[-1] != '}' && at[-1] != ']' &&
                                       (g_ascii_isalnum (*at) || *at == '_'))));
  return *at == '?';
}

static void
put_shape (JsonOut *out, const char *name, Reader *reader)
{
  gboolean or_null = is_nullable (reader);

  json_out_object (out, name);
  if (take (reader, '{'))
    put_members (out, reader, or_null);
  else if (take (reader, '['))
    {
      put_type (out, "array", or_null);
      put_shape (out, "items", reader);
      expect (reader, ']');
    }
  else
    {
      g_autofree char *word = take_word (reader);

      put_word (out, word, or_null);
    }
  if (or_null)
    expect (reader, '?');
  json_out_end_object (out);
}

void
shape_put_schema (JsonOut *out, const char *name, const char *shape)
{
  Reader reader = { shape, shape };

  put_shape (out, name, &reader);
  skip_space (&reader);
  if (*reader.at != '\0')
    g_error ("The shape “%s” does not end where “%s” is", shape, reader.at);
}
