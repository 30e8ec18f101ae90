/* completion.c: what shells complete, from the table of commands.
 *
 * The options are read from each command's own help, which is made from the same tables as their
 * parsing; so nothing is said twice.  One thread. */
#include "config.h"

#include "completion.h"

#include <stdlib.h>
#include <string.h>

/* The command's help as text. */
static char *
help_of (const CtlCommand *command)
{
  static const char *const arguments[] = { "--help", NULL };
  char *text = NULL;
  size_t length = 0;
  FILE *stream = open_memstream (&text, &length);
  Ctl ctl = { .clock = clock_system_new () };
  char *copy;

  ctl.out = output_new (stream, FALSE, 0);
  ctl.err = output_new (stream, FALSE, 0);
  command->run (&ctl, command, arguments);
  ctl_clear (&ctl);
  fclose (stream);
  copy = g_strdup (text);
  free (text);
  return copy;
}

/* "  -s, --socket PATH   What it does": the name, and the words at the end. */
static char *
read_option (const char *line)
{
  const char *dashes = strstr (line, "--");
  gsize indent = strspn (line, " ");
  const char *name_end, *words;

  if (dashes == NULL || indent < 2 || (line[indent] != '-') || dashes - line > 8)
    return NULL;
  name_end = dashes + strcspn (dashes, " ");
  words = strstr (name_end, "  ");
  words = words != NULL ? words + strspn (words, " ") : "";
  return g_strdup_printf ("%.*s\t%s", (int) (name_end - dashes), dashes, words);
}

GPtrArray *
completion_options (const CtlCommand *command)
{
  g_autofree char *help = help_of (command);
  g_auto (GStrv) lines = g_strsplit (help, "\n", -1);
  GPtrArray *options = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *option = read_option (lines[i]);

      if (option != NULL)
        g_ptr_array_add (options, option);
    }
  return options;
}

/* Inside single quotes of any of the shells. */
static char *
quote (const char *text)
{
  g_autoptr (GString) quoted = g_string_new (text);

  g_string_replace (quoted, "'", "", 0);
  g_string_replace (quoted, ":", " -", 0);
  g_string_replace (quoted, "[", "(", 0);
  g_string_replace (quoted, "]", ")", 0);
  return g_strdup (quoted->str);
}

/* ---- What comes after a command -------------------------------------------------------------- */

/* Commands whose arguments are names that the router knows, and where the names are. */
static const struct
{
  const char *command;
  const char *list; /* a command that prints JSON, and the member of it */
} named[] = {
  { "pause", "connectors" },
  { "resume", "connectors" },
  { "explain", "rules" },
  { "queue", "queues" },
};

static const char *
names_of (const char *command)
{
  for (gsize i = 0; i < G_N_ELEMENTS (named); i++)
    if (strcmp (named[i].command, command) == 0)
      return named[i].list;
  return NULL;
}

/* Prints the names, one a line; nothing when no router runs. */
static const char names_function[] =
    "_signalboxctl_names () {\n"
    "  case $1 in\n"
    "    queues) signalboxctl queue list --json 2>/dev/null ;;\n"
    "    *) signalboxctl routes --json 2>/dev/null ;;\n"
    "  esac | sed -n '1,$p' | tr '{' '\\n' |\n"
    "    case $1 in\n"
    "      connectors) sed -n 's/^\"name\":\"\\([^\"]*\\)\",\"kind\".*/\\1/p' ;;\n"
    "      rules) sed -n 's/^\"name\":\"\\([^\"]*\\)\",\"bus\".*\"targets\".*/\\1/p' ;;\n"
    "      queues) sed -n 's/^\"name\":\"\\([^\"]*\\)\".*/\\1/p' ;;\n"
    "    esac\n"
    "}\n";

/* ---- The shells ------------------------------------------------------------------------------ */

static void
append_words (GString *script, GPtrArray *options)
{
  for (guint i = 0; i < options->len; i++)
    {
      const char *option = g_ptr_array_index (options, i);

      g_string_append_printf (script, "%s%.*s", i > 0 ? " " : "", (int) strcspn (option, "\t"),
                              option);
    }
}

static char *
bash_script (void)
{
  GString *script = g_string_new ("# bash completion for signalboxctl\n");

  g_string_append (script, names_function);
  g_string_append (script, "_signalboxctl () {\n"
                           "  local word=${COMP_WORDS[COMP_CWORD]} command= options= names= i\n"
                           "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
                           "    case ${COMP_WORDS[i]} in\n"
                           "      --socket | -s | --url | -u | --color) ((i++)) ;;\n"
                           "      -*) ;;\n"
                           "      *) command=${COMP_WORDS[i]}; break ;;\n"
                           "    esac\n"
                           "  done\n"
                           "  case $command in\n"
                           "    '') COMPREPLY=($(compgen -W 'help");
  for (const CtlCommand *command = ctl_commands; command->name != NULL; command++)
    g_string_append_printf (script, " %s", command->name);
  g_string_append (script, "' -- \"$word\")); return ;;\n");
  for (const CtlCommand *command = ctl_commands; command->name != NULL; command++)
    {
      g_autoptr (GPtrArray) options = completion_options (command);
      const char *names = names_of (command->name);

      g_string_append_printf (script, "    %s) options='", command->name);
      append_words (script, options);
      g_string_append_printf (script, "'%s%s ;;\n", names != NULL ? " names=" : "",
                              names != NULL ? names : "");
    }
  g_string_append (script, "  esac\n"
                           "  if [[ $word == -* ]]; then\n"
                           "    COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
                           "  elif [[ -n $names ]]; then\n"
                           "    COMPREPLY=($(compgen -W \"$(_signalboxctl_names $names)\" -- "
                           "\"$word\"))\n"
                           "  else\n"
                           "    COMPREPLY=($(compgen -f -- \"$word\"))\n"
                           "  fi\n"
                           "}\n"
                           "complete -o filenames -F _signalboxctl signalboxctl\n");
  return g_string_free (script, FALSE);
}

static char *
zsh_script (void)
{
  GString *script = g_string_new ("#compdef signalboxctl\n");

  g_string_append (script, names_function);
  g_string_append (script, "_signalboxctl () {\n"
                           "  local -a commands options\n"
                           "  local command=${words[2]} names=\n"
                           "  commands=(\n"
                           "    'help:Help about a command'\n");
  for (const CtlCommand *command = ctl_commands; command->name != NULL; command++)
    {
      g_autofree char *summary = quote (command->summary);

      g_string_append_printf (script, "    '%s:%s'\n", command->name, summary);
    }
  g_string_append (script, "  )\n"
                           "  if ((CURRENT == 2)); then _describe command commands; return; fi\n"
                           "  case $command in\n");
  for (const CtlCommand *command = ctl_commands; command->name != NULL; command++)
    {
      g_autoptr (GPtrArray) options = completion_options (command);
      const char *names = names_of (command->name);

      g_string_append_printf (script, "    %s)\n      options=(\n", command->name);
      for (guint i = 0; i < options->len; i++)
        {
          const char *option = g_ptr_array_index (options, i);
          gsize length = strcspn (option, "\t");
          g_autofree char *words = quote (option + length + 1);

          g_string_append_printf (script, "        '%.*s:%s'\n", (int) length, option, words);
        }
      g_string_append_printf (script, "      )\n      names='%s' ;;\n", names != NULL ? names : "");
    }
  g_string_append (script, "  esac\n"
                           "  if [[ $PREFIX == -* ]]; then\n"
                           "    _describe option options\n"
                           "  elif [[ -n $names ]]; then\n"
                           "    compadd -- ${(f)\"$(_signalboxctl_names $names)\"}\n"
                           "  else\n"
                           "    _files\n"
                           "  fi\n"
                           "}\n"
                           "if [[ $funcstack[1] == _signalboxctl ]]; then _signalboxctl \"$@\"; "
                           "else compdef _signalboxctl signalboxctl; fi\n");
  return g_string_free (script, FALSE);
}

static char *
fish_script (void)
{
  GString *script = g_string_new ("# fish completion for signalboxctl\n");

  for (const CtlCommand *command = ctl_commands; command->name != NULL; command++)
    {
      g_autoptr (GPtrArray) options = completion_options (command);
      g_autofree char *summary = quote (command->summary);

      g_string_append_printf (
          script, "complete -c signalboxctl -n __fish_use_subcommand -f -a %s -d '%s'\n",
          command->name, summary);
      for (guint i = 0; i < options->len; i++)
        {
          const char *option = g_ptr_array_index (options, i);
          gsize length = strcspn (option, "\t");
          g_autofree char *words = quote (option + length + 1);

          g_string_append_printf (script,
                                  "complete -c signalboxctl -n '__fish_seen_subcommand_from %s' "
                                  "-l %.*s -d '%s'\n",
                                  command->name, (int) length - 2, option + 2, words);
        }
    }
  return g_string_free (script, FALSE);
}

char *
completion_script (const char *shell)
{
  if (strcmp (shell, "bash") == 0)
    return bash_script ();
  if (strcmp (shell, "zsh") == 0)
    return zsh_script ();
  return strcmp (shell, "fish") == 0 ? fish_script () : NULL;
}
