/* document.c: from a file's bytes to an immutable tree.
 *
 * The rules library's parser says whether the text is JSON, and where it is not: it is strict and
 * has positions.  json-glib, which is neither, only builds the tree of what passed.  Two things
 * that are JSON must be kept from it: \u0000 would end its strings early, and half a surrogate pair
 * aborts it. */
#include "config/document.h"

#include "base/json-text.h"

/* As deep as events are by default; no file needs a tenth. */
#define FILE_DEPTH 64

static JsonNode *
build_tree (const ConfigFile *file, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  JsonNode *root;

  if (!json_parser_load_from_data (parser, file->text, (gssize) file->length, error))
    return NULL;
  root = json_parser_steal_root (parser);
  json_node_seal (root);
  return root;
}

gboolean
config_file_parse (ConfigFile *file, ConfigReport *report)
{
  const RulesJsonLimits limits = { .max_depth = FILE_DEPTH };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = NULL;
  const char *escape;
  RulesError fault;
  RulesJsonSpan span;

  if (!file->text)
    return FALSE;
  if (!rules_check_json (file->text, file->length, &limits, &fault))
    {
      config_report_offset (report, fault.offset, fault.hint, "not valid JSON: %s", fault.reason);
      return FALSE;
    }
  if ((escape = json_text_find_bad_escape (file->text, file->length)))
    {
      config_report_offset (report, (gsize) (escape - file->text), "Leave the character out.",
                            "%.6s is no character: a string must not hold a NUL or half of a "
                            "surrogate pair",
                            escape);
      return FALSE;
    }
  root = build_tree (file, &error);
  if (!root)
    {
      config_report_offset (report, 0, "", "not understood: %s", error->message);
      return FALSE;
    }
  if (!JSON_NODE_HOLDS_OBJECT (root))
    {
      rules_json_locate (file->text, file->length, "", &span);
      config_report_offset (report, span.start, "Put { and } around it.",
                            "expected an object, {…}, with the settings");
      return FALSE;
    }
  file->root = g_steal_pointer (&root);
  return TRUE;
}
