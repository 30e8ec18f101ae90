/* plan.c: what an event says of its own delivery. */
#include "config/plan.h"

#include "base/clock.h"
#include "base/delivery.h"

#include <json-glib/json-glib.h>

#include <math.h>
#include <string.h>

/* Of a value that is no time. */
#define MAX_SHOWN_BYTES 100

/* The JSON text at a path; FALSE when there is none. */
static gboolean
get (const char *path, const char *event, gsize length, RulesBuffer *out)
{
  RulesError error;
  bool is_there = false;

  return path && rules_path_get (path, event, length, out, &is_there, &error) && is_there;
}

/* Two keys with one hash are made one after the other too, which does no harm. */
static gint64
hash_order (const char *rule_ref, const char *target_id, const RulesBuffer *value)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize digest_bytes = sizeof digest;
  guint64 hash;

  /* With their ends, so that no two triples give one text. */
  g_checksum_update (checksum, (const guchar *) rule_ref, (gssize) strlen (rule_ref) + 1);
  g_checksum_update (checksum, (const guchar *) target_id, (gssize) strlen (target_id) + 1);
  g_checksum_update (checksum, (const guchar *) value->data, (gssize) value->length);
  g_checksum_get_digest (checksum, digest, &digest_bytes);
  memcpy (&hash, digest, sizeof hash);
  hash = GUINT64_FROM_LE (hash) >> 1;
  return hash != 0 ? (gint64) hash : 1;
}

static gint64
read_order (const ConfigTarget *target, const char *rule_ref, const char *event, gsize length)
{
  RulesBuffer value = { 0 };
  gint64 order_key = 0;

  if (get (target->order_key, event, length, &value))
    order_key = hash_order (rule_ref, target->id, &value);
  rules_buffer_clear (&value);
  return order_key;
}

static gboolean
read_number (const RulesBuffer *value, double *out_number)
{
  g_autofree char *text = g_strndup (value->data, value->length);
  char *end;

  /* A JSON number begins with a digit or a minus, and strtod takes more than those. */
  if (!g_ascii_isdigit (*text) && *text != '-')
    return FALSE;
  *out_number = g_ascii_strtod (text, &end);
  return *end == '\0' && isfinite (*out_number);
}

static guint
read_priority (const ConfigTarget *target, const char *event, gsize length)
{
  RulesBuffer value = { 0 };
  guint priority = target->priority;
  double number;

  if (get (target->priority_path, event, length, &value) && read_number (&value, &number))
    priority = (guint) CLAMP (number, 0, DELIVERY_MAX_PRIORITY);
  rules_buffer_clear (&value);
  return priority;
}

static gboolean
read_time (const RulesBuffer *value, gint64 *out_us)
{
  g_autofree char *text = NULL;
  double seconds;

  if (read_number (value, &seconds))
    {
      /* Up to the year 9999. */
      if (seconds < 0 || seconds > 253402300799.0)
        return FALSE;
      *out_us = (gint64) (seconds * G_USEC_PER_SEC);
      return TRUE;
    }
  /* No time has a character that JSON escapes. */
  if (value->length < 2 || value->data[0] != '"')
    return FALSE;
  text = g_strndup (value->data + 1, value->length - 2);
  return clock_parse (text, out_us);
}

static gint64
read_due (const ConfigTarget *target, const char *event, gsize length, gint64 now_us)
{
  RulesBuffer value = { 0 };
  gint64 due_us = now_us + target->delay_us, at_us;

  if (get (target->deliver_at, event, length, &value) && read_time (&value, &at_us))
    due_us = MAX (due_us, at_us);
  rules_buffer_clear (&value);
  return due_us;
}

ConfigPlan
config_target_plan (const ConfigTarget *target,
                    const char *rule_ref,
                    const char *event,
                    gsize length,
                    gint64 now_us)
{
  return (ConfigPlan){
    .due_us = read_due (target, event, length, now_us),
    .priority = read_priority (target, event, length),
    .order_key = read_order (target, rule_ref, event, length),
  };
}

gboolean
config_target_check_time (const ConfigTarget *target,
                          const char *event,
                          gsize length,
                          char **out_found)
{
  RulesBuffer value = { 0 };
  gint64 at_us;
  gboolean is_fine = !get (target->deliver_at, event, length, &value) ||
                     (value.length == 4 && memcmp (value.data, "null", 4) == 0) ||
                     read_time (&value, &at_us);

  if (!is_fine)
    *out_found = g_strndup (value.data, MIN (value.length, MAX_SHOWN_BYTES));
  rules_buffer_clear (&value);
  return is_fine;
}
