/* Forms. */
#include "ingress/form.h"

#include "base/event.h"

#include <stdlib.h>
#include <string.h>

static void
clear_field (gpointer data)
{
  FormField *field = data;

  g_free (field->name);
  g_free (field->value);
}

/* NULL when it does not decode. */
static char *
decode (const char *text, gsize length)
{
  g_autofree char *out = g_malloc (length + 1);
  gsize n = 0;

  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];

      if (c == '+')
        c = ' ';
      else if (c == '%')
        {
          if (i + 2 >= length || !g_ascii_isxdigit (text[i + 1]) || !g_ascii_isxdigit (text[i + 2]))
            return NULL;
          c = (char) (g_ascii_xdigit_value (text[i + 1]) << 4 | g_ascii_xdigit_value (text[i + 2]));
          i += 2;
        }
      if (c == '\0')
        return NULL;
      out[n++] = c;
    }
  out[n] = '\0';
  return g_utf8_validate (out, (gssize) n, NULL) ? g_steal_pointer (&out) : NULL;
}

GArray *
form_parse (const char *text, gsize length)
{
  g_autoptr (GArray) fields = g_array_new (FALSE, TRUE, sizeof (FormField));
  const char *end = text + length;

  g_array_set_clear_func (fields, clear_field);
  while (text < end)
    {
      const char *next = memchr (text, '&', (gsize) (end - text));
      const char *stop = next != NULL ? next : end;
      const char *equals = memchr (text, '=', (gsize) (stop - text));
      const char *name_end = equals != NULL ? equals : stop;
      FormField field;

      if (stop > text)
        {
          field.name = decode (text, (gsize) (name_end - text));
          field.value = equals != NULL ? decode (equals + 1, (gsize) (stop - equals - 1))
                                       : g_strdup ("");
          g_array_append_val (fields, field);
          if (field.name == NULL || field.value == NULL || fields->len > FORM_MAX_FIELDS)
            return NULL;
        }
      text = stop + 1;
    }
  return g_steal_pointer (&fields);
}

const char *
form_get (GArray *fields, const char *name)
{
  for (guint i = 0; i < fields->len; i++)
    if (strcmp (g_array_index (fields, FormField, i).name, name) == 0)
      return g_array_index (fields, FormField, i).value;
  return NULL;
}

static void
append_values (GString *out, GPtrArray *values)
{
  if (values->len > 1)
    g_string_append_c (out, '[');
  for (guint i = 0; i < values->len; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      event_append_json_string (out, values->pdata[i], -1);
    }
  if (values->len > 1)
    g_string_append_c (out, ']');
}

GBytes *
form_to_json (GArray *fields)
{
  g_autoptr (GHashTable) values = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                                         (GDestroyNotify) g_ptr_array_unref);
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  GString *out = g_string_new ("{");

  for (guint i = 0; i < fields->len; i++)
    {
      FormField *field = &g_array_index (fields, FormField, i);
      GPtrArray *known = g_hash_table_lookup (values, field->name);

      if (known == NULL)
        {
          known = g_ptr_array_new ();
          g_hash_table_insert (values, field->name, known);
          g_ptr_array_add (names, field->name);
        }
      g_ptr_array_add (known, field->value);
    }
  for (guint i = 0; i < names->len; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      event_append_json_string (out, names->pdata[i], -1);
      g_string_append_c (out, ':');
      append_values (out, g_hash_table_lookup (values, names->pdata[i]));
    }
  g_string_append_c (out, '}');
  return g_string_free_to_bytes (out);
}

typedef struct
{
  const FormField *field;
  guint place;
} Sorted;

static int
compare (gconstpointer a, gconstpointer b)
{
  const Sorted *one = a, *other = b;
  int order = strcmp (one->field->name, other->field->name);

  return order != 0 ? order : (one->place > other->place) - (one->place < other->place);
}

void
form_append_sorted (GArray *fields, GString *out)
{
  g_autofree Sorted *sorted = g_new (Sorted, fields->len + 1);

  for (guint i = 0; i < fields->len; i++)
    sorted[i] = (Sorted){ &g_array_index (fields, FormField, i), i };
  qsort (sorted, fields->len, sizeof *sorted, compare);
  for (guint i = 0; i < fields->len; i++)
    if (i == 0 || strcmp (sorted[i].field->name, sorted[i - 1].field->name) != 0)
      g_string_append_printf (out, "%s%s", sorted[i].field->name, sorted[i].field->value);
}
