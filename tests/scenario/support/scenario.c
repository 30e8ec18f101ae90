/* Runs the daemon as a child and talks to it by libcurl.  Waiting is always for a condition with a
 * deadline; between two questions the caller yields for a moment. */
#include "scenario.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEADLINE_US (60 * G_USEC_PER_SEC)

struct Scenario
{
  char *folder, *config_dir, *state_dir, *socket, *log_path;
  char *url, *ca_file;
  guint port; /* 0 until the first start */
  GPtrArray *arguments;
  GPtrArray *prefix; /* of the command line */
  GPid pid;          /* 0: not running */
};

/* Receivers with a thousand connections are in this process. */
static void
raise_descriptor_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
}

Scenario *
scenario_new (void)
{
  Scenario *scenario = g_new0 (Scenario, 1);
  g_autoptr (GError) error = NULL;

  raise_descriptor_limit ();
  scenario->folder = g_dir_make_tmp ("signalbox-XXXXXX", &error);
  g_assert_no_error (error);
  scenario->config_dir = g_build_filename (scenario->folder, "config", NULL);
  scenario->state_dir = g_build_filename (scenario->folder, "state", NULL);
  scenario->socket = g_build_filename (scenario->folder, "socket", NULL);
  scenario->log_path = g_build_filename (scenario->folder, "log", NULL);
  scenario->arguments = g_ptr_array_new_with_free_func (g_free);
  scenario->prefix = g_ptr_array_new_with_free_func (g_free);
  g_assert_cmpint (g_mkdir_with_parents (scenario->config_dir, 0700), ==, 0);
  /* The receivers of scenarios are on the loopback. */
  scenario_config (scenario, "router.json", "{'Outgoing': {'AllowAddresses': ['loopback']}}");
  return scenario;
}

static int
remove_one (const char *path, const struct stat *info, int type, struct FTW *walk)
{
  return remove (path);
}

void
scenario_free (Scenario *scenario)
{
  if (scenario->pid != 0)
    scenario_kill (scenario);
  nftw (scenario->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
  g_free (scenario->folder);
  g_free (scenario->config_dir);
  g_free (scenario->state_dir);
  g_free (scenario->socket);
  g_free (scenario->log_path);
  g_free (scenario->url);
  g_free (scenario->ca_file);
  g_ptr_array_unref (scenario->arguments);
  g_ptr_array_unref (scenario->prefix);
  g_free (scenario);
}

const char *
scenario_folder (Scenario *scenario)
{
  return scenario->folder;
}

const char *
scenario_url (Scenario *scenario)
{
  return scenario->url;
}

const char *
scenario_socket (Scenario *scenario)
{
  return scenario->socket;
}

char *
scenario_state_path (Scenario *scenario, const char *relative)
{
  return g_build_filename (scenario->state_dir, relative, NULL);
}

/* ' for ", so that JSON in C can be read. */
static char *
readable (char *text)
{
  return g_strdelimit (text, "'", '"');
}

void
scenario_secret (Scenario *scenario, const char *name, const char *text)
{
  g_autofree char *folder = scenario_state_path (scenario, "secrets");
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
  g_assert_no_error (error);
}

void
scenario_config (Scenario *scenario, const char *relative, const char *format, ...)
{
  g_autofree char *path = g_build_filename (scenario->config_dir, relative, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  va_list args;

  va_start (args, format);
  text = readable (g_strdup_vprintf (format, args));
  va_end (args);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

void
scenario_argument (Scenario *scenario, const char *argument)
{
  g_ptr_array_add (scenario->arguments, g_strdup (argument));
}

void
scenario_trust (Scenario *scenario, const char *ca_file)
{
  g_free (scenario->ca_file);
  scenario->ca_file = g_strdup (ca_file);
}

void
scenario_prefix (Scenario *scenario, const char *const *prefix)
{
  g_ptr_array_set_size (scenario->prefix, 0);
  for (; prefix != NULL && *prefix != NULL; prefix++)
    g_ptr_array_add (scenario->prefix, g_strdup (*prefix));
}

char *
scenario_log (Scenario *scenario)
{
  char *text = NULL;

  if (!g_file_get_contents (scenario->log_path, &text, NULL, NULL))
    return g_strdup ("");
  return text;
}

static void
child_setup (gpointer user_data)
{
  int fd = GPOINTER_TO_INT (user_data);

  dup2 (fd, STDOUT_FILENO);
  dup2 (fd, STDERR_FILENO);
}

static void
launch (Scenario *scenario)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  int fd = open (scenario->log_path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);

  g_assert_cmpint (fd, >=, 0);
  g_assert_nonnull (g_getenv ("SIGNALBOXD"));
  for (guint i = 0; i < scenario->prefix->len; i++)
    g_ptr_array_add (argv, g_strdup (scenario->prefix->pdata[i]));
  g_ptr_array_add (argv, g_strdup (g_getenv ("SIGNALBOXD")));
  g_ptr_array_add (argv, g_strdup_printf ("--config=%s", scenario->config_dir));
  g_ptr_array_add (argv, g_strdup_printf ("--state=%s", scenario->state_dir));
  g_ptr_array_add (argv, g_strdup_printf ("--socket=%s", scenario->socket));
  g_ptr_array_add (argv, g_strdup_printf ("--listen=127.0.0.1:%u", scenario->port));
  for (guint i = 0; i < scenario->arguments->len; i++)
    g_ptr_array_add (argv, g_strdup (scenario->arguments->pdata[i]));
  g_ptr_array_add (argv, NULL);
  g_spawn_async (NULL, (char **) argv->pdata, NULL, G_SPAWN_DO_NOT_REAP_CHILD, child_setup,
                 GINT_TO_POINTER (fd), &scenario->pid, &error);
  g_assert_no_error (error);
  close (fd);
}

static int
reap (Scenario *scenario)
{
  int status = 0;

  while (waitpid (scenario->pid, &status, 0) < 0)
    g_assert_cmpint (errno, ==, EINTR);
  g_spawn_close_pid (scenario->pid);
  scenario->pid = 0;
  return status;
}

GPid
scenario_pid (Scenario *scenario)
{
  return scenario->pid;
}

gboolean
scenario_has_ended (Scenario *scenario)
{
  siginfo_t info = { 0 };

  g_assert_cmpint (waitid (P_PID, (id_t) scenario->pid, &info, WEXITED | WNOHANG | WNOWAIT), ==, 0);
  return info.si_pid != 0;
}

static void
fail_with_log (Scenario *scenario, const char *what)
{
  g_autofree char *log = scenario_log (scenario);

  g_error ("%s\nThe daemon's log:\n%s", what, log);
}

/* Lets others run between two looks at a condition. */
static void
yield_briefly (void)
{
  poll (NULL, 0, 2);
}

/* The first start picks a port, which the status names; later starts take the same. */
static void
learn_port (Scenario *scenario, JsonNode *status)
{
  guint n = json_at_length (status, "listen");

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *member = g_strdup_printf ("listen.%u", i);
      const char *url = json_at_string (status, member);

      if (g_str_has_prefix (url, "http"))
        {
          g_free (scenario->url);
          scenario->url = g_strdup (url);
          scenario->port = (guint) g_ascii_strtoull (strrchr (url, ':') + 1, NULL, 10);
        }
    }
  g_assert_cmpuint (scenario->port, >, 0);
}

gboolean
scenario_try_start (Scenario *scenario)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;

  g_assert_cmpint (scenario->pid, ==, 0);
  launch (scenario);
  for (;;)
    {
      g_autoptr (Answer) answer = NULL;

      if (scenario_has_ended (scenario))
        {
          reap (scenario);
          return FALSE;
        }
      /* Over the Unix socket: the TCP port is not known yet. */
      answer = scenario_request (scenario, "GET", "unix:/v1/status", NULL, NULL, 0);
      if (answer->status == 200)
        {
          learn_port (scenario, answer->json);
          return TRUE;
        }
      if (g_get_monotonic_time () > deadline)
        fail_with_log (scenario, "The daemon does not answer");
      yield_briefly ();
    }
}

void
scenario_start (Scenario *scenario)
{
  if (!scenario_try_start (scenario))
    fail_with_log (scenario, "The daemon ended at its start");
}

int
scenario_start_refused (Scenario *scenario, char **out_said)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;
  int status;

  g_unlink (scenario->log_path);
  launch (scenario);
  while (!scenario_has_ended (scenario))
    {
      if (g_get_monotonic_time () > deadline)
        fail_with_log (scenario, "The daemon was expected to refuse to start");
      yield_briefly ();
    }
  status = reap (scenario);
  *out_said = scenario_log (scenario);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

void
scenario_kill (Scenario *scenario)
{
  g_assert_cmpint (scenario->pid, !=, 0);
  kill (scenario->pid, SIGKILL);
  reap (scenario);
}

void
scenario_stop (Scenario *scenario)
{
  int status;

  g_assert_cmpint (scenario->pid, !=, 0);
  kill (scenario->pid, SIGTERM);
  status = reap (scenario);
  if (!WIFEXITED (status) || WEXITSTATUS (status) != 0)
    fail_with_log (scenario, "The daemon did not stop cleanly");
}

void
scenario_signal (Scenario *scenario, int signal)
{
  g_assert_cmpint (kill (scenario->pid, signal), ==, 0);
}

void
answer_free (Answer *answer)
{
  g_clear_pointer (&answer->json, json_node_unref);
  g_free (answer->content_type);
  g_free (answer->body);
  g_free (answer);
}

static size_t
collect (char *data, size_t size, size_t n, void *user_data)
{
  g_string_append_len (user_data, data, (gssize) (size * n));
  return size * n;
}

Answer *
scenario_request (Scenario *scenario,
                  const char *method,
                  const char *path,
                  const char *const *headers,
                  const char *body,
                  gssize length)
{
  g_autofree char *url = NULL;
  GString *text = g_string_new (NULL);
  Answer *answer = g_new0 (Answer, 1);
  struct curl_slist *list = NULL;
  CURL *curl = curl_easy_init ();
  char *type = NULL;
  long status = 0;

  if (g_str_has_prefix (path, "unix:"))
    {
      curl_easy_setopt (curl, CURLOPT_UNIX_SOCKET_PATH, scenario->socket);
      url = g_strconcat ("http://localhost", path + strlen ("unix:"), NULL);
    }
  else
    url = g_strconcat (scenario->url, path, NULL);
  for (; headers != NULL && *headers != NULL; headers++)
    list = curl_slist_append (list, *headers);
  list = curl_slist_append (list, "Expect:");
  curl_easy_setopt (curl, CURLOPT_URL, url);
  curl_easy_setopt (curl, CURLOPT_CUSTOMREQUEST, method);
  curl_easy_setopt (curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt (curl, CURLOPT_TIMEOUT, 60L);
  curl_easy_setopt (curl, CURLOPT_PROXY, "");
  if (scenario->ca_file != NULL)
    curl_easy_setopt (curl, CURLOPT_CAINFO, scenario->ca_file);
  curl_easy_setopt (curl, CURLOPT_WRITEFUNCTION, collect);
  curl_easy_setopt (curl, CURLOPT_WRITEDATA, text);
  if (body != NULL)
    {
      curl_easy_setopt (curl, CURLOPT_POSTFIELDSIZE_LARGE,
                        (curl_off_t) (length < 0 ? (gssize) strlen (body) : length));
      curl_easy_setopt (curl, CURLOPT_POSTFIELDS, body);
    }
  curl_easy_setopt (curl, CURLOPT_HTTPHEADER, list);
  if (curl_easy_perform (curl) == CURLE_OK)
    {
      curl_easy_getinfo (curl, CURLINFO_RESPONSE_CODE, &status);
      curl_easy_getinfo (curl, CURLINFO_CONTENT_TYPE, &type);
    }
  answer->status = (guint) status;
  answer->content_type = g_strdup (type != NULL ? type : "");
  answer->length = text->len;
  answer->body = g_string_free (text, FALSE);
  if (strstr (answer->content_type, "json") != NULL)
    answer->json = json_from_string (answer->body, NULL);
  curl_slist_free_all (list);
  curl_easy_cleanup (curl);
  return answer;
}

Answer *
scenario_get (Scenario *scenario, const char *path)
{
  return scenario_request (scenario, "GET", path, NULL, NULL, 0);
}

Answer *
scenario_post (Scenario *scenario, const char *path, const char *body)
{
  static const char *const headers[] = { "Content-Type: application/json", NULL };
  g_autofree char *text = readable (g_strdup (body));

  return scenario_request (scenario, "POST", path, headers, text, -1);
}

char *
scenario_accept (Scenario *scenario, const char *path, const char *body)
{
  g_autoptr (Answer) answer = scenario_post (scenario, path, body);

  if (answer->status != 202)
    {
      g_autofree char *what = g_strdup_printf ("POST %s was answered %u: %s", path, answer->status,
                                               answer->body);
      fail_with_log (scenario, what);
    }
  return g_strdup (json_at_string (answer->json, "id"));
}

JsonNode *
json_at (JsonNode *node, const char *path)
{
  g_auto (GStrv) steps = g_strsplit (path, ".", -1);

  for (char **step = steps; *step != NULL && node != NULL; step++)
    {
      if (JSON_NODE_HOLDS_ARRAY (node))
        {
          JsonArray *array = json_node_get_array (node);
          guint64 i = g_ascii_strtoull (*step, NULL, 10);

          node = i < json_array_get_length (array) ? json_array_get_element (array, (guint) i)
                                                   : NULL;
        }
      else if (JSON_NODE_HOLDS_OBJECT (node))
        node = json_object_get_member (json_node_get_object (node), *step);
      else
        node = NULL;
    }
  return node;
}

static JsonNode *
json_must (JsonNode *node, const char *path)
{
  JsonNode *found = node != NULL ? json_at (node, path) : NULL;

  if (found == NULL)
    {
      g_autofree char *text = node != NULL ? json_to_string (node, TRUE) : g_strdup ("no JSON");

      g_error ("There is no “%s” in %s", path, text);
    }
  return found;
}

const char *
json_at_string (JsonNode *node, const char *path)
{
  return json_node_get_string (json_must (node, path));
}

gint64
json_at_int (JsonNode *node, const char *path)
{
  return json_node_get_int (json_must (node, path));
}

guint
json_at_length (JsonNode *node, const char *path)
{
  return json_array_get_length (json_node_get_array (json_must (node, path)));
}

static char *
as_text (JsonNode *node)
{
  if (node == NULL)
    return g_strdup ("(absent)");
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
    return json_node_dup_string (node);
  return json_to_string (node, FALSE);
}

void
scenario_wait (Scenario *scenario, const char *get_path, const char *member, const char *value)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;

  for (;;)
    {
      g_autoptr (Answer) answer = scenario_get (scenario, get_path);
      g_autofree char *seen = as_text (answer->json != NULL ? json_at (answer->json, member)
                                                            : NULL);

      if (g_str_equal (seen, value))
        return;
      if (g_get_monotonic_time () > deadline)
        {
          g_autofree char *what = g_strdup_printf (
              "%s: “%s” is %s, expected %s.  The whole answer: %s", get_path, member, seen, value,
              answer->body);
          fail_with_log (scenario, what);
        }
      yield_briefly ();
    }
}

void
scenario_wait_delivery (Scenario *scenario, const char *event_id, guint index, const char *state)
{
  g_autofree char *path = g_strdup_printf ("/v1/deliveries/%s-%u", event_id, index);

  scenario_wait (scenario, path, "state", state);
}

void
scenario_check_ledger (Scenario *scenario)
{
  static const char *const states[] = { "ready", "waiting", "held", "done", "dead", "discarded" };
  g_autoptr (Answer) answer = scenario_get (scenario, "/v1/status");
  gint64 sum = 0;

  g_assert_cmpuint (answer->status, ==, 200);
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autofree char *member = g_strdup_printf ("ledger.%s", states[i]);

      sum += json_at_int (answer->json, member);
    }
  g_assert_cmpint (json_at_int (answer->json, "ledger.deliveries"), ==, sum);
  g_assert_cmpint (json_at_int (answer->json, "ledger.difference"), ==, 0);
}
