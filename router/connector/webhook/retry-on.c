/* The list of failures that are worth another try.  Pure; any thread. */
#include "connector/webhook/retry-on.h"

#include "base/error.h"

#include <string.h>

#define N_STATUSES 600

static gboolean
parse_failure (const char *word, RetryOn *retry_on)
{
  static const struct
  {
    const char *word;
    RetryOnFailure failure;
  } table[] = {
    { "connection", RETRY_ON_CONNECTION },
    { "dns", RETRY_ON_DNS },
    { "tls", RETRY_ON_TLS },
    { "timeout", RETRY_ON_TIMEOUT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (strcmp (word, table[i].word) == 0)
      {
        retry_on->failures |= table[i].failure;
        return TRUE;
      }
  return FALSE;
}

/* "429", "42x" or "4xx". */
static gboolean
parse_statuses (const char *word, RetryOn *retry_on)
{
  int first, width = 1;

  if (strlen (word) != 3 || strchr ("1345", word[0]) == NULL)
    return FALSE;
  first = (word[0] - '0') * 100;
  if (word[1] == 'x' && word[2] == 'x')
    width = 100;
  else if (g_ascii_isdigit (word[1]))
    {
      first += (word[1] - '0') * 10;
      if (word[2] == 'x')
        width = 10;
      else if (g_ascii_isdigit (word[2]))
        first += word[2] - '0';
      else
        return FALSE;
    }
  else
    return FALSE;
  for (int status = first; status < first + width; status++)
    retry_on->statuses[status / 8] |= (guint8) (1 << status % 8);
  return TRUE;
}

gboolean
retry_on_parse (JsonArray *words, RetryOn *out_retry_on, GError **error)
{
  RetryOn retry_on = { 0 };

  for (guint i = 0; i < json_array_get_length (words); i++)
    {
      const char *word = json_array_get_string_element (words, i);

      if (parse_failure (word, &retry_on) || parse_statuses (word, &retry_on))
        continue;
      g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                   "“%s” is no failure; expected connection, dns, tls, timeout, a status like 429, "
                   "or many like 5xx",
                   word);
      return FALSE;
    }
  *out_retry_on = retry_on;
  return TRUE;
}

gboolean
retry_on_has_status (const RetryOn *retry_on, int status)
{
  return status >= 0 && status < N_STATUSES &&
         (retry_on->statuses[status / 8] & (1 << status % 8)) != 0;
}
