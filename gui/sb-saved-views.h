/* sb-saved-views.h: filters that were given names, kept in the app's settings. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The names, in the order in which they were saved. */
char **sb_saved_views_dup_names (GSettings *settings);

/* NULL: there is none of that name. */
char *sb_saved_views_dup_filter (GSettings *settings, const char *name);

/* The name of the view with that filter, or NULL. */
char *sb_saved_views_dup_name (GSettings *settings, const char *filter);

/* One of the same name is replaced. */
void sb_saved_views_save (GSettings *settings, const char *name, const char *filter);
/* A name that another one has already takes that one's place. */
void sb_saved_views_rename (GSettings *settings, const char *name, const char *new_name);
void sb_saved_views_remove (GSettings *settings, const char *name);

G_END_DECLS
