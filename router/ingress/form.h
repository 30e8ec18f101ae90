/* form.h: application/x-www-form-urlencoded, of bodies and of queries.  Pure functions. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FORM_MAX_FIELDS 1000

typedef struct
{
  char *name, *value; /* decoded UTF-8 without NUL */
} FormField;

/* FormField in order of appearance; NULL when an escape is broken, the result is not UTF-8 or has a
 * NUL, or there are more than FORM_MAX_FIELDS. */
GArray *form_parse (const char *text, gsize length);

/* The first of that name, or NULL. */
const char *form_get (GArray *fields, const char *name);

/* {"name":"value",…}; a name that comes several times has an array. */
GBytes *form_to_json (GArray *fields);

/* Name and value of every field, one after the other, sorted by name in byte order; of several with
 * one name the first. */
void form_append_sorted (GArray *fields, GString *out);

G_END_DECLS
