/* scan.h: walks through JSON that rules_check_json() has accepted, without building anything.
 *
 * Slices point into the text.  Nothing here checks: on text that was not accepted the result means
 * nothing. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *text;
  gsize length;
} JsonSlice;

/* Without the white space around it. */
JsonSlice json_slice (const char *text, gsize length);

/* '{', '[', '"', 'n' (null), 'b' (true, false), '0' (number); '\0' when it is empty. */
char json_slice_type (JsonSlice value);

typedef struct
{
  const char *at, *end;
} JsonMembers;

/* object must be an object. */
void json_members_begin (JsonMembers *members, JsonSlice object);
/* name: with its quotes.  FALSE at the end. */
gboolean json_members_next (JsonMembers *members, JsonSlice *out_name, JsonSlice *out_value);

typedef struct
{
  const char *at, *end;
} JsonElements;

/* array must be an array. */
void json_elements_begin (JsonElements *elements, JsonSlice array);
gboolean json_elements_next (JsonElements *elements, JsonSlice *out_value);

/* Is every element of an array a string? */
gboolean json_slice_are_strings (JsonSlice array);

/* What a string (with its quotes) means, as UTF-8.  A surrogate escape without its partner becomes
 * U+FFFD.  NULL when it is no string or has a NUL character, which a C string cannot hold. */
char *json_slice_string (JsonSlice value);

G_END_DECLS
