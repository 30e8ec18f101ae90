/* document.h: from a file's bytes to an immutable tree. */
#pragma once

#include "config/report.h"

G_BEGIN_DECLS

/* Sets file->root to the tree of the report's file: an object, sealed.  FALSE, with a problem noted
 * (unless the file could not be read, which is noted already), when the text is not strict JSON,
 * not an object, or has a string that cannot be kept: NUL and half surrogate pairs have no place in
 * C strings and UTF-8. */
gboolean config_file_parse (ConfigFile *file, ConfigReport *report);

G_END_DECLS
