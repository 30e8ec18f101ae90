/* sb-json-edit.h: changes single values of a JSON text and leaves the rest of it as it is.
 *
 * Order, white space and the spelling of everything else stay, so that what is changed in a form
 * looks like something changed by hand, and the text beside the form stays the reader's own. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* text: strict JSON, an object; pointer: RFC 6901, not "".  Puts the value there; objects on the
 * way that are missing are made; "-" is behind the last element of an array.  NULL when the text is
 * no such object or the way leads through something that is none.  Caller frees. */
char *sb_json_edit_set (const char *text, const char *pointer, JsonNode *value);

/* Removes what is there; with prune, objects on the way that are empty then go too.  The same text
 * when there is nothing; NULL as above. */
char *sb_json_edit_remove (const char *text, const char *pointer, gboolean prune);

/* "/Auth" and "Type" are "/Auth/Type". */
char *sb_json_pointer_join (const char *pointer, const char *name);

/* The router's key of a setting, "Targets[0].Arn", as a pointer: "/Targets/0/Arn". */
char *sb_json_pointer_from_key (const char *key);

/* What a pointer leads to, or NULL; owned by the root. */
JsonNode *sb_json_pointer_get (JsonNode *root, const char *pointer);

/* A value as it is written into a file: objects in lines of their own, arrays of plain values in
 * one line. */
char *sb_json_write (JsonNode *value);

G_END_DECLS
