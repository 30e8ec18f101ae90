/* How long the drawing of the routes takes: 500 nodes and 2,000 edges, all of them seen, while
 * events flow and thirty graphs a second come in.  A frame is measured from the start of its work
 * to the end of its painting. */
#include <stdio.h>
#include <stdlib.h>

#include "sb-application.h"
#include "sb-graph-view.h"

#define N_SOURCES 60
#define N_RULES 260
#define N_CONNECTORS 175
#define N_BUSES 5
#define TARGETS_A_RULE 7
#define N_FRAMES 60
#define FRAME_BUDGET_MS (1000.0 / 30)

typedef struct
{
  SbGraphView *view;
  GMainLoop *loop;
  gint64 start_us;
  double frames[N_FRAMES];
  guint n_frames;
  double taken[N_FRAMES]; /* for a new graph to be taken over */
  guint every;            /* so many turns pass until a rule matches again */
} Bench;

static void
add_sources (GString *out, guint turn)
{
  for (guint i = 0; i < N_SOURCES; i++)
    g_string_append_printf (out,
                            "%s{\"name\":\"s%u\",\"enabled\":true,\"path\":\"/in/s%u\","
                            "\"bus\":\"b%u\",\"events\":%u}",
                            i > 0 ? "," : "", i, i, i % N_BUSES, turn * (i + 1));
}

static void
add_rules (GString *out, guint turn, guint every)
{
  for (guint i = 0; i < N_RULES; i++)
    {
      guint matches = (turn + i) / every;

      g_string_append_printf (out,
                              "%s{\"name\":\"b%u/r%u\",\"bus\":\"b%u\",\"enabled\":true,"
                              "\"matched\":%u,\"targets\":[",
                              i > 0 ? "," : "", i % N_BUSES, i, i % N_BUSES, matches * i);
      for (guint j = 0; j < TARGETS_A_RULE; j++)
        g_string_append_printf (out,
                                "%s{\"id\":\"t%u\",\"connector\":\"webhook/c%u\",\"counts\":"
                                "{\"done\":%u,\"waiting\":%u,\"dead\":%u}}",
                                j > 0 ? "," : "", j, (i * 13 + j * 29) % N_CONNECTORS, matches * j,
                                i % 23 == 0, i % 31 == 0);
      g_string_append (out, "]}");
    }
}

static SbGraph *
new_graph (guint turn, guint every)
{
  g_autoptr (GString) out = g_string_new ("{\"sources\":[");
  g_autoptr (JsonNode) node = NULL;

  add_sources (out, turn);
  g_string_append (out, "],\"buses\":[");
  for (guint i = 0; i < N_BUSES; i++)
    g_string_append_printf (out, "%s{\"name\":\"b%u\"}", i > 0 ? "," : "", i);
  g_string_append (out, "],\"rules\":[");
  add_rules (out, turn, every);
  g_string_append (out, "],\"connectors\":[");
  for (guint i = 0; i < N_CONNECTORS; i++)
    g_string_append_printf (out,
                            "%s{\"name\":\"webhook/c%u\",\"kind\":\"webhook\",\"state\":\"open\","
                            "\"counts\":{\"done\":%u}}",
                            i > 0 ? "," : "", i, turn * i);
  g_string_append (out, "]}");
  node = json_from_string (out->str, NULL);
  return sb_graph_new (json_node_get_object (node));
}

static void
before_cb (GdkFrameClock *clock, Bench *bench)
{
  bench->start_us = g_get_monotonic_time ();
}

/* As the application has it. */
static void
load_style (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider, "/org/signalbox/Signalbox/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

/* The next graph comes when this one is painted. */
static gboolean
turn_cb (gpointer user_data)
{
  Bench *bench = user_data;
  SbGraph *graph = new_graph (bench->n_frames + 2, bench->every);
  gint64 start_us = g_get_monotonic_time ();

  sb_graph_view_set_graph (bench->view, graph);
  bench->taken[bench->n_frames] = (double) (g_get_monotonic_time () - start_us) / 1000;
  return G_SOURCE_REMOVE;
}

static void
after_cb (GdkFrameClock *clock, Bench *bench)
{
  if (bench->n_frames == N_FRAMES)
    return;
  bench->frames[bench->n_frames++] = (double) (g_get_monotonic_time () - bench->start_us) / 1000;
  if (bench->n_frames == N_FRAMES)
    g_main_loop_quit (bench->loop);
  else
    g_idle_add_full (G_PRIORITY_LOW, turn_cb, bench, NULL);
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
measure (const char *name, int height, guint every)
{
  Bench bench = { .loop = g_main_loop_new (NULL, FALSE), .every = every };
  GtkWidget *window = gtk_window_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GdkFrameClock *clock;

  bench.view = g_object_new (SB_TYPE_GRAPH_VIEW, NULL);
  sb_graph_view_set_graph (bench.view, new_graph (1, every));
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (bench.view));
  gtk_window_set_child (GTK_WINDOW (window), scrolled);
  gtk_window_set_default_size (GTK_WINDOW (window), 1200, height);
  gtk_window_present (GTK_WINDOW (window));
  clock = gtk_widget_get_frame_clock (window);
  g_signal_connect (clock, "before-paint", G_CALLBACK (before_cb), &bench);
  g_signal_connect (clock, "after-paint", G_CALLBACK (after_cb), &bench);
  g_main_loop_run (bench.loop);
  g_signal_handlers_disconnect_by_data (clock, &bench);

  qsort (bench.frames, N_FRAMES, sizeof bench.frames[0], compare);
  qsort (bench.taken, N_FRAMES, sizeof bench.taken[0], compare);
  printf ("%-32s %u nodes, %u edges: %.1f ms a frame in the median, %.1f at the 95th percentile, "
          "and %.1f ms to take a graph over; %.1f is a thirtieth of a second\n",
          name, sb_graph_view_get_graph (bench.view)->nodes->len,
          sb_graph_view_get_graph (bench.view)->edges->len, bench.frames[N_FRAMES / 2],
          bench.frames[N_FRAMES * 95 / 100], bench.taken[N_FRAMES / 2], FRAME_BUDGET_MS);
  gtk_window_destroy (GTK_WINDOW (window));
  g_main_loop_unref (bench.loop);
}

int
main (int argc, char *argv[])
{
  gtk_init ();
  adw_init ();
  load_style ();
  measure ("all rules match", 760, 1);
  measure ("every tenth does", 760, 10);
  measure ("all, and three times the height", 2280, 1);
  return 0;
}
