#include "config.h"

#include "sb-diagnostic.h"

#include "sb-json.h"

SbDiagnostic *
sb_diagnostic_new (guint line, guint column, const char *message, const char *hint)
{
  SbDiagnostic *self = g_new0 (SbDiagnostic, 1);

  self->file = g_strdup ("");
  self->line = line;
  self->column = column;
  self->key = g_strdup ("");
  self->message = g_strdup (message);
  self->hint = g_strdup (hint);
  return self;
}

void
sb_diagnostic_free (SbDiagnostic *self)
{
  g_free (self->file);
  g_free (self->key);
  g_free (self->message);
  g_free (self->hint);
  g_free (self);
}

static SbDiagnostic *
from_json (JsonObject *object, const char *message_member)
{
  SbDiagnostic *self = g_new0 (SbDiagnostic, 1);

  self->file = g_strdup (sb_json_string (object, "file"));
  self->line = (guint) CLAMP (sb_json_int (object, "line"), 0, G_MAXINT);
  self->column = (guint) CLAMP (sb_json_int (object, "column"), 0, G_MAXINT);
  self->key = g_strdup (sb_json_string (object, "key"));
  self->message = g_strdup (sb_json_string (object, message_member));
  self->hint = g_strdup (sb_json_string (object, "hint"));
  return self;
}

GPtrArray *
sb_diagnostics_from_problem (JsonObject *problem)
{
  g_autoptr (GPtrArray) objects = sb_json_objects (problem, "problems");
  GPtrArray *diagnostics = g_ptr_array_new_with_free_func ((GDestroyNotify) sb_diagnostic_free);

  for (guint i = 0; i < objects->len; i++)
    g_ptr_array_add (diagnostics, from_json (g_ptr_array_index (objects, i), "message"));
  if (diagnostics->len == 0)
    g_ptr_array_add (diagnostics, from_json (problem, "detail"));
  return diagnostics;
}
