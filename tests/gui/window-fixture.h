/* window-fixture.h: a window in this process, onto a fake router in the same main context. */
#pragma once

#include "sb-application.h"
#include "sb-window.h"
#include "support.h"

G_BEGIN_DECLS

#define WINDOW_WIDE 1180
#define WINDOW_NARROW 420

typedef struct
{
  World world;
  SbRouter *router;
  SbWindow *window;
} WindowFixture;

/* gtk_test_init(), and the application that the windows belong to. */
SbApplication *window_test_init (int *argc, char ***argv);

/* data: the width (GINT_TO_POINTER), or NULL for WINDOW_WIDE.  Waits for the first answer. */
void window_set_up (WindowFixture *fixture, gconstpointer data);
void window_tear_down (WindowFixture *fixture, gconstpointer data);

/* Only the window; without a window manager it keeps the size that it is opened with. */
void window_open (WindowFixture *fixture, int width);

/* Goes to a section and waits until it is seen. */
SbPage *window_show (WindowFixture *fixture, const char *section);

/* A part of a widget's template; there must be one. */
gpointer window_part (gpointer widget, GType type, const char *name);

G_END_DECLS
