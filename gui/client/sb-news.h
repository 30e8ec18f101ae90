/* sb-news.h: what somebody who is not looking wants to be told: a job that ended, a new problem.
 *
 * The first answers are what was there before, and no news. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *id;    /* tells one piece of news from another */
  char *title; /* words of others in both are made visible */
  char *body;
  const char *section; /* where it is looked at */
} SbPieceOfNews;

typedef struct _SbNews SbNews;

SbNews *sb_news_new (void);
void sb_news_free (SbNews *self);

/* Answers of the calls jobs and problems; NULL: not known.  Returns SbPieceOfNews.
 * now_us: by the router's clock. */
GPtrArray *sb_news_take_jobs (SbNews *self, JsonObject *jobs);
GPtrArray *sb_news_take_problems (SbNews *self, JsonObject *problems, gint64 now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SbNews, sb_news_free)

G_END_DECLS
