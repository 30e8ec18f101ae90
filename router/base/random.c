/* The system's randomness and a reproducible one for tests (splitmix64). */
#include "base/random.h"

#include <errno.h>
#include <sys/random.h>

/* Bytes are fetched in blocks: one system call serves 64 numbers. */
#define BLOCK 64

struct Random
{
  GMutex lock;
  gboolean seeded;
  guint64 state;
  guint64 block[BLOCK];
  guint n_left;
};

Random *
random_system_new (void)
{
  Random *random = g_new0 (Random, 1);

  g_mutex_init (&random->lock);
  return random;
}

Random *
random_seeded_new (guint64 seed)
{
  Random *random = random_system_new ();

  random->seeded = TRUE;
  random->state = seed;
  return random;
}

void
random_free (Random *random)
{
  g_mutex_clear (&random->lock);
  g_free (random);
}

static void
refill (Random *random)
{
  char *at = (char *) random->block;
  gsize missing = sizeof random->block;

  while (missing > 0)
    {
      gssize n = getrandom (at, missing, 0);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        g_error ("getrandom: %s",
                 g_strerror (errno)); /* a kernel without it cannot run this program */
      at += n;
      missing -= (gsize) n;
    }
  random->n_left = BLOCK;
}

static guint64
next_seeded (Random *random)
{
  guint64 z = (random->state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

guint64
random_u64 (Random *random)
{
  guint64 value;

  g_mutex_lock (&random->lock);
  if (random->seeded)
    value = next_seeded (random);
  else
    {
      if (random->n_left == 0)
        refill (random);
      value = random->block[--random->n_left];
    }
  g_mutex_unlock (&random->lock);
  return value;
}

double
random_unit (Random *random)
{
  return (double) (random_u64 (random) >> 11) * 0x1.0p-53;
}
