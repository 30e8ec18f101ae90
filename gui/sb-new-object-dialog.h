/* sb-new-object-dialog.h: makes a source or a connector: what kind, what it is called, and the few
 * settings without which it cannot be. */
#pragma once

#include <adwaita.h>

#include "sb-document.h"
#include "sb-router.h"

G_BEGIN_DECLS

#define SB_TYPE_NEW_OBJECT_DIALOG (sb_new_object_dialog_get_type ())
G_DECLARE_FINAL_TYPE (SbNewObjectDialog, sb_new_object_dialog, SB, NEW_OBJECT_DIALOG, AdwWindow)

typedef enum
{
  SB_NEW_SOURCE,
  SB_NEW_CONNECTOR,
} SbNewObject;

SbNewObjectDialog *sb_new_object_dialog_new (GtkWindow *parent, SbRouter *router, SbNewObject what);

/* Signals:
 *   created (SbDocument)  its file is in force */

G_END_DECLS
