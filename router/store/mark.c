/* Marks as text. */
#include "store/mark.h"

#include <json-glib/json-glib.h>
#include <string.h>

static const char *const names[MARK_N_KINDS] = {
  [MARK_PAUSED] = "paused",     [MARK_RESUMED] = "resumed", [MARK_SHUT] = "shut",
  [MARK_OPENED] = "opened",     [MARK_STARTED] = "started", [MARK_STOPPED] = "stopped",
  [MARK_OPERATED] = "operated",
};

const char *
journal_kind_name (JournalKind kind)
{
  static const char *const kinds[JOURNAL_N_KINDS] = {
    [0] = "",
    [JOURNAL_ATTEMPT] = "attempt",
    [JOURNAL_REPLAY] = "replay",
    [JOURNAL_DISCARD] = "discard",
    [JOURNAL_RESTORE] = "restore",
    [JOURNAL_RETRY] = "retry",
    [JOURNAL_POSTPONE] = "postpone",
    [JOURNAL_GIVE_UP] = "give-up",
  };

  g_return_val_if_fail (kind < JOURNAL_N_KINDS, "");
  return kinds[kind];
}

const char *
mark_name (const Mark *mark)
{
  return mark->kind == MARK_OPERATED ? journal_kind_name (mark->action) : names[mark->kind];
}

static void
set_text (JsonObject *object, const char *name, const char *text)
{
  if (text != NULL && *text != '\0')
    json_object_set_string_member (object, name, text);
}

RecordChange *
mark_to_record (const Mark *mark)
{
  gboolean is_router = mark->kind == MARK_STARTED || mark->kind == MARK_STOPPED;
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), object);
  g_autofree char *text = NULL;
  RecordChange *change;

  json_object_set_string_member (object, "kind", names[mark->kind]);
  json_object_set_int_member (object, "at_us", mark->at_us);
  set_text (object, "connector", mark->connector);
  set_text (object, "actor", mark->actor);
  set_text (object, "reason", mark->reason);
  if (mark->kind == MARK_OPERATED)
    {
      json_object_set_int_member (object, "action", mark->action);
      json_object_set_int_member (object, "operation", mark->operation);
      json_object_set_int_member (object, "applied", mark->applied);
    }
  text = json_to_string (root, FALSE);
  change = record_change_new (RECORD_MARK, 0, is_router ? MARK_ROUTER_KEY : mark->connector, text);
  change->keep_newest = MARKS_KEPT;
  change->if_applied = TRUE;
  return change;
}

static gboolean
read_kind (JsonObject *object, MarkKind *out_kind)
{
  const char *name = json_object_get_string_member_with_default (object, "kind", "");

  for (guint kind = 0; kind < MARK_N_KINDS; kind++)
    if (strcmp (name, names[kind]) == 0)
      {
        *out_kind = (MarkKind) kind;
        return TRUE;
      }
  return FALSE;
}

gboolean
mark_read (const StoredRecord *record, JsonNode **out_root, Mark *out_mark)
{
  g_autoptr (JsonNode) root = json_from_string (record->value, NULL);
  JsonObject *object = root != NULL && JSON_NODE_HOLDS_OBJECT (root) ? json_node_get_object (root)
                                                                     : NULL;
  gint64 action;

  *out_mark = (Mark){ 0 };
  if (object == NULL || !read_kind (object, &out_mark->kind))
    return FALSE;
  action = json_object_get_int_member_with_default (object, "action", 0);
  out_mark->at_us = json_object_get_int_member_with_default (object, "at_us", 0);
  out_mark->connector = json_object_get_string_member_with_default (object, "connector", NULL);
  out_mark->actor = json_object_get_string_member_with_default (object, "actor", NULL);
  out_mark->reason = json_object_get_string_member_with_default (object, "reason", NULL);
  out_mark->action = action > 0 && action < JOURNAL_N_KINDS ? (JournalKind) action
                                                            : (JournalKind) 0;
  out_mark->operation = json_object_get_int_member_with_default (object, "operation", 0);
  out_mark->applied = json_object_get_int_member_with_default (object, "applied", 0);
  *out_root = g_steal_pointer (&root);
  return TRUE;
}
