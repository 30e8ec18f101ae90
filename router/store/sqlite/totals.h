/* totals.h: the ledger of a file, whoever opened it. */
#pragma once

#include "store/sqlite/database.h"
#include "store/store.h"

G_BEGIN_DECLS

/* Within one read transaction, if it is to fit together with anything else. */
gboolean
sqlite_read_ledger (Database *database, gboolean recount, StoreLedger *out_ledger, GError **error);

G_END_DECLS
