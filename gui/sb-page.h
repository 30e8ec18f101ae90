/* sb-page.h: what all pages of the window have in common: a header bar, a way back where the window
 * is narrow, and a word when the router is away.
 *
 * In a .ui file children of type "start" and "end" go to the header bar, the other one is the
 * content. */
#pragma once

#include <adwaita.h>

#include "sb-router.h"

G_BEGIN_DECLS

#define SB_TYPE_PAGE (sb_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (SbPage, sb_page, SB, PAGE, AdwBin)

struct _SbPageClass
{
  AdwBinClass parent_class;

  /* The page has got its router; called once. */
  void (*connected) (SbPage *self);

  /* What is shown is out of date.  Called only while the page is seen, or when it comes to be. */
  void (*refresh) (SbPage *self);

  /* Ages and countdowns move on; called once a second while the page is seen. */
  void (*beat) (SbPage *self);

  /* The keyboard comes to the page; NULL: it stays where it is. */
  void (*take_focus) (SbPage *self);

  /* One step back within the page; FALSE when there is none. */
  gboolean (*back) (SbPage *self);

  /* Shows or hides what says more about what is selected; NULL: the page has no such thing. */
  void (*toggle_inspector) (SbPage *self);

  /* Takes back what sb_page_offer_undo() was about. */
  void (*undo) (SbPage *self);

  /* The first thing that was changed on the page and not applied, in a word; NULL: nothing. */
  const char *(*get_unsaved) (SbPage *self);

  /* The keyboard comes to what filters the page; NULL: nothing does. */
  void (*search) (SbPage *self);
};

SbRouter *sb_page_get_router (SbPage *self);
void sb_page_set_router (SbPage *self, SbRouter *router);

/* For whatever the page asks of the router: cancelled when the page goes away.  A callback that
 * finds G_IO_ERROR_CANCELLED must not touch the page. */
GCancellable *sb_page_get_cancellable (SbPage *self);

const char *sb_page_get_title (SbPage *self);
void sb_page_set_title (SbPage *self, const char *title);
void sb_page_set_subtitle (SbPage *self, const char *subtitle);

/* The window is so narrow that the page has it for itself. */
gboolean sb_page_get_folded (SbPage *self);
void sb_page_set_folded (SbPage *self, gboolean folded);

/* There is a step back within the page. */
void sb_page_set_inner_back (SbPage *self, gboolean inner_back);

/* Gives the keyboard to what one comes to the page for. */
void sb_page_take_focus (SbPage *self);

void sb_page_toggle_inspector (SbPage *self);
void sb_page_search (SbPage *self);

/* Fetch again, because the user wants it. */
void sb_page_refresh (SbPage *self);

/* Asks the router to do something, as sb_client_act_async() takes it, and fetches again what is
 * shown when it has.  nothing_done: what is said when it was too late for all of it, a string that
 * stays; NULL when the answer does not count. */
void sb_page_act (SbPage *self, const char *what, JsonObject *body, const char *nothing_done);

/* One line at the foot of the window, for some seconds. */
void sb_page_toast (SbPage *self, const char *text);

/* The same with a button that takes back what was done, by the class's undo(). */
void sb_page_offer_undo (SbPage *self, const char *text);
void sb_page_undo (SbPage *self);

/* NULL when nothing would be lost with the page. */
const char *sb_page_get_unsaved (SbPage *self);

G_END_DECLS
