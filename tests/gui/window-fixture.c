#include "window-fixture.h"

#define INTERVAL_MS 50

SbApplication *
window_test_init (int *argc, char ***argv)
{
  SbApplication *application;

  gtk_test_init (argc, argv, NULL);
  application = sb_application_new ();
  g_application_set_default (G_APPLICATION (application));
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  return application;
}

void
window_open (WindowFixture *fixture, int width)
{
  fixture->router = sb_router_new (fixture->world.client, INTERVAL_MS);
  fixture->window = sb_window_new (GTK_APPLICATION (g_application_get_default ()), fixture->router);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), width, 760);
  gtk_window_present (GTK_WINDOW (fixture->window));
}

void
window_set_up (WindowFixture *fixture, gconstpointer data)
{
  world_set_up (&fixture->world, data);
  window_open (fixture, data != NULL ? GPOINTER_TO_INT (data) : WINDOW_WIDE);
  wait_until (sb_router_get_status (fixture->router) != NULL);
}

void
window_tear_down (WindowFixture *fixture, gconstpointer data)
{
  gpointer window = fixture->window, router = fixture->router;

  g_object_add_weak_pointer (G_OBJECT (fixture->window), &window);
  g_object_add_weak_pointer (G_OBJECT (fixture->router), &router);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  g_object_unref (fixture->router);
  wait_until (window == NULL && router == NULL);
  world_tear_down (&fixture->world, data);
}

SbPage *
window_show (WindowFixture *fixture, const char *section)
{
  SbPage *page = sb_window_get_page (fixture->window, section);

  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-section", "s", section);
  wait_until (gtk_widget_get_mapped (GTK_WIDGET (page)));
  g_assert_cmpstr (sb_window_get_section (fixture->window), ==, section);
  return page;
}

gpointer
window_part (gpointer widget, GType type, const char *name)
{
  GObject *found = gtk_widget_get_template_child (widget, type, name);

  g_assert_nonnull (found);
  return found;
}
