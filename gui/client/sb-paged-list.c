#include "config.h"

#include "sb-paged-list.h"

#include "sb-json.h"

#define MAX_PAGE 1000      /* the API's */
#define REFRESHED_PAGES 10 /* that a refresh asks for again */

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
  GHashTable *by_id; /* the same, by their ids, which are theirs */
  char *next;        /* where the page after the last row begins; NULL: complete */
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

/* What a list costs must not grow with how far one has scrolled: only what came, and the head that
 * was asked for again, is gone through. */

static void
remove_range (SbPagedList *self, guint start, guint n)
{
  for (guint i = start; i < start + n; i++)
    g_hash_table_remove (self->by_id, sb_item_get_id (g_ptr_array_index (self->items, i)));
  g_ptr_array_remove_range (self->items, start, n);
}

/* Removes the rows before n_head that are not in wanted (id -> anything), a run at a time.  Returns
 * how many of the head are left. */
static guint
remove_absent (SbPagedList *self, GHashTable *wanted, guint n_head)
{
  guint end = n_head;

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
      remove_range (self, start, end - start);
      g_list_model_items_changed (G_LIST_MODEL (self), start, end - start, 0);
      n_head -= end - start;
      end = start;
    }
  return n_head;
}

/* Puts rows from items[position] on, which fresh has from there on, in the place of n_removed. */
static void
splice (SbPagedList *self, guint position, guint n_removed, GPtrArray *fresh, guint n_added)
{
  if (n_removed == 0 && n_added == 0)
    return;
  if (n_removed > 0)
    remove_range (self, position, n_removed);
  for (guint i = 0; i < n_added; i++)
    {
      SbItem *item = g_ptr_array_index (fresh, position + i);

      g_ptr_array_insert (self->items, (int) (position + i), g_object_ref (item));
      g_hash_table_insert (self->by_id, (gpointer) sb_item_get_id (item), item);
    }
  g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
}

/* All of the first n_head items are in fresh.  Inserts what came, run by run; where the order
 * itself has changed the rest of the head is put in anew. */
static void
insert_new (SbPagedList *self, GPtrArray *fresh, guint n_head)
{
  g_autoptr (GHashTable) old = g_hash_table_new (NULL, NULL);
  guint position = 0;

  for (guint i = 0; i < n_head; i++)
    g_hash_table_add (old, g_ptr_array_index (self->items, i));

  while (position < fresh->len)
    {
      guint n_new = 0;

      if (position < n_head &&
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
          splice (self, position, n_head - position, fresh, fresh->len - position);
          return;
        }
      splice (self, position, 0, fresh, n_new);
      position += n_new;
      n_head += n_new;
    }
}

/* Makes the first n_head rows those of fresh; none of the others is in there. */
static void
merge (SbPagedList *self, GPtrArray *fresh, guint n_head)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < fresh->len; i++)
    g_hash_table_add (wanted, (gpointer) sb_item_get_id (g_ptr_array_index (fresh, i)));
  n_head = remove_absent (self, wanted, n_head);
  insert_new (self, fresh, n_head);
}

/* The page's rows: those that are known already as the same object, brought up to date.  A row that
 * moved from one page to the next between two fetches comes once. */
static void
collect (SbPagedList *self, JsonObject *answer, GPtrArray *into)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) objects = sb_json_objects (answer, self->list);

  for (guint i = 0; i < into->len; i++)
    g_hash_table_add (seen, (gpointer) sb_item_get_id (g_ptr_array_index (into, i)));

  for (guint i = 0; i < objects->len; i++)
    {
      JsonObject *object = g_ptr_array_index (objects, i);
      g_autofree char *id = sb_item_dup_id (self->item_type, object);
      SbItem *item = g_hash_table_lookup (self->by_id, id);

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

/* Those of the next page that are not there yet, as they may have moved meanwhile. */
static void
append (SbPagedList *self, JsonObject *answer)
{
  g_autoptr (GPtrArray) objects = sb_json_objects (answer, self->list);
  guint n_before = self->items->len;

  for (guint i = 0; i < objects->len; i++)
    {
      SbItem *item = sb_item_new (self->item_type, g_ptr_array_index (objects, i));

      if (item == NULL)
        continue;
      if (g_hash_table_contains (self->by_id, sb_item_get_id (item)))
        {
          g_object_unref (item);
          continue;
        }
      g_ptr_array_add (self->items, item);
      g_hash_table_insert (self->by_id, (gpointer) sb_item_get_id (item), item);
    }
  if (self->items->len > n_before)
    g_list_model_items_changed (G_LIST_MODEL (self), n_before, 0, self->items->len - n_before);
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
  return self->loaded ? MIN (self->items->len, self->page_size * REFRESHED_PAGES) : 0;
}

/* How many of the rows that are there were asked for again with fresh; what lies below stays as it
 * is.  0: nothing joins it to them, as so much has come since; the list begins anew then. */
static guint
find_head (SbPagedList *self, GPtrArray *fresh)
{
  guint index;

  return g_ptr_array_find (self->items, g_ptr_array_index (fresh, fresh->len - 1), &index)
             ? index + 1
             : 0;
}

/* Rows that came from below into what was asked for again. */
static void
remove_moved (SbPagedList *self, GPtrArray *fresh, guint n_head)
{
  g_autoptr (GHashTable) head = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) moved = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < n_head; i++)
    g_hash_table_add (head, g_ptr_array_index (self->items, i));
  for (guint i = 0; i < fresh->len; i++)
    {
      gpointer item = g_ptr_array_index (fresh, i);

      if (!g_hash_table_contains (head, item) &&
          g_hash_table_contains (self->by_id, sb_item_get_id (item)))
        g_hash_table_add (moved, item);
    }
  for (guint i = self->items->len; g_hash_table_size (moved) > 0 && i > n_head; i--)
    if (g_hash_table_remove (moved, g_ptr_array_index (self->items, i - 1)))
      {
        remove_range (self, i - 1, 1);
        g_list_model_items_changed (G_LIST_MODEL (self), i - 1, 1, 0);
      }
}

static void
take_next (SbPagedList *self, const char *next)
{
  g_free (self->next);
  self->next = *next != '\0' ? g_strdup (next) : NULL;
}

/* Of a refresh. */
static void
take_beginning (SbPagedList *self, JsonObject *answer, const char *next)
{
  g_autoptr (GPtrArray) fresh = g_ptr_array_ref (self->collected);
  guint n_head = 0;

  collect (self, answer, fresh);
  if (fresh->len < n_wanted (self) && *next != '\0')
    {
      fetch (self, next, MIN (n_wanted (self) - fresh->len, MAX_PAGE));
      return;
    }
  if (self->loaded && fresh->len > 0 && *next != '\0' && self->items->len > fresh->len)
    n_head = find_head (self, fresh);
  if (n_head > 0)
    remove_moved (self, fresh, n_head);
  else
    {
      n_head = self->items->len;
      take_next (self, next);
    }
  self->loaded = TRUE;
  if (self->is_whole)
    {
      g_clear_pointer (&self->answer, json_object_unref);
      self->answer = json_object_ref (answer);
    }
  merge (self, fresh, n_head);
  settle (self, NULL);
}

static void
take_page (SbPagedList *self, JsonObject *answer)
{
  g_autofree char *next = sb_json_dup_text (answer, "next");

  if (self->collected != NULL)
    {
      take_beginning (self, answer, next);
      return;
    }
  take_next (self, next);
  append (self, answer);
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

  g_clear_pointer (&self->by_id, g_hash_table_unref);
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
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
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
  fetch (self, NULL, CLAMP (n_wanted (self), self->page_size, MAX_PAGE));
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
