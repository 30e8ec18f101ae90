/* record.h: small documents that the router keeps beside its events: jobs, tokens, the audit log,
 * where an event came from.  The store knows their kind, number and key, and nothing else. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The numbers are stored: never reuse one. */
typedef enum
{
  RECORD_JOB = 1,
  RECORD_TOKEN = 2,
  RECORD_AUDIT = 3,
  RECORD_ORIGIN = 4,   /* key: the event that was made */
  RECORD_COPY = 5,     /* key: the event that it was made of */
  RECORD_PROOF = 6,    /* one, written to learn that it can be */
  RECORD_PROBLEM = 7,  /* key: its fingerprint; that somebody has seen it */
  RECORD_SCHEDULE = 8, /* key: the source; how far its schedule has come */
  RECORD_MARK = 9,     /* key: the connector, or “router”; see store/mark.h */
  RECORD_TROUBLE = 10, /* key: its fingerprint; that a problem came or went */
} RecordKind;

#define RECORD_N_COUNTS 2

typedef struct
{
  RecordKind kind;
  gint64 id;   /* from 1, ascending within its kind */
  char *key;   /* "": none; not unique */
  char *value; /* JSON */
  /* Kept apart from the value, so that a commit can add to them what it finds out. */
  gint64 counts[RECORD_N_COUNTS];
} StoredRecord;

/* A change of one, part of any item of a batch. */
typedef struct
{
  StoredRecord record; /* id 0: a new one, with the next number; else it replaces, or is new */
  /* Of an item of operator actions: how many were applied is added to the first count, how many
   * were not to the second. */
  gboolean adds_actions;
  gboolean if_applied; /* of a hold: only when it changed anything */
  guint of_action;     /* of an item of operator actions: only when this one, from 1, is applied;
                          0: in any case */
  guint keep_newest;   /* 0: all; else those of its kind with numbers below the newest so many go */
  gint64 out_id;       /* filled by commit */
} RecordChange;

void stored_record_free (StoredRecord *record);
StoredRecord *stored_record_copy (const StoredRecord *record);

/* Copies its texts. */
RecordChange *record_change_new (RecordKind kind, gint64 id, const char *key, const char *value);
void record_change_free (RecordChange *change);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StoredRecord, stored_record_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RecordChange, record_change_free)

G_END_DECLS
