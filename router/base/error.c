/* The error domain's quark. */
#include "base/error.h"

G_DEFINE_QUARK (router_error, router_error)
