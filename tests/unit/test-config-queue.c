/* The settings of a queue. */
#include "support/config-folder.h"

#include "config/queue.h"
#include "config/settings.h"

static void
read_queue (const char *text, ConfigQueue *out_queue, JsonObject **out_settings)
{
  g_autoptr (JsonNode) node = json_from_string (text, NULL);

  *out_settings = config_settings_complete (json_node_get_object (node), &config_schema_queue);
  config_queue_read (*out_settings, out_queue);
}

static void
test_defaults (void)
{
  g_autoptr (JsonObject) settings = NULL;
  ConfigQueue queue;

  read_queue ("{}", &queue, &settings);
  g_assert_cmpint (queue.visibility_us, ==, 30 * G_TIME_SPAN_SECOND);
  g_assert_cmpint (queue.retention_us, ==, 4 * G_TIME_SPAN_DAY);
  g_assert_cmpint (queue.delay_us, ==, 0);
  g_assert_cmpint (queue.wait_us, ==, 0);
  g_assert_cmpuint (queue.max_message_bytes, ==, 1048576);
  g_assert_cmpuint (queue.max_in_flight, ==, 120000);
  g_assert_false (queue.fifo || queue.dedup_by_content || queue.dedup_by_group);
  g_assert_cmpuint (queue.max_receives, ==, 0);
  g_assert_null (queue.redrive_to);
}

static void
test_all (void)
{
  g_autoptr (JsonObject) settings = NULL;
  ConfigQueue queue;

  read_queue ("{\"VisibilityTimeout\":0,\"DelaySeconds\":9,\"FifoQueue\":true,"
              "\"ContentBasedDeduplication\":true,\"DeduplicationScope\":\"messageGroup\","
              "\"RedrivePolicy\":{\"deadLetterTargetArn\":\"queue/dead\",\"maxReceiveCount\":3}}",
              &queue, &settings);
  g_assert_cmpint (queue.visibility_us, ==, 0);
  g_assert_cmpint (queue.delay_us, ==, 9 * G_TIME_SPAN_SECOND);
  g_assert_true (queue.fifo && queue.dedup_by_content && queue.dedup_by_group);
  g_assert_cmpuint (queue.max_receives, ==, 3);
  g_assert_cmpstr (queue.redrive_to, ==, "dead");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config-queue/defaults", test_defaults);
  g_test_add_func ("/config-queue/all", test_all);
  return g_test_run ();
}
