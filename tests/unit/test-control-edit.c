/* Edits are checked with the whole folder, guarded against lost updates, written, and in force. */
#include "support/config-folder.h"
#include "support/control-world.h"

#include "base/error.h"

#define PATH "rule/default/all.json"
#define OTHER_RULE                                                                                 \
  "{\"EventPattern\": {\"source\": [\"b\"]},"                                                      \
  " \"Targets\": [{\"Id\": \"t\", \"Arn\": \"file/all\"}]}"

static const ControlCause ada = { .author = "ada", .reason = "because" };

static gboolean
edit (World *world,
      const char *path,
      const char *text,
      const char *digest,
      gboolean check_only,
      guint *out_problems,
      GError **error)
{
  g_autoptr (GPtrArray) problems = NULL;
  guint64 generation = 0;
  gboolean done = control_edit (world->control, path, text, digest, check_only, &ada, &generation,
                                &problems, error);

  *out_problems = problems != NULL ? problems->len : 0;
  if (done)
    g_assert_cmpuint (generation, ==, world_generation (world));
  return done;
}

static void
test_saved (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *digest = NULL;
  g_autofree char *after = NULL;
  guint problems;

  g_assert_true (control_read (world->control, PATH, &text, &digest, &error));
  g_assert_cmpstr (text, ==, WORLD_RULE);
  g_assert_true (edit (world, PATH, OTHER_RULE, digest, FALSE, &problems, &error));
  g_assert_cmpuint (world_generation (world), ==, 2);
  after = world_read (world, PATH);
  g_assert_cmpstr (after, ==, OTHER_RULE);

  /* The second editor, who began from the first text, is told. */
  g_assert_false (edit (world, PATH, WORLD_RULE, digest, FALSE, &problems, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_CONFLICT);
  g_assert_cmpuint (world_generation (world), ==, 2);
}

static void
test_checked (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *after = NULL;
  guint problems;

  g_assert_true (edit (world, PATH, OTHER_RULE, NULL, TRUE, &problems, &error));
  g_assert_false (edit (world, PATH, "{\"EventPattern\": 1}", NULL, FALSE, &problems, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (problems, >, 0);
  /* What others refer to cannot go. */
  g_assert_false (edit (world, "file/all.json", NULL, NULL, FALSE, &problems, &error));
  g_assert_cmpuint (problems, >, 0);
  g_assert_cmpuint (world_generation (world), ==, 1);
  after = world_read (world, PATH);
  g_assert_cmpstr (after, ==, WORLD_RULE);
}

static void
test_created_and_deleted (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GError) error = NULL;
  guint problems;

  g_assert_true (edit (world, "rule/default/new.json", OTHER_RULE, "", FALSE, &problems, &error));
  g_assert_true (test_folder_has (world->folder, "rule/default/new.json"));
  g_assert_false (edit (world, "rule/default/new.json", OTHER_RULE, "", FALSE, &problems, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_true (edit (world, "rule/default/new.json", NULL, NULL, FALSE, &problems, &error));
  g_assert_false (test_folder_has (world->folder, "rule/default/new.json"));
  g_assert_cmpuint (world_generation (world), ==, 3);
}

static void
test_paths (void)
{
  static const char *const bad[] = {
    "../evil.json",         "/etc/passwd",  "rule/../../x.json", "x", ".json",
    "rule/default/.x.json", "rule//x.json", "a/b/c/d.json",      ""
  };
  g_autoptr (World) world = world_new ();

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;
      g_autofree char *digest = NULL;
      guint problems;

      g_test_message ("%s", bad[i]);
      g_assert_false (edit (world, bad[i], "{}", NULL, FALSE, &problems, &error));
      g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID);
      g_clear_error (&error);
      g_assert_false (control_read (world->control, bad[i], &text, &digest, &error));
      g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID);
    }
}

static void
test_missing (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autofree char *digest = NULL;

  g_assert_false (control_read (world->control, "webhook/none.json", &text, &digest, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_NOT_FOUND);
}

/* An answer that nothing was done is true: the file is as it was. */
static void
test_not_recorded (void)
{
  g_autoptr (World) world = world_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *after = NULL;
  guint problems;

  writer_stop (world->writer);
  g_assert_false (edit (world, PATH, OTHER_RULE, NULL, FALSE, &problems, &error));
  g_assert_error (error, ROUTER_ERROR, ROUTER_ERROR_UNAVAILABLE);
  after = world_read (world, PATH);
  g_assert_cmpstr (after, ==, WORLD_RULE);
  g_clear_error (&error);
  g_assert_false (edit (world, "rule/default/new.json", OTHER_RULE, "", FALSE, &problems, &error));
  g_assert_false (test_folder_has (world->folder, "rule/default/new.json"));
  g_assert_cmpuint (world_generation (world), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/control/edit/saved", test_saved);
  g_test_add_func ("/control/edit/checked", test_checked);
  g_test_add_func ("/control/edit/created-and-deleted", test_created_and_deleted);
  g_test_add_func ("/control/edit/paths", test_paths);
  g_test_add_func ("/control/edit/missing", test_missing);
  g_test_add_func ("/control/edit/not-recorded", test_not_recorded);
  return g_test_run ();
}
