/* template.h: a setting's text with places that each event fills.
 *
 * "Order <$.detail.id> of <source>": a JSONPath into the event in its envelope, or one of <source>,
 * <detail-type>, <bus>, <rule>, <time>, <event-id>, <delivery-id>, <attempt>.  Anything else in
 * angle brackets is just text.  What a value brings along is never looked at again. */
#pragma once

#include "connector/connector.h"

G_BEGIN_DECLS

typedef struct Template Template;

/* Immutable.  ROUTER_ERROR_INVALID: a path that is not understood. */
Template *template_new (const char *text, GError **error);

/* EventBridge's HttpParameters: "$.detail.id" as a whole is a path, anything else a constant. */
Template *template_new_parameter (const char *value);
void template_free (Template *template_);

/* It says the same for every event. */
gboolean template_is_constant (const Template *template_);

/* Its first character does not come from an event. */
gboolean template_begins_with_text (const Template *template_);

/* Whatever template it is asked for one request: the envelope is built once, if at all.  Start with
 * { request }. */
typedef struct
{
  const ConnectorRequest *request;
  GString *envelope;
} TemplateScope;

void template_scope_clear (TemplateScope *scope);

/* UTF-8 without NUL.  A string is its text, any other value its JSON; what is not there is "". */
char *template_render (const Template *template_, TemplateScope *scope);

/* The same for HTML: what the event says is escaped, the template is not. */
char *template_render_html (const Template *template_, TemplateScope *scope);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Template, template_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TemplateScope, template_scope_clear)

G_END_DECLS
