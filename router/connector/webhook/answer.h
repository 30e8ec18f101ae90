/* answer.h: what a server answered, as far as it is kept, and what that means for the delivery.
 *
 * Fed by the transfer as the bytes come; bounded whatever the server sends.  One thread. */
#pragma once

#include "base/outcome.h"
#include "connector/webhook/retry-on.h"

#include <curl/curl.h>

G_BEGIN_DECLS

typedef struct
{
  gsize max_bytes;      /* of head and body together; at more the transfer is cut */
  gsize max_kept_bytes; /* of the body, for the attempt's record */

  gsize bytes;
  gboolean interim;       /* the head is one of the 1xx before the answer */
  gboolean head_complete; /* of the final answer, not of one of the 1xx before */
  gboolean cut;
  GByteArray *kept;
  guint n_retry_after;
  char *retry_after, *date;
  int proxy_status; /* the proxy said this in place of the target, or 0; the caller sets it */
  char *refusal;    /* no address that it may connect to: what was refused; the caller sets it */
} WebhookAnswer;

/* Forgets everything.  Start with {0}. */
void webhook_answer_reset (WebhookAnswer *answer, gsize max_bytes, gsize max_kept_bytes);
void webhook_answer_clear (WebhookAnswer *answer);

/* One line of a head, or a piece of the body.  FALSE: it is too much, cut the transfer. */
gboolean webhook_answer_take_line (WebhookAnswer *answer, const char *line, gsize length);
gboolean webhook_answer_take_body (WebhookAnswer *answer, const char *bytes, gsize length);

/* What the attempt came to.  label: "webhook/chat"; retry_on: which failures are worth another try,
 * all others are refusals; status: of the answer, 0 when there was none; problem: libcurl's words
 * on the result. */
void webhook_answer_outcome (const WebhookAnswer *answer,
                             const char *label,
                             const RetryOn *retry_on,
                             CURLcode result,
                             int status,
                             const char *problem,
                             gint64 now_us,
                             Outcome *out_outcome);

G_END_DECLS
