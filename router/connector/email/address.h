/* address.h: mail addresses as settings give them, and text in header fields (RFC 5322, RFC 2047).
 * Pure; any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "ops@example.org" or "Night shift <ops@example.org>" as a header field shows it, the name quoted
 * or encoded as it needs.  ROUTER_ERROR_INVALID for anything else, above all for line breaks. */
char *address_format (const char *text, GError **error);

/* The address alone, without name and brackets, of an address_format(). */
char *address_mailbox (const char *address);

/* What stands behind the last '@' of an address_format(), without the closing bracket. */
char *address_domain (const char *address);

/* Unstructured text, such as a subject.  Short plain ASCII stays as it is, all else becomes encoded
 * words, folded so that no line is longer than 76.  name_length: of the field's name with colon and
 * space, at most 40, which the first line has too. */
char *header_text_encode (const char *text, gsize name_length);

G_END_DECLS
