/* evidence-private.h: what the files of the checker share. */
#pragma once

#include "evidence.h"
#include "routes.h"

G_BEGIN_DECLS

typedef struct
{
  guint attempt;
  guint status;
} EvidenceRequest;

struct Evidence
{
  GMutex lock;
  GHashTable *acknowledged; /* event id -> GBytes */
  GHashTable *watched;      /* connector */
  GHashTable *requests;     /* delivery id -> GArray of EvidenceRequest */
  guint n_crashes;
  guint64 max_repeats; /* the sum of what was under way at crashes */
  GHashTable *routes;  /* generation as text -> Routes */
  GPtrArray *secrets;
  GPtrArray *found; /* texts of violations seen while collecting: L7, L8 */
};

void evidence_report (GPtrArray *found, const char *format, ...) G_GNUC_PRINTF (2, 3);

G_END_DECLS
