/* ctl.h: what every command of signalboxctl stands on: its options, its output, the way to the
 * router, and the exit codes.
 *
 * A command is one entry of the table in commands.c and one function that returns an exit code.
 * Nothing here exits by itself, so that tests can run commands.  One thread. */
#pragma once

#include "client.h"
#include "output.h"

#include "base/clock.h"

#include <glib.h>
#include <sysexits.h>

G_BEGIN_DECLS

#define CTL_PROGRAM "signalboxctl"

/* Exit codes are those of sysexits.h and this one. */
#define EX_NOTHING 1 /* no match, nothing found, nothing done, not settled in time */

typedef struct
{
  Output *out, *err;
  Clock *clock;
  char *socket, *url; /* where the router is; NULL: not said */
  char *token_file;   /* with what to ask over TCP; NULL: $SIGNALBOX_TOKEN, if there is one */
  char *ca_file; /* authorities that an https URL is believed of; NULL: $SIGNALBOX_CA_FILE, or the
                    system's */
  gboolean json; /* print the API's JSON */
  gboolean terminal; /* standard output is one */
} Ctl;

typedef struct CtlCommand CtlCommand;

struct CtlCommand
{
  const char *name;
  const char *group;       /* heading in the list of commands */
  const char *arguments;   /* "<event or delivery>" */
  const char *summary;     /* one line, no full stop */
  const char *description; /* what help shows after the options, with examples and exit codes */
  /* arguments: NULL-terminated, without the command's name. */
  int (*run) (Ctl *ctl, const CtlCommand *command, const char *const *arguments);
};

/* All commands, ending with name NULL; in commands.c. */
extern const CtlCommand ctl_commands[];

/* socket, url and colour are taken from argv too; argv without the program's name. */
int ctl_main (Ctl *ctl, const char *const *argv);
void ctl_clear (Ctl *ctl);

/* Parses a command's options (entries ends with long_name NULL; may be NULL) and the options that
 * all commands have.  TRUE: go on with *out_rest, the other arguments, min to max of them (max 0
 * with min 0: none; G_MAXUINT: any number).  FALSE: return *out_exit; help or an error has been
 * printed. */
gboolean ctl_parse (Ctl *ctl,
                    const CtlCommand *command,
                    const GOptionEntry *entries,
                    const char *const *arguments,
                    guint min,
                    guint max,
                    GStrv *out_rest,
                    int *out_exit);

/* Prints "signalboxctl: …" on standard error and returns the exit code. */
int ctl_fail (Ctl *ctl, int exit_code, const char *format, ...) G_GNUC_PRINTF (3, 4);
int ctl_fail_usage (Ctl *ctl, const CtlCommand *command, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
/* A sentence below the error: what to do about it. */
void ctl_hint (Ctl *ctl, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* EX_OK with an answer of the 2xx kind; else what went wrong has been printed. */
int ctl_call (Ctl *ctl, const ClientRequest *request, ClientAnswer **out_answer);
/* The same for GET. */
int ctl_get (Ctl *ctl, const char *path, ClientAnswer **out_answer);
/* For a command that calls again and again. */
Client *ctl_client_new (Ctl *ctl, int *out_exit);
int
ctl_client_call (Ctl *ctl, Client *client, const ClientRequest *request, ClientAnswer **out_answer);

/* Prints the answer's body as it is, and a newline if it lacks one. */
void ctl_print_body (Ctl *ctl, ClientAnswer *answer);

G_END_DECLS
