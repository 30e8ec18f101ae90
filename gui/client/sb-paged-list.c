#include "config.h"

#include "sb-paged-list.h"

#include "sb-json.h"

#define MAX_PAGE 1000      /* the API's */
#define MAX_REFRESHED 1000 /* rows that a refresh asks for again */

/* Keyset pages are fetched one after the other.  A refresh walks from the beginning until it has as
 * many rows as there were, collecting them aside, and then merges once; load_more appends one page
 * to what is there.
 *
 * Of a list that was scrolled far a refresh, ten of which may come a second, asks for the beginning
 * only: what is below stays as it was when it was loaded. */
struct _SbPagedList
{
  GObject parent_instance;

  SbClient *client;
  GType item_type;
  const char *list;
  const char *path;
  gboolean is_whole;
  char *query;
  guint page_size;

  GPtrArray *items;
  char *next; /* where the page after the last row begins; NULL: complete */
  gboolean loaded;
  JsonObject *answer; /* the last one, of a list that comes as a whole */

  GCancellable *fetching; /* NULL when nothing is under way */
  GPtrArray *collected;   /* of a refresh under way */
  gboolean refresh_again;
};

enum
{
  SIGNAL_SETTLED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SbPagedList,
                               sb_paged_list,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static GType
sb_paged_list_get_item_type (GListModel *model)
{
  return SB_PAGED_LIST (model)->item_type;
}

static guint
sb_paged_list_get_n_items (GListModel *model)
{
  return SB_PAGED_LIST (model)->items->len;
}

static gpointer
sb_paged_list_get_item (GListModel *model, guint position)
{
  SbPagedList *self = SB_PAGED_LIST (model);

  return position < self->items->len ? g_object_ref (g_ptr_array_index (self->items, position))
                                     : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = sb_paged_list_get_item_type;
  iface->get_n_items = sb_paged_list_get_n_items;
  iface->get_item = sb_paged_list_get_item;
}

/* ---- Merging --------------------------------------------------------------------------------- */

/* Removes the rows that are not in wanted (id -> anything), a run at a time. */
static void
remove_absent (SbPagedList *self, GHashTable *wanted)
{
  guint end = self->items->len;

  while (end > 0)
    {
      guint start;

      if (g_hash_table_contains (wanted, sb_item_get_id (g_ptr_array_index (self->items, end - 1))))
        {
          end--;
          continue;
        }
      for (start = end - 1; start > 0; start--)
        if (g_hash_table_contains (wanted,
                                   sb_item_get_id (g_ptr_array_index (self->items, start - 1))))
          break;
      g_ptr_array_remove_range (self->items, start, end - start);
      g_list_model_items_changed (G_LIST_MODEL (self), start, end - start, 0);
      end = start;
    }
}

/* Puts rows from items[position] on, which fresh has from there on, in the place of n_removed. */
static void
splice (SbPagedList *self, guint position, guint n_removed, GPtrArray *fresh, guint n_added)
{
  if (n_removed == 0 && n_added == 0)
    return;
  if (n_removed > 0)
    g_ptr_array_remove_range (self->items, position, n_removed);
  for (guint i = 0; i < n_added; i++)
    g_ptr_array_insert (self->items, (int) (position + i),
                        g_object_ref (g_ptr_array_index (fresh, position + i)));
  g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
}

/* All of items are in fresh.  Inserts what came, run by run; where the order itself has changed the
 * rest is put in anew. */
static void
insert_new (SbPagedList *self, GPtrArray *fresh)
{
  g_autoptr (GHashTable) old = g_hash_table_new (NULL, NULL);
  guint position = 0;

  for (guint i = 0; i < self->items->len; i++)
    g_hash_table_add (old, g_ptr_array_index (self->items, i));

  while (position < fresh->len)
    {
      guint n_new = 0;

      if (position < self->items->len &&
          g_ptr_array_index (self->items, position) == g_ptr_array_index (fresh, position))
        {
          position++;
          continue;
        }
      while (position + n_new < fresh->len &&
             !g_hash_table_contains (old, g_ptr_array_index (fresh, position + n_new)))
        n_new++;
      if (n_new == 0)
        {
          splice (self, position, self->items->len - position, fresh, fresh->len - position);
          return;
        }
      splice (self, position, 0, fresh, n_new);
      position += n_new;
    }
}

static void
merge (SbPagedList *self, GPtrArray *fresh)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < fresh->len; i++)
    g_hash_table_add (wanted, (gpointer) sb_item_get_id (g_ptr_array_index (fresh, i)));
  remove_absent (self, wanted);
  insert_new (self, fresh);
}

/* The page's rows: those that are known already as the same object, brought up to date.  A row that
 * moved from one page to the next between two fetches comes once. */
static void
collect (SbPagedList *self, JsonObject *answer, GPtrArray *into)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) objects = sb_json_objects (answer, self->list);

  for (guint i = 0; i < self->items->len; i++)
    g_hash_table_insert (known, (gpointer) sb_item_get_id (g_ptr_array_index (self->items, i)),
                         g_ptr_array_index (self->items, i));
  for (guint i = 0; i < into->len; i++)
    g_hash_table_add (seen, (gpointer) sb_item_get_id (g_ptr_array_index (into, i)));

  for (guint i = 0; i < objects->len; i++)
    {
      JsonObject *object = g_ptr_array_index (objects, i);
      g_autofree char *id = sb_item_dup_id (self->item_type, object);
      SbItem *item = g_hash_table_lookup (known, id);

      if (g_hash_table_contains (seen, id))
        continue;
      if (item != NULL)
        {
          sb_item_update (item, object);
          g_object_ref (item);
        }
      else
        item = sb_item_new (self->item_type, object);
      if (item == NULL)
        continue;
      g_ptr_array_add (into, item);
      g_hash_table_add (seen, (gpointer) sb_item_get_id (item));
    }
}

/* ---- Fetching -------------------------------------------------------------------------------- */

static void fetch (SbPagedList *self, const char *after, guint limit);

static void
settle (SbPagedList *self, const GError *error)
{
  gboolean again = self->refresh_again;

  g_clear_object (&self->fetching);
  g_clear_pointer (&self->collected, g_ptr_array_unref);
  self->refresh_again = FALSE;
  g_signal_emit (self, signals[SIGNAL_SETTLED], 0, error);
  if (again && error == NULL)
    sb_paged_list_refresh (self);
}

/* As many rows as there were, so that scrolling stays; of another query only the first page. */
static guint
n_wanted (SbPagedList *self)
{
  return self->loaded ? MIN (self->items->len, MAX_REFRESHED) : 0;
}

/* What lies below the rows that were asked for again.  FALSE: nothing joins it to them, as so much
 * has come since; the list begins anew then. */
static gboolean
keep_tail (SbPagedList *self, GPtrArray *fresh)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  guint below = 0;

  for (guint i = 0; i < fresh->len; i++)
    g_hash_table_add (seen, g_ptr_array_index (fresh, i));
  for (guint i = 0; i < self->items->len && below == 0; i++)
    if (g_ptr_array_index (self->items, self->items->len - 1 - i) ==
        g_ptr_array_index (fresh, fresh->len - 1))
      below = self->items->len - i;
  for (guint i = below; below > 0 && i < self->items->len; i++)
    if (!g_hash_table_contains (seen, g_ptr_array_index (self->items, i)))
      g_ptr_array_add (fresh, g_object_ref (g_ptr_array_index (self->items, i)));
  return below > 0;
}

static void
take_page (SbPagedList *self, JsonObject *answer)
{
  g_autofree char *next = sb_json_dup_text (answer, "next");
  g_autoptr (GPtrArray) fresh = self->collected != NULL
                                    ? g_ptr_array_ref (self->collected)
                                    : g_ptr_array_copy (self->items,
                                                        (GCopyFunc) (void *) g_object_ref, NULL);

  if (self->collected == NULL)
    g_ptr_array_set_free_func (fresh, g_object_unref);
  collect (self, answer, fresh);

  if (self->collected != NULL && fresh->len < n_wanted (self) && *next != '\0')
    {
      fetch (self, next, MIN (n_wanted (self) - fresh->len, MAX_PAGE));
      return;
    }

  if (self->collected != NULL && self->loaded && fresh->len > 0 && *next != '\0' &&
      self->items->len > fresh->len && keep_tail (self, fresh))
    {
      merge (self, fresh);
      settle (self, NULL);
      return;
    }

  g_free (self->next);
  self->next = *next != '\0' ? g_steal_pointer (&next) : NULL;
  self->loaded = TRUE;
  if (self->is_whole)
    {
      g_clear_pointer (&self->answer, json_object_unref);
      self->answer = json_object_ref (answer);
    }
  merge (self, fresh);
  settle (self, NULL);
}

static void
fetched_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) answer = sb_client_get_finish (SB_CLIENT (source), result, &error);
  g_autoptr (SbPagedList) self = NULL;

  /* Cancelled: by a new query, which has begun anew, or by dispose, and user_data is gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self = g_object_ref (SB_PAGED_LIST (user_data));
  if (answer != NULL)
    take_page (self, answer);
  else
    settle (self, error);
}

static void
fetch (SbPagedList *self, const char *after, guint limit)
{
  if (self->fetching == NULL)
    self->fetching = g_cancellable_new ();
  if (self->is_whole)
    sb_client_ask_async (self->client, self->path, self->query, self->fetching, fetched_cb, self);
  else
    sb_client_get_page_async (self->client, self->path, self->query, after, limit, self->fetching,
                              fetched_cb, self);
}

static void
cancel (SbPagedList *self)
{
  g_cancellable_cancel (self->fetching);
  g_clear_object (&self->fetching);
  g_clear_pointer (&self->collected, g_ptr_array_unref);
  self->refresh_again = FALSE;
}

static void
sb_paged_list_dispose (GObject *object)
{
  SbPagedList *self = SB_PAGED_LIST (object);

  cancel (self);
  g_clear_object (&self->client);

  G_OBJECT_CLASS (sb_paged_list_parent_class)->dispose (object);
}

static void
sb_paged_list_finalize (GObject *object)
{
  SbPagedList *self = SB_PAGED_LIST (object);

  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->answer, json_object_unref);
  g_clear_pointer (&self->query, g_free);
  g_clear_pointer (&self->next, g_free);

  G_OBJECT_CLASS (sb_paged_list_parent_class)->finalize (object);
}

static void
sb_paged_list_class_init (SbPagedListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = sb_paged_list_dispose;
  object_class->finalize = sb_paged_list_finalize;

  signals[SIGNAL_SETTLED] = g_signal_new ("settled", SB_TYPE_PAGED_LIST, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
sb_paged_list_init (SbPagedList *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
}

SbPagedList *
sb_paged_list_new (SbClient *client, GType item_type, const char *query, guint page_size)
{
  SbPagedList *self = g_object_new (SB_TYPE_PAGED_LIST, NULL);
  g_autoptr (GTypeClass) klass = g_type_class_ref (item_type);

  g_return_val_if_fail (g_type_is_a (item_type, SB_TYPE_ITEM), NULL);
  g_return_val_if_fail (page_size > 0 && page_size <= MAX_PAGE, NULL);

  self->client = g_object_ref (client);
  self->item_type = item_type;
  self->list = ((SbItemClass *) klass)->list;
  self->path = ((SbItemClass *) klass)->path != NULL ? ((SbItemClass *) klass)->path : self->list;
  self->is_whole = ((SbItemClass *) klass)->is_whole;
  self->query = g_strdup (query);
  self->page_size = page_size;
  return self;
}

void
sb_paged_list_set_query (SbPagedList *self, const char *query)
{
  g_return_if_fail (SB_IS_PAGED_LIST (self));

  if (g_str_equal (self->query, query))
    return;

  cancel (self);
  g_free (self->query);
  self->query = g_strdup (query);
  g_clear_pointer (&self->next, g_free);
  self->loaded = FALSE;
}

void
sb_paged_list_refresh (SbPagedList *self)
{
  g_return_if_fail (SB_IS_PAGED_LIST (self));

  if (self->fetching != NULL)
    {
      self->refresh_again = TRUE;
      return;
    }
  self->collected = g_ptr_array_new_with_free_func (g_object_unref);
  fetch (self, NULL,
         self->loaded ? CLAMP (self->items->len, self->page_size, MAX_PAGE) : self->page_size);
}

void
sb_paged_list_load_more (SbPagedList *self)
{
  g_return_if_fail (SB_IS_PAGED_LIST (self));

  if (self->next != NULL && self->fetching == NULL)
    fetch (self, self->next, self->page_size);
}

JsonObject *
sb_paged_list_get_answer (SbPagedList *self)
{
  g_return_val_if_fail (SB_IS_PAGED_LIST (self), NULL);

  return self->answer;
}

gboolean
sb_paged_list_get_loaded (SbPagedList *self)
{
  g_return_val_if_fail (SB_IS_PAGED_LIST (self), FALSE);

  return self->loaded;
}

gboolean
sb_paged_list_get_complete (SbPagedList *self)
{
  g_return_val_if_fail (SB_IS_PAGED_LIST (self), FALSE);

  return self->loaded && self->next == NULL;
}

gboolean
sb_paged_list_get_loading (SbPagedList *self)
{
  g_return_val_if_fail (SB_IS_PAGED_LIST (self), FALSE);

  return self->fetching != NULL;
}
