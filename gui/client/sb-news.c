#include "config.h"

#include "sb-news.h"

#include <glib/gi18n.h>

#include "sb-job.h"
#include "sb-json.h"
#include "sb-problem.h"
#include "sb-text.h"

/* Of jobs those that are finished are known, of problems those that are there: a problem that comes
 * back is news again. */
struct _SbNews
{
  GHashTable *jobs; /* NULL: none were heard of yet */
  GHashTable *problems;
};

static void
piece_free (gpointer data)
{
  SbPieceOfNews *piece = data;

  g_free (piece->id);
  g_free (piece->title);
  g_free (piece->body);
  g_free (piece);
}

SbNews *
sb_news_new (void)
{
  return g_new0 (SbNews, 1);
}

void
sb_news_free (SbNews *self)
{
  g_clear_pointer (&self->jobs, g_hash_table_unref);
  g_clear_pointer (&self->problems, g_hash_table_unref);
  g_free (self);
}

static gboolean
is_news (GHashTable *before, GHashTable *now, const char *id)
{
  g_hash_table_add (now, g_strdup (id));
  return before != NULL && !g_hash_table_contains (before, id);
}

static GHashTable *
new_set (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* Takes title and body. */
static void
add (GPtrArray *news,
     const char *kind,
     const char *id,
     char *title,
     char *body,
     const char *section)
{
  SbPieceOfNews *piece = g_new (SbPieceOfNews, 1);

  *piece = (SbPieceOfNews){ g_strconcat (kind, "-", id, NULL), title, body, section };
  g_ptr_array_add (news, piece);
}

GPtrArray *
sb_news_take_jobs (SbNews *self, JsonObject *jobs)
{
  GPtrArray *news = g_ptr_array_new_with_free_func (piece_free);
  g_autoptr (GPtrArray) objects = sb_json_objects (jobs, "jobs");
  GHashTable *finished;

  if (jobs == NULL)
    return news;
  finished = new_set ();
  for (guint i = 0; i < objects->len; i++)
    {
      g_autoptr (SbItem) item = sb_item_new (SB_TYPE_JOB, g_ptr_array_index (objects, i));
      g_autofree char *title = NULL;
      const char *words;

      /* Whoever cancelled a job has seen it end. */
      if (item == NULL || !sb_job_is_finished (SB_JOB (item)) ||
          !is_news (self->jobs, finished, sb_item_get_id (item)) ||
          sb_job_get_state (SB_JOB (item)) == SB_JOB_CANCELLED)
        continue;
      title = sb_job_dup_title (SB_JOB (item));
      words = sb_job_get_state_words (SB_JOB (item));
      add (news, "job", sb_item_get_id (item),
           /* Translators: what a job does, and what became of it: "Replay to webhook/a: Done" */
           g_strdup_printf (C_ ("news", "%s: %s"), title, words),
                            sb_job_dup_progress (SB_JOB (item)), "jobs");
    }
  g_clear_pointer (&self->jobs, g_hash_table_unref);
  self->jobs = finished;
  return news;
}

GPtrArray *
sb_news_take_problems (SbNews *self, JsonObject *problems, gint64 now_us)
{
  GPtrArray *news = g_ptr_array_new_with_free_func (piece_free);
  g_autoptr (GPtrArray) objects = sb_json_objects (problems, "problems");
  GHashTable *there;

  if (problems == NULL)
    return news;
  there = new_set ();
  for (guint i = 0; i < objects->len; i++)
    {
      g_autoptr (SbItem) item = sb_item_new (SB_TYPE_PROBLEM, g_ptr_array_index (objects, i));
      SbProblem *problem = item != NULL ? SB_PROBLEM (item) : NULL;
      g_autofree char *title = NULL, *visible = NULL, *sentence = NULL;

      /* Whoever acknowledged it knows of it. */
      if (problem == NULL || sb_problem_get_state (problem) == SB_PROBLEM_RESOLVED ||
          !is_news (self->problems, there, sb_item_get_id (item)) ||
          sb_problem_get_state (problem) == SB_PROBLEM_ACKNOWLEDGED)
        continue;
      title = sb_problem_dup_title (problem);
      visible = sb_text_visible (title, -1, SB_TEXT_LINE);
      sentence = sb_problem_dup_sentence (problem, now_us);
      add (news, "problem", sb_item_get_id (item),
           *visible != '\0' ? g_strdup_printf (_ ("A new problem: %s"), visible)
                            : g_strdup (_ ("A new problem")),
                                        sb_text_visible (sentence, -1, SB_TEXT_LINE), "problems");
    }
  g_clear_pointer (&self->problems, g_hash_table_unref);
  self->problems = there;
  return news;
}
