#include "config.h"

#include "sb-saved-views.h"

#define KEY "event-views"

typedef struct
{
  char *name;
  char *filter;
} View;

static void
view_free (View *view)
{
  g_free (view->name);
  g_free (view->filter);
  g_free (view);
}

static GPtrArray *
load (GSettings *settings)
{
  g_autoptr (GVariant) value = g_settings_get_value (settings, KEY);
  GPtrArray *views = g_ptr_array_new_with_free_func ((GDestroyNotify) view_free);
  GVariantIter iter;
  const char *name, *filter;

  g_variant_iter_init (&iter, value);
  while (g_variant_iter_next (&iter, "(&s&s)", &name, &filter))
    {
      View *view = g_new (View, 1);

      *view = (View){ g_strdup (name), g_strdup (filter) };
      g_ptr_array_add (views, view);
    }
  return views;
}

static void
store (GSettings *settings, GPtrArray *views)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ss)"));
  for (guint i = 0; i < views->len; i++)
    {
      const View *view = g_ptr_array_index (views, i);

      g_variant_builder_add (&builder, "(ss)", view->name, view->filter);
    }
  g_settings_set_value (settings, KEY, g_variant_builder_end (&builder));
}

static View *
find (GPtrArray *views, const char *name)
{
  for (guint i = 0; i < views->len; i++)
    if (g_str_equal (((View *) g_ptr_array_index (views, i))->name, name))
      return g_ptr_array_index (views, i);
  return NULL;
}

char **
sb_saved_views_dup_names (GSettings *settings)
{
  g_autoptr (GPtrArray) views = load (settings);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < views->len; i++)
    g_strv_builder_add (builder, ((View *) g_ptr_array_index (views, i))->name);
  return g_strv_builder_end (builder);
}

char *
sb_saved_views_dup_filter (GSettings *settings, const char *name)
{
  g_autoptr (GPtrArray) views = load (settings);
  const View *view = find (views, name);

  return view != NULL ? g_strdup (view->filter) : NULL;
}

char *
sb_saved_views_dup_name (GSettings *settings, const char *filter)
{
  g_autoptr (GPtrArray) views = load (settings);

  for (guint i = 0; i < views->len; i++)
    {
      const View *view = g_ptr_array_index (views, i);

      if (g_str_equal (view->filter, filter))
        return g_strdup (view->name);
    }
  return NULL;
}

void
sb_saved_views_save (GSettings *settings, const char *name, const char *filter)
{
  g_autoptr (GPtrArray) views = load (settings);
  View *view = find (views, name);

  if (view == NULL)
    {
      view = g_new0 (View, 1);
      view->name = g_strdup (name);
      g_ptr_array_add (views, view);
    }
  g_free (view->filter);
  view->filter = g_strdup (filter);
  store (settings, views);
}

void
sb_saved_views_rename (GSettings *settings, const char *name, const char *new_name)
{
  g_autoptr (GPtrArray) views = load (settings);
  View *view = find (views, name), *other = find (views, new_name);

  if (view == NULL || view == other)
    return;
  if (other != NULL)
    g_ptr_array_remove (views, other);
  g_free (view->name);
  view->name = g_strdup (new_name);
  store (settings, views);
}

void
sb_saved_views_remove (GSettings *settings, const char *name)
{
  g_autoptr (GPtrArray) views = load (settings);
  View *view = find (views, name);

  if (view == NULL)
    return;
  g_ptr_array_remove (views, view);
  store (settings, views);
}
