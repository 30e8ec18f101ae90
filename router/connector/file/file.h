/* file.h: the kind "file": events as lines of one file, or as files of one folder. */
#pragma once

#include "connector/connector.h"

G_BEGIN_DECLS

extern const ConnectorKind connector_kind_file;
extern const ConfigSchema connector_schema_file;

/* settings: checked by connector_schema_file. */
gboolean file_settings_is_folder (JsonObject *settings);

G_END_DECLS
