/* signature.h: how senders sign: signature/<name>.json, or one that comes with the program. */
#pragma once

#include "config/configuration.h"
#include "config/names.h"
#include "config/report.h"

G_BEGIN_DECLS

/* Checks the report's file, which is one. */
void config_signature_check (ConfigReport *report, const ConfigNames *names);

/* A checked one. */
ConfigSignature *config_signature_new (JsonObject *object);
/* The file's, else the preset's; NULL when there is neither, or the file is broken. */
ConfigSignature *config_signature_find (const ConfigNames *names, const char *name);
gboolean config_signature_exists (const ConfigNames *names, const char *name);
void config_signature_free (ConfigSignature *signature);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ConfigSignature, config_signature_free)

G_END_DECLS
