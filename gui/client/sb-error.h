/* sb-error.h: what can go wrong between the app and the router, by what a caller can do about it.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SB_ERROR_UNREACHABLE, /* nobody answered: try again later */
  SB_ERROR_INVALID,     /* the router refused what was sent; the message says where */
  SB_ERROR_NOT_FOUND,   /* it is not there, or not any more */
  SB_ERROR_CONFLICT,    /* somebody else changed it meanwhile */
  SB_ERROR_READ_ONLY,   /* this router takes no edits */
  SB_ERROR_BUSY,        /* full or stopping: try again later */
  SB_ERROR_ANSWER,      /* the answer is not what the API promises */
  SB_ERROR_TOKEN,       /* it asks for a token, or for another one */
  SB_ERROR_CERTIFICATE, /* it cannot be told that this is the router: nothing was sent */
  SB_ERROR_PROTOCOL,    /* http where it wants https, or the other way round */
} SbError;

#define SB_ERROR (sb_error_quark ())
GQuark sb_error_quark (void);

G_END_DECLS
