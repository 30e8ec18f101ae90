#include "config.h"

#include "sb-keyring.h"

#include <glib/gi18n.h>
#include <libsecret/secret.h>

#include "sb-error.h"

static const SecretSchema *
get_schema (void)
{
  static const SecretSchema schema = {
    .name = "org.signalbox.Signalbox.Token",
    .flags = SECRET_SCHEMA_NONE,
    .attributes = { { "router", SECRET_SCHEMA_ATTRIBUTE_STRING },
                    { NULL, SECRET_SCHEMA_ATTRIBUTE_STRING } },
  };

  return &schema;
}

/* Takes the error and returns it in the task, in words of ours. */
static void
return_error (GTask *task, GError *error)
{
  g_autoptr (GError) away = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_task_return_error (task, error);
      return;
    }
  away = g_error_new (SB_ERROR, SB_ERROR_UNREACHABLE,
                      _ ("This desktop has no keyring that answers (%s)"), error->message);
  g_error_free (error);
  g_task_return_error (task, g_steal_pointer (&away));
}

static void
looked_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  char *token = secret_password_lookup_finish (result, &error);

  if (error != NULL)
    return_error (task, error);
  else
    g_task_return_pointer (task, token, (GDestroyNotify) secret_password_free);
}

void
sb_keyring_look_up_async (const char *place,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, sb_keyring_look_up_async);
  secret_password_lookup (get_schema (), cancellable, looked_up_cb, task, "router", place, NULL);
}

char *
sb_keyring_look_up_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
sb_keyring_free_token (char *token)
{
  secret_password_free (token);
}

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (secret_password_store_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    return_error (task, error);
}

static void
cleared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  /* FALSE without an error: there was none to forget. */
  secret_password_clear_finish (result, &error);
  if (error != NULL)
    return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
sb_keyring_keep_async (const char *place,
                       const char *token,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autofree char *label = NULL;

  g_task_set_source_tag (task, sb_keyring_keep_async);
  if (*token == '\0')
    {
      secret_password_clear (get_schema (), cancellable, cleared_cb, task, "router", place, NULL);
      return;
    }
  /* Translators: the name of a secret in the desktop's list of passwords; %s is an address */
  label = g_strdup_printf (_ ("Token of the Signalbox router at %s"), place);
  secret_password_store (get_schema (), SECRET_COLLECTION_DEFAULT, label, token, cancellable,
                         stored_cb, task, "router", place, NULL);
}

gboolean
sb_keyring_keep_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
