/* The stream of changes, as server-sent events. */
#include "http/api-private.h"

#include <string.h>

typedef struct
{
  ChangesListener *listener;
  HttpStream *stream;
} Subscriber;

static void
on_news (gpointer user_data)
{
  Subscriber *subscriber = user_data;

  http_stream_wake (subscriber->stream);
}

static gboolean
next (GString *out, gpointer user_data)
{
  Subscriber *subscriber = user_data;

  return changes_next (subscriber->listener, out);
}

static void
closed (gpointer user_data)
{
  Subscriber *subscriber = user_data;

  changes_leave (subscriber->listener);
  g_free (subscriber);
}

static Problem *
read_topics (HttpRequest *request, guint *out_topics)
{
  const char *text = http_request_parameter (request, "topics");
  g_auto (GStrv) names = NULL;

  *out_topics = TICK_ALL;
  if (text == NULL)
    return NULL;
  *out_topics = 0;
  names = g_strsplit (text, ",", -1);
  for (char **name = names; *name != NULL; name++)
    {
      guint topic = tick_topic_by_name (*name);

      if (topic == 0)
        return api_refuse_parameter ("topics", text,
                                     "some of events, deliveries, dead_letters, connectors, "
                                     "generation, queues, jobs and expired, with "
                                     "commas between");
      *out_topics |= topic;
    }
  return *out_topics != 0 ? NULL : api_refuse_parameter ("topics", text, "at least one");
}

static Problem *
refuse_listener (guint max_listeners)
{
  Problem *problem = problem_new (503, "too-many-streams", "There are too many streams",
                                  "%u streams of changes are open, the limit that Limits.Streams "
                                  "sets",
                                  max_listeners);

  problem_set_remedy (problem, "Close one, or raise Limits.Streams in router.json");
  problem->retry_after_s = 5;
  return problem;
}

void
api_stream_changes (HttpRequest *request, gpointer user_data)
{
  static const HttpStreamSource source = { next, closed };
  static const char *const headers[] = { "X-Accel-Buffering", "no", NULL };
  Api *api = user_data;
  guint topics;
  g_autoptr (Problem) problem = read_topics (request, &topics);
  Subscriber *subscriber;

  if (problem != NULL)
    {
      http_answer_problem (request, problem);
      return;
    }
  subscriber = g_new0 (Subscriber, 1);
  subscriber->stream = http_stream_new (request, &source, subscriber);
  subscriber->listener = changes_listen (
      api->changes, topics, http_request_header (request, "Last-Event-ID"), on_news, subscriber);
  if (subscriber->listener != NULL)
    {
      http_answer_stream (request, "text/event-stream", subscriber->stream, headers);
      return;
    }
  http_stream_free (subscriber->stream);
  g_free (subscriber);
  problem = refuse_listener (api->max_streams);
  http_answer_problem (request, problem);
}
