#include "config.h"

#include "sb-dead-row.h"

#include <glib/gi18n.h>

#include "sb-dead-group.h"
#include "sb-delivery.h"
#include "sb-item-row.h"
#include "sb-words.h"

static void
fill_group (SbItemRow *row, SbDeadGroup *group, gint64 now_us)
{
  g_autofree char *title = sb_dead_group_dup_title (group);
  g_autofree char *count = sb_words_short_count (sb_dead_group_get_count (group));
  g_autofree char *last = sb_words_ago (sb_dead_group_get_last_us (group), now_us);
  g_autofree char *way = g_strdup_printf ("%s → %s", sb_dead_group_get_rule (group),
                                          sb_dead_group_get_connector (group));
  g_autofree char *second = *sb_dead_group_get_message (group) != '\0'
                                ? g_strdup_printf ("%s · %s", last,
                                                   sb_dead_group_get_message (group))
                                : g_strdup (last);

  sb_item_row_set_icon (row, "sb-dead-symbolic", "error");
  sb_item_row_set_title (row, title);
  sb_item_row_set_end (row, count, "dead");
  sb_item_row_set_lines (row, way, second);
}

static void
fill_delivery (SbItemRow *row, SbDelivery *delivery, gint64 now_us)
{
  guint n = sb_delivery_get_attempts (delivery);
  g_autofree char *ago = sb_words_ago (sb_delivery_get_changed_us (delivery), now_us);
  g_autofree char *attempts = g_strdup_printf (ngettext ("%u attempt", "%u attempts", n), n);
  g_autofree char *first = g_strdup_printf ("%s · %s", sb_delivery_get_source (delivery), attempts);

  sb_item_row_set_icon (row, "sb-dead-symbolic", "dim-label");
  sb_item_row_set_title (row, sb_delivery_get_detail_type (delivery));
  sb_item_row_set_end (row, ago, NULL);
  sb_item_row_set_lines (row, first, "");
}

static void
fill_row (SbItemRow *row, gpointer item, gint64 now_us)
{
  if (SB_IS_DEAD_GROUP (item))
    fill_group (row, item, now_us);
  else
    fill_delivery (row, item, now_us);
}

GtkWidget *
sb_dead_row_new (void)
{
  return sb_item_row_new (fill_row);
}
