/* traceparent and tracestate as they come from anywhere. */
#include "base/trace.h"

#include <string.h>

#define ID "4bf92f3577b34da6a3ce929d0e0e4736"
#define SPAN "00f067aa0ba902b7"

static void
test_parent (void)
{
  static const struct
  {
    const char *text, *expected; /* NULL: refused */
  } cases[] = {
    { "00-" ID "-" SPAN "-01", "00-" ID "-" SPAN "-01" },
    { "00-" ID "-" SPAN "-00", "00-" ID "-" SPAN "-00" },
    { "00-" ID "-" SPAN "-ff", "00-" ID "-" SPAN "-03" },
    { "cc-" ID "-" SPAN "-01", "00-" ID "-" SPAN "-01" },
    { "cc-" ID "-" SPAN "-01-more", "00-" ID "-" SPAN "-01" },
    { "cc-" ID "-" SPAN "-01.more", NULL },
    { "00-" ID "-" SPAN "-01-more", NULL },
    { "00-" ID "-" SPAN "-01 ", NULL },
    { "ff-" ID "-" SPAN "-01", NULL },
    { "0x-" ID "-" SPAN "-01", NULL },
    { "00-" ID "-" SPAN "-0X", NULL },
    { "00-" ID "-" SPAN "-0A", NULL },
    { "00-4BF92f3577b34da6a3ce929d0e0e4736-" SPAN "-01", NULL },
    { "00-00000000000000000000000000000000-" SPAN "-01", NULL },
    { "00-" ID "-0000000000000000-01", NULL },
    { "00-" ID "-" SPAN, NULL },
    { "00_" ID "-" SPAN "-01", NULL },
    { "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TraceParent parent;
      gboolean parsed = trace_parse (cases[i].text, &parent);
      g_autofree char *text = parsed ? trace_format (&parent) : NULL;

      g_assert_cmpstr (text, ==, cases[i].expected);
    }
}

static void
test_state (void)
{
  g_autofree char *long_one = g_strnfill (513, 'a');
  g_autofree char *many = g_strnfill (32, ',');

  g_assert_true (trace_state_is_valid ("congo=t61rcWkgMzE,rojo=00f067aa0ba902b7"));
  g_assert_false (trace_state_is_valid (""));
  g_assert_false (trace_state_is_valid ("a=b\r\nX: y"));
  g_assert_false (trace_state_is_valid ("a=\xc3\xa4"));
  g_assert_false (trace_state_is_valid (long_one));
  g_assert_true (trace_state_is_valid (long_one + 1));
  g_assert_false (trace_state_is_valid (many));
  g_assert_true (trace_state_is_valid (many + 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/trace/parent", test_parent);
  g_test_add_func ("/base/trace/state", test_state);
  return g_test_run ();
}
