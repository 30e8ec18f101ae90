/* Who may do what over TCP, once there are tokens. */
#include "support/api-world.h"

#include <string.h>

static char *
make_token (ApiWorld *world, const char *headers, const char *body, Reply **out_reply)
{
  Reply *reply = world_ask (world, "POST", "/v1/tokens", headers, body);
  g_autofree char *secret = reply->status == 200 ? reply_string (reply, "token") : NULL;

  if (out_reply != NULL)
    *out_reply = reply;
  else
    reply_free (reply);
  return secret != NULL ? g_strdup_printf ("Authorization: Bearer %s\r\n", secret) : NULL;
}

static void
assert_status (ApiWorld *world,
               const char *method,
               const char *path,
               const char *headers,
               guint status,
               const char *slug)
{
  g_autoptr (Reply) reply = world_ask (world, method, path, headers,
                                       strcmp (method, "GET") == 0 ? "" : "{}");

  g_test_message ("%s %s", method, path);
  if (slug != NULL)
    reply_assert_problem (reply, status, slug);
  else
    g_assert_cmpuint (reply->status, ==, status);
}

static void
test_roles (ApiWorld *world, gconstpointer data)
{
  g_autofree char *admin = make_token (world, "", "{'name':'boss','role':'admin'}", NULL);
  g_autofree char *viewer = make_token (world, admin, "{'name':'wall','role':'viewer'}", NULL);
  g_autofree char *operator= make_token (world, admin, "{'name':'night','role':'operator'}", NULL);

  g_assert_nonnull (admin);
  assert_status (world, "GET", "/v1/status", "", 401, "token-missing");
  assert_status (world, "GET", "/metrics", "", 401, "token-missing");
  assert_status (world, "GET", "/v1/status", "Authorization: Bearer sbx_x\r\n", 401,
                 "token-invalid");
  assert_status (world, "GET", "/v1/status", viewer, 200, NULL);
  assert_status (world, "GET", "/metrics", viewer, 200, NULL);
  assert_status (world, "POST", "/v1/replay", viewer, 403, "role-too-low");
  assert_status (world, "POST", "/v1/test-pattern", viewer, 400, "invalid-request");
  assert_status (world, "POST", "/v1/replay", operator, 400, "invalid-request");
  assert_status (world, "POST", "/v1/reload", operator, 403, "role-too-low");
  assert_status (world, "GET", "/v1/tokens", operator, 403, "role-too-low");
  assert_status (world, "POST", "/v1/reload", admin, 200, NULL);
  /* What needs none. */
  assert_status (world, "GET", "/health", "", 200, NULL);
  assert_status (world, "GET", "/ready", "", 200, NULL);
  assert_status (world, "POST", "/in/shop", "", 202, NULL);
}

static void
test_life (ApiWorld *world, gconstpointer data)
{
  Reply *made = NULL, *list = NULL, *revoked = NULL;
  g_autofree char *admin = make_token (world, "", "{'name':'boss','role':'admin'}", NULL);
  g_autofree char *brief = make_token (
      world, admin, "{'name':'brief','role':'viewer','expires_in_seconds':60}", &made);

  reply_assert (made, "name", "'brief'");
  reply_assert (made, "by", "'token boss'");
  reply_assert (made, "expires", "'2026-11-21T09:15:00.123456Z'");
  g_assert_true (g_str_has_prefix (brief, "Authorization: Bearer sbx_"));
  list = world_ask (world, "GET", "/v1/tokens", admin, "");
  reply_assert (list, "tokens.0.name", "'brief'");
  reply_assert (list, "tokens.0.state", "'valid'");
  g_assert_null (strstr (list->body, "sbx_"));
  g_assert_null (strstr (list->body, "hash"));
  assert_status (world, "GET", "/v1/status", brief, 200, NULL);
  clock_manual_advance (world->clock, 60 * G_USEC_PER_SEC);
  assert_status (world, "GET", "/v1/status", brief, 401, "token-invalid");
  revoked = world_ask (world, "DELETE", "/v1/tokens/boss", admin, "");
  reply_assert (revoked, "state", "'revoked'");
  /* None is left that is valid: the loopback is the fence again. */
  assert_status (world, "GET", "/v1/status", "", 200, NULL);
  assert_status (world, "DELETE", "/v1/tokens/boss", "", 404, "not-found");
  reply_free (made);
  reply_free (list);
  reply_free (revoked);
}

static void
test_audit (ApiWorld *world, gconstpointer data)
{
  g_autofree char *admin = make_token (world, "", "{'name':'boss','role':'admin'}", NULL);
  g_autoptr (Reply) reload = world_ask (world, "POST", "/v1/reload", admin, "");
  /* What is committed before it is there for all to see. */
  g_autofree char *later G_GNUC_UNUSED = world_accept (world, "/in/shop", "{}");
  g_autoptr (Reply) audit = world_ask (world, "GET", "/v1/audit", admin, "");

  g_assert_cmpuint (reload->status, ==, 200);
  reply_assert (audit, "lines.0.line.who", "'token boss'");
  g_assert_null (strstr (audit->body, "sbx_"));
  world_assert_asked (world, "reload by token boss;");
}

static void
test_browser (ApiWorld *world, gconstpointer data)
{
  g_autofree char *viewer G_GNUC_UNUSED = make_token (world, "", "{'name':'wall','role':'viewer'}",
                                                      NULL);
  g_autoptr (Reply) stranger = NULL;

  /* A page of that name cannot know the token. */
  stranger = world_ask (world, "GET", "/v1/status", "Origin: http://router.example\r\n", "");
  reply_assert_problem (stranger, 401, "token-missing");
}

static void
test_bad (ApiWorld *world, gconstpointer data)
{
  static const char *const bad[] = {
    "{}",
    "{'name':'a'}",
    "{'role':'admin'}",
    "{'name':'a b','role':'admin'}",
    "{'name':'a','role':'king'}",
    "{'name':'a','role':'admin','expires_in_seconds':0}",
    "{'name':'a','role':'admin','expires_in_seconds':'1'}",
    "{'name':'a','role':'admin','token':'x'}",
  };
  g_autofree char *token = NULL;
  Reply *again = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (Reply) reply = world_post (world, "/v1/tokens", bad[i]);

      reply_assert_problem (reply, 400, "invalid-request");
    }
  token = make_token (world, "", "{'name':'a','role':'admin'}", NULL);
  g_assert_null (make_token (world, token, "{'name':'a','role':'viewer'}", &again));
  reply_assert_problem (again, 409, "conflict");
  reply_free (again);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  API_WORLD_TEST ("/http/api/tokens/roles", NULL, test_roles);
  API_WORLD_TEST ("/http/api/tokens/life", NULL, test_life);
  API_WORLD_TEST ("/http/api/tokens/audit", NULL, test_audit);
  API_WORLD_TEST ("/http/api/tokens/browser", NULL, test_browser);
  API_WORLD_TEST ("/http/api/tokens/bad", NULL, test_bad);
  return g_test_run ();
}
