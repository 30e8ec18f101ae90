/* command-doctor.c: whether the router, its store, its disk and its configuration are well. */
#include "config.h"

#include "commands.h"
#include "field.h"

#include "base/paths.h"
#include "config/configuration.h"
#include "connector/connector.h"
#include "store/examine.h"

#include <json-glib/json-glib.h>

typedef struct
{
  char *state_dir, *config_dir;
  gboolean thorough;
} Places;

static void
places_clear (Places *places)
{
  g_free (places->state_dir);
  g_free (places->config_dir);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Places, places_clear)

static void
judge_certificate (JsonObject *tls, GPtrArray *findings)
{
  const char *problem = field_string (tls, "problem");
  const char *expires = field_string (tls, "expires");

  if (tls == NULL)
    return;
  if (*problem != '\0')
    g_ptr_array_add (findings, finding_new ("certificate", FINDING_BAD,
                                            "Put a certificate and its key there; nothing has to "
                                            "be restarted",
                                            "The certificate before stays in force, as what is in "
                                            "the files cannot be used: %s",
                                            problem));
  if (field_bool (tls, "expires_soon"))
    g_ptr_array_add (findings,
                     finding_new ("certificate", FINDING_WARNING,
                                  "Put a new one into its file; nothing has to be restarted",
                                  "The certificate (%s) ends at %s", field_string (tls, "subject"),
                                  expires));
  else if (*problem == '\0')
    g_ptr_array_add (findings, finding_new ("certificate", FINDING_GOOD, "",
                                            "The certificate (%s) is valid until %s",
                                            field_string (tls, "subject"), expires));
}

/* What the running router says of itself; it also knows where its folders are. */
static void
ask_router (Ctl *ctl, Places *places, GPtrArray *findings)
{
  int exit_code;
  g_autoptr (Client) client = ctl_client_new (ctl, &exit_code);
  g_autoptr (ClientAnswer) answer = NULL;
  JsonObject *status, *store;

  if (client != NULL)
    answer = client_call (client, &(const ClientRequest){ .method = "GET", .path = "/v1/status" },
                          NULL);
  status = answer != NULL && answer->status == 200 ? client_answer_get_object (answer) : NULL;
  if (status == NULL)
    {
      g_ptr_array_add (findings, finding_new ("router", FINDING_WARNING,
                                              "Start it with: signalboxd (or systemctl start "
                                              "signalboxd)",
                                              "No router answers; its files are looked at"));
      return;
    }
  store = field_object (status, "store");
  if (field_bool (store, "disk_full"))
    g_ptr_array_add (findings, finding_new ("router", FINDING_BAD, "Free some space",
                                            "The router runs, but refuses events: its disk is "
                                            "full"));
  else if (field_bool (store, "disk_blocked"))
    g_ptr_array_add (findings, finding_new ("router", FINDING_BAD,
                                            "Look after the disk; the log says what is wrong with "
                                            "it",
                                            "The router runs, but refuses events: its disk takes "
                                            "nothing"));
  else
    g_ptr_array_add (findings,
                     finding_new ("router", FINDING_GOOD, "",
                                  "The router runs, version %s, process %" G_GINT64_FORMAT,
                                  field_string (status, "version"), field_int (status, "pid")));
  judge_certificate (field_object (status, "tls"), findings);
  if (places->state_dir == NULL)
    places->state_dir = g_strdup (field_string (status, "state_dir"));
  if (places->config_dir == NULL)
    places->config_dir = g_strdup (field_string (status, "config_dir"));
}

static void
check_configuration (const char *folder, GPtrArray *findings)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (Configuration) configuration = NULL;
  g_autofree char *remedy = g_strdup_printf ("signalboxctl check '%s'", folder);

  if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
    {
      g_ptr_array_add (findings, finding_new ("configuration", FINDING_WARNING,
                                              "Name the folder with --config DIR",
                                              "There is no configuration folder “%s”", folder));
      return;
    }
  configuration = config_load (folder, connector_schemas (), NULL, &problems);
  if (configuration == NULL)
    g_ptr_array_add (findings, finding_new ("configuration", FINDING_BAD, remedy,
                                            "The configuration in “%s” has %u problem%s", folder,
                                            problems->len, problems->len == 1 ? "" : "s"));
  else
    g_ptr_array_add (findings, finding_new ("configuration", FINDING_GOOD, "",
                                            "The configuration in “%s” is valid", folder));
}

static const char *const level_names[] = { "good", "warning", "bad" };

static void
print_json (Ctl *ctl, GPtrArray *findings)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "findings");
  json_builder_begin_array (builder);
  for (guint i = 0; i < findings->len; i++)
    {
      const Finding *finding = findings->pdata[i];

      json_builder_begin_object (builder);
      json_builder_set_member_name (builder, "name");
      json_builder_add_string_value (builder, finding->name);
      json_builder_set_member_name (builder, "level");
      json_builder_add_string_value (builder, level_names[finding->level]);
      json_builder_set_member_name (builder, "text");
      json_builder_add_string_value (builder, finding->text);
      json_builder_set_member_name (builder, "remedy");
      json_builder_add_string_value (builder, finding->remedy);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  output_block (ctl->out, STYLE_PLAIN, text);
  output_newline (ctl->out);
}

static void
print_findings (Ctl *ctl, GPtrArray *findings)
{
  static const OutputStyle styles[] = { STYLE_GOOD, STYLE_NOTICE, STYLE_BAD };
  static const char *const labels[] = { "ok", "warning", "FAULT" };

  for (guint i = 0; i < findings->len; i++)
    {
      const Finding *finding = findings->pdata[i];

      output_putf (ctl->out, styles[finding->level], "%-8s", labels[finding->level]);
      output_put (ctl->out, STYLE_PLAIN, finding->text);
      output_newline (ctl->out);
      if (*finding->remedy == '\0')
        continue;
      output_spaces (ctl->out, 8);
      output_put (ctl->out, STYLE_FAINT, finding->remedy);
      output_newline (ctl->out);
    }
}

int
command_doctor (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_auto (Places) places = { 0 };
  const GOptionEntry entries[] = {
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &places.state_dir, "The router's state folder", "DIR" },
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &places.config_dir, "Its configuration folder",
      "DIR" },
    { "integrity", 0, 0, G_OPTION_ARG_NONE, &places.thorough,
      "Read the whole store, and count everything anew", NULL },
    { NULL },
  };
  g_autoptr (GPtrArray) findings = g_ptr_array_new_with_free_func ((GDestroyNotify) finding_free);
  g_autoptr (GPtrArray) of_store = NULL;
  g_auto (GStrv) rest = NULL;
  FindingLevel worst = FINDING_GOOD;
  int exit_code;

  if (!ctl_parse (ctl, command, entries, arguments, 0, 0, &rest, &exit_code))
    return exit_code;
  ask_router (ctl, &places, findings);
  if (places.state_dir == NULL)
    places.state_dir = paths_state_dir ();
  if (places.config_dir == NULL)
    places.config_dir = paths_config_dir ();
  check_configuration (places.config_dir, findings);
  of_store = store_examine (places.state_dir, places.thorough, ctl->clock);
  g_ptr_array_extend_and_steal (findings, g_steal_pointer (&of_store));
  for (guint i = 0; i < findings->len; i++)
    worst = MAX (worst, ((const Finding *) findings->pdata[i])->level);
  if (ctl->json)
    print_json (ctl, findings);
  else
    print_findings (ctl, findings);
  return worst == FINDING_BAD ? EX_SOFTWARE : worst == FINDING_WARNING ? EX_NOTHING : EX_OK;
}
