#include "config.h"

#include "sb-json-place.h"

/* What is open: an object, with the member that is being written, or an array. */
typedef struct
{
  gboolean is_array;
  char *name;     /* of an object's member; NULL: it has none yet */
  gboolean colon; /* its value has begun */
  gboolean value; /* there is one already: only a comma can follow */
} Level;

typedef struct
{
  const char *text;
  gsize length;
  gsize at;
  GPtrArray *levels;
} Reader;

static void
level_free (Level *level)
{
  g_free (level->name);
  g_free (level);
}

static Level *
inner (Reader *reader)
{
  return reader->levels->len > 0 ? reader->levels->pdata[reader->levels->len - 1] : NULL;
}

static void
enter (Reader *reader, gboolean is_array)
{
  Level *level = g_new0 (Level, 1);

  level->is_array = is_array;
  g_ptr_array_add (reader->levels, level);
}

static void
end_value (Reader *reader)
{
  Level *level = inner (reader);

  if (level != NULL)
    level->value = TRUE;
}

static void
leave (Reader *reader)
{
  if (reader->levels->len > 0)
    g_ptr_array_remove_index (reader->levels, reader->levels->len - 1);
  end_value (reader);
}

static void
take_comma (Reader *reader)
{
  Level *level = inner (reader);

  if (level == NULL)
    return;
  g_clear_pointer (&level->name, g_free);
  level->colon = level->value = FALSE;
}

/* Escapes stay as they are: names that need any are not proposed. */
static gboolean
read_string (Reader *reader)
{
  gsize start = reader->at + 1;
  gsize end = start;
  Level *level = inner (reader);

  while (end < reader->length && reader->text[end] != '"')
    end += reader->text[end] == '\\' ? 2 : 1;
  if (end >= reader->length)
    return FALSE;
  reader->at = end + 1;
  if (level != NULL && !level->is_array && !level->colon)
    {
      g_free (level->name);
      level->name = g_strndup (reader->text + start, end - start);
    }
  else
    end_value (reader);
  return TRUE;
}

static gboolean
is_word (char byte)
{
  return g_ascii_isalnum (byte) || byte == '-' || byte == '+' || byte == '.' || byte == '_' ||
         byte == '$';
}

/* A number or true, false, null.  FALSE: it ends at the cursor. */
static gboolean
read_word (Reader *reader)
{
  gsize end = reader->at;

  while (end < reader->length && is_word (reader->text[end]))
    end++;
  if (end == reader->length)
    return FALSE;
  reader->at = end;
  end_value (reader);
  return TRUE;
}

/* FALSE: what begins here is what is being written. */
static gboolean
read_token (Reader *reader)
{
  char byte = reader->text[reader->at];
  Level *level = inner (reader);

  if (byte == '"')
    return read_string (reader);
  if (is_word (byte))
    return read_word (reader);
  reader->at++;
  if (byte == '{' || byte == '[')
    enter (reader, byte == '[');
  else if (byte == '}' || byte == ']')
    leave (reader);
  else if (byte == ',')
    take_comma (reader);
  else if (byte == ':' && level != NULL)
    level->colon = TRUE;
  return TRUE;
}

static char **
dup_path (Reader *reader)
{
  g_autoptr (GStrvBuilder) path = g_strv_builder_new ();

  for (guint i = 0; i < reader->levels->len; i++)
    {
      const Level *level = reader->levels->pdata[i];

      if (level->is_array)
        g_strv_builder_add (path, SB_JSON_ELEMENT);
      else if (level->colon && level->name != NULL)
        g_strv_builder_add (path, level->name);
    }
  return g_strv_builder_end (path);
}

SbJsonPlace *
sb_json_place_new (const char *text, gsize length)
{
  Reader reader = { .text = text, .length = length };
  g_autoptr (GPtrArray) levels = g_ptr_array_new_with_free_func ((GDestroyNotify) level_free);
  SbJsonPlace *self;
  const Level *level;

  reader.levels = levels;
  while (reader.at < length && read_token (&reader))
    ;
  level = inner (&reader);
  if (level == NULL || level->value || (!level->is_array && level->name != NULL && !level->colon))
    return NULL;
  self = g_new0 (SbJsonPlace, 1);
  self->path = dup_path (&reader);
  self->is_name = !level->is_array && !level->colon;
  self->start = reader.at;
  self->quoted = reader.at < length && text[reader.at] == '"';
  self->written = g_strndup (text + reader.at + self->quoted,
                             length - reader.at - (gsize) self->quoted);
  return self;
}

void
sb_json_place_free (SbJsonPlace *self)
{
  g_strfreev (self->path);
  g_free (self->written);
  g_free (self);
}
