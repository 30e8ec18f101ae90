/* retry-on.h: which failures of a request are worth another try (the setting "RetryOn").
 *
 * Plain data, immutable once read; any thread. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  RETRY_ON_CONNECTION = 1 << 0, /* refused, unreachable, broken off */
  RETRY_ON_DNS = 1 << 1,
  RETRY_ON_TLS = 1 << 2,
  RETRY_ON_TIMEOUT = 1 << 3,
} RetryOnFailure;

typedef struct
{
  guint failures;      /* RetryOnFailure */
  guint8 statuses[75]; /* a bit for each status up to 599 */
} RetryOn;

/* The setting's default as JSON text. */
#define RETRY_ON_DEFAULT                                                                           \
  "[\"connection\", \"dns\", \"tls\", \"timeout\", \"408\", \"409\", \"425\", \"429\", \"5xx\"]"

/* words: strings as in the default; "5xx" is every status from 500 to 599, "42x" ten of them.
 * Successes (2xx) cannot be named.  FALSE with an error that names the word. */
gboolean retry_on_parse (JsonArray *words, RetryOn *out_retry_on, GError **error);

gboolean retry_on_has_status (const RetryOn *retry_on, int status);

G_END_DECLS
