/* outbox.h: a folder into which whole files are put.
 *
 * A file appears under its name complete and durable, or not at all: it is written to a staging
 * folder of the same file system, synced, renamed, and the folder synced.  A name that is there is
 * replaced, so that a repeated delivery replaces its own file.  Delivery thread. */
#pragma once

#include "connector/disk.h"

G_BEGIN_DECLS

typedef struct Outbox Outbox;

/* Files are put into folder; staged are the same names behind staging_prefix ("/box/tmp/", or
 * "/box/.new-"), which must lead to the same file system.  Folders are made when they are needed.
 */
Outbox *outbox_new (const char *label,
                    const ConnectorHost *host,
                    const char *folder,
                    const char *staging_prefix);

/* One more folder that is to be there beside the others. */
void outbox_set_companion (Outbox *outbox, const char *folder);

/* Takes the job, whose files have names. */
void outbox_put (Outbox *outbox, DiskJob *job, ConnectorDone done, gpointer user_data);

/* Learns whether it can be written to. */
void outbox_probe (Outbox *outbox, ConnectorDone done, gpointer user_data);

void outbox_free (Outbox *outbox);

/* The setting "Outbox", or outbox/<kind>/<name>, from the state folder on. */
char *outbox_path (const char *kind, const char *name, JsonObject *settings, const char *state_dir);

/* Of the setting "Outbox", as ConfigSchema.check. */
gboolean outbox_check (JsonObject *settings, char **out_pointer, GError **error);

/* "ops@example.org and 2 more", of the setting "To". */
char *outbox_describe_recipients (JsonObject *settings);

/* "mail to ops@example.org and 2 more, in /…", of the settings "To" and "Outbox". */
char *outbox_describe (const char *kind,
                       const char *what,
                       const char *name,
                       JsonObject *settings,
                       const char *state_dir);

/* "20261121T091400Z-<delivery id>": sorts by the event's time, the same for every repeat. */
char *outbox_file_stem (const ConnectorRequest *request);

G_END_DECLS
