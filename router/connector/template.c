/* Texts with places: read once, filled for each request. */
#include "connector/template.h"

#include "base/error.h"
#include "connector/payload.h"
#include "rules/rules.h"

#include <string.h>

typedef enum
{
  PIECE_TEXT,
  PIECE_PATH,
  PIECE_SOURCE,
  PIECE_DETAIL_TYPE,
  PIECE_BUS,
  PIECE_RULE,
  PIECE_TIME,
  PIECE_EVENT_ID,
  PIECE_DELIVERY_ID,
  PIECE_ATTEMPT,
} PieceKind;

typedef struct
{
  PieceKind kind;
  char *text; /* or the path */
} Piece;

struct Template
{
  GArray *pieces; /* Piece */
};

static const struct
{
  const char *name;
  PieceKind kind;
} known[] = {
  { "source", PIECE_SOURCE },   { "detail-type", PIECE_DETAIL_TYPE },
  { "bus", PIECE_BUS },         { "rule", PIECE_RULE },
  { "time", PIECE_TIME },       { "event-id", PIECE_EVENT_ID },
  { "attempt", PIECE_ATTEMPT }, { "delivery-id", PIECE_DELIVERY_ID },
};

static void
clear_piece (gpointer data)
{
  g_free (((Piece *) data)->text);
}

static Template *
template_alloc (void)
{
  Template *template_ = g_new0 (Template, 1);

  template_->pieces = g_array_new (FALSE, FALSE, sizeof (Piece));
  g_array_set_clear_func (template_->pieces, clear_piece);
  return template_;
}

static void
add_piece (Template *template_, PieceKind kind, const char *text, gsize length)
{
  Piece piece = { kind, g_strndup (text, length) };

  g_array_append_val (template_->pieces, piece);
}

static gboolean
check_path (const char *path, GError **error)
{
  RulesBuffer found = { 0 };
  RulesError problem = { 0 };
  bool is_there;
  /* Any document will do to learn whether the path is understood. */
  gboolean is_path = rules_path_get (path, "{}", 2, &found, &is_there, &problem);

  rules_buffer_clear (&found);
  if (!is_path)
    g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID, "<%s> is no path into the event: %s",
                 path, problem.reason);
  return is_path;
}

/* The place that begins after "<": its kind, or PIECE_TEXT when it is none. */
static PieceKind
place_kind (const char *name, gsize length)
{
  if (length > 0 && *name == '$')
    return PIECE_PATH;
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (strlen (known[i].name) == length && strncmp (known[i].name, name, length) == 0)
      return known[i].kind;
  return PIECE_TEXT;
}

Template *
template_new (const char *text, GError **error)
{
  g_autoptr (Template) template_ = template_alloc ();
  const char *run = text;

  for (const char *p = strchr (text, '<'); p != NULL; p = strchr (p, '<'))
    {
      gsize length = strcspn (p + 1, "<>");
      PieceKind kind = p[1 + length] == '>' ? place_kind (p + 1, length) : PIECE_TEXT;

      if (kind != PIECE_TEXT)
        {
          if (p > run)
            add_piece (template_, PIECE_TEXT, run, (gsize) (p - run));
          add_piece (template_, kind, p + 1, length);
          run = p + length + 2;
          if (kind == PIECE_PATH &&
              !check_path (
                  g_array_index (template_->pieces, Piece, template_->pieces->len - 1).text, error))
            return NULL;
        }
      p += kind != PIECE_TEXT ? length + 2 : 1;
    }
  if (*run != '\0')
    add_piece (template_, PIECE_TEXT, run, strlen (run));
  return g_steal_pointer (&template_);
}

Template *
template_new_parameter (const char *value)
{
  Template *template_ = template_alloc ();

  add_piece (template_, *value == '$' ? PIECE_PATH : PIECE_TEXT, value, strlen (value));
  return template_;
}

void
template_free (Template *template_)
{
  g_array_unref (template_->pieces);
  g_free (template_);
}

gboolean
template_is_constant (const Template *template_)
{
  for (guint i = 0; i < template_->pieces->len; i++)
    if (g_array_index (template_->pieces, Piece, i).kind != PIECE_TEXT)
      return FALSE;
  return TRUE;
}

gboolean
template_begins_with_text (const Template *template_)
{
  return template_->pieces->len == 0 ||
         g_array_index (template_->pieces, Piece, 0).kind == PIECE_TEXT;
}

/* ---- Filling ------------------------------------------------------------------------------- */

void
template_scope_clear (TemplateScope *scope)
{
  if (scope->envelope != NULL)
    g_string_free (scope->envelope, TRUE);
  scope->envelope = NULL;
}

static void
append_path (GString *out, const char *path, TemplateScope *scope)
{
  RulesBuffer found = { 0 };
  bool is_there = false;

  if (scope->envelope == NULL)
    scope->envelope = event_envelope (scope->request->event);
  if (rules_path_get (path, scope->envelope->str, scope->envelope->len, &found, &is_there, NULL) &&
      is_there)
    {
      g_autofree char *text = payload_value_text (found.data, found.length);

      g_string_append (out, text);
    }
  rules_buffer_clear (&found);
}

static const char *
word_of (PieceKind kind, const ConnectorRequest *request)
{
  switch (kind)
    {
    case PIECE_SOURCE:
      return request->source;
    case PIECE_DETAIL_TYPE:
      return request->detail_type;
    case PIECE_BUS:
      return request->bus;
    case PIECE_RULE:
      return request->rule;
    case PIECE_TIME:
      return request->event_time;
    case PIECE_EVENT_ID:
      return request->event_id;
    case PIECE_DELIVERY_ID:
      return request->delivery_id;
    case PIECE_TEXT:
    case PIECE_PATH:
    case PIECE_ATTEMPT:
      break;
    }
  return "";
}

static void
append_piece (GString *out, const Piece *piece, TemplateScope *scope)
{
  if (piece->kind == PIECE_TEXT)
    g_string_append (out, piece->text);
  else if (piece->kind == PIECE_PATH)
    append_path (out, piece->text, scope);
  else if (piece->kind == PIECE_ATTEMPT)
    g_string_append_printf (out, "%u", scope->request->attempt);
  else
    g_string_append (out, word_of (piece->kind, scope->request));
}

char *
template_render (const Template *template_, TemplateScope *scope)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < template_->pieces->len; i++)
    append_piece (out, &g_array_index (template_->pieces, Piece, i), scope);
  return g_string_free (out, FALSE);
}

char *
template_render_html (const Template *template_, TemplateScope *scope)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < template_->pieces->len; i++)
    {
      const Piece *piece = &g_array_index (template_->pieces, Piece, i);
      g_autoptr (GString) value = g_string_new (NULL);
      g_autofree char *escaped = NULL;

      append_piece (value, piece, scope);
      if (piece->kind != PIECE_TEXT)
        escaped = g_markup_escape_text (value->str, (gssize) value->len);
      g_string_append (out, escaped != NULL ? escaped : value->str);
    }
  return g_string_free (out, FALSE);
}
