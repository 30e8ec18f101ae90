/* The fixture of the connector tests. */
#include "support/sender.h"

#include "config/settings.h"
#include "support/config-folder.h"

#include <string.h>

#define WAIT_SECONDS 20

typedef struct
{
  gboolean done;
  Outcome outcome;
} Result;

/* The receivers of tests are on the loopback. */
static JsonObject *
complete_settings (const ConfigSchema *schema, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = json_from_string (text, &error);
  JsonObject *settings;

  g_assert_no_error (error);
  settings = json_node_get_object (node);
  if (config_schema_find (schema, CONFIG_ALLOW_ADDRESSES) != NULL &&
      !json_object_has_member (settings, CONFIG_ALLOW_ADDRESSES))
    {
      JsonArray *allowed = json_array_new ();

      json_array_add_string_element (allowed, "loopback");
      json_object_set_array_member (settings, CONFIG_ALLOW_ADDRESSES, allowed);
    }
  return config_settings_complete (settings, schema);
}

Event *
sender_event (void)
{
  g_autoptr (GBytes) body = g_bytes_new_static (SENDER_DETAIL, strlen (SENDER_DETAIL));
  const Event fields = {
    .id = (char *) "01934b1c-0000-7000-8000-000000000001",
    .bus = (char *) "default",
    .ingress = (char *) "source/shop",
    .source = (char *) "shop",
    .detail_type = (char *) "Order Paid",
    .time_us = G_GINT64_CONSTANT (1795252440) * G_USEC_PER_SEC,
    .received_us = G_GINT64_CONSTANT (1795252440) * G_USEC_PER_SEC,
    .resources = (char *) "[]",
    .content_type = (char *) "application/json",
    .body = body,
    .generation = 1,
  };

  return event_new (&fields);
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
  sender->secrets_dir = g_build_filename (sender->state_dir, "secrets", NULL);
  sender->secrets = secrets_new (sender->secrets_dir, sender->clock);
  sender->host = (ConnectorHost){
    .context = sender->context,
    .clock = sender->clock,
    .random = sender->random,
    .secrets = sender->secrets,
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
  secrets_free (sender->secrets);
  g_free (sender->secrets_dir);
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

/* request: NULL to probe. */
static void
run_until_done (Sender *sender, const ConnectorRequest *request, Outcome *out_outcome)
{
  g_autoptr (GSource) deadline = g_timeout_source_new_seconds (WAIT_SECONDS);
  Result result = { 0 };

  g_assert_no_error (sender->error);
  g_source_set_callback (deadline, give_up, NULL, NULL);
  g_source_attach (deadline, sender->context);

  if (request != NULL)
    sender->kind->send (sender->connector, request, take_result, &result);
  else
    sender->kind->probe (sender->connector, take_result, &result);
  g_assert_false (result.done); /* never from within send */
  while (!result.done)
    g_main_context_iteration (sender->context, TRUE);

  g_source_destroy (deadline);
  *out_outcome = result.outcome;
}

void
sender_send (Sender *sender, const ConnectorRequest *request, Outcome *out_outcome)
{
  run_until_done (sender, request, out_outcome);
}

void
sender_probe (Sender *sender, Outcome *out_outcome)
{
  run_until_done (sender, NULL, out_outcome);
}

void
sender_send_text (Sender *sender, const char *json, Outcome *out_outcome)
{
  g_autoptr (GBytes) payload = g_bytes_new_static (json, strlen (json));
  g_autoptr (Event) event = sender_event ();
  ConnectorRequest request = sender_request (payload);

  request.event = event;
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

void
sender_put_secret (Sender *sender, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (sender->secrets_dir, name, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (sender->secrets_dir, 0700), ==, 0);
  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
  g_assert_no_error (error);
}
