/* Addresses and encoded words.
 *
 * What must stay true: nothing that comes out of here holds a CR or LF other than the folds made
 * here, so that no text from an event or a setting can begin a header field of its own. */
#include "connector/email/address.h"

#include "base/error.h"

#include <string.h>

/* RFC 5322: a line should have no more than 78 characters; RFC 2047: an encoded word no more than
 * 75, a line with one no more than 76. */
#define MAX_LINE 76
#define MAX_WORD 75
/* Leaves room for a word with any one character on a field's first line. */
#define MAX_NAME_LENGTH 40
#define WORD_START "=?UTF-8?B?"
#define WORD_END "?="
#define WORD_BYTES ((MAX_WORD - sizeof WORD_START - sizeof WORD_END + 2) / 4 * 3)

static gboolean
is_printable_ascii (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (*p < 0x20 || *p > 0x7e)
      return FALSE;
  return TRUE;
}

static gboolean
has_control (const char *text)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return TRUE;
  return FALSE;
}

/* local@domain in the plain form: no quoted local part, no comment, no literal address. */
static gboolean
is_addr_spec (const char *text)
{
  const char *at = strchr (text, '@');

  if (at == NULL || at == text || at[1] == '\0' || strchr (at + 1, '@') != NULL)
    return FALSE;
  for (const char *p = text; *p != '\0'; p++)
    if (*p <= 0x20 || *p > 0x7e || strchr ("()<>[]:;,\\\"", *p) != NULL)
      return FALSE;
  return strlen (text) <= 254;
}

/* Encoded words, cut between characters.  The first is as short as the line that it begins on asks
 * for: a fold before it could leave that line blank, which a reader may take for the end of the
 * head. */
static void
append_encoded_words (GString *out, const char *text, gsize column)
{
  gsize room = MIN ((MAX_LINE - column - strlen (WORD_START WORD_END)) / 4 * 3, WORD_BYTES);
  const char *rest = text;

  while (*rest != '\0')
    {
      const char *stop = rest;
      g_autofree char *word = NULL;

      while (*stop != '\0' && (gsize) (g_utf8_next_char (stop) - rest) <= room)
        stop = g_utf8_next_char (stop);
      word = g_base64_encode ((const guchar *) rest, (gsize) (stop - rest));

      g_string_append_printf (out, "%s" WORD_START "%s" WORD_END, rest != text ? "\r\n " : "",
                              word);
      rest = stop;
      room = WORD_BYTES;
    }
}

static void
append_quoted (GString *out, const char *name)
{
  g_string_append_c (out, '"');
  for (const char *p = name; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (out, '\\');
      g_string_append_c (out, *p);
    }
  g_string_append_c (out, '"');
}

static gboolean
refuse (GError **error, const char *text)
{
  g_autofree char *shown = g_strescape (text, NULL);

  g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
               "“%s” is not a mail address; expected one like “ops@example.org” or "
               "“Night shift <ops@example.org>”",
               shown);
  return FALSE;
}

static gboolean
split (const char *text, char **out_name, char **out_address, GError **error)
{
  g_autofree char *stripped = NULL;
  char *open;

  if (!g_utf8_validate (text, -1, NULL) || has_control (text))
    return refuse (error, text);

  stripped = g_strstrip (g_strdup (text));
  open = strrchr (stripped, '<');
  if (open != NULL)
    {
      if (!g_str_has_suffix (open, ">"))
        return refuse (error, text);
      open[strlen (open) - 1] = '\0';
    }
  if (!is_addr_spec (open != NULL ? open + 1 : stripped))
    return refuse (error, text);

  *out_address = g_strdup (open != NULL ? open + 1 : stripped);
  *out_name = open != NULL ? g_strstrip (g_strndup (stripped, (gsize) (open - stripped))) : NULL;
  return TRUE;
}

char *
address_format (const char *text, GError **error)
{
  g_autofree char *name = NULL;
  g_autofree char *address = NULL;
  GString *out;

  if (!split (text, &name, &address, error))
    return NULL;
  if (name == NULL || *name == '\0')
    return g_steal_pointer (&address);

  out = g_string_new (NULL);
  if (is_printable_ascii (name) && strlen (name) <= MAX_LINE - 8)
    append_quoted (out, name);
  else
    append_encoded_words (out, name, strlen ("From: "));
  g_string_append_printf (out, "\r\n <%s>", address);
  return g_string_free (out, FALSE);
}

char *
address_mailbox (const char *address)
{
  const char *open = strrchr (address, '<');

  return open != NULL ? g_strndup (open + 1, strcspn (open + 1, ">")) : g_strdup (address);
}

char *
address_domain (const char *address)
{
  const char *at = strrchr (address, '@');

  return g_strndup (at + 1, strcspn (at + 1, ">"));
}

char *
header_text_encode (const char *text, gsize name_length)
{
  g_autofree char *clean = g_utf8_make_valid (text, -1);
  GString *out = g_string_new (NULL);

  g_assert (name_length <= MAX_NAME_LENGTH);
  for (char *p = clean; *p != '\0'; p++)
    if ((guchar) *p < 0x20 || *p == 0x7f)
      *p = ' ';
  g_strstrip (clean);

  if (is_printable_ascii (clean) && name_length + strlen (clean) <= MAX_LINE &&
      strstr (clean, "=?") == NULL)
    g_string_append (out, clean);
  else
    append_encoded_words (out, clean, name_length);
  return g_string_free (out, FALSE);
}
