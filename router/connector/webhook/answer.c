/* From an answer to an outcome.
 *
 * What must stay true: DELIVERED needs a whole answer with 2xx, or one that was cut here for being
 * longer than anybody will read.  An answer that broke off or took too long is none, whatever its
 * first line said: the target may not have done its work. */
#include "connector/webhook/answer.h"

#include "connector/webhook/retry-after.h"

#include <string.h>

void
webhook_answer_clear (WebhookAnswer *answer)
{
  g_clear_pointer (&answer->kept, g_byte_array_unref);
  g_clear_pointer (&answer->retry_after, g_free);
  g_clear_pointer (&answer->date, g_free);
  g_clear_pointer (&answer->refusal, g_free);
}

void
webhook_answer_reset (WebhookAnswer *answer, gsize max_bytes, gsize max_kept_bytes)
{
  webhook_answer_clear (answer);
  *answer = (WebhookAnswer){ .max_bytes = max_bytes, .max_kept_bytes = max_kept_bytes };
}

/* ---- Collecting ---------------------------------------------------------------------------- */

static gboolean
count_bytes (WebhookAnswer *answer, gsize length)
{
  answer->bytes += length;
  answer->cut = answer->cut || answer->bytes > answer->max_bytes;
  return !answer->cut;
}

/* The value when the line is this field's, else NULL. */
static char *
field_value (const char *line, gsize length, const char *name)
{
  gsize name_length = strlen (name);

  if (length <= name_length || line[name_length] != ':' ||
      g_ascii_strncasecmp (line, name, name_length) != 0)
    return NULL;
  return g_strstrip (g_strndup (line + name_length + 1, length - name_length - 1));
}

/* "HTTP/1.1 103 Early Hints": another answer follows.  After 101 none does. */
static gboolean
is_interim (const char *line, gsize length)
{
  const char *space = memchr (line, ' ', length);
  gsize rest = space != NULL ? length - (gsize) (space - line) : 0;

  return rest > 3 && space[1] == '1' && (space[2] != '0' || space[3] != '1');
}

/* Every answer has a head of its own; what the one before said does not count any more. */
static void
begin_head (WebhookAnswer *answer, const char *line, gsize length)
{
  answer->interim = is_interim (line, length);
  answer->head_complete = FALSE;
  answer->n_retry_after = 0;
  g_clear_pointer (&answer->retry_after, g_free);
  g_clear_pointer (&answer->date, g_free);
}

gboolean
webhook_answer_take_line (WebhookAnswer *answer, const char *line, gsize length)
{
  char *value;

  if (!count_bytes (answer, length))
    return FALSE;

  if (length >= 5 && memcmp (line, "HTTP/", 5) == 0)
    begin_head (answer, line, length);
  else if (length > 0 && (line[0] == '\r' || line[0] == '\n'))
    answer->head_complete = !answer->interim;
  else if ((value = field_value (line, length, "Retry-After")) != NULL)
    {
      answer->n_retry_after++;
      g_free (answer->retry_after);
      answer->retry_after = value;
    }
  else if ((value = field_value (line, length, "Date")) != NULL)
    {
      g_free (answer->date);
      answer->date = value;
    }
  return TRUE;
}

gboolean
webhook_answer_take_body (WebhookAnswer *answer, const char *bytes, gsize length)
{
  gsize kept = answer->kept != NULL ? answer->kept->len : 0;
  gsize room = answer->max_kept_bytes - MIN (kept, answer->max_kept_bytes);

  if (room > 0 && length > 0)
    {
      if (answer->kept == NULL)
        answer->kept = g_byte_array_new ();
      g_byte_array_append (answer->kept, (const guint8 *) bytes, (guint) MIN (room, length));
    }
  return count_bytes (answer, length);
}

/* ---- Judging ------------------------------------------------------------------------------- */

/* The usual words for a status; HTTP/2 sends none, and what HTTP/1 sends is anybody's text. */
static const char *
status_words (int status)
{
  static const struct
  {
    int status;
    const char *words;
  } table[] = {
    { 300, "Multiple Choices" },
    { 301, "Moved Permanently" },
    { 302, "Found" },
    { 303, "See Other" },
    { 304, "Not Modified" },
    { 307, "Temporary Redirect" },
    { 308, "Permanent Redirect" },
    { 400, "Bad Request" },
    { 401, "Unauthorized" },
    { 402, "Payment Required" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 406, "Not Acceptable" },
    { 407, "Proxy Authentication Required" },
    { 408, "Request Timeout" },
    { 409, "Conflict" },
    { 410, "Gone" },
    { 411, "Length Required" },
    { 412, "Precondition Failed" },
    { 413, "Content Too Large" },
    { 414, "URI Too Long" },
    { 415, "Unsupported Media Type" },
    { 417, "Expectation Failed" },
    { 421, "Misdirected Request" },
    { 422, "Unprocessable Content" },
    { 423, "Locked" },
    { 424, "Failed Dependency" },
    { 425, "Too Early" },
    { 426, "Upgrade Required" },
    { 428, "Precondition Required" },
    { 429, "Too Many Requests" },
    { 431, "Request Header Fields Too Large" },
    { 451, "Unavailable For Legal Reasons" },
    { 500, "Internal Server Error" },
    { 501, "Not Implemented" },
    { 502, "Bad Gateway" },
    { 503, "Service Unavailable" },
    { 504, "Gateway Timeout" },
    { 505, "HTTP Version Not Supported" },
    { 507, "Insufficient Storage" },
    { 508, "Loop Detected" },
    { 511, "Network Authentication Required" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (table[i].status == status)
      return table[i].words;
  return NULL;
}

/* Two fields, or a list in one, are no time to wait. */
static gint64
asked_wait_us (const WebhookAnswer *answer, gint64 now_us)
{
  if (answer->n_retry_after != 1)
    return -1;
  return retry_after_parse (answer->retry_after, answer->date, now_us);
}

/* The proxy did not go on.  What it says of who this is an operator mends; it is no verdict on the
 * delivery. */
static void
judge_proxy (const WebhookAnswer *answer,
             const char *label,
             const RetryOn *retry_on,
             Outcome *outcome)
{
  const char *words = status_words (answer->proxy_status);
  gboolean is_login = answer->proxy_status == 407;
  gboolean waits = is_login || (retry_on->failures & RETRY_ON_CONNECTION) != 0;

  outcome->kind = waits ? OUTCOME_DOWN : OUTCOME_REFUSED;
  outcome->error_code = is_login ? ERROR_CODE_NO_PERMISSIONS : ERROR_CODE_CONNECTION_FAILURE;
  outcome->note = g_strdup_printf ("%s could not be reached: its proxy answered %d%s%s", label,
                                   answer->proxy_status, words != NULL ? " " : "",
                                   words != NULL ? words : "");
}

static void
judge_status (const WebhookAnswer *answer,
              const char *label,
              const RetryOn *retry_on,
              int status,
              gint64 now_us,
              Outcome *outcome)
{
  const char *words = status_words (status);
  const char *more = "";

  if (status >= 200 && status < 300)
    {
      outcome->kind = OUTCOME_DELIVERED;
      outcome->note = g_strdup ("");
      return;
    }

  outcome->kind = OUTCOME_REFUSED;
  outcome->error_code = status == 429 ? ERROR_CODE_THROTTLING : ERROR_CODE_ERROR_FROM_TARGET;
  if (retry_on_has_status (retry_on, status))
    {
      gint64 wait_us = asked_wait_us (answer, now_us);

      outcome->kind = wait_us == RETRY_AFTER_NEVER ? OUTCOME_REFUSED : OUTCOME_RETRY;
      outcome->retry_after_us = MAX (wait_us, -1);
      if (wait_us == RETRY_AFTER_NEVER)
        more = " and asked not to be tried again";
    }
  else if (status == 410)
    {
      outcome->gone = TRUE;
      more = " and wants nothing more";
    }
  else if (status >= 300 && status < 400)
    more = "; redirects are not followed";

  outcome->note = g_strdup_printf ("%s answered %d%s%s%s", label, status, words != NULL ? " " : "",
                                   words != NULL ? words : "", more);
}

typedef struct
{
  OutcomeKind kind;
  const char *error_code;
  const char *what;
  RetryOnFailure needs; /* in the list to be tried again; 0: always is */
} Failure;

static Failure
failure_of (CURLcode result)
{
  switch (result)
    {
    case CURLE_OPERATION_TIMEDOUT:
      return (Failure){ OUTCOME_RETRY, ERROR_CODE_TIMEOUT, "did not answer in time",
                        RETRY_ON_TIMEOUT };
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
      return (Failure){ OUTCOME_DOWN, ERROR_CODE_CONNECTION_FAILURE, "could not be reached",
                        RETRY_ON_DNS };
    case CURLE_COULDNT_CONNECT:
    case CURLE_INTERFACE_FAILED:
      return (Failure){ OUTCOME_DOWN, ERROR_CODE_CONNECTION_FAILURE, "could not be reached",
                        RETRY_ON_CONNECTION };
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_USE_SSL_FAILED:
      return (Failure){ OUTCOME_DOWN, ERROR_CODE_CONNECTION_FAILURE,
                        "could not be reached over TLS", RETRY_ON_TLS };
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return (Failure){ OUTCOME_RETRY, ERROR_CODE_CONNECTION_FAILURE, "broke the connection",
                        RETRY_ON_CONNECTION };
    case CURLE_URL_MALFORMAT:
      return (Failure){ OUTCOME_MISCONFIGURED, ERROR_CODE_INVALID_PARAMETER,
                        "has a Url that cannot be used", 0 };
    case CURLE_FILESIZE_EXCEEDED:
      return (Failure){ OUTCOME_RETRY, ERROR_CODE_ANSWER_TOO_LONG, "answered at too great length",
                        0 };
    case CURLE_OUT_OF_MEMORY:
      return (Failure){ OUTCOME_RETRY, ERROR_CODE_INTERNAL_ERROR, "could not be sent to", 0 };
    default:
      return (Failure){ OUTCOME_RETRY, ERROR_CODE_PROTOCOL_ERROR,
                        "gave an answer that is not understood", 0 };
    }
}

/* One line without control characters, as the words may quote the server. */
static char *
plain_words (const char *text)
{
  char *words = g_utf8_make_valid (text, -1);

  for (char *p = words; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = ' ';
  return g_strstrip (words);
}

void
webhook_answer_outcome (const WebhookAnswer *answer,
                        const char *label,
                        const RetryOn *retry_on,
                        CURLcode result,
                        int status,
                        const char *problem,
                        gint64 now_us,
                        Outcome *out_outcome)
{
  Outcome outcome = { .status = status, .retry_after_us = -1 };

  if (answer->kept != NULL)
    outcome.response = g_bytes_new (answer->kept->data, answer->kept->len);

  /* libcurl is content when the connection ends within the head. */
  if (result == CURLE_OK && !answer->head_complete)
    {
      result = CURLE_PARTIAL_FILE;
      problem = "the answer ended within its head";
    }

  if (answer->proxy_status != 0)
    judge_proxy (answer, label, retry_on, &outcome);
  else if (answer->head_complete && (result == CURLE_OK || answer->cut))
    judge_status (answer, label, retry_on, status, now_us, &outcome);
  else if (answer->cut)
    {
      outcome.kind = OUTCOME_RETRY;
      outcome.error_code = ERROR_CODE_ANSWER_TOO_LONG;
      outcome.note = g_strdup_printf (
          "%s sent a head longer than MaxResponseBytes, which is %" G_GSIZE_FORMAT, label,
          answer->max_bytes);
    }
  else if (answer->refusal != NULL)
    {
      outcome.kind = OUTCOME_MISCONFIGURED;
      outcome.error_code = ERROR_CODE_ADDRESS_REFUSED;
      outcome.note = g_strdup_printf ("%s may not be connected to: %s; allow it with "
                                      "AllowAddresses, if it is meant",
                                      label, answer->refusal);
    }
  else
    {
      Failure failure = failure_of (result);
      g_autofree char *words = plain_words (problem);

      outcome.kind = (failure.needs & ~retry_on->failures) == 0 ? failure.kind : OUTCOME_REFUSED;
      outcome.error_code = failure.error_code;
      outcome.note = g_strdup_printf ("%s %s: %s", label, failure.what, words);
    }
  *out_outcome = outcome;
}
