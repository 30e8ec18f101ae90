#include "config.h"

#include "sb-status.h"

#include "sb-json.h"

static char *
first_url (JsonObject *answer)
{
  g_auto (GStrv) places = sb_json_strings (answer, "listen");

  for (gsize i = 0; places[i] != NULL; i++)
    if (g_str_has_prefix (places[i], "http"))
      return g_strdup (places[i]);
  return g_strdup ("");
}

SbStatus *
sb_status_new (JsonObject *answer)
{
  SbStatus *self = g_new0 (SbStatus, 1);
  JsonObject *ledger = sb_json_object (answer, "ledger");

  self->version = g_strdup (sb_json_string (answer, "version"));
  self->started_at = g_strdup (sb_json_string (answer, "started_at"));
  self->started_us = sb_json_time_us (answer, "started_at");
  self->config_dir = g_strdup (sb_json_string (answer, "config_dir"));
  self->listen = first_url (answer);
  self->generation = sb_json_int (answer, "generation");
  self->revision = sb_json_int (answer, "revision");
  self->now_us = sb_json_time_us (answer, "now");
  self->stopping = g_str_equal (sb_json_string (answer, "state"), "stopping");
  self->disk_full = sb_json_bool (sb_json_object (answer, "store"), "disk_full");
  self->events = sb_json_int (ledger, "events");
  self->unmatched = sb_json_int (ledger, "unmatched");
  self->ready = sb_json_int (ledger, "ready");
  self->waiting = sb_json_int (ledger, "waiting");
  self->held = sb_json_int (ledger, "held");
  self->done = sb_json_int (ledger, "done");
  self->dead = sb_json_int (ledger, "dead");
  self->discarded = sb_json_int (ledger, "discarded");
  return self;
}

void
sb_status_free (SbStatus *self)
{
  g_free (self->version);
  g_free (self->started_at);
  g_free (self->config_dir);
  g_free (self->listen);
  g_free (self);
}

gboolean
sb_status_is_unchanged (const SbStatus *self, const SbStatus *before)
{
  return before != NULL && self->revision == before->revision &&
         self->generation == before->generation &&
         g_str_equal (self->started_at, before->started_at);
}
