#include <string.h>

#include "sb-document.h"
#include "support.h"

#define PATH "rule/default/billing.json"
#define VALID "{\"EventPattern\": {\"source\": [\"x\"]}, \"Targets\": []}"

typedef struct
{
  World world;
  SbDocument *document;
  guint n_replaced;
  gint64 generation; /* of the last save */
  char *failure;
} Fixture;

static void
replaced_cb (Fixture *fixture)
{
  fixture->n_replaced++;
}

static void
saved_cb (Fixture *fixture, gint64 generation)
{
  fixture->generation = generation;
}

static void
failed_cb (Fixture *fixture, const char *message)
{
  g_free (fixture->failure);
  fixture->failure = g_strdup (message);
}

static void
open_document (Fixture *fixture, const char *path, const char *text)
{
  fixture->document = sb_document_new (fixture->world.client, path, 10);
  g_signal_connect_swapped (fixture->document, "text-replaced", G_CALLBACK (replaced_cb), fixture);
  g_signal_connect_swapped (fixture->document, "saved", G_CALLBACK (saved_cb), fixture);
  g_signal_connect_swapped (fixture->document, "failed", G_CALLBACK (failed_cb), fixture);
  sb_document_load (fixture->document, text);
  wait_until (sb_document_get_state (fixture->document) != SB_DOCUMENT_LOADING);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_unref (fixture->document);
  g_free (fixture->failure);
  world_tear_down (&fixture->world, data);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  world_set_up (&fixture->world, data);
}

static void
test_load (Fixture *fixture, gconstpointer data)
{
  open_document (fixture, PATH, NULL);
  g_assert_cmpint (sb_document_get_state (fixture->document), ==, SB_DOCUMENT_READY);
  g_assert_cmpstr (sb_document_get_text (fixture->document), ==,
                   fake_router_read (fixture->world.router, PATH));
  g_assert_cmpuint (fixture->n_replaced, ==, 1);
  g_assert_false (sb_document_get_modified (fixture->document));
  wait_until (sb_document_get_verdict (fixture->document) == SB_VERDICT_VALID);
}

static void
test_check (Fixture *fixture, gconstpointer data)
{
  const SbDiagnostic *diagnostic;

  open_document (fixture, PATH, NULL);

  /* Without the router, at once. */
  sb_document_set_text (fixture->document, "{\"EventPattern\": {\n\"source\": \"x\"}}");
  g_assert_cmpint (sb_document_get_verdict (fixture->document), ==, SB_VERDICT_INVALID);
  diagnostic = g_ptr_array_index (sb_document_get_diagnostics (fixture->document), 0);
  g_assert_cmpuint (diagnostic->line, ==, 2);

  /* With the router, which alone knows what connectors there are. */
  sb_document_set_text (fixture->document, "{\n\"Targets\": [{\n\"Arn\": \"webhook/nobody\"}]}");
  g_assert_cmpuint (sb_document_get_diagnostics (fixture->document)->len, ==, 0);
  wait_until (sb_document_get_verdict (fixture->document) == SB_VERDICT_INVALID);
  diagnostic = g_ptr_array_index (sb_document_get_diagnostics (fixture->document), 0);
  g_assert_cmpuint (diagnostic->line, ==, 3);
  g_assert_cmpstr (diagnostic->key, ==, "Targets[0].Arn");

  sb_document_set_text (fixture->document, VALID);
  g_assert_true (sb_document_get_modified (fixture->document));
  wait_until (sb_document_get_verdict (fixture->document) == SB_VERDICT_VALID);
  /* Checking changes nothing. */
  g_assert_cmpstr (fake_router_read (fixture->world.router, PATH), !=, VALID);
}

static void
test_save (Fixture *fixture, gconstpointer data)
{
  open_document (fixture, PATH, NULL);
  for (guint i = 0; i < 2; i++)
    {
      const char *text = i == 0 ? VALID : "{\"Targets\": []}";

      fixture->generation = 0;
      sb_document_set_text (fixture->document, text);
      sb_document_save (fixture->document);
      g_assert_cmpint (sb_document_get_state (fixture->document), ==, SB_DOCUMENT_SAVING);
      wait_until (sb_document_get_state (fixture->document) == SB_DOCUMENT_READY);
      g_assert_cmpint (fixture->generation, ==, 8 + i);
      g_assert_cmpstr (fake_router_read (fixture->world.router, PATH), ==, text);
      g_assert_false (sb_document_get_modified (fixture->document));
      g_assert_false (sb_document_get_conflict (fixture->document));
    }
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  open_document (fixture, PATH, NULL);
  sb_document_set_text (fixture->document, "{\"Targets\": [{\"Arn\": \"webhook/nobody\"}]}");
  sb_document_save (fixture->document);
  wait_until (sb_document_get_state (fixture->document) == SB_DOCUMENT_READY);
  g_assert_cmpint (sb_document_get_verdict (fixture->document), ==, SB_VERDICT_INVALID);
  g_assert_cmpuint (sb_document_get_diagnostics (fixture->document)->len, ==, 1);
  g_assert_true (sb_document_get_modified (fixture->document));
  g_assert_cmpint (fixture->generation, ==, 0);
}

static void
test_keep (Fixture *fixture, gconstpointer data)
{
  open_document (fixture, PATH, NULL);
  sb_document_set_text (fixture->document, VALID);
  fake_router_write (fixture->world.router, PATH, "{\"theirs\": 1}");
  sb_document_save (fixture->document);
  wait_until (sb_document_get_conflict (fixture->document));
  g_assert_cmpstr (fake_router_read (fixture->world.router, PATH), ==, "{\"theirs\": 1}");

  /* Saving does not get around the question. */
  sb_document_save (fixture->document);
  g_assert_cmpint (sb_document_get_state (fixture->document), ==, SB_DOCUMENT_READY);

  sb_document_keep (fixture->document);
  wait_until (sb_document_get_state (fixture->document) == SB_DOCUMENT_READY);
  g_assert_cmpstr (fake_router_read (fixture->world.router, PATH), ==, VALID);
  g_assert_false (sb_document_get_conflict (fixture->document));
}

static void
test_reload (Fixture *fixture, gconstpointer data)
{
  open_document (fixture, PATH, NULL);
  sb_document_set_text (fixture->document, VALID);
  fake_router_write (fixture->world.router, PATH, "{\"theirs\": 1}");
  sb_document_save (fixture->document);
  wait_until (sb_document_get_conflict (fixture->document));
  sb_document_reload (fixture->document);
  wait_until (sb_document_get_state (fixture->document) == SB_DOCUMENT_READY);
  g_assert_cmpstr (sb_document_get_text (fixture->document), ==, "{\"theirs\": 1}");
  g_assert_false (sb_document_get_conflict (fixture->document));
  g_assert_false (sb_document_get_modified (fixture->document));
}

static void
test_look_again (Fixture *fixture, gconstpointer data)
{
  open_document (fixture, PATH, NULL);

  /* An untouched text follows the router's. */
  fake_router_write (fixture->world.router, PATH, "{\"theirs\": 1}");
  sb_document_look_again (fixture->document);
  wait_until (fixture->n_replaced == 2);
  g_assert_cmpstr (sb_document_get_text (fixture->document), ==, "{\"theirs\": 1}");

  /* A touched one does not, and the user is told. */
  sb_document_set_text (fixture->document, VALID);
  fake_router_write (fixture->world.router, PATH, "{\"theirs\": 2}");
  sb_document_look_again (fixture->document);
  wait_until (sb_document_get_conflict (fixture->document));
  g_assert_cmpstr (sb_document_get_text (fixture->document), ==, VALID);
}

static void
test_new (Fixture *fixture, gconstpointer data)
{
  open_document (fixture, "rule/default/fresh.json", VALID);
  g_assert_cmpint (sb_document_get_state (fixture->document), ==, SB_DOCUMENT_READY);
  g_assert_cmpstr (sb_document_get_text (fixture->document), ==, VALID);
  g_assert_true (sb_document_get_modified (fixture->document));
  sb_document_save (fixture->document);
  wait_until (!sb_document_get_modified (fixture->document));
  g_assert_cmpstr (fake_router_read (fixture->world.router, "rule/default/fresh.json"), ==, VALID);
}

static void
test_missing (Fixture *fixture, gconstpointer data)
{
  open_document (fixture, "rule/default/none.json", NULL);
  g_assert_cmpint (sb_document_get_state (fixture->document), ==, SB_DOCUMENT_FAILED);
  g_assert_cmpstr (sb_document_get_error (fixture->document), ==, "There is no such file");
  g_assert_false (sb_document_get_modified (fixture->document));
}

static void
test_away (Fixture *fixture, gconstpointer data)
{
  open_document (fixture, PATH, NULL);
  sb_document_set_text (fixture->document, VALID);
  fake_router_die (fixture->world.router);
  sb_document_save (fixture->document);
  wait_until (fixture->failure != NULL);
  g_assert_cmpint (sb_document_get_state (fixture->document), ==, SB_DOCUMENT_READY);
  g_assert_cmpstr (sb_document_get_text (fixture->document), ==, VALID);
  g_assert_true (sb_document_get_modified (fixture->document));
  fake_router_listen (fixture->world.router, fixture->world.socket);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/document/load", test_load },       { "/document/check", test_check },
    { "/document/save", test_save },       { "/document/refused", test_refused },
    { "/document/keep", test_keep },       { "/document/reload", test_reload },
    { "/document/new", test_new },         { "/document/look-again", test_look_again },
    { "/document/missing", test_missing }, { "/document/away", test_away },
  };

  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
