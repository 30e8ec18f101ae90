/* The thread that speaks SMTP.
 *
 * Mails go to it under the lock and come back, judged, under the lock; between the two they are its
 * own.  What must stay true: done is called on the delivery thread, once, and never after
 * smtp_free(); every socket is in the list while it is open, so that closing can cut what the
 * thread may be waiting for. */
#include "connector/email/smtp.h"

#include "connector/guard.h"
#include "connector/wakeup.h"
#include "connector/webhook/client.h"
#include "connector/webhook/redact.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* How long connections are kept without a mail: servers close them after some minutes. */
#define IDLE_US G_TIME_SPAN_MINUTE

/* Of all that a server says about one mail. */
#define MAX_HEARD_BYTES (64 * 1024)

struct Smtp
{
  char *label;
  SmtpSettings settings;
  char *url;

  GThread *thread; /* started by the first mail */
  GSource *tell;   /* on the delivery thread: something is finished */

  GMutex lock;
  GQueue waiting;   /* Task; guarded by lock */
  GQueue finished;  /* Task; guarded by lock */
  GArray *sockets;  /* int; guarded by lock */
  gboolean closing; /* guarded by lock */

  /* The thread's, but for waking it. */
  GMainContext *context;
  GMainLoop *loop;
  GSource *take; /* something waits, or it is time to end */
  WebClient *client;
  GQueue started; /* Task */
};

typedef struct
{
  Smtp *smtp;
  GList link; /* in one of the three queues */
  SmtpMail *mail;
  CURL *easy;
  struct curl_slist *recipients;
  char problem[CURL_ERROR_SIZE];
  Guard guard;
  gsize n_read;   /* of the message, by libcurl */
  gsize n_heard;  /* from the server */
  GString *reply; /* the last one, all its lines */
  gboolean is_reply_whole;
  Outcome outcome;
  ConnectorDone done;
  gpointer user_data;
} Task;

void
smtp_mail_free (SmtpMail *mail)
{
  g_free (mail->sender);
  g_strfreev (mail->recipients);
  g_clear_pointer (&mail->message, g_bytes_unref);
  g_free (mail->user);
  g_free (mail->password);
  g_free (mail);
}

static void
task_free (gpointer data)
{
  Task *task = data;

  g_clear_pointer (&task->easy, curl_easy_cleanup);
  curl_slist_free_all (task->recipients);
  guard_reset (&task->guard);
  smtp_mail_free (task->mail);
  g_string_free (task->reply, TRUE);
  outcome_clear (&task->outcome);
  g_free (task);
}

/* ---- What the server says ------------------------------------------------------------------ */

/* A reply is one line "250 text", or several of which all but the last have a '-' there. */
static size_t
hear_cb (char *line, size_t size, size_t n, void *user_data)
{
  Task *task = user_data;
  gsize length = size * n;

  task->n_heard += length;
  if (task->n_heard > MAX_HEARD_BYTES)
    return 0;
  /* The goodbye says nothing of the mail. */
  if (task->is_reply_whole && task->reply->len > 0 && length >= 3 && memcmp (line, "221", 3) == 0)
    return length;
  if (task->is_reply_whole)
    g_string_truncate (task->reply, 0);
  task->is_reply_whole = length < 4 || line[3] != '-';
  if (task->reply->len < task->smtp->settings.max_kept_bytes)
    g_string_append_len (task->reply, line, (gssize) length);
  return length;
}

/* One line for people. */
static char *
reply_words (const Task *task)
{
  char *words = g_utf8_make_valid (task->reply->str, (gssize) MIN (task->reply->len, 200));

  for (char *p = words; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = ' ';
  return g_strstrip (words);
}

/* Who may not send must be told so; the mail is not at fault. */
static gboolean
is_about_login (CURLcode result, long status)
{
  return result == CURLE_LOGIN_DENIED || status == 530 || status == 534 || status == 535 ||
         status == 538;
}

static gboolean
is_refusal (const Task *task, CURLcode result, long status)
{
  gboolean is_about_mail = result == CURLE_SEND_ERROR ||
                           (result == CURLE_WEIRD_SERVER_REPLY && task->n_read > 0);

  return is_about_mail && status >= 500 && status < 600;
}

static void
judge_failure (Task *task, CURLcode result, long status, Outcome *outcome)
{
  const char *problem = task->problem[0] != '\0' ? task->problem : curl_easy_strerror (result);
  const char *what = "broke the connection";

  outcome->kind = OUTCOME_DOWN;
  outcome->error_code = ERROR_CODE_CONNECTION_FAILURE;
  switch (result)
    {
    case CURLE_OPERATION_TIMEDOUT:
      outcome->kind = OUTCOME_RETRY;
      outcome->error_code = ERROR_CODE_TIMEOUT;
      what = "did not answer in time";
      break;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
      what = "could not be reached";
      break;
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      what = "could not be reached over TLS";
      break;
    case CURLE_WRITE_ERROR:
      outcome->kind = OUTCOME_RETRY;
      outcome->error_code = ERROR_CODE_ANSWER_TOO_LONG;
      what = "said too much";
      break;
    case CURLE_WEIRD_SERVER_REPLY:
      outcome->kind = OUTCOME_RETRY;
      outcome->error_code = ERROR_CODE_PROTOCOL_ERROR;
      what = "gave an answer that is not understood";
      break;
    default:
      outcome->kind = OUTCOME_RETRY;
      break;
    }
  outcome->note = g_strdup_printf ("%s: %s %s: %s", task->smtp->label, task->smtp->settings.host,
                                   what, problem);
}

static void
judge (Task *task, CURLcode result)
{
  const Smtp *smtp = task->smtp;
  Outcome *outcome = &task->outcome;
  const char *refused = guard_refusal (&task->guard, result);
  g_autofree char *words = reply_words (task);
  g_autoptr (GPtrArray) secrets = g_ptr_array_new ();
  long status = 0;

  curl_easy_getinfo (task->easy, CURLINFO_RESPONSE_CODE, &status);
  *outcome = (Outcome){ .status = (int) status, .retry_after_us = -1 };
  if (result == CURLE_OK)
    {
      outcome->kind = OUTCOME_DELIVERED;
      outcome->note = g_strdup ("");
    }
  else if (refused != NULL)
    {
      outcome->kind = OUTCOME_MISCONFIGURED;
      outcome->error_code = ERROR_CODE_ADDRESS_REFUSED;
      outcome->note = g_strdup_printf ("%s may not be connected to: %s; allow it with "
                                       "AllowAddresses, if it is meant",
                                       smtp->label, refused);
    }
  else if (status >= 400 && (is_about_login (result, status) || result == CURLE_SEND_ERROR ||
                             result == CURLE_WEIRD_SERVER_REPLY))
    {
      gboolean is_login = is_about_login (result, status);

      outcome->kind = is_login                            ? OUTCOME_DOWN
                      : is_refusal (task, result, status) ? OUTCOME_REFUSED
                                                          : OUTCOME_RETRY;
      outcome->error_code = is_login ? ERROR_CODE_NO_PERMISSIONS : ERROR_CODE_ERROR_FROM_TARGET;
      outcome->note = g_strdup_printf ("%s: %s answered %s", smtp->label, smtp->settings.host,
                                       words);
    }
  else
    judge_failure (task, result, status, outcome);
  if (task->reply->len > 0)
    outcome->response = g_bytes_new (task->reply->str, task->reply->len);
  if (task->mail->password != NULL)
    g_ptr_array_add (secrets, task->mail->password);
  redact_outcome (outcome, secrets);
}

/* ---- One mail ------------------------------------------------------------------------------ */

static size_t
read_cb (char *buffer, size_t size, size_t n, void *user_data)
{
  Task *task = user_data;
  gsize length;
  const char *bytes = g_bytes_get_data (task->mail->message, &length);
  gsize n_now = MIN (size * n, length - task->n_read);

  memcpy (buffer, bytes + task->n_read, n_now);
  task->n_read += n_now;
  return n_now;
}

static curl_socket_t
open_socket_cb (void *user_data, curlsocktype purpose, struct curl_sockaddr *address)
{
  Task *task = user_data;
  Smtp *smtp = task->smtp;
  curl_socket_t fd;

  g_mutex_lock (&smtp->lock);
  fd = smtp->closing ? CURL_SOCKET_BAD : guard_open_socket (&task->guard, address);
  if (fd != CURL_SOCKET_BAD)
    g_array_append_val (smtp->sockets, fd);
  g_mutex_unlock (&smtp->lock);
  return fd;
}

/* A kept connection may outlive the mail that it was opened for. */
static int
close_socket_cb (void *user_data, curl_socket_t fd)
{
  Smtp *smtp = user_data;
  int result;

  g_mutex_lock (&smtp->lock);
  for (guint i = 0; i < smtp->sockets->len; i++)
    if (g_array_index (smtp->sockets, int, i) == fd)
      {
        g_array_remove_index_fast (smtp->sockets, i);
        break;
      }
  result = close (fd);
  g_mutex_unlock (&smtp->lock);
  return result;
}

static void
set_server (CURL *easy, Task *task)
{
  const SmtpSettings *settings = &task->smtp->settings;

  curl_easy_setopt (easy, CURLOPT_URL, task->smtp->url);
  curl_easy_setopt (easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt (easy, CURLOPT_PROXY, "");
  curl_easy_setopt (easy, CURLOPT_USE_SSL,
                    (long) (settings->security == SMTP_CLEAR ? CURLUSESSL_NONE : CURLUSESSL_ALL));
  web_client_trust (easy, settings->ca_file);
  curl_easy_setopt (easy, CURLOPT_TIMEOUT_MS, settings->timeout_ms);
  curl_easy_setopt (easy, CURLOPT_CONNECTTIMEOUT_MS, settings->connect_timeout_ms);
  curl_easy_setopt (easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (settings->timeout_ms + 999) / 1000);
  curl_easy_setopt (easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt (easy, CURLOPT_RESOLVE, settings->resolve);
  curl_easy_setopt (easy, CURLOPT_OPENSOCKETFUNCTION, open_socket_cb);
  curl_easy_setopt (easy, CURLOPT_OPENSOCKETDATA, task);
  curl_easy_setopt (easy, CURLOPT_CLOSESOCKETFUNCTION, close_socket_cb);
  curl_easy_setopt (easy, CURLOPT_CLOSESOCKETDATA, task->smtp);
}

static void
set_mail (CURL *easy, Task *task)
{
  const SmtpMail *mail = task->mail;

  if (mail->user != NULL)
    {
      curl_easy_setopt (easy, CURLOPT_USERNAME, mail->user);
      curl_easy_setopt (easy, CURLOPT_PASSWORD, mail->password);
    }
  if (mail->message == NULL)
    {
      curl_easy_setopt (easy, CURLOPT_CUSTOMREQUEST, "NOOP");
      curl_easy_setopt (easy, CURLOPT_NOBODY, 1L);
      return;
    }
  for (char **recipient = mail->recipients; *recipient != NULL; recipient++)
    {
      task->recipients = curl_slist_append (task->recipients, *recipient);
      g_assert (task->recipients != NULL);
    }
  curl_easy_setopt (easy, CURLOPT_MAIL_FROM, mail->sender);
  curl_easy_setopt (easy, CURLOPT_MAIL_RCPT, task->recipients);
  curl_easy_setopt (easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt (easy, CURLOPT_READFUNCTION, read_cb);
  curl_easy_setopt (easy, CURLOPT_READDATA, task);
  curl_easy_setopt (easy, CURLOPT_INFILESIZE_LARGE, (curl_off_t) g_bytes_get_size (mail->message));
}

/* Its thread. */
static void
begin (Task *task)
{
  CURL *easy = curl_easy_init ();

  g_assert (easy != NULL);
  task->easy = easy;
  task->guard.egress = task->smtp->settings.egress;
  curl_easy_setopt (easy, CURLOPT_PRIVATE, task);
  curl_easy_setopt (easy, CURLOPT_ERRORBUFFER, task->problem);
  curl_easy_setopt (easy, CURLOPT_HEADERFUNCTION, hear_cb);
  curl_easy_setopt (easy, CURLOPT_HEADERDATA, task);
  curl_easy_setopt (easy, CURLOPT_WRITEFUNCTION, hear_cb);
  curl_easy_setopt (easy, CURLOPT_WRITEDATA, task);
  set_server (easy, task);
  set_mail (easy, task);
  g_queue_push_tail_link (&task->smtp->started, &task->link);
  web_client_start (task->smtp->client, easy);
}

/* Its thread; the task is in no queue. */
static void
finish (Task *task)
{
  Smtp *smtp = task->smtp;

  g_mutex_lock (&smtp->lock);
  g_queue_push_tail_link (&smtp->finished, &task->link);
  g_mutex_unlock (&smtp->lock);
  wakeup_now (smtp->tell);
}

static void
sent_cb (CURL *easy, CURLcode result, gpointer user_data)
{
  Smtp *smtp = user_data;
  Task *task = NULL;

  curl_easy_getinfo (easy, CURLINFO_PRIVATE, (char **) &task);
  g_queue_unlink (&smtp->started, &task->link);
  judge (task, result);
  g_clear_pointer (&task->easy, curl_easy_cleanup);
  finish (task);
}

/* ---- The thread ---------------------------------------------------------------------------- */

static gboolean
take_cb (gpointer data)
{
  Smtp *smtp = data;
  GQueue waiting;
  gboolean closing;
  GList *link;

  g_mutex_lock (&smtp->lock);
  waiting = smtp->waiting;
  g_queue_init (&smtp->waiting);
  closing = smtp->closing;
  g_mutex_unlock (&smtp->lock);
  while ((link = g_queue_pop_head_link (&waiting)) != NULL)
    if (closing)
      task_free (link->data);
    else
      begin (link->data);
  if (closing)
    g_main_loop_quit (smtp->loop);
  return G_SOURCE_CONTINUE;
}

static gpointer
speak_in_thread (gpointer data)
{
  Smtp *smtp = data;
  GList *link;

  g_main_context_push_thread_default (smtp->context);
  g_main_loop_run (smtp->loop);
  while ((link = g_queue_pop_head_link (&smtp->started)) != NULL)
    {
      Task *task = link->data;

      web_client_cancel (smtp->client, task->easy);
      task_free (task);
    }
  g_clear_pointer (&smtp->client, web_client_free);
  g_main_context_pop_thread_default (smtp->context);
  return NULL;
}

/* ---- The delivery thread ------------------------------------------------------------------- */

static gboolean
tell_cb (gpointer data)
{
  Smtp *smtp = data;
  GQueue finished;
  GList *link;

  g_mutex_lock (&smtp->lock);
  finished = smtp->finished;
  g_queue_init (&smtp->finished);
  g_mutex_unlock (&smtp->lock);
  while ((link = g_queue_pop_head_link (&finished)) != NULL)
    {
      Task *task = link->data;

      task->done (&task->outcome, task->user_data);
      task_free (task);
    }
  return G_SOURCE_CONTINUE;
}

static char *
url_of (const SmtpSettings *settings)
{
  gboolean is_ipv6 = strchr (settings->host, ':') != NULL;

  return g_strdup_printf ("%s://%s%s%s:%u/%s", settings->security == SMTP_TLS ? "smtps" : "smtp",
                          is_ipv6 ? "[" : "", settings->host, is_ipv6 ? "]" : "", settings->port,
                          settings->hello != NULL ? settings->hello : "");
}

Smtp *
smtp_new (const char *label, const SmtpSettings *settings, GMainContext *context)
{
  Smtp *smtp = g_new0 (Smtp, 1);

  smtp->label = g_strdup (label);
  smtp->settings = *settings;
  smtp->url = url_of (settings);
  g_mutex_init (&smtp->lock);
  smtp->sockets = g_array_new (FALSE, FALSE, sizeof (int));
  smtp->tell = wakeup_new ("mail answers", context, tell_cb, smtp);
  smtp->context = g_main_context_new ();
  smtp->loop = g_main_loop_new (smtp->context, FALSE);
  smtp->take = wakeup_new ("mails", smtp->context, take_cb, smtp);
  return smtp;
}

void
smtp_free (Smtp *smtp)
{
  GList *link;

  g_mutex_lock (&smtp->lock);
  smtp->closing = TRUE;
  for (guint i = 0; i < smtp->sockets->len; i++)
    shutdown (g_array_index (smtp->sockets, int, i), SHUT_RDWR);
  g_mutex_unlock (&smtp->lock);
  wakeup_now (smtp->take);
  g_clear_pointer (&smtp->thread, g_thread_join);

  wakeup_free (smtp->tell);
  wakeup_free (smtp->take);
  while ((link = g_queue_pop_head_link (&smtp->waiting)) != NULL)
    task_free (link->data);
  while ((link = g_queue_pop_head_link (&smtp->finished)) != NULL)
    task_free (link->data);
  g_main_loop_unref (smtp->loop);
  g_main_context_unref (smtp->context);
  g_array_unref (smtp->sockets);
  g_mutex_clear (&smtp->lock);
  g_free (smtp->url);
  g_free (smtp->label);
  g_free (smtp);
}

/* FALSE: too many open files. */
static gboolean
ensure_thread (Smtp *smtp, GError **error)
{
  if (smtp->thread != NULL)
    return TRUE;
  smtp->client = web_client_new (smtp->context, IDLE_US, sent_cb, smtp, error);
  if (smtp->client == NULL)
    return FALSE;
  smtp->thread = g_thread_new ("smtp", speak_in_thread, smtp);
  return TRUE;
}

void
smtp_send (Smtp *smtp, SmtpMail *mail, ConnectorDone done, gpointer user_data)
{
  Task *task = g_new0 (Task, 1);
  g_autoptr (GError) error = NULL;

  task->smtp = smtp;
  task->link.data = task;
  task->mail = mail;
  task->reply = g_string_new (NULL);
  task->is_reply_whole = TRUE;
  task->done = done;
  task->user_data = user_data;
  if (!ensure_thread (smtp, &error))
    {
      task->outcome = (Outcome){ .kind = OUTCOME_RETRY,
                                 .error_code = ERROR_CODE_INTERNAL_ERROR,
                                 .retry_after_us = -1,
                                 .note = g_strdup (error->message) };
      finish (task);
      return;
    }
  g_mutex_lock (&smtp->lock);
  g_queue_push_tail_link (&smtp->waiting, &task->link);
  g_mutex_unlock (&smtp->lock);
  wakeup_now (smtp->take);
}
