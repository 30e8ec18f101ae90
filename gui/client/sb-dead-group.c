#include "config.h"

#include "sb-dead-group.h"

#include "sb-json.h"
#include "sb-words.h"

struct _SbDeadGroup
{
  SbItem parent_instance;

  char *connector;
  char *rule;
  char *sentence;
  char *error_code;
  char *message;
  char *sample;
  gint64 status;
  gint64 count;
  gint64 replayed;
  gint64 first_us, last_us;
};

G_DEFINE_FINAL_TYPE (SbDeadGroup, sb_dead_group, SB_TYPE_ITEM)

static void
clear (SbDeadGroup *self)
{
  g_clear_pointer (&self->connector, g_free);
  g_clear_pointer (&self->rule, g_free);
  g_clear_pointer (&self->sentence, g_free);
  g_clear_pointer (&self->error_code, g_free);
  g_clear_pointer (&self->message, g_free);
  g_clear_pointer (&self->sample, g_free);
}

static void
sb_dead_group_read (SbItem *item, JsonObject *object)
{
  SbDeadGroup *self = SB_DEAD_GROUP (item);

  clear (self);
  self->connector = g_strdup (sb_json_string (object, "connector"));
  self->rule = g_strdup (sb_json_string (object, "rule"));
  self->sentence = g_strdup (sb_json_string (object, "sentence"));
  self->error_code = g_strdup (sb_json_string (object, "error_code"));
  self->message = g_strdup (sb_json_string (object, "message"));
  self->sample = g_strdup (sb_json_string (object, "sample"));
  self->status = sb_json_int (object, "status");
  self->count = sb_json_int (object, "count");
  self->replayed = sb_json_int (object, "replayed");
  self->first_us = sb_json_time_us (object, "first");
  self->last_us = sb_json_time_us (object, "last");
}

static void
sb_dead_group_finalize (GObject *object)
{
  clear (SB_DEAD_GROUP (object));

  G_OBJECT_CLASS (sb_dead_group_parent_class)->finalize (object);
}

static void
sb_dead_group_class_init (SbDeadGroupClass *klass)
{
  SbItemClass *item_class = SB_ITEM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = sb_dead_group_finalize;
  item_class->list = "groups";
  item_class->path = "dead-letters/groups";
  item_class->id = "fingerprint";
  item_class->is_whole = TRUE;
  item_class->read = sb_dead_group_read;
}

static void
sb_dead_group_init (SbDeadGroup *self)
{
}

const char *
sb_dead_group_get_connector (SbDeadGroup *self)
{
  g_return_val_if_fail (SB_IS_DEAD_GROUP (self), NULL);

  return self->connector;
}

const char *
sb_dead_group_get_rule (SbDeadGroup *self)
{
  g_return_val_if_fail (SB_IS_DEAD_GROUP (self), NULL);

  return self->rule;
}

const char *
sb_dead_group_get_message (SbDeadGroup *self)
{
  g_return_val_if_fail (SB_IS_DEAD_GROUP (self), NULL);

  return self->message;
}

const char *
sb_dead_group_get_sample (SbDeadGroup *self)
{
  g_return_val_if_fail (SB_IS_DEAD_GROUP (self), NULL);

  return self->sample;
}

gint64
sb_dead_group_get_count (SbDeadGroup *self)
{
  g_return_val_if_fail (SB_IS_DEAD_GROUP (self), 0);

  return self->count;
}

gint64
sb_dead_group_get_replayed (SbDeadGroup *self)
{
  g_return_val_if_fail (SB_IS_DEAD_GROUP (self), 0);

  return self->replayed;
}

gint64
sb_dead_group_get_first_us (SbDeadGroup *self)
{
  g_return_val_if_fail (SB_IS_DEAD_GROUP (self), -1);

  return self->first_us;
}

gint64
sb_dead_group_get_last_us (SbDeadGroup *self)
{
  g_return_val_if_fail (SB_IS_DEAD_GROUP (self), -1);

  return self->last_us;
}

char *
sb_dead_group_dup_title (SbDeadGroup *self)
{
  g_autofree char *answer = NULL;

  g_return_val_if_fail (SB_IS_DEAD_GROUP (self), NULL);

  if (self->status == 0 && *self->error_code == '\0')
    return g_strdup (self->sentence);
  answer = sb_words_answer (self->connector, "", (int) self->status, self->error_code);
  return *answer != '\0' ? g_steal_pointer (&answer) : g_strdup (self->sentence);
}
