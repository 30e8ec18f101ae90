/* gate.h: what a source asks of a request before it takes it in. */
#pragma once

#include "config/configuration.h"
#include "config/names.h"
#include "config/report.h"

G_BEGIN_DECLS

/* Judges what the table cannot say of a source's file. */
void config_gate_check (ConfigReport *report, const ConfigNames *names, JsonObject *settings);

/* NULL when nothing is asked beyond a POST of JSON.  settings: of the source, complete. */
ConfigGate *config_gate_new (const ConfigNames *names, JsonObject *settings);
void config_gate_free (ConfigGate *gate);

/* NULL: the usual answer. */
ConfigAnswer *config_answer_new (JsonObject *settings);
void config_answer_free (ConfigAnswer *answer);

/* A list of addresses and networks: GInetAddressMask, or NULL when the setting is not there. */
void config_addresses_check (ConfigReport *report, JsonObject *settings, const char *name);
GPtrArray *config_addresses_read (JsonObject *settings, const char *name);

G_END_DECLS
