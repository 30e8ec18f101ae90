/* command-explain-setting.c: explain-setting and schema: what the tables say of a setting. */
#include "config.h"

#include "commands.h"
#include "manual.h"

#include "config/catalog.h"
#include "config/json-schema.h"
#include "config/suggest.h"
#include "connector/connector.h"

#include <string.h>

static void
print_entry (Ctl *ctl, const CatalogEntry *entry)
{
  const ConfigSetting *setting = entry->setting;
  g_autofree char *type = config_setting_type_text (setting);
  g_autofree char *file = config_catalog_file (entry->kind);
  const char *fallback = setting->flags & SETTING_REQUIRED ? "none: it is required"
                         : setting->default_json           ? setting->default_json
                                                           : "none";

  output_put (ctl->out, STYLE_NAME, entry->path);
  output_newline (ctl->out);
  output_spaces (ctl->out, 2);
  output_put (ctl->out, STYLE_PLAIN, setting->help);
  output_newline (ctl->out);
  output_field (ctl->out, "  Type", STYLE_PLAIN, type);
  output_field (ctl->out, "  Default", STYLE_PLAIN, fallback);
  if (!setting->nested)
    output_field (ctl->out, "  Change", STYLE_PLAIN, manual_effect (setting->effect));
  output_field (ctl->out, "  File", STYLE_PLAIN, file);
}

static void
put_member (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

static void
put_entry (JsonBuilder *builder, const CatalogEntry *entry)
{
  g_autofree char *type = config_setting_type_text (entry->setting);
  g_autofree char *file = config_catalog_file (entry->kind);

  json_builder_begin_object (builder);
  put_member (builder, "path", entry->path);
  put_member (builder, "help", entry->setting->help);
  put_member (builder, "type", type);
  put_member (builder, "unit", entry->setting->unit);
  put_member (builder, "effect", config_effect_name (entry->setting->effect));
  put_member (builder, "file", file);
  json_builder_set_member_name (builder, "required");
  json_builder_add_boolean_value (builder, (entry->setting->flags & SETTING_REQUIRED) != 0);
  json_builder_set_member_name (builder, "default");
  if (entry->setting->default_json)
    json_builder_add_value (builder, json_from_string (entry->setting->default_json, NULL));
  else
    json_builder_add_null_value (builder);
  json_builder_end_object (builder);
}

static void
print_json (Ctl *ctl, GPtrArray *found)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "settings");
  json_builder_begin_array (builder);
  for (guint i = 0; i < found->len; i++)
    put_entry (builder, found->pdata[i]);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, FALSE);
  output_raw (ctl->out, text, strlen (text));
  output_newline (ctl->out);
}

static void
print_entries (Ctl *ctl, GPtrArray *found)
{
  if (ctl->json)
    {
      print_json (ctl, found);
      return;
    }
  for (guint i = 0; i < found->len; i++)
    {
      if (i > 0)
        output_newline (ctl->out);
      print_entry (ctl, found->pdata[i]);
    }
}

int
command_explain_setting (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  gboolean mdoc = FALSE;
  const GOptionEntry entries[] = {
    { "mdoc", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &mdoc, "Print the manual's chapter",
      NULL },
    { NULL },
  };
  g_autoptr (GPtrArray) catalog = config_catalog_new (connector_schemas ());
  g_autoptr (GPtrArray) found = NULL;
  g_auto (GStrv) rest = NULL;
  int exit_code;

  if (!ctl_parse (ctl, command, entries, arguments, 0, 1, &rest, &exit_code))
    return exit_code;
  if (mdoc)
    {
      manual_print_settings (ctl->out, catalog);
      return EX_OK;
    }
  if (rest[0] == NULL)
    return ctl_fail_usage (ctl, command, "%s needs %s", command->name, command->arguments);
  found = config_catalog_find (catalog, rest[0]);
  if (found->len == 0)
    {
      const char *meant = config_catalog_suggest (catalog, rest[0]);

      ctl_fail (ctl, 0, "There is no setting “%s”", rest[0]);
      if (meant != NULL)
        ctl_hint (ctl, "Did you mean “%s”?", meant);
      else
        ctl_hint (ctl, "All of a kind: %s explain-setting webhook", CTL_PROGRAM);
      return EX_NOTHING;
    }
  print_entries (ctl, found);
  return EX_OK;
}

/* ---- schema ---------------------------------------------------------------------------------- */

static const char *const own_kinds[] = { "router", "bus",   "source", "signature",
                                         "rule",   "tests", NULL };

static int
unknown_kind (Ctl *ctl, const char *kind)
{
  Suggestion suggestion;
  g_autoptr (GString) list = g_string_new (NULL);

  suggestion_init (&suggestion, kind);
  for (guint i = 0; own_kinds[i] != NULL; i++)
    {
      suggestion_offer (&suggestion, own_kinds[i]);
      g_string_append_printf (list, "%s%s", i > 0 ? ", " : "", own_kinds[i]);
    }
  for (const ConfigSchema *const *schema = connector_schemas (); *schema != NULL; schema++)
    {
      suggestion_offer (&suggestion, (*schema)->kind);
      g_string_append_printf (list, ", %s", (*schema)->kind);
    }
  ctl_fail (ctl, 0, "There is no kind “%s”", kind);
  if (suggestion_get (&suggestion) != NULL)
    ctl_hint (ctl, "Did you mean “%s”?", suggestion_get (&suggestion));
  else
    ctl_hint (ctl, "The kinds are %s", list->str);
  return EX_NOTHING;
}

int
command_schema (Ctl *ctl, const CtlCommand *command, const char *const *arguments)
{
  g_auto (GStrv) rest = NULL;
  g_autofree char *text = NULL;
  const ConfigSchema *schema;
  int exit_code;

  if (!ctl_parse (ctl, command, NULL, arguments, 1, 1, &rest, &exit_code))
    return exit_code;
  schema = config_schema_by_kind (rest[0], connector_schemas ());
  if (schema == NULL)
    return unknown_kind (ctl, rest[0]);
  text = config_json_schema (schema);
  output_raw (ctl->out, text, strlen (text));
  return EX_OK;
}
