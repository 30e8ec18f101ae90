/* repeat.h: a request that comes again.
 *
 * What makes it one is a key: the Idempotency-Key header
 * (draft-ietf-httpapi-idempotency-key-header), or what a source's "Repeats" says.  The store tells
 * whether a key has been seen; here it is read, and kept from being under way twice at once. */
#pragma once

#include "ingress/draft.h"

#include "store/batch.h"

G_BEGIN_DECLS

#define REPEAT_MAX_KEY_BYTES 255

/* *out_repeat: NULL when the request has no key; its answer is still to be filled in.  body:
 * accepted JSON, in which a path is looked up; NULL with the events API.  own_key: what the request
 * is known by when it has no Idempotency-Key and the source says nothing else, or NULL. */
Problem *repeat_read (const DraftContext *context,
                      const ConfigSource *source,
                      GBytes *body,
                      const char *own_key,
                      Repeat **out_repeat);

/* The value of an Idempotency-Key header, a string of RFC 8941 or bare.  NULL when it is neither,
 * empty, not ASCII, or longer than REPEAT_MAX_KEY_BYTES. */
char *repeat_parse_key (const char *value);

/* The keys of requests that are not answered yet.  Any thread. */
typedef struct RepeatGuard RepeatGuard;

RepeatGuard *repeat_guard_new (void);
void repeat_guard_free (RepeatGuard *guard);

/* A ticket to give back when the request is answered; NULL: one with this key is under way. */
char *repeat_guard_enter (RepeatGuard *guard, const Repeat *repeat);
/* Takes the ticket, which may be NULL. */
void repeat_guard_leave (RepeatGuard *guard, char *ticket);

Problem *refuse_repeat_under_way (void);
/* The key came before with another request. */
Problem *refuse_repeat_other (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RepeatGuard, repeat_guard_free)

G_END_DECLS
