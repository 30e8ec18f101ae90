/* Outcomes as values. */
#include "base/outcome.h"

#include <string.h>

const char *
outcome_kind_name (OutcomeKind kind)
{
  static const char *const names[] = {
    [OUTCOME_DELIVERED] = "delivered",
    [OUTCOME_RETRY] = "retry",
    [OUTCOME_REFUSED] = "refused",
    [OUTCOME_DOWN] = "down",
    [OUTCOME_MISCONFIGURED] = "misconfigured",
  };

  g_return_val_if_fail (kind >= OUTCOME_DELIVERED && kind < (int) G_N_ELEMENTS (names), "unknown");
  return names[kind];
}

void
outcome_clear (Outcome *outcome)
{
  g_clear_pointer (&outcome->note, g_free);
  g_clear_pointer (&outcome->response, g_bytes_unref);
}

void
outcome_copy (const Outcome *from, Outcome *to)
{
  *to = *from;
  to->note = g_strdup (from->note != NULL ? from->note : "");
  to->response = from->response != NULL ? g_bytes_ref (from->response) : NULL;
}

const char *
error_code_intern (const char *code)
{
  static const char *const codes[] = {
    ERROR_CODE_CONNECTION_FAILURE, ERROR_CODE_ERROR_FROM_TARGET, ERROR_CODE_TIMEOUT,
    ERROR_CODE_THROTTLING,         ERROR_CODE_INVALID_JSON,      ERROR_CODE_INVALID_PARAMETER,
    ERROR_CODE_NO_RESOURCE,        ERROR_CODE_NO_PERMISSIONS,    ERROR_CODE_SDK_CLIENT_ERROR,
    ERROR_CODE_INTERNAL_ERROR,     ERROR_CODE_ADDRESS_REFUSED,   ERROR_CODE_TOO_MANY_HOPS,
    ERROR_CODE_ANSWER_TOO_LONG,    ERROR_CODE_PROTOCOL_ERROR,
  };

  for (gsize i = 0; code != NULL && i < G_N_ELEMENTS (codes); i++)
    if (strcmp (code, codes[i]) == 0)
      return codes[i];
  return NULL;
}
