#include "config.h"

#include "sb-dead-filter.h"

#include "sb-json.h"

/* In this order they stand in queries. */
static const char *const facets[] = { "connector",  "rule",        "cause",       "status",
                                      "error-code", "detail-type", "fingerprint", "replayed" };

struct SbDeadFilter
{
  char *values[G_N_ELEMENTS (facets)]; /* NULL: not chosen */
};

static int
find_facet (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (facets); i++)
    if (g_str_equal (facets[i], name))
      return (int) i;
  return -1;
}

SbDeadFilter *
sb_dead_filter_new (void)
{
  return g_new0 (SbDeadFilter, 1);
}

void
sb_dead_filter_clear (SbDeadFilter *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (facets); i++)
    g_clear_pointer (&self->values[i], g_free);
}

void
sb_dead_filter_free (SbDeadFilter *self)
{
  sb_dead_filter_clear (self);
  g_free (self);
}

const char *
sb_dead_filter_get (SbDeadFilter *self, const char *facet)
{
  int i = find_facet (facet);

  return i >= 0 ? self->values[i] : NULL;
}

void
sb_dead_filter_set (SbDeadFilter *self, const char *facet, const char *value)
{
  int i = find_facet (facet);
  char *old;

  g_return_if_fail (i >= 0);

  old = self->values[i];
  self->values[i] = g_strcmp0 (old, value) != 0 ? g_strdup (value) : NULL;
  g_free (old);
}

gboolean
sb_dead_filter_is_empty (SbDeadFilter *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (facets); i++)
    if (self->values[i] != NULL)
      return FALSE;
  return TRUE;
}

/* What is asked for of a facet: a group is its fingerprint, and the rest of it goes without
 * saying. */
static const char *
value_of (SbDeadFilter *self, SbDeadGroup *group, guint facet)
{
  if (group != NULL && g_str_equal (facets[facet], "fingerprint"))
    return sb_item_get_id (SB_ITEM (group));
  return self->values[facet];
}

JsonObject *
sb_dead_filter_new_object (SbDeadFilter *self, SbDeadGroup *group, gint64 to_us)
{
  JsonObject *object = json_object_new ();

  for (guint i = 0; i < G_N_ELEMENTS (facets); i++)
    {
      const char *value = value_of (self, group, i);

      if (value == NULL)
        continue;
      if (g_str_equal (facets[i], "status"))
        json_object_set_int_member (object, facets[i], g_ascii_strtoll (value, NULL, 10));
      else if (g_str_equal (facets[i], "replayed"))
        json_object_set_boolean_member (object, facets[i], g_str_equal (value, "true"));
      else
        json_object_set_string_member (object, facets[i], value);
    }
  if (to_us > 0)
    {
      g_autofree char *to = sb_json_format_time (to_us);

      json_object_set_string_member (object, "to", to);
    }
  return object;
}

static char *
dup_query (SbDeadFilter *self, SbDeadGroup *group, gboolean groups)
{
  g_autoptr (GString) query = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (facets); i++)
    {
      const char *value = value_of (self, group, i);

      if (value == NULL || (groups && g_str_equal (facets[i], "replayed")))
        continue;
      g_string_append_printf (query, "%s%s=", query->len > 0 ? "&" : "", facets[i]);
      g_string_append_uri_escaped (query, value, NULL, FALSE);
    }
  return g_string_free (g_steal_pointer (&query), FALSE);
}

char *
sb_dead_filter_dup_query (SbDeadFilter *self, SbDeadGroup *group)
{
  return dup_query (self, group, FALSE);
}

char *
sb_dead_filter_dup_groups_query (SbDeadFilter *self)
{
  return dup_query (self, NULL, TRUE);
}
