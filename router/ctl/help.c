/* help.c: see help.h.  The manual page signalboxctl(1) says the same: keep them in step. */
#include "config.h"

#include "help.h"

#define HELP_COLUMN 30

static const char exit_codes[] =
    "Exit codes\n"
    "   0  done\n"
    "   1  no match, nothing found, nothing done, or not in time\n"
    "  64  wrong usage\n"
    "  65  the data was refused: invalid JSON, event, pattern or parameter\n"
    "  66  a file cannot be read\n"
    "  69  the router cannot be reached\n"
    "  70  the router failed, or gave an answer that is not understood\n"
    "  73  an output file or a port cannot be opened\n"
    "  74  not everything could be written to standard output\n"
    "  75  the router cannot take it now: full, or stopping; try again later\n"
    "  77  the router does not permit it\n"
    "  78  the configuration is not valid\n";

static void
print_option (Output *out, const GOptionEntry *entry)
{
  g_autoptr (GString) left = g_string_new ("  ");
  guint width;

  if (entry->flags & G_OPTION_FLAG_HIDDEN)
    return;
  if (entry->short_name != 0)
    g_string_append_printf (left, "-%c, ", entry->short_name);
  else
    g_string_append (left, "    ");
  g_string_append_printf (left, "--%s", entry->long_name);
  if (entry->arg_description != NULL)
    g_string_append_printf (left, " %s", entry->arg_description);
  width = output_width (left->str);
  output_put (out, STYLE_PLAIN, left->str);
  if (width + 2 > HELP_COLUMN)
    {
      output_newline (out);
      width = 0;
    }
  output_spaces (out, HELP_COLUMN - width);
  output_put (out, STYLE_PLAIN, entry->description);
  output_newline (out);
}

static void
print_options (Output *out, const char *title, const GOptionEntry *entries)
{
  if (entries == NULL || entries[0].long_name == NULL)
    return;
  output_put (out, STYLE_STRONG, title);
  output_newline (out);
  for (gsize i = 0; entries[i].long_name != NULL; i++)
    print_option (out, &entries[i]);
  output_newline (out);
}

void
help_command (Ctl *ctl,
              const CtlCommand *command,
              const GOptionEntry *entries,
              const GOptionEntry *common)
{
  output_putf (ctl->out, STYLE_STRONG, "%s %s", CTL_PROGRAM, command->name);
  output_putf (ctl->out, STYLE_PLAIN, " - %s", command->summary);
  output_newline (ctl->out);
  output_newline (ctl->out);
  output_put (ctl->out, STYLE_STRONG, "Usage");
  output_newline (ctl->out);
  output_putf (ctl->out, STYLE_PLAIN, "  %s %s [options]%s%s", CTL_PROGRAM, command->name,
               *command->arguments != '\0' ? " " : "", command->arguments);
  output_newline (ctl->out);
  output_newline (ctl->out);
  print_options (ctl->out, "Options", entries);
  print_options (ctl->out, "Options of every command", common);
  output_block (ctl->out, STYLE_PLAIN, command->description);
}

/* The first of its group in the table. */
static gboolean
begins_group (const CtlCommand *command)
{
  for (const CtlCommand *before = ctl_commands; before != command; before++)
    if (g_str_equal (before->group, command->group))
      return FALSE;
  return TRUE;
}

static void
print_group (Ctl *ctl, const CtlCommand *first)
{
  output_newline (ctl->out);
  output_put (ctl->out, STYLE_STRONG, first->group);
  output_newline (ctl->out);
  for (const CtlCommand *command = first; command->name != NULL; command++)
    {
      if (!g_str_equal (command->group, first->group))
        continue;
      output_spaces (ctl->out, 2);
      output_putf (ctl->out, STYLE_NAME, "%-16s", command->name);
      output_put (ctl->out, STYLE_PLAIN, command->summary);
      output_newline (ctl->out);
    }
}

void
help_overview (Ctl *ctl, const GOptionEntry *common)
{
  output_put (ctl->out, STYLE_STRONG, CTL_PROGRAM);
  output_put (ctl->out, STYLE_PLAIN, " - operates a Signalbox router");
  output_newline (ctl->out);
  output_newline (ctl->out);
  output_put (ctl->out, STYLE_STRONG, "Usage");
  output_newline (ctl->out);
  output_block (ctl->out, STYLE_PLAIN, "  " CTL_PROGRAM " <command> [options] [arguments]\n");
  for (const CtlCommand *command = ctl_commands; command->name != NULL; command++)
    if (begins_group (command))
      print_group (ctl, command);
  output_newline (ctl->out);
  print_options (ctl->out, "Options of every command", common);
  output_block (ctl->out, STYLE_PLAIN, exit_codes);
  output_newline (ctl->out);
  output_block (ctl->out, STYLE_PLAIN, "More about one: " CTL_PROGRAM " help <command>\n");
}
