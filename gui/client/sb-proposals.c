#include "config.h"

#include "sb-proposals.h"

#include <glib/gi18n.h>
#include <string.h>

/* Where in a pattern a place is. */
typedef enum
{
  WHERE_OBJECT,   /* in an object of fields; its path is known */
  WHERE_FIELD,    /* behind a field's name */
  WHERE_ARRAY,    /* in a field's array */
  WHERE_OPERATOR, /* behind an operator's name, or in an object there */
  WHERE_OPERANDS, /* in an operator's array */
  WHERE_LOST,
} Where;

typedef struct
{
  Where where;
  GString *field; /* "detail.order" */
  const char *op;
} Spot;

typedef struct
{
  const char *text;
  const char *comment;
} Operator;

static const Operator operators[] = {
  { "prefix", N_ ("text that begins so") },
    { "suffix", N_ ("text that ends so") },
      { "anything-but", N_ ("none of these values") },
        { "numeric", N_ ("comparison of numbers") },
          { "exists", N_ ("whether the field is there") },
            { "equals-ignore-case", N_ ("the same text, capital or small") },
              { "wildcard", N_ ("text with * for any characters") },
                { "cidr", N_ ("address in a block") },
              };

/* What each of them begins with, as a value of a field's array. */
static const char *const beginnings[] = {
  "{ \"prefix\": \"\" }",        "{ \"suffix\": \"\" }",         "{ \"anything-but\": [] }",
  "{ \"numeric\": [\">\", 0] }", "{ \"exists\": true }",         "{ \"equals-ignore-case\": \"\" }",
  "{ \"wildcard\": \"*\" }",     "{ \"cidr\": \"10.0.0.0/8\" }",
};

static void
proposal_free (SbProposal *proposal)
{
  g_free (proposal->text);
  g_free (proposal->comment);
  g_free (proposal);
}

static void
add (GPtrArray *all, const char *text, gboolean is_name, const char *comment)
{
  SbProposal *proposal = g_new0 (SbProposal, 1);

  proposal->text = g_strdup (text);
  proposal->is_name = is_name;
  proposal->comment = g_strdup (comment);
  g_ptr_array_add (all, proposal);
}

static void
add_quoted (GPtrArray *all, const char *text, gboolean is_name, const char *comment)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), text);
  g_autofree char *quoted = json_to_string (node, FALSE);

  add (all, quoted, is_name, comment);
}

/* ---- Patterns -------------------------------------------------------------------------------- */

static void
step (Spot *spot, const char *name)
{
  gboolean element = g_str_equal (name, SB_JSON_ELEMENT);

  switch (spot->where)
    {
    case WHERE_OBJECT:
    case WHERE_FIELD:
      if (element)
        spot->where = spot->where == WHERE_FIELD ? WHERE_ARRAY : WHERE_OBJECT;
      else if (g_str_equal (name, "$or"))
        spot->where = WHERE_OBJECT;
      else
        {
          g_string_append_printf (spot->field, "%s%s", spot->field->len > 0 ? "." : "", name);
          spot->where = WHERE_FIELD;
        }
      break;
    case WHERE_ARRAY:
      spot->where = element ? WHERE_LOST : WHERE_OPERATOR;
      spot->op = name;
      break;
    case WHERE_OPERATOR:
      spot->where = element ? WHERE_OPERANDS : WHERE_OPERATOR;
      if (!element)
        spot->op = name;
      break;
    case WHERE_OPERANDS:
    case WHERE_LOST:
    default:
      spot->where = WHERE_LOST;
      break;
    }
}

static void
add_values (GPtrArray *all, SbFields *fields, const char *field, const char *format, gboolean text)
{
  g_auto (GStrv) values = fields != NULL ? sb_fields_dup_values (fields, field) : NULL;

  for (guint i = 0; values != NULL && values[i] != NULL; i++)
    if (!text || values[i][0] == '"')
      {
        g_autoptr (GString) whole = g_string_new (format);

        g_string_replace (whole, "%s", values[i], 1);
        add (all, whole->str, FALSE, _ ("seen in captured events"));
      }
}

static void
add_names (GPtrArray *all, SbFields *fields, const char *field)
{
  g_auto (GStrv) names = fields != NULL ? sb_fields_dup_names (fields, field) : NULL;

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    add_quoted (all, names[i], TRUE, _ ("field of captured events"));
  if (*field == '\0')
    {
      static const char *const members[] = { "source", "detail-type", "detail", NULL };

      for (guint i = 0; members[i] != NULL; i++)
        if (names == NULL || !g_strv_contains ((const char *const *) names, members[i]))
          add_quoted (all, members[i], TRUE, _ ("every event has it"));
    }
  add (all, "\"$or\"", TRUE, _ ("one of several patterns"));
}

static void
add_operator_names (GPtrArray *all, const char *within)
{
  gboolean inner = within != NULL && g_str_equal (within, "anything-but");

  for (guint i = 0; i < G_N_ELEMENTS (operators); i++)
    {
      const char *name = operators[i].text;
      gboolean text = g_str_equal (name, "prefix") || g_str_equal (name, "suffix") ||
                      g_str_equal (name, "wildcard");

      if (within == NULL || g_str_equal (name, "equals-ignore-case") || (inner && text))
        add_quoted (all, name, TRUE, _ (operators[i].comment));
    }
}

static void
add_operands (GPtrArray *all, SbFields *fields, const Spot *spot)
{
  static const char *const comparisons[] = { "\"=\"", "\"<\"", "\"<=\"", "\">\"", "\">=\"" };
  gboolean list = spot->where == WHERE_OPERANDS;

  if (g_str_equal (spot->op, "exists"))
    {
      add (all, "true", FALSE, _ ("the field must be there"));
      add (all, "false", FALSE, _ ("the field must not be there"));
    }
  else if (g_str_equal (spot->op, "numeric"))
    {
      if (!list)
        add (all, "[\">\", 0]", FALSE, _ ("comparison of numbers"));
      for (guint i = 0; list && i < G_N_ELEMENTS (comparisons); i++)
        add (all, comparisons[i], FALSE, _ ("comparison of numbers"));
    }
  else if (g_str_equal (spot->op, "cidr"))
    add (all, "\"10.0.0.0/8\"", FALSE, _ ("address in a block"));
  else
    add_values (all, fields, spot->field->str, "%s", !g_str_equal (spot->op, "anything-but"));
}

static void
propose_pattern (GPtrArray *all, const SbJsonPlace *place, SbFields *fields)
{
  g_autoptr (GString) field = g_string_new (NULL);
  Spot spot = { .where = WHERE_OBJECT, .field = field };

  for (guint i = 1; place->path[i] != NULL; i++)
    step (&spot, place->path[i]);
  if (place->is_name && (spot.where == WHERE_OBJECT || spot.where == WHERE_FIELD))
    add_names (all, fields, field->str);
  else if (place->is_name && spot.where == WHERE_ARRAY)
    add_operator_names (all, NULL);
  else if (place->is_name && spot.where == WHERE_OPERATOR)
    add_operator_names (all, spot.op);
  else if (place->is_name)
    return;
  else if (spot.where == WHERE_FIELD)
    add_values (all, fields, field->str, "[%s]", FALSE);
  else if (spot.where == WHERE_ARRAY)
    {
      add_values (all, fields, field->str, "%s", FALSE);
      for (guint i = 0; !place->quoted && i < G_N_ELEMENTS (beginnings); i++)
        add (all, beginnings[i], FALSE, _ (operators[i].comment));
    }
  else if (spot.where == WHERE_OPERATOR || spot.where == WHERE_OPERANDS)
    add_operands (all, fields, &spot);
}

/* ---- Settings -------------------------------------------------------------------------------- */

static const SbSetting *
find_setting (GPtrArray *settings, const char *name)
{
  for (guint i = 0; i < settings->len; i++)
    if (g_str_equal (((const SbSetting *) settings->pdata[i])->name, name))
      return settings->pdata[i];
  return NULL;
}

static void
add_setting_values (GPtrArray *all, const SbSetting *setting, const char *const *files)
{
  g_auto (GStrv) names = sb_setting_dup_names (setting, files);
  const char *what = g_str_equal (setting->names, "queue") ? _ ("queue")
                                                           : g_str_equal (setting->names, "bus")
      ? _ ("bus")
      : _ ("connector");

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    add_quoted (all, names[i], FALSE, what);
  for (guint i = 0; setting->choices != NULL && setting->choices[i] != NULL; i++)
    add_quoted (all, setting->choices[i], FALSE, _ ("one of a few"));
  if (setting->type == SB_SETTING_BOOLEAN)
    {
      add (all, "true", FALSE, _ ("one of a few"));
      add (all, "false", FALSE, _ ("one of a few"));
    }
}

static void
propose_setting (GPtrArray *all,
                 const SbJsonPlace *place,
                 const SbSettings *settings,
                 const char *const *files)
{
  GPtrArray *list = settings->settings;
  const SbSetting *setting = NULL;

  for (guint i = 0; place->path[i] != NULL; i++)
    if (!g_str_equal (place->path[i], SB_JSON_ELEMENT))
      {
        setting = find_setting (list, place->path[i]);
        if (setting == NULL)
          return;
        list = setting->children;
      }
  for (guint i = 0; place->is_name && i < list->len; i++)
    add_quoted (all, ((const SbSetting *) list->pdata[i])->name, TRUE,
                ((const SbSetting *) list->pdata[i])->help);
  if (!place->is_name && setting != NULL)
    add_setting_values (all, setting, files);
}

/* ---- All ------------------------------------------------------------------------------------- */

/* 0: begins so; 1: has it; 2: neither. */
static int
distance (const SbProposal *proposal, const char *written)
{
  const char *text = proposal->text + (*proposal->text == '"');
  g_autofree char *folded = g_utf8_casefold (text, -1);
  g_autofree char *key = g_utf8_casefold (written, -1);

  return g_str_has_prefix (folded, key) ? 0 : strstr (folded, key) != NULL ? 1 : 2;
}

static GPtrArray *
filter (GPtrArray *all, const SbJsonPlace *place)
{
  GPtrArray *kept = g_ptr_array_new_with_free_func ((GDestroyNotify) proposal_free);

  for (int wanted = 0; wanted < 2; wanted++)
    for (guint i = 0; i < all->len; i++)
      if (distance (all->pdata[i], place->written) == wanted &&
          (!place->quoted || *((SbProposal *) all->pdata[i])->text == '"'))
        add (kept, ((SbProposal *) all->pdata[i])->text, ((SbProposal *) all->pdata[i])->is_name,
             ((SbProposal *) all->pdata[i])->comment);
  return kept;
}

GPtrArray *
sb_proposals_new (const SbJsonPlace *place,
                  SbFields *fields,
                  const SbSettings *settings,
                  const char *const *files)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) proposal_free);

  if (place->path[0] != NULL && g_str_equal (place->path[0], "EventPattern"))
    propose_pattern (all, place, fields);
  else if (settings != NULL)
    propose_setting (all, place, settings, files);
  return filter (all, place);
}
