/* The arena and the growing buffer. */
#include "rules-failing-alloc.h"
#include "rules/memory.h"

#include <glib.h>
#include <string.h>

static void
test_arena (void)
{
  FailingAlloc user = { G_MAXUINT, 0 };
  RulesAlloc alloc = { failing_alloc_resize, &user };
  Arena arena;

  arena_init (&arena, &alloc);
  for (guint i = 0; i < 5000; i++)
    {
      char *piece = arena_take (&arena, i % 97);

      g_assert_nonnull (piece);
      g_assert_cmpuint ((guintptr) piece % _Alignof(max_align_t), ==, 0);
      memset (piece, 0xA5, i % 97);
    }
  g_assert_nonnull (arena_take (&arena, 5 * 1024 * 1024));
  g_assert_cmpuint (user.n_live, >, 1);
  arena_reset (&arena);
  g_assert_cmpuint (user.n_live, ==, 1);
  arena_clear (&arena);
  g_assert_cmpuint (user.n_live, ==, 0);
}

/* Sanitizers do not like it when malloc is asked for the impossible. */
static void *
modest_resize (void *user, void *pointer, size_t size)
{
  g_assert_cmpuint (size, >, 0);
  return size > G_MAXUINT32 ? NULL : realloc (pointer, size);
}

static void
test_too_much (void)
{
  RulesAlloc alloc = { modest_resize, NULL };
  Arena arena;

  arena_init (&arena, &alloc);
  g_assert_null (arena_take (&arena, SIZE_MAX));
  g_assert_null (arena_take (&arena, SIZE_MAX - 64));
  g_assert_null (arena_take_zero (&arena, SIZE_MAX / 2, 3));
  g_assert_null (arena_copy (&arena, "", SIZE_MAX));
  arena_clear (&arena);
}

static void
test_zero (void)
{
  Arena arena;
  guint *numbers;

  arena_init (&arena, NULL);
  memset (arena_take (&arena, 900), 0xFF, 900);
  arena_reset (&arena);
  numbers = ARENA_ARRAY (&arena, guint, 100);
  for (guint i = 0; i < 100; i++)
    g_assert_cmpuint (numbers[i], ==, 0);
  g_assert_nonnull (ARENA_ARRAY (&arena, guint, 0));
  g_assert_cmpstr (arena_copy (&arena, "abc", 2), ==, "ab");
  g_assert_cmpstr (arena_copy (&arena, NULL, 0), ==, "");
  arena_clear (&arena);
}

static void
test_release (void)
{
  Arena arena;
  ArenaMark empty, mark;
  char *first, *again;

  arena_init (&arena, NULL);
  empty = arena_mark (&arena);
  arena_take (&arena, 10);
  mark = arena_mark (&arena);
  first = arena_take (&arena, 100);
  arena_take (&arena, 100000);
  arena_release (&arena, mark);
  again = arena_take (&arena, 100);
  g_assert_true (first == again);
  arena_release (&arena, empty);
  g_assert_null (arena.block);
  arena_clear (&arena);
}

static void
test_grow (void)
{
  Arena arena;
  gsize *numbers = NULL, capacity = 0;

  arena_init (&arena, NULL);
  for (gsize i = 0; i < 10000; i++)
    {
      g_assert_true (arena_grow (&arena, &numbers, i, &capacity, sizeof *numbers));
      numbers[i] = i;
    }
  for (gsize i = 0; i < 10000; i++)
    g_assert_cmpuint (numbers[i], ==, i);
  arena_clear (&arena);
}

static void
test_buffer (void)
{
  RulesBuffer buffer = { 0 };

  g_assert_true (buffer_append (&buffer, NULL, 0));
  g_assert_true (buffer_append_string (&buffer, "one"));
  g_assert_true (buffer_append_char (&buffer, ' '));
  g_assert_true (buffer_append_json_string (&buffer, "a\"b\\\n\t\r\x01é\0z", 12));
  g_assert_cmpmem (buffer.data, buffer.length, "one \"a\\\"b\\\\\\n\\t\\r\\u0001é\\u0000z\"",
                   strlen ("one \"a\\\"b\\\\\\n\\t\\r\\u0001é\\u0000z\""));
  g_assert_false (buffer_append (&buffer, "", SIZE_MAX));
  rules_buffer_clear (&buffer);
  g_assert_null (buffer.data);
  g_assert_cmpuint (buffer.capacity, ==, 0);
  rules_buffer_clear (&buffer);
}

/* A failed append leaves what there was. */
static void
test_buffer_fails (void)
{
  FailingAlloc user = { 1, 0 };
  RulesAlloc alloc = { failing_alloc_resize, &user };
  RulesBuffer buffer = { .alloc = &alloc };
  char quotes[100];

  memset (quotes, '"', sizeof quotes);
  g_assert_true (buffer_append_string (&buffer, "kept"));
  g_assert_false (buffer_append_json_string (&buffer, quotes, sizeof quotes));
  g_assert_cmpmem (buffer.data, buffer.length, "kept", 4);
  rules_buffer_clear (&buffer);
  g_assert_cmpuint (user.n_live, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/memory/arena", test_arena);
  g_test_add_func ("/rules/memory/too-much", test_too_much);
  g_test_add_func ("/rules/memory/zero", test_zero);
  g_test_add_func ("/rules/memory/release", test_release);
  g_test_add_func ("/rules/memory/grow", test_grow);
  g_test_add_func ("/rules/memory/buffer", test_buffer);
  g_test_add_func ("/rules/memory/buffer-fails", test_buffer_fails);
  return g_test_run ();
}
