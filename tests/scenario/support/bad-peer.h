/* bad-peer.h: a server that misbehaves, on the loopback, for tests.
 *
 * Any thread may call anything.  It speaks no protocol: what it says are the bytes of its script.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  BAD_PEER_CLOSES, /* in order: what was sent arrives, and then the end */
  BAD_PEER_RESETS, /* in the middle of what was sent */
  BAD_PEER_STAYS,  /* says nothing more, and waits until the other side has enough */
} BadPeerEnd;

/* What every connection gets, in this order.  Any of the texts may be NULL. */
typedef struct
{
  gboolean speaks_first; /* else when something of a request has come */
  GBytes *says;
  const char *drips;   /* one byte a second, again and again */
  const char *floods;  /* as fast as it is taken */
  guint64 flood_bytes; /* at most; 0: for ever */
  BadPeerEnd end;
} BadPeerScript;

typedef struct BadPeer BadPeer;

/* Takes says over. */
BadPeer *bad_peer_new (const BadPeerScript *script);
void bad_peer_free (BadPeer *peer);

guint bad_peer_port (BadPeer *peer);
guint bad_peer_n_connections (BadPeer *peer); /* ever opened */
guint bad_peer_n_open (BadPeer *peer);
guint64 bad_peer_n_sent (BadPeer *peer); /* bytes that the system took */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BadPeer, bad_peer_free)

G_END_DECLS
