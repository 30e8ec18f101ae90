/* shape.h: what JSON looks like, written as briefly as in API.md, and as a JSON Schema.
 *
 *   shape    = "string" | "int" | "number" | "bool" | "time" | "any" | Name
 *            | "[" shape "]" | "{" [ member { "," member } ] "}"    each with "?" behind it: or
 * null member   = name ["?"] ":" shape                                 "?": may be missing | "*"
 * ":" shape                                        any other name | "+" Name the members of that
 * shape too
 *
 * A Name is one of the shapes that a document has.  Shapes are the program's own: one that is
 * misspelled is a programmer's mistake, and ends it.  Pure. */
#pragma once

#include "http/json.h"

G_BEGIN_DECLS

/* Where a Name leads: "#/components/schemas/". */
void shape_put_schema (JsonOut *out, const char *name, const char *shape);

G_END_DECLS
