#include "config.h"

#include "sb-change-row.h"

#include <glib/gi18n.h>

#include "sb-json.h"
#include "sb-value-row.h"

#define MAX_ROWS 200 /* more are counted only */

static const char *
kind_icon (const char *kind)
{
  if (g_str_equal (kind, "added"))
    return "list-add-symbolic";
  if (g_str_equal (kind, "removed"))
    return "list-remove-symbolic";
  return "document-edit-symbolic";
}

static const char *
kind_style (const char *kind)
{
  if (g_str_equal (kind, "added"))
    return "success";
  if (g_str_equal (kind, "removed"))
    return "error";
  return g_str_equal (kind, "changed") ? "accent" : "dim-label";
}

static const char *
effect_words (const char *effect)
{
  if (g_str_equal (effect, "restart"))
    return _ ("after a restart");
  if (g_str_equal (effect, "next attempt"))
    return _ ("from the next attempt on");
  if (g_str_equal (effect, "new events"))
    return _ ("for new events");
  return _ ("at once");
}

/* "+ rule default/paid" begins with what the glyph says already; an arrow of two signs would be
 * torn at the end of a line. */
static char *
dup_title (const char *text)
{
  GString *title = g_string_new (text[0] != '\0' && text[1] == ' ' ? text + 2 : text);

  g_string_replace (title, " -> ", " → ", 0);
  return g_string_free (title, FALSE);
}

static GtkWidget *
new_change_row (JsonObject *change)
{
  const char *kind = sb_json_string (change, "kind");
  g_autofree char *title = dup_title (sb_json_string (change, "text"));
  g_autofree char *note = g_strdup_printf ("%s · %s", sb_json_string (change, "file"),
                                           effect_words (sb_json_string (change, "effect")));

  return sb_value_row_new_note (kind_icon (kind), kind_style (kind), title, note);
}

guint
sb_change_rows_add (GtkListBox *list, JsonObject *answer)
{
  g_autoptr (GPtrArray) changes = sb_json_objects (answer, "changes");

  for (guint i = 0; i < MIN (changes->len, MAX_ROWS); i++)
    gtk_list_box_append (list, new_change_row (changes->pdata[i]));
  if (changes->len > MAX_ROWS)
    {
      gulong n = changes->len - MAX_ROWS;
      g_autofree char *more = g_strdup_printf (
          ngettext ("%'lu more change", "%'lu more changes", n), n);

      gtk_list_box_append (list,
                           sb_value_row_new_note ("view-more-symbolic", "dim-label", more, ""));
    }
  return changes->len;
}

/* "rule/default/paid.json:12:3", as editors take it. */
static char *
place_of (JsonObject *problem)
{
  gint64 line = sb_json_int (problem, "line");
  const char *file = sb_json_string (problem, "file");

  if (line == 0)
    return g_strdup (file);
  return g_strdup_printf ("%s:%d:%d", file, (int) line, (int) sb_json_int (problem, "column"));
}

guint
sb_problem_rows_add (GtkListBox *list, JsonObject *answer)
{
  g_autoptr (GPtrArray) problems = sb_json_objects (answer, "problems");

  for (guint i = 0; i < problems->len; i++)
    {
      JsonObject *problem = problems->pdata[i];
      g_autofree char *place = place_of (problem);
      const char *key = sb_json_string (problem, "key");
      const char *hint = sb_json_string (problem, "hint");
      g_autofree char *title = g_strdup_printf ("%s%s%s", key, *key != '\0' ? ": " : "",
                                                sb_json_string (problem, "message"));
      g_autofree char *note = g_strdup_printf ("%s%s%s", place, *hint != '\0' ? " · " : "", hint);

      gtk_list_box_append (list,
                           sb_value_row_new_note ("dialog-error-symbolic", "error", title, note));
    }
  return problems->len;
}

GtkWidget *
sb_change_rows_new (JsonObject *answer)
{
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *window = g_object_new (GTK_TYPE_SCROLLED_WINDOW, "propagate-natural-height", TRUE,
                                    "max-content-height", 260, "min-content-height", 180,
                                    "min-content-width", 330, "hscrollbar-policy", GTK_POLICY_NEVER,
                                    "child", list, NULL);

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_widget_set_margin_start (list, 3);
  gtk_widget_set_margin_end (list, 3);
  gtk_widget_set_margin_top (list, 3);
  gtk_widget_set_margin_bottom (list, 3);
  if (sb_change_rows_add (GTK_LIST_BOX (list), answer) == 0)
    gtk_list_box_append (
        GTK_LIST_BOX (list),
        sb_value_row_new_note ("sb-done-symbolic", "success", _ ("Nothing would change"), ""));
  return window;
}
