/* problem.h: a refusal that a peer can understand: RFC 9457 problem details.
 *
 * Every refusal over HTTP is one of these; the server turns it into application/problem+json. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint status;  /* HTTP */
  char *type;    /* stable slug, "invalid-json"; sent as "urn:signalbox:problem:invalid-json" */
  char *title;   /* the same for all problems of the type */
  char *detail;  /* what is wrong here, with the value seen and the value expected */
  char *remedy;  /* what to do, or NULL */
  char *pointer; /* JSON pointer to the place, or NULL */
  guint line, column;    /* in the body, 0 when unknown */
  guint retry_after_s;   /* 0: no Retry-After */
  const char *challenge; /* WWW-Authenticate of a 401, static; or NULL */
  char *allow;           /* Allow of a 405, or NULL */
} Problem;

Problem *
problem_new (guint status, const char *type, const char *title, const char *detail_format, ...)
    G_GNUC_PRINTF (4, 5);
Problem *problem_from_error (const GError *error); /* by the ROUTER_ERROR code; others are 500 */
void problem_free (Problem *problem);

void problem_set_remedy (Problem *problem, const char *format, ...) G_GNUC_PRINTF (2, 3);
void problem_set_place (Problem *problem, const char *pointer, guint line, guint column);

/* The JSON text of the answer. */
char *problem_to_json (const Problem *problem);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Problem, problem_free)

G_END_DECLS
