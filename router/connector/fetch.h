/* fetch.h: gets a URL now and then, for what the router itself has to ask.
 *
 * One thread, that exists while there is something to get; what waits is bounded.  Addresses are
 * guarded as those of connectors are (guard.h), redirects are not followed, and no answer may be
 * large or take long. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct Fetcher Fetcher;

/* The fetcher's thread, exactly once.  status 0: there was no answer, and why. */
typedef void (*FetchDone) (guint status, const char *reason, gpointer user_data);

Fetcher *fetcher_new (void);
/* What is under way and what waits is given up within a second, and told so.  Any thread. */
void fetcher_stop (Fetcher *fetcher);
/* Stops, and waits for that. */
void fetcher_free (Fetcher *fetcher);

/* Any thread.  allowed: as egress_new() takes it, and right.  FALSE: too many wait; done is not
 * called. */
gboolean fetcher_get (Fetcher *fetcher,
                      const char *url,
                      const char *const *allowed,
                      FetchDone done,
                      gpointer user_data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fetcher, fetcher_free)

G_END_DECLS
