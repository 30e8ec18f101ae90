/* error.h: the one error domain of the router.  Codes are named for what a caller can do about it.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  ROUTER_ERROR_INVALID,     /* the caller's data is wrong; the message says where */
  ROUTER_ERROR_NOT_FOUND,   /* no such object */
  ROUTER_ERROR_CONFLICT,    /* the object is not in a state in which this can be done */
  ROUTER_ERROR_FULL,        /* a queue or the disk is full; may be tried again later */
  ROUTER_ERROR_STORAGE,     /* the store failed: what was submitted has an unknown fate */
  ROUTER_ERROR_UNAVAILABLE, /* shutting down, or a peer is away */
  ROUTER_ERROR_BLOCKED,     /* the disk does not take what is written; may be tried again later */
} RouterError;

#define ROUTER_ERROR (router_error_quark ())
GQuark router_error_quark (void);

/* FULL or BLOCKED: nothing was done, and later it may be. */
gboolean router_error_is_passing (const GError *error);

G_END_DECLS
