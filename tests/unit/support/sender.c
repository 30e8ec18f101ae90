/* The fixture of the connector tests. */
#include "support/sender.h"

#include "support/config-folder.h"

#include <string.h>

#define WAIT_SECONDS 20

typedef struct
{
  gboolean done;
  Outcome outcome;
} Result;

static JsonObject *
complete_settings (const ConfigSchema *schema, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (text, &error);
  JsonObject *settings;

  g_assert_no_error (error);
  settings = json_node_dup_object (node);
  for (const ConfigSetting *setting = schema->settings; setting->name != NULL; setting++)
    if (setting->default_json != NULL && !json_object_has_member (settings, setting->name))
      {
        json_object_set_member (settings, setting->name,
                                json_from_string (setting->default_json, &error));
        g_assert_no_error (error);
      }
  return settings;
}

Sender *
sender_new (const char *kind, const char *settings)
{
  Sender *sender = g_new0 (Sender, 1);

  sender->context = g_main_context_new ();
  g_main_context_push_thread_default (sender->context);
  sender->clock = clock_manual_new (G_GINT64_CONSTANT (1795252440) * G_USEC_PER_SEC);
  sender->random = random_seeded_new (1);
  sender->state_dir = test_folder_new ();
  sender->host = (ConnectorHost){
    .context = sender->context,
    .clock = sender->clock,
    .random = sender->random,
    .state_dir = sender->state_dir,
    .max_response_bytes = 100,
  };
  sender->kind = connector_kind_by_name (kind);
  g_assert_nonnull (sender->kind);
  sender->settings = complete_settings (sender->kind->schema, settings);
  sender->connector = connector_open (sender->kind, "test", sender->settings, &sender->host,
                                      &sender->error);
  return sender;
}

void
sender_reopen (Sender *sender)
{
  g_clear_pointer (&sender->connector, sender->kind->close);
  sender->connector = connector_open (sender->kind, "test", sender->settings, &sender->host,
                                      &sender->error);
  g_assert_no_error (sender->error);
}

void
sender_free (Sender *sender)
{
  g_clear_pointer (&sender->connector, sender->kind->close);
  g_clear_error (&sender->error);
  json_object_unref (sender->settings);
  test_folder_free (sender->state_dir);
  g_main_context_pop_thread_default (sender->context);
  g_main_context_unref (sender->context);
  clock_free (sender->clock);
  random_free (sender->random);
  g_free (sender);
}

ConnectorRequest
sender_request (GBytes *payload)
{
  return (ConnectorRequest){
    .delivery_id = "01934b1c-0000-7000-8000-000000000001-2",
    .event_id = "01934b1c-0000-7000-8000-000000000001",
    .bus = "default",
    .rule = "default/chat",
    .source = "shop",
    .detail_type = "Order Paid",
    .event_time = "2026-11-21T09:14:00Z",
    .attempt = 3,
    .content_type = "application/json",
    .payload = payload,
  };
}

static void
take_result (const Outcome *outcome, gpointer user_data)
{
  Result *result = user_data;

  g_assert_false (result->done);
  outcome_copy (outcome, &result->outcome);
  result->done = TRUE;
}

static gboolean
give_up (gpointer data)
{
  g_error ("The connector did not report within %d seconds", WAIT_SECONDS);
  return G_SOURCE_REMOVE;
}

void
sender_send (Sender *sender, const ConnectorRequest *request, Outcome *out_outcome)
{
  g_autoptr (GSource) deadline = g_timeout_source_new_seconds (WAIT_SECONDS);
  Result result = { 0 };

  g_assert_no_error (sender->error);
  g_source_set_callback (deadline, give_up, NULL, NULL);
  g_source_attach (deadline, sender->context);

  sender->kind->send (sender->connector, request, take_result, &result);
  g_assert_false (result.done); /* never from within send */
  while (!result.done)
    g_main_context_iteration (sender->context, TRUE);

  g_source_destroy (deadline);
  *out_outcome = result.outcome;
}

void
sender_send_text (Sender *sender, const char *json, Outcome *out_outcome)
{
  g_autoptr (GBytes) payload = g_bytes_new_static (json, strlen (json));
  ConnectorRequest request = sender_request (payload);

  sender_send (sender, &request, out_outcome);
}

char *
sender_path (Sender *sender, const char *relative)
{
  return g_build_filename (sender->state_dir, relative, NULL);
}

char *
sender_read (Sender *sender, const char *relative)
{
  g_autofree char *path = sender_path (sender, relative);
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}
