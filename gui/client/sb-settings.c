#include "config.h"

#include "sb-settings.h"

#include <string.h>

#include "sb-json.h"
#include "sb-words.h"

/* ---- Reading --------------------------------------------------------------------------------- */

static void
setting_free (SbSetting *setting)
{
  g_free (setting->name);
  g_free (setting->help);
  g_free (setting->unit);
  g_free (setting->effect);
  g_free (setting->names);
  g_strfreev (setting->choices);
  g_clear_pointer (&setting->default_value, json_node_unref);
  g_ptr_array_unref (setting->children);
  g_free (setting);
}

/* A type that is not known yet can still be written as JSON. */
static SbSettingType
parse_type (const char *name)
{
  static const char *const names[] = { "string",  "integer", "number",  "boolean",    "object",
                                       "objects", "strings", "numbers", "string-map", "value" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (names[i], name))
      return (SbSettingType) i;
  return SB_SETTING_ANY;
}

static double
read_bound (JsonObject *object, const char *member, double otherwise)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : otherwise;
}

static SbSetting *
setting_new (JsonObject *object)
{
  SbSetting *setting = g_new0 (SbSetting, 1);
  JsonNode *default_value = json_object_get_member (object, "default");

  setting->name = g_strdup (sb_json_string (object, "name"));
  setting->type = parse_type (sb_json_string (object, "type"));
  setting->help = g_strdup (sb_json_string (object, "help"));
  setting->unit = g_strdup (sb_json_string (object, "unit"));
  setting->effect = g_strdup (sb_json_string (object, "effect"));
  setting->names = g_strdup (sb_json_string (object, "names"));
  setting->required = sb_json_bool (object, "required");
  setting->common = g_str_has_prefix (sb_json_string (object, "path"), "connector.");
  setting->min = read_bound (object, "min", -G_MAXDOUBLE);
  setting->max = read_bound (object, "max", G_MAXDOUBLE);
  if (sb_json_array (object, "choices") != NULL)
    setting->choices = sb_json_strings (object, "choices");
  if (default_value != NULL && !JSON_NODE_HOLDS_NULL (default_value))
    setting->default_value = json_node_copy (default_value);
  setting->children = g_ptr_array_new_with_free_func ((GDestroyNotify) setting_free);
  return setting;
}

/* What has nothing but the name of a secret is a reference to it. */
static void
recognise_secrets (GPtrArray *settings)
{
  for (guint i = 0; i < settings->len; i++)
    {
      SbSetting *setting = g_ptr_array_index (settings, i);
      const SbSetting *only = setting->children->len == 1 ? setting->children->pdata[0] : NULL;

      if (only != NULL && g_str_equal (only->name, "Secret") && only->type == SB_SETTING_STRING)
        {
          if (setting->type == SB_SETTING_OBJECT)
            setting->type = SB_SETTING_SECRET;
          else if (setting->type == SB_SETTING_OBJECTS)
            setting->type = SB_SETTING_SECRETS;
        }
      recognise_secrets (setting->children);
    }
}

/* The table is in order: what a setting belongs to stands before it. */
SbSettings *
sb_settings_new (JsonObject *answer)
{
  SbSettings *self = g_rc_box_new0 (SbSettings);
  g_autoptr (GHashTable) known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) objects = sb_json_objects (answer, "settings");

  self->kind = g_strdup (sb_json_string (answer, "kind"));
  self->title = g_strdup (sb_json_string (answer, "title"));
  self->settings = g_ptr_array_new_with_free_func ((GDestroyNotify) setting_free);
  for (guint i = 0; i < objects->len; i++)
    {
      JsonObject *object = g_ptr_array_index (objects, i);
      const char *path = sb_json_string (object, "path");
      const char *dot = strrchr (path, '.');
      g_autofree char *parent = dot != NULL ? g_strndup (path, (gsize) (dot - path))
                                            : g_strdup ("");
      SbSetting *setting = setting_new (object);
      SbSetting *above = g_hash_table_lookup (known, parent);

      g_ptr_array_add (above != NULL ? above->children : self->settings, setting);
      g_hash_table_insert (known, g_strdup (path), setting);
    }
  recognise_secrets (self->settings);
  return self;
}

SbSettings *
sb_settings_ref (SbSettings *self)
{
  return g_rc_box_acquire (self);
}

static void
clear (SbSettings *self)
{
  g_free (self->kind);
  g_free (self->title);
  g_ptr_array_unref (self->settings);
}

void
sb_settings_unref (SbSettings *self)
{
  g_rc_box_release_full (self, (GDestroyNotify) clear);
}

const SbSetting *
sb_settings_find (const SbSettings *self, const char *name)
{
  for (guint i = 0; i < self->settings->len; i++)
    {
      const SbSetting *setting = g_ptr_array_index (self->settings, i);

      if (g_str_equal (setting->name, name))
        return setting;
    }
  return NULL;
}

/* ---- Words ----------------------------------------------------------------------------------- */

static const char *
known_word (const char *word)
{
  static const char *const words[][2] = {
    { "url", "URL" },   { "tls", "TLS" },   { "id", "ID" },     { "ca", "CA" },
    { "http", "HTTP" }, { "json", "JSON" }, { "html", "HTML" }, { "fifo", "FIFO" },
    { "sqs", "SQS" },   { "cc", "Cc" },     { "smtp", "SMTP" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i][0], word))
      return words[i][1];
  return NULL;
}

static void
append_word (GString *label, const char *start, gsize length)
{
  g_autofree char *word = g_ascii_strdown (start, (gssize) length);
  const char *known = known_word (word);

  if (label->len > 0)
    g_string_append_c (label, ' ');
  else if (known == NULL)
    word[0] = g_ascii_toupper (word[0]);
  g_string_append (label, known != NULL ? known : word);
}

char *
sb_setting_dup_label (const SbSetting *setting)
{
  GString *label = g_string_new (NULL);
  const char *start = setting->name, *at;
  gsize length = strlen (setting->name);

  /* EventBridge's word for what the router calls by its own names. */
  if (g_str_equal (setting->name, "Arn") && *setting->names != '\0')
    {
      append_word (label, setting->names, strlen (setting->names));
      return g_string_free (label, FALSE);
    }
  if (g_str_equal (setting->unit, "s") && g_str_has_suffix (setting->name, "Seconds") && length > 7)
    length -= strlen ("Seconds");
  for (at = start + 1; at < setting->name + length; at++)
    if (g_ascii_isupper (*at) && !g_ascii_isupper (at[-1]))
      {
        append_word (label, start, (gsize) (at - start));
        start = at;
      }
  append_word (label, start, (gsize) (setting->name + length - start));
  if (g_str_has_suffix (label->str, " in") && length < strlen (setting->name))
    g_string_truncate (label, label->len - strlen (" in"));
  return g_string_free (label, FALSE);
}

char *
sb_setting_dup_default (const SbSetting *setting)
{
  JsonNode *node = setting->default_value;
  g_autofree char *text = NULL;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return g_strdup ("");
  if (json_node_get_value_type (node) == G_TYPE_STRING)
    return g_strdup (json_node_get_string (node));
  if (g_str_equal (setting->unit, "bytes"))
    return sb_words_bytes (json_node_get_int (node));
  text = json_to_string (node, FALSE);
  return *setting->unit != '\0' ? g_strdup_printf ("%s %s", text, setting->unit)
                                : g_steal_pointer (&text);
}

gboolean
sb_setting_is_default (const SbSetting *setting, JsonNode *value)
{
  JsonNode *node = setting->default_value;

  if (node == NULL)
    return FALSE;
  if (setting->type == SB_SETTING_NUMBER || setting->type == SB_SETTING_INTEGER)
    return JSON_NODE_HOLDS_VALUE (value) &&
           json_node_get_double (value) == json_node_get_double (node);
  return json_node_equal (node, value);
}

/* ---- Names to choose from -------------------------------------------------------------------- */

static gboolean
fits (const char *path, const char *what)
{
  static const char *const others[] = { "rule/", "source/", "signature/", "tests/", NULL };

  if (g_str_equal (what, "queue") || g_str_equal (what, "bus"))
    return g_str_has_prefix (path, what) && path[strlen (what)] == '/';
  for (guint i = 0; others[i] != NULL; i++)
    if (g_str_has_prefix (path, others[i]))
      return FALSE;
  return strchr (path, '/') != NULL;
}

char **
sb_setting_dup_names (const SbSetting *setting, const char *const *files)
{
  g_autoptr (GStrvBuilder) names = NULL;
  gboolean bus = g_str_equal (setting->names, "bus");

  if (files == NULL || (!bus && !g_str_equal (setting->names, "connector") &&
                        !g_str_equal (setting->names, "queue")))
    return NULL;
  names = g_strv_builder_new ();
  if (bus)
    g_strv_builder_add (names, "default");
  for (guint i = 0; files[i] != NULL; i++)
    if (fits (files[i], setting->names) && g_str_has_suffix (files[i], ".json"))
      {
        const char *name = bus ? files[i] + strlen ("bus/") : files[i];
        g_autofree char *stem = g_strndup (name, strlen (name) - strlen (".json"));

        if (!bus || !g_str_equal (stem, "default"))
          g_strv_builder_add (names, stem);
      }
  return g_strv_builder_end (names);
}

JsonNode *
sb_setting_new_value (const SbSetting *setting)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();

  for (guint i = 0; i < setting->children->len; i++)
    {
      const SbSetting *child = setting->children->pdata[i];

      if (!child->required)
        continue;
      if (child->choices != NULL && child->choices[0] != NULL)
        json_object_set_string_member (object, child->name, child->choices[0]);
      else if (child->type == SB_SETTING_OBJECT)
        json_object_set_member (object, child->name, sb_setting_new_value (child));
    }
  json_node_take_object (node, object);
  return node;
}
