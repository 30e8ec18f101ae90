/* main.c: translations, then the application. */
#include "config.h"

#include <glib/gi18n.h>
#include <gtksourceview/gtksource.h>
#include <locale.h>

#include "sb-application.h"

int
main (int argc, char *argv[])
{
  /* The build folder's translations, for tests and for translators. */
  const char *locale_dir = g_getenv ("SIGNALBOX_LOCALEDIR");
  g_autoptr (SbApplication) application = NULL;
  int status;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir != NULL ? locale_dir : LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  gtk_source_init ();
  application = sb_application_new ();
  status = g_application_run (G_APPLICATION (application), argc, argv);
  gtk_source_finalize ();
  return status;
}
