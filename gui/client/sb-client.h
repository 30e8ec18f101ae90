/* sb-client.h: the router's HTTP API as asynchronous C calls.
 *
 * The only file of the app that knows HTTP.  Everything runs on the main thread and nothing waits.
 * Every _async call takes a GCancellable and ends in exactly one callback; a cancelled one ends
 * with G_IO_ERROR_CANCELLED, every other failure is an SB_ERROR with a message for people. */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "sb-address.h"
#include "sb-diagnostic.h"

G_BEGIN_DECLS

#define SB_TYPE_CLIENT (sb_client_get_type ())
G_DECLARE_FINAL_TYPE (SbClient, sb_client, SB, CLIENT, GObject)

/* timeout_s: how long a silent router is waited for. */
SbClient *sb_client_new (const SbAddress *address, guint timeout_s);

const SbAddress *sb_client_get_address (SbClient *self);

/* Goes with every call from now on, to say who asks; NULL or "": none. */
void sb_client_set_token (SbClient *self, const char *token);
gboolean sb_client_has_token (SbClient *self);

/* Calls from now on hold the router's certificate against those of this file, see
 * sb_address_set_certificates().  A file that cannot be read ends every call in
 * SB_ERROR_CERTIFICATE. */
void sb_client_set_certificates (SbClient *self, const char *path);

/* Begins anew with connections of its own, and reads the certificates again. */
void sb_client_renew (SbClient *self);

/* Asking.  All of these end in sb_client_get_finish(), which gives the answer's JSON object. */
void sb_client_get_status_async (SbClient *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
void sb_client_get_routes_async (SbClient *self,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
void sb_client_get_delivery_async (SbClient *self,
                                   const char *id,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
void sb_client_get_event_async (SbClient *self,
                                const char *id,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
/* list: "deliveries" or "events"; query: a GUri query without after and limit, or ""; after: the
 * place where the page begins, or NULL. */
void sb_client_get_page_async (SbClient *self,
                               const char *list,
                               const char *query,
                               const char *after,
                               guint limit,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
JsonObject *sb_client_get_finish (SbClient *self, GAsyncResult *result, GError **error);

/* Any of the API's objects: what is "queues" or "dead-letters/groups", with a query or "".  Ends in
 * sb_client_get_finish(). */
void sb_client_ask_async (SbClient *self,
                          const char *what,
                          const char *query,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);
/* Doing something: what is "jobs" or "jobs/7/pause", body an object with what it takes, or NULL.
 * The user's name goes with it.  Ends in sb_client_get_finish(). */
void sb_client_act_async (SbClient *self,
                          const char *what,
                          JsonObject *body,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data);

/* Taking away: what is "tokens/7".  Ends in sb_client_get_finish(). */
void sb_client_delete_async (SbClient *self,
                             const char *what,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);

/* Doing what takes its time, a backup for instance: no answer is waited for in vain. */
void sb_client_act_patiently_async (SbClient *self,
                                    const char *what,
                                    JsonObject *body,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
/* Of both: SB_ERROR_INVALID comes with out_problems (GPtrArray of SbDiagnostic), when the router
 * has found any. */
JsonObject *sb_client_act_finish (SbClient *self,
                                  GAsyncResult *result,
                                  GPtrArray **out_problems,
                                  GError **error);

/* The same with a body of the caller's, in which numbers stay as they were written. */
void sb_client_post_async (SbClient *self,
                           const char *what,
                           GBytes *json,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data);

/* An event, sent to where a source listens ("/in/shop") as anybody would. */
void sb_client_send_event_async (SbClient *self,
                                 const char *path,
                                 GBytes *json,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/* Was it taken in?  out_id: the event's; NULL when the source does not tell, as its own settings
 * may say what it answers. */
gboolean
sb_client_send_event_finish (SbClient *self, GAsyncResult *result, char **out_id, GError **error);

/* The stream of changes as it comes, see sb-changes.h. */
void sb_client_open_changes_async (SbClient *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
GInputStream *sb_client_open_changes_finish (SbClient *self, GAsyncResult *result, GError **error);

/* Bytes: what a target is sent; an event as it was received; a file of the configuration
 * ("rule/default/paid.json"). All end in sb_client_fetch_finish(); out_etag (may be NULL) is NULL
 * when there is none. */
void sb_client_fetch_payload_async (SbClient *self,
                                    const char *delivery_id,
                                    GCancellable *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer user_data);
void sb_client_fetch_body_async (SbClient *self,
                                 const char *event_id,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
void sb_client_fetch_file_async (SbClient *self,
                                 const char *path,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
GBytes *
sb_client_fetch_finish (SbClient *self, GAsyncResult *result, char **out_etag, GError **error);

/* Writing one file of the configuration.  etag: of the text that the editor began from; NULL writes
 * whatever is there, SB_CLIENT_NEW_FILE only when nothing is.  A file that is different by now is
 * SB_ERROR_CONFLICT.  SB_ERROR_INVALID: out_problems (GPtrArray of SbDiagnostic, never NULL then)
 * say what is wrong; the running generation stays. */
#define SB_CLIENT_NEW_FILE ""

typedef enum
{
  SB_WRITE_SAVE,
  SB_WRITE_CHECK, /* check the whole folder as it would be, change nothing */
} SbWrite;

void sb_client_write_file_async (SbClient *self,
                                 const char *path,
                                 GBytes *text,
                                 const char *etag,
                                 SbWrite write,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
/* Takes the file out.  Ends in sb_client_write_file_finish(). */
void sb_client_remove_file_async (SbClient *self,
                                  const char *path,
                                  const char *etag,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean sb_client_write_file_finish (SbClient *self,
                                      GAsyncResult *result,
                                      gint64 *out_generation,
                                      GPtrArray **out_problems,
                                      GError **error);

/* Acting on dead letters. */
typedef enum
{
  SB_OPERATION_REPLAY,
  SB_OPERATION_DISCARD,
} SbOperation;

/* Which: ids (delivery ids), or when ids is NULL all dead letters that match; NULL fields match
 * everything. */
typedef struct
{
  const char *const *ids;
  const char *connector;
  const char *rule;
  gint64 to_us; /* that died before this, by the router's clock; 0: whenever */
} SbDeadLetters;

void sb_client_operate_async (SbClient *self,
                              SbOperation operation,
                              const SbDeadLetters *which,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
/* applied: deliveries that changed; skipped: no longer dead, or gone. */
gboolean sb_client_operate_finish (SbClient *self,
                                   GAsyncResult *result,
                                   gint64 *out_applied,
                                   gint64 *out_skipped,
                                   GError **error);

G_END_DECLS
