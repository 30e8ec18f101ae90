/* replay.c: runs a fuzz target on every file of the folders named, without libFuzzer.
 *
 * Each input lies in memory of exactly its size, so that a sanitizer sees a read beyond it. */
#include "fuzz.h"

#include <dirent.h>
#include <errno.h>

static void
fail (const char *path)
{
  fprintf (stderr, "%s: %s\n", path, strerror (errno));
  exit (EXIT_FAILURE);
}

static void
replay_file (const char *path)
{
  FILE *file = fopen (path, "rb");
  uint8_t *data;
  long size = -1;

  if (file == NULL || fseek (file, 0, SEEK_END) != 0 || (size = ftell (file)) < 0)
    fail (path);
  rewind (file);
  data = malloc ((size_t) size);
  if ((data == NULL && size > 0) || fread (data, 1, (size_t) size, file) != (size_t) size)
    fail (path);
  fclose (file);
  fprintf (stderr, "%s\n", path); /* the last one named is the one that fails */
  if (size > 0)
    LLVMFuzzerTestOneInput (data, (size_t) size);
  free (data);
}

static int
is_visible (const struct dirent *entry)
{
  return entry->d_name[0] != '.';
}

static int
replay_folder (const char *folder)
{
  struct dirent **entries;
  int count = scandir (folder, &entries, is_visible, alphasort);

  if (count < 0)
    fail (folder);
  for (int i = 0; i < count; i++)
    {
      char path[4096];

      snprintf (path, sizeof path, "%s/%s", folder, entries[i]->d_name);
      replay_file (path);
      free (entries[i]);
    }
  free (entries);
  return count;
}

int
main (int argc, char **argv)
{
  int count = 0;

  LLVMFuzzerTestOneInput ((const uint8_t *) "", 0);
  for (int i = 1; i < argc; i++)
    count += replay_folder (argv[i]);
  printf ("%d inputs\n", count);
  return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
