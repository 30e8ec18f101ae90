/* verify.h: did the sender sign this?  One engine, driven by a ConfigSignature.
 *
 * Verified are the bytes as they came, before anything reads them.  Pure but for the secrets; any
 * thread. */
#pragma once

#include "base/secret.h"
#include "ingress/ingress.h"

G_BEGIN_DECLS

/* More signatures in one header are no rotation but work for the router. */
#define VERIFY_MAX_SIGNATURES 16

/* NULL when one of the signatures holds with one of the secrets.  Else 401 signature-missing,
 * signature-invalid or signature-expired, or 503 secret-missing (whose reason goes to
 * *out_operator_error: it is not for the sender). */
Problem *verify_signature (const ConfigGate *gate,
                           Secrets *secrets,
                           const IngressRequest *request,
                           gint64 now_us,
                           GError **out_operator_error);

/* The bytes of those secrets of a list that can be had.  NULL: none of them, with an error. */
GPtrArray *verify_get_secrets (Secrets *secrets, char *const *names, GError **error);

Problem *verify_refuse_secret (void);

G_END_DECLS
