/* The error domain's quark. */
#include "base/error.h"

G_DEFINE_QUARK (router_error, router_error)

gboolean
router_error_is_passing (const GError *error)
{
  return g_error_matches (error, ROUTER_ERROR, ROUTER_ERROR_FULL) ||
         g_error_matches (error, ROUTER_ERROR, ROUTER_ERROR_BLOCKED);
}
