/* Texts with places that an event fills. */
#include "connector/template.h"

#include "support/sender.h"

#include <string.h>

static Event *
event_with (const char *detail)
{
  g_autoptr (GBytes) body = g_bytes_new (detail, strlen (detail));
  const Event fields = {
    .id = (char *) "01934b1c-0000-7000-8000-000000000001",
    .bus = (char *) "default",
    .ingress = (char *) "api",
    .source = (char *) "shop",
    .detail_type = (char *) "Order Paid",
    .resources = (char *) "[]",
    .content_type = (char *) "",
    .body = body,
  };

  return event_new (&fields);
}

static char *
render (Template *template_, const char *detail)
{
  g_autoptr (Event) event = event_with (detail);
  g_autoptr (GBytes) payload = g_bytes_new_static ("{}", 2);
  ConnectorRequest request = sender_request (payload);
  g_auto (TemplateScope) scope = { &request, NULL };

  request.event = event;
  return template_render (template_, &scope);
}

static void
test_render (void)
{
  static const struct
  {
    const char *text, *expected;
  } cases[] = {
    { "", "" },
    { "plain", "plain" },
    { "<source>/<detail-type>", "shop/Order Paid" },
    { "<bus> <rule> <time> <event-id>",
      "default default/chat 2026-11-21T09:14:00Z 01934b1c-0000-7000-8000-000000000001" },
    { "<delivery-id>#<attempt>", "01934b1c-0000-7000-8000-000000000001-2#3" },
    { "a<$.detail.n>b", "a12.50b" },
    { "<$.detail.s>", "q\"\\ <source> é" },
    { "<$.detail.o>", "{\"a\":[1, 2]}" },
    { "<$.detail.t><$.detail.nothing>.", "true." },
    { "<$.source>", "shop" },
    { "<nobody> < <> <<source>> a<b", "<nobody> < <> <shop> a<b" },
    { "<source", "<source" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (Template) template_ = template_new (cases[i].text, &error);
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      text = render (template_, "{\"n\":12.50,\"s\":\"q\\\"\\\\ <source> \\u00e9\","
                                "\"o\":{\"a\":[1, 2]},\"t\":true}");
      g_assert_cmpstr (text, ==, cases[i].expected);
    }
}

static void
test_constant (void)
{
  g_autoptr (Template) plain = template_new ("a <b> c", NULL);
  g_autoptr (Template) place = template_new ("a <bus>", NULL);

  g_assert_true (template_is_constant (plain));
  g_assert_false (template_is_constant (place));
}

static void
test_wrong_path (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (template_new ("x <$.a[> y", &error));
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
  g_assert_true (g_str_has_prefix (error->message, "<$.a[> is no path into the event: "));
}

static void
test_parameter (void)
{
  g_autoptr (Template) path = template_new_parameter ("$.detail.n");
  g_autoptr (Template) constant = template_new_parameter ("<source>");
  g_autofree char *value = render (path, "{\"n\":820982911946154508}");
  g_autofree char *same = render (constant, "{}");

  g_assert_cmpstr (value, ==, "820982911946154508");
  g_assert_cmpstr (same, ==, "<source>");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connector/template/render", test_render);
  g_test_add_func ("/connector/template/constant", test_constant);
  g_test_add_func ("/connector/template/wrong-path", test_wrong_path);
  g_test_add_func ("/connector/template/parameter", test_parameter);
  return g_test_run ();
}
