/* manual.c: the reference of all settings as the manual page signalbox.settings(5).  One thread. */
#include "config.h"

#include "manual.h"

#include "config/catalog.h"

#include <string.h>

static const char head[] =
    ".Dd November 21, 2026\n"
    ".Dt SIGNALBOX.SETTINGS 5\n"
    ".Os\n"
    ".Sh NAME\n"
    ".Nm signalbox.settings\n"
    ".Nd every setting of the event router's configuration\n"
    ".Sh DESCRIPTION\n"
    "The configuration is a folder of JSON files, one object a file:\n"
    ".Pa router.json ,\n"
    ".Pa bus/ Ns Ar name Ns Pa .json ,\n"
    ".Pa source/ Ns Ar name Ns Pa .json ,\n"
    ".Pa signature/ Ns Ar name Ns Pa .json ,\n"
    ".Pa rule/ Ns Ar bus Ns / Ns Ar name Ns Pa .json ,\n"
    "and one folder for each kind of connector.\n"
    "Every file is optional, and an empty folder is a valid configuration.\n"
    "A key that is not listed here is refused, save\n"
    ".Cm $schema ,\n"
    "which may name a JSON Schema for editors; those of all files are installed in\n"
    ".Pa share/signalbox/schema .\n"
    ".Pp\n"
    "A change shows, unless something else is said, as soon as the configuration is taken in "
    "force.\n"
    ".Qq Next attempt\n"
    "is that of each delivery, those that wait already included;\n"
    ".Qq new events\n"
    "leaves what was taken in before as it is.\n"
    ".Nm signalboxctl Cm explain-setting Ar name\n"
    "prints one entry.\n";

static const char tail[] = ".Sh SEE ALSO\n"
                           ".Xr signalboxctl 1 ,\n"
                           ".Xr signalbox.queue 5 ,\n"
                           ".Xr signalbox.source 5 ,\n"
                           ".Xr signalboxd 8\n";

const char *
manual_effect (SettingEffect effect)
{
  switch (effect)
    {
    case EFFECT_AT_ONCE:
      return "shows at once";
    case EFFECT_NEXT_ATTEMPT:
      return "shows at the next attempt of each delivery";
    case EFFECT_NEW_EVENTS:
      return "shows for events that are taken in from now on";
    case EFFECT_RESTART:
      break;
    }
  return "shows after a restart of the router";
}

/* Text of a line of roff: no escapes, and no control line. */
static void
append_text (GString *page, const char *text)
{
  if (*text == '.' || *text == '\'')
    g_string_append (page, "\\&");
  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar c = g_utf8_get_char (text);

      if (c == '\\')
        g_string_append (page, "\\e");
      else if (c == '"')
        g_string_append (page, "\\(dq");
      else if (c > 0x7e)
        g_string_append_printf (page, "\\[u%04X]", c);
      else
        g_string_append_c (page, (char) c);
    }
}

/* A new sentence begins a new line, as mdoc(7) wants it. */
static void
append_sentences (GString *page, const char *text)
{
  g_auto (GStrv) sentences = g_strsplit (text, ". ", -1);

  for (guint i = 0; sentences[i] != NULL; i++)
    {
      append_text (page, g_strstrip (sentences[i]));
      g_string_append (page, sentences[i + 1] != NULL ? ".\n" : "\n");
    }
}

static void
append_entry (GString *page, const CatalogEntry *entry, const char *prefix)
{
  const ConfigSetting *setting = entry->setting;
  g_autofree char *type = config_setting_type_text (setting);

  g_string_append_printf (page, ".It Cm %s\n", prefix);
  append_sentences (page, setting->help);
  g_string_append (page, ".br\n");
  append_text (page, type);
  if (setting->flags & SETTING_REQUIRED)
    g_string_append (page, "; required");
  else if (setting->default_json != NULL && !setting->nested)
    {
      g_string_append (page, "; by default ");
      append_text (page, setting->default_json);
    }
  if (!setting->nested && setting->effect != EFFECT_AT_ONCE)
    g_string_append_printf (page, "; a change %s", manual_effect (setting->effect));
  g_string_append (page, ".\n");
}

static void
append_kind (GString *page, const CatalogEntry *entry)
{
  g_autofree char *file = config_catalog_file (entry->kind);
  g_autofree char *title = g_utf8_strup (entry->kind->title, -1);

  g_string_append_printf (page, ".Sh %s\n", entry->is_common ? "WHAT ALL CONNECTORS HAVE" : title);
  g_string_append_printf (page, "Of\n.Pa %s .\n.Bl -tag -width Ds\n", file);
}

void
manual_print_settings (Output *output, GPtrArray *catalog)
{
  g_autoptr (GString) page = g_string_new (head);
  const ConfigSchema *kind = NULL;

  for (guint i = 0; i < catalog->len; i++)
    {
      const CatalogEntry *entry = g_ptr_array_index (catalog, i);

      if (entry->kind != kind)
        {
          if (kind != NULL)
            g_string_append (page, ".El\n");
          append_kind (page, entry);
          kind = entry->kind;
        }
      append_entry (page, entry, strchr (entry->path, '.') + 1);
    }
  g_string_append (page, kind != NULL ? ".El\n" : "");
  g_string_append (page, tail);
  output_raw (output, page->str, page->len);
}
