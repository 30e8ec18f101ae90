/* A whole folder is put in force, all or nothing, and never over what somebody else did. */
#include "support/config-folder.h"
#include "support/control-world.h"

#include "base/error.h"
#include "config/diff.h"

#define OTHER_RULE                                                                                 \
  "{\"EventPattern\": {\"source\": [\"b\"]},"                                                      \
  " \"Targets\": [{\"Id\": \"t\", \"Arn\": \"file/all\"}]}"

#define PASSING_TEST                                                                               \
  "{\"Tests\": [{\"Name\": \"b\", \"Event\": {\"source\": \"b\", \"detail-type\": \"x\","          \
  " \"detail\": {}}, \"Matches\": [\"all\"]}]}"

/* The world's files with another rule. */
static GHashTable *
changed_files (World *world)
{
  g_autoptr (GError) error = NULL;
  GHashTable *files = control_generation_files (world->control, 1, &error);

  g_assert_no_error (error);
  g_hash_table_replace (files, g_strdup ("rule/default/all.json"), g_strdup (OTHER_RULE));
  return files;
}

static gboolean
apply (World *world, const ControlApply *change, ControlApplied *out, guint *n, GError **error)
{
  g_autoptr (GPtrArray) problems = NULL;
  gboolean ok = control_apply (world->control, change, out, &problems, error);

  *n = problems != NULL ? problems->len : 0;
  return ok;
}

static void
test_applied (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GHashTable) files = changed_files (world);
  ControlApply change = { .files = files, .expected = 1, .cause = { "ada", "because" } };
  g_auto (ControlApplied) applied = { 0 };
  g_autoptr (StoredGeneration) stored = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint n;

  g_hash_table_insert (files, g_strdup ("tests/b.json"), g_strdup (PASSING_TEST));
  g_assert_true (apply (world, &change, &applied, &n, &error));
  g_assert_cmpuint (applied.generation, ==, 2);
  g_assert_cmpuint (applied.n_tests, ==, 1);
  g_assert_cmpuint (applied.changes->len, ==, 2);
  g_assert_cmpuint (world_generation (world), ==, 2);
  text = world_read (world, "rule/default/all.json");
  g_assert_cmpstr (text, ==, OTHER_RULE);
  g_assert_true (world->store->engine->load_generation (world->store, 2, &stored, &error));
  g_assert_cmpstr (stored->author, ==, "ada");
  g_assert_cmpstr (stored->reason, ==, "because");
}

static void
test_guards (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GHashTable) files = changed_files (world);
  ControlApply change = { .files = files, .expected = 7 };
  g_auto (ControlApplied) applied = { 0 }, again = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint n;

  g_assert_false (apply (world, &change, &applied, &n, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_CONFLICT);
  g_clear_error (&error);
  change.expected = 1;
  g_assert_false (control_is_edited (world->control));
  test_folder_put (world->folder, "bus/by-hand.json", "{}");
  g_assert_true (control_is_edited (world->control));
  g_assert_false (apply (world, &change, &applied, &n, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_cmpuint (world_generation (world), ==, 1);
  change.overwrite = TRUE;
  g_assert_true (apply (world, &change, &again, &n, &error));
  text = world_read (world, "bus/by-hand.json");
  g_assert_null (text);
  g_assert_false (control_is_edited (world->control));
}

static void
check_nothing_done (World *world)
{
  g_autofree char *text = world_read (world, "rule/default/all.json");

  g_assert_cmpstr (text, ==, WORLD_RULE);
  g_assert_cmpuint (world_generation (world), ==, 1);
}

static void
test_refused (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GHashTable) files = changed_files (world);
  ControlApply change = { .files = files };
  g_auto (ControlApplied) applied = { 0 }, trial = { 0 };
  g_autoptr (GError) error = NULL;
  guint n;

  /* One file with a mistake: none is written. */
  g_hash_table_insert (files, g_strdup ("bus/x.json"), g_strdup ("{\"No\": 1}"));
  g_assert_false (apply (world, &change, &applied, &n, &error));
  g_assert_cmpuint (n, ==, 1);
  check_nothing_done (world);
  /* A test that fails. */
  g_hash_table_remove (files, "bus/x.json");
  g_hash_table_insert (files, g_strdup ("tests/b.json"),
                       g_strdup ("{\"Tests\": [{\"Name\": \"n\", \"Event\": {\"source\": \"z\","
                                 " \"detail-type\": \"x\", \"detail\": 1},"
                                 " \"Matches\": [\"all\"]}]}"));
  g_assert_false (apply (world, &change, &applied, &n, &error));
  g_assert_cmpuint (n, ==, 1);
  check_nothing_done (world);
  change.check_only = change.skip_tests = TRUE;
  g_assert_true (apply (world, &change, &trial, &n, &error));
  check_nothing_done (world);
  g_hash_table_insert (files, g_strdup ("../x.json"), g_strdup ("{}"));
  g_assert_false (apply (world, &change, &applied, &n, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID);
}

/* The way back is a new generation with the same digest as the old one. */
static void
test_back (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GHashTable) files = changed_files (world), first = NULL;
  ControlApply change = { .files = files };
  g_auto (ControlApplied) applied = { 0 }, back = { 0 };
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint n;

  g_assert_true (apply (world, &change, &applied, &n, &error));
  first = control_generation_files (world->control, 1, &error);
  change.files = first;
  g_assert_true (apply (world, &change, &back, &n, &error));
  g_assert_cmpuint (back.generation, ==, 3);
  text = world_read (world, "rule/default/all.json");
  g_assert_cmpstr (text, ==, WORLD_RULE);
  g_assert_null (control_generation_files (world->control, 9, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/control-apply/applied", test_applied);
  g_test_add_func ("/control-apply/guards", test_guards);
  g_test_add_func ("/control-apply/refused", test_refused);
  g_test_add_func ("/control-apply/back", test_back);
  return g_test_run ();
}
