/* A server may repeat what it was sent, and with it what nobody is to read. */
#include "connector/webhook/redact.h"

#include <string.h>

static gboolean
blank (char *bytes, gsize length, const char *text)
{
  gsize text_length = strlen (text);
  gboolean found = FALSE;

  if (text_length == 0)
    return FALSE;
  for (char *at = bytes;
       (at = memmem (at, length - (gsize) (at - bytes), text, text_length)) != NULL;
       at += text_length)
    {
      memset (at, '*', text_length);
      found = TRUE;
    }
  return found;
}

/* The answer is cut at a length, perhaps within a secret: a beginning of it at the end counts. */
static gboolean
blank_end (char *bytes, gsize length, const char *text)
{
  for (gsize n = MIN (strlen (text), length); n >= 4; n--)
    if (memcmp (bytes + length - n, text, n) == 0)
      {
        memset (bytes + length - n, '*', n);
        return TRUE;
      }
  return FALSE;
}

void
redact_outcome (Outcome *outcome, const GPtrArray *texts)
{
  gsize length = 0;
  g_autofree char *bytes = NULL;
  gboolean found = FALSE;

  if (texts == NULL)
    return;
  if (outcome->response != NULL)
    {
      length = g_bytes_get_size (outcome->response);
      bytes = g_memdup2 (g_bytes_get_data (outcome->response, NULL), length);
    }
  for (guint i = 0; i < texts->len; i++)
    {
      if (outcome->note != NULL)
        blank (outcome->note, strlen (outcome->note), texts->pdata[i]);
      if (length > 0)
        {
          gboolean has_whole = blank (bytes, length, texts->pdata[i]);
          gboolean has_beginning = blank_end (bytes, length, texts->pdata[i]);

          found = found || has_whole || has_beginning;
        }
    }
  if (!found)
    return;
  g_bytes_unref (outcome->response);
  outcome->response = g_bytes_new_take (g_steal_pointer (&bytes), length);
}
