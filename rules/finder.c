/* finder.c: choosing the keys of atoms, and searching a string for them. */
#include "finder.h"

#include "text-hash.h"

/* A window costs a look at every byte of a value: it must be that much rarer than a piece. */
#define WINDOW_COST 3u

/* Of a text of at least so many bytes so many windows that have been tried are remembered. */
#define WINDOWS_LONG 512u
#define WINDOWS_TRIED 64u

void
finder_clear (Finder *finder, const RulesAlloc *alloc)
{
  memory_resize (alloc, finder->paths, 0);
  memory_resize (alloc, finder->numbers, 0);
  memory_resize (alloc, finder->windows, 0);
  memory_resize (alloc, finder->folds, 0);
  hash_table_clear (&finder->keys, alloc);
}

static uint64_t
window_hash (uint64_t begin, uint64_t word, size_t length)
{
  return text_hash_end (begin, word, length);
}

static uint64_t
window_word (const char *bytes, size_t length)
{
  return length == 8 ? text_hash_word (bytes) : text_hash_tail (bytes, length);
}

static bool
is_backward (KeyKind key)
{
  return key == KEY_SUFFIX || key == KEY_FOLDED_SUFFIX;
}

static uint64_t
key_hash (const Finder *finder, uint32_t path, KeyKind key, const char *bytes, size_t length)
{
  uint64_t begin = text_hash_begin (finder->seed, path, key);

  if (key == KEY_WINDOW)
    return window_hash (begin, window_word (bytes, length), length);
  if (is_backward (key))
    return text_hash_backward (begin, bytes, length);
  return text_hash (begin, bytes, length);
}

/* ---- Keys of wildcards ----------------------------------------------------------------------- */

/* How often a key occurs, by 32 bits of its hash. */
typedef struct
{
  HashTable table;
  const RulesAlloc *alloc;
  bool failed;
} KeyCounts;

static uint32_t *
count_of (KeyCounts *counts, uint64_t hash)
{
  uint32_t tag = (uint32_t) (hash >> 32);
  HashTable *table = &counts->table;

  for (int pass = 0; pass < 2; pass++)
    {
      if (table->mask)
        for (size_t i = tag & table->mask; table->entries[i].number; i = (i + 1) & table->mask)
          if (table->entries[i].hash == tag)
            return &table->entries[i].number;
      if (pass == 0 && !hash_table_add (table, counts->alloc, tag, 1))
        {
          counts->failed = true;
          return NULL;
        }
    }
  return NULL;
}

static size_t
window_length (const Glob *glob)
{
  size_t longest = 0;

  for (size_t i = 0; i < glob->n_pieces; i++)
    if (glob->lengths[i] > longest)
      longest = glob->lengths[i];
  return longest >= 8 ? 8 : longest >= 4 ? 4 : longest >= 2 ? 2 : longest;
}

typedef struct
{
  KeyKind key;
  const char *bytes;
  size_t length;
  uint32_t cost;
} KeyChoice;

/* Counts one candidate, or weighs it. */
static void
consider (const Finder *finder,
          KeyCounts *counts,
          uint32_t path,
          KeyChoice candidate,
          KeyChoice *best)
{
  uint32_t *count = count_of (
      counts, key_hash (finder, path, candidate.key, candidate.bytes, candidate.length));

  if (!count)
    return;
  if (!best)
    {
      ++*count;
      return;
    }
  candidate.cost = *count + (candidate.key == KEY_WINDOW ? WINDOW_COST : 0);
  if (candidate.cost < best->cost)
    *best = candidate;
}

static void
consider_glob (const Finder *finder,
               KeyCounts *counts,
               uint32_t path,
               const Glob *glob,
               KeyChoice *best)
{
  size_t last = glob->n_pieces - 1, width = window_length (glob);

  if (glob->lengths[0] > 0)
    consider (finder, counts, path, (KeyChoice){ KEY_PREFIX, glob->pieces[0], glob->lengths[0], 0 },
              best);
  if (glob->lengths[last] > 0)
    consider (finder, counts, path,
              (KeyChoice){ KEY_SUFFIX, glob->pieces[last], glob->lengths[last], 0 }, best);
  if (width == 0)
    return;
  for (size_t i = 0; i < glob->n_pieces; i++)
    for (size_t at = 0; at + width <= glob->lengths[i]; at++)
      consider (finder, counts, path, (KeyChoice){ KEY_WINDOW, glob->pieces[i] + at, width, 0 },
                best);
}

/* ---- Keys of other atoms --------------------------------------------------------------------- */

/* ---- Folding --------------------------------------------------------------------------------- */

#define FIRST_FOLD 0x80u
#define N_FOLDS (0x800u - FIRST_FOLD) /* the characters of two bytes */

static uint32_t
two_bytes (const char *bytes)
{
  return ((uint32_t) (unsigned char) bytes[0] & 0x1F) << 6 | ((unsigned char) bytes[1] & 0x3F);
}

/* Both cases of a character become one and the same, where all of them have two bytes. */
static uint32_t
fold_character (uint32_t character)
{
  CasedUnit cased, again;

  casing_of (character, &cased);
  if (cased.n_upper != 2)
    return character;
  casing_of (two_bytes (cased.upper), &again);
  return again.n_lower == 2 ? two_bytes (again.lower) : character;
}

static bool
make_folds (Finder *finder, const RulesAlloc *alloc)
{
  finder->folds = memory_resize (alloc, NULL, N_FOLDS * sizeof *finder->folds);
  if (!finder->folds)
    return false;
  for (uint32_t i = 0; i < N_FOLDS; i++)
    finder->folds[i] = (uint16_t) fold_character (FIRST_FOLD + i);
  return true;
}

/* As long as the text. */
static void
fold_text (const Finder *finder, const char *text, size_t length, char *out)
{
  for (size_t i = 0; i < length; i++)
    {
      unsigned char c = (unsigned char) text[i];

      out[i] = c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : (char) c;
      if (finder->folds && c >= 0xC2 && c <= 0xDF && i + 1 < length)
        {
          uint32_t folded = finder->folds[two_bytes (text + i) - FIRST_FOLD];

          out[i] = (char) (0xC0 | folded >> 6);
          out[++i] = (char) (0x80 | (folded & 0x3F));
        }
    }
}

/* What both cases of the unit are folded to; returns how many bytes, 0 when they are not folded to
 * the same. */
static size_t
fold_unit (const Finder *finder, const CasedUnit *unit, char *out)
{
  char upper[2];

  if (unit->n_lower != unit->n_upper || unit->n_lower > 2 ||
      (unit->n_lower == 1) != ((unsigned char) unit->lower[0] < 0x80))
    return 0;
  fold_text (finder, unit->lower, unit->n_lower, out);
  fold_text (finder, unit->upper, unit->n_upper, upper);
  return memcmp (out, upper, unit->n_lower) == 0 ? unit->n_lower : 0;
}

/* Folds the units from the first on, or from the last on back, as far as that can be done.  out has
 * room for two bytes a unit.  Returns how many units. */
static size_t
fold_units (const Finder *finder,
            const Predicate *predicate,
            bool backward,
            char *out,
            const char **out_start,
            size_t *out_length)
{
  size_t room = 2 * predicate->n_units, at = backward ? room : 0, n = 0;

  for (; n < predicate->n_units; n++)
    {
      const CasedUnit *unit = &predicate->units[backward ? predicate->n_units - 1 - n : n];
      char folded[2];
      size_t length = fold_unit (finder, unit, folded);

      if (length == 0)
        break;
      at -= backward ? length : 0;
      memcpy (out + at, folded, length);
      at += backward ? 0 : length;
    }
  *out_start = backward ? out + at : out;
  *out_length = backward ? room - at : at;
  return n;
}

static KeyKind
plain_key (AtomKind kind)
{
  static const KeyKind keys[] = {
    [ATOM_STRING] = KEY_STRING,   [ATOM_NUMBER] = KEY_NUMBER, [ATOM_NUMBER_TEXT] = KEY_NUMBER_TEXT,
    [ATOM_LITERAL] = KEY_LITERAL, [ATOM_PREFIX] = KEY_PREFIX, [ATOM_SUFFIX] = KEY_SUFFIX,
    [ATOM_EXISTS] = KEY_EXISTS,   [ATOM_ABSENT] = KEY_NONE,   [ATOM_OTHER] = KEY_NONE,
  };

  return keys[kind];
}

static bool
set_key (AtomTable *table, Atom *atom, KeyKind key, const char *bytes, size_t length)
{
  atom->key = (uint8_t) key;
  atom->n_bytes = (uint32_t) length;
  return atom_table_store (table, bytes, length, &atom->bytes);
}

/* An ignore-case text: all of it, or what it begins or ends with. */
static bool
choose_folded (const Finder *finder, AtomTable *table, Atom *atom, const Predicate *predicate)
{
  bool backward = predicate->type == PREDICATE_SUFFIX_IGNORE_CASE;
  char *room = memory_resize (table->alloc, NULL, 2 * predicate->n_units + 1);
  const char *folded;
  size_t length, n;
  KeyKind key;
  bool ok = true;

  if (!room)
    return false;
  n = fold_units (finder, predicate, backward, room, &folded, &length);
  if (n == 0 && predicate->n_units > 0 && predicate->type == PREDICATE_IGNORE_CASE)
    {
      backward = true;
      n = fold_units (finder, predicate, backward, room, &folded, &length);
    }
  key = predicate->type == PREDICATE_IGNORE_CASE && n == predicate->n_units ? KEY_FOLDED
        : backward                                                          ? KEY_FOLDED_SUFFIX
                                                                            : KEY_FOLDED_PREFIX;
  if (n > 0 || predicate->n_units == 0)
    ok = set_key (table, atom, key, folded, length);
  memory_resize (table->alloc, room, 0);
  return ok;
}

static bool
choose_other (const Finder *finder, AtomTable *table, Atom *atom, KeyCounts *counts)
{
  const Predicate *predicate = table->others[atom->other];
  KeyChoice best = { .key = KEY_EACH, .cost = UINT32_MAX };

  atom->key = KEY_EACH;
  switch (predicate->type)
    {
    case PREDICATE_WILDCARD:
      consider_glob (finder, counts, atom->path, &predicate->glob, &best);
      return best.key == KEY_EACH || set_key (table, atom, best.key, best.bytes, best.length);
    case PREDICATE_IGNORE_CASE:
    case PREDICATE_PREFIX_IGNORE_CASE:
    case PREDICATE_SUFFIX_IGNORE_CASE:
      return predicate->gaps || choose_folded (finder, table, atom, predicate);
    case PREDICATE_RANGE:
      atom->key = KEY_RANGE;
      return true;
    default:
      return true;
    }
}

static bool
choose_keys (const Finder *finder, AtomTable *table, const bool *wanted)
{
  KeyCounts counts = { .alloc = table->alloc };
  bool ok = true;

  for (size_t i = 0; i < table->n_atoms; i++)
    {
      const Atom *atom = &table->atoms[i];

      if (wanted[i] && atom->kind == ATOM_OTHER &&
          table->others[atom->other]->type == PREDICATE_WILDCARD)
        consider_glob (finder, &counts, atom->path, &table->others[atom->other]->glob, NULL);
    }
  for (size_t i = 0; ok && i < table->n_atoms; i++)
    {
      Atom *atom = &table->atoms[i];
      bool exact = atom->kind == ATOM_STRING || atom->kind == ATOM_NUMBER ||
                   atom->kind == ATOM_NUMBER_TEXT || atom->kind == ATOM_LITERAL;

      if (!exact && !wanted[i])
        atom->key = KEY_NONE;
      else if (atom->kind == ATOM_OTHER)
        ok = choose_other (finder, table, atom, &counts);
      else
        atom->key = (uint8_t) plain_key (atom->kind);
    }
  ok = ok && !counts.failed;
  hash_table_clear (&counts.table, table->alloc);
  return ok;
}

/* ---- The index ------------------------------------------------------------------------------- */

/* Under the key, or behind the atom that is there already. */
static void
put_key (Finder *finder, AtomTable *table, uint32_t number)
{
  Atom *atom = &table->atoms[number];
  uint64_t hash = key_hash (finder, atom->path, atom->key, table->pool + atom->bytes,
                            atom->n_bytes);
  uint32_t first = finder_get (finder, table, hash, atom->path, atom->key,
                               table->pool + atom->bytes, atom->n_bytes);

  if (first == ATOM_NONE)
    hash_table_put (&finder->keys, (uint32_t) (hash >> 32), number + 1);
  else
    {
      atom->next = table->atoms[first].next;
      table->atoms[first].next = number;
    }
  if (atom->key == KEY_WINDOW)
    finder->windows[(hash >> 6) & finder->windows_mask] |= UINT64_C (1) << (hash & 63);
}

static void
note_path (FinderPath *path, const AtomTable *table, uint32_t number)
{
  const Atom *atom = &table->atoms[number];

  switch ((KeyKind) atom->key)
    {
    case KEY_STRING:
      path->finds |= FINDS_STRING;
      path->string_lengths |= UINT64_C (1) << (atom->n_bytes & 63);
      break;
    case KEY_NUMBER:
      path->finds |= FINDS_NUMBER;
      break;
    case KEY_NUMBER_TEXT:
      path->finds |= FINDS_NUMBER_TEXT;
      break;
    case KEY_LITERAL:
      path->finds |= FINDS_LITERAL;
      for (int32_t type = RULES_JSON_NULL; type <= RULES_JSON_TRUE; type++)
        if (memcmp (table->pool + atom->bytes, &type, sizeof type) == 0)
          path->literals[type] = number;
      break;
    case KEY_EXISTS:
      path->finds |= FINDS_EXISTS;
      path->exists = number;
      break;
    case KEY_PREFIX:
      path->finds |= FINDS_PREFIX;
      path->prefix_lengths.count++;
      break;
    case KEY_SUFFIX:
      path->finds |= FINDS_SUFFIX;
      path->suffix_lengths.count++;
      break;
    case KEY_FOLDED:
      path->finds |= FINDS_FOLDED;
      break;
    case KEY_FOLDED_PREFIX:
      path->finds |= FINDS_FOLDED_PREFIX;
      path->folded_prefix_lengths.count++;
      break;
    case KEY_FOLDED_SUFFIX:
      path->finds |= FINDS_FOLDED_SUFFIX;
      path->folded_suffix_lengths.count++;
      break;
    case KEY_WINDOW:
      path->finds |= FINDS_WINDOW;
      path->window_lengths |= 1u << atom->n_bytes;
      break;
    case KEY_RANGE:
      path->finds |= FINDS_RANGE;
      path->ranges.count++;
      break;
    case KEY_EACH:
      path->finds |= FINDS_EACH;
      path->each.count++;
      break;
    case KEY_NONE:
      break;
    }
}

static FinderRun *
run_of (FinderPath *path, KeyKind key)
{
  switch (key)
    {
    case KEY_PREFIX:
      return &path->prefix_lengths;
    case KEY_SUFFIX:
      return &path->suffix_lengths;
    case KEY_FOLDED_PREFIX:
      return &path->folded_prefix_lengths;
    case KEY_FOLDED_SUFFIX:
      return &path->folded_suffix_lengths;
    case KEY_RANGE:
      return &path->ranges;
    case KEY_EACH:
      return &path->each;
    default:
      return NULL;
    }
}

static void
sift (uint32_t *heap, size_t root, size_t count)
{
  for (size_t child; (child = 2 * root + 1) < count; root = child)
    {
      uint32_t swap = heap[root];

      if (child + 1 < count && heap[child] < heap[child + 1])
        child++;
      if (heap[root] >= heap[child])
        return;
      heap[root] = heap[child];
      heap[child] = swap;
    }
}

static void
sort_unique (uint32_t *numbers, FinderRun *run)
{
  uint32_t *heap = numbers + run->first;
  uint32_t n = 0;

  for (size_t i = run->count / 2; i-- > 0;)
    sift (heap, i, run->count);
  for (size_t left = run->count; left-- > 1;)
    {
      uint32_t greatest = heap[0];

      heap[0] = heap[left];
      heap[left] = greatest;
      sift (heap, 0, left);
    }
  for (uint32_t i = 0; i < run->count; i++)
    if (n == 0 || heap[n - 1] != heap[i])
      heap[n++] = heap[i];
  run->count = n;
}

/* Gives every path its runs, and fills them with lengths and atoms. */
static bool
fill_runs (Finder *finder, const AtomTable *table)
{
  static const KeyKind kinds[] = { KEY_PREFIX,        KEY_SUFFIX, KEY_FOLDED_PREFIX,
                                   KEY_FOLDED_SUFFIX, KEY_RANGE,  KEY_EACH };
  size_t total = 0, n_ranged = 0;

  for (size_t i = 0; i < finder->n_paths; i++)
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
      {
        FinderRun *run = run_of (&finder->paths[i], kinds[k]);

        run->first = (uint32_t) total;
        total += run->count;
        run->count = 0;
      }
  for (size_t i = 0; i < finder->n_paths; i++)
    n_ranged += (finder->paths[i].finds & FINDS_RANGE) != 0;
  finder->ranged = (FinderRun){ (uint32_t) total, 0 };
  total += n_ranged;
  if (!vector_reserve (table->alloc, &finder->numbers, &finder->numbers_capacity, total + 1,
                       sizeof *finder->numbers))
    return false;
  finder->n_numbers = total;
  for (size_t i = 0; i < finder->n_paths; i++)
    if (finder->paths[i].finds & FINDS_RANGE)
      finder->numbers[finder->ranged.first + finder->ranged.count++] = (uint32_t) i;
  for (size_t i = 0; i < table->n_atoms; i++)
    {
      const Atom *atom = &table->atoms[i];
      FinderRun *run = run_of (&finder->paths[atom->path], atom->key);

      if (run)
        finder->numbers[run->first + run->count++] = atom->key == KEY_EACH || atom->key == KEY_RANGE
                                                         ? (uint32_t) i
                                                         : atom->n_bytes;
    }
  for (size_t i = 0; i < finder->n_paths; i++)
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
      sort_unique (finder->numbers, run_of (&finder->paths[i], kinds[k]));
  return true;
}

static bool
has_entry (KeyKind key)
{
  return key != KEY_NONE && key != KEY_EACH && key != KEY_RANGE && key != KEY_EXISTS &&
         key != KEY_LITERAL;
}

static bool
make_tables (Finder *finder, const AtomTable *table)
{
  size_t n_keys = 0, n_windows = 0, words = 1;

  for (size_t i = 0; i < table->n_atoms; i++)
    {
      n_keys += has_entry (table->atoms[i].key);
      n_windows += table->atoms[i].key == KEY_WINDOW;
    }
  while (n_windows > 0 && words < n_windows / 4)
    words *= 2;
  finder->windows = memory_resize (table->alloc, NULL, words * sizeof *finder->windows);
  if (!finder->windows)
    return false;
  memset (finder->windows, 0, words * sizeof *finder->windows);
  finder->windows_mask = words - 1;
  return hash_table_make (&finder->keys, table->alloc, n_keys);
}

/* Whether there are texts of which case is ignored that are not all ASCII. */
static bool
ignores_case (const AtomTable *table, const bool *wanted)
{
  for (size_t i = 0; i < table->n_atoms; i++)
    {
      const Predicate *predicate;

      if (!wanted[i] || table->atoms[i].kind != ATOM_OTHER)
        continue;
      predicate = table->others[table->atoms[i].other];
      for (size_t k = 0; k < predicate->n_units; k++)
        if ((unsigned char) predicate->units[k].lower[0] >= 0x80)
          return true;
    }
  return false;
}

bool
finder_build (Finder *finder, AtomTable *table, size_t n_paths, const bool *wanted, uint64_t seed)
{
  memset (finder, 0, sizeof *finder);
  finder->seed = seed;
  finder->paths = memory_resize (table->alloc, NULL, (n_paths + 1) * sizeof *finder->paths);
  if (!finder->paths)
    return false;
  memset (finder->paths, 0, (n_paths + 1) * sizeof *finder->paths);
  finder->n_paths = n_paths;
  for (size_t i = 0; i < n_paths; i++)
    {
      finder->paths[i].exists = ATOM_NONE;
      for (int k = 0; k < 3; k++)
        finder->paths[i].literals[k] = ATOM_NONE;
    }
  if ((ignores_case (table, wanted) && !make_folds (finder, table->alloc)) ||
      !choose_keys (finder, table, wanted) || !make_tables (finder, table))
    return false;
  for (size_t i = 0; i < table->n_atoms; i++)
    {
      note_path (&finder->paths[table->atoms[i].path], table, (uint32_t) i);
      if (has_entry (table->atoms[i].key))
        put_key (finder, table, (uint32_t) i);
    }
  return fill_runs (finder, table);
}

/* ---- Searching ------------------------------------------------------------------------------- */

typedef struct
{
  const Finder *finder;
  const AtomTable *table;
  uint32_t path;
  const char *text;
  size_t length;
  FinderFound found;
  void *user;
} Search;

static bool
try_key (const Search *search, uint64_t hash, KeyKind key, const char *bytes, size_t length)
{
  uint32_t atom = finder_get (search->finder, search->table, hash, search->path, key, bytes,
                              length);

  return atom == ATOM_NONE || search->found (search->user, atom);
}

/* All prefixes that have one of the lengths. */
static bool
search_prefixes (const Search *search, FinderRun lengths, KeyKind key)
{
  const uint32_t *length = search->finder->numbers + lengths.first;
  uint64_t state = text_hash_begin (search->finder->seed, search->path, key);
  size_t at = 0;

  for (uint32_t i = 0; i < lengths.count && length[i] <= search->length; i++)
    {
      for (; length[i] - at >= 8; at += 8)
        state = text_hash_step (state, text_hash_word (search->text + at));
      if (!try_key (
              search,
              text_hash_end (state, text_hash_tail (search->text + at, length[i] - at), length[i]),
              key, search->text, length[i]))
        return false;
    }
  return true;
}

static bool
search_suffixes (const Search *search, FinderRun lengths, KeyKind key)
{
  const uint32_t *length = search->finder->numbers + lengths.first;
  const char *end = search->text + search->length;
  uint64_t state = text_hash_begin (search->finder->seed, search->path, key);
  size_t at = 0;

  for (uint32_t i = 0; i < lengths.count && length[i] <= search->length; i++)
    {
      for (; length[i] - at >= 8; at += 8)
        state = text_hash_step (state, text_hash_word (end - at - 8));
      if (!try_key (
              search,
              text_hash_end (state, text_hash_tail (end - length[i], length[i] - at), length[i]),
              key, end - length[i], length[i]))
        return false;
    }
  return true;
}

/* The same in a text that is long enough to say much the same again and again. */
static bool
search_many_windows (const Search *search, size_t width)
{
  const Finder *finder = search->finder;
  uint64_t begin = text_hash_begin (finder->seed, search->path, KEY_WINDOW);
  uint64_t tried[WINDOWS_TRIED] = { 0 };

  for (size_t at = 0; at + width <= search->length; at++)
    {
      uint64_t word = window_word (search->text + at, width);
      uint64_t hash = window_hash (begin, word, width);
      uint64_t *before = &tried[hash % WINDOWS_TRIED];

      if (!(finder->windows[(hash >> 6) & finder->windows_mask] >> (hash & 63) & 1) ||
          *before == word)
        continue;
      if (!try_key (search, hash, KEY_WINDOW, search->text + at, width))
        return false;
      *before = word;
    }
  return true;
}

static bool
search_windows (const Search *search, size_t width)
{
  const Finder *finder = search->finder;
  uint64_t begin = text_hash_begin (finder->seed, search->path, KEY_WINDOW);

  for (size_t at = 0; at + width <= search->length; at++)
    {
      uint64_t hash = window_hash (begin, window_word (search->text + at, width), width);

      if ((finder->windows[(hash >> 6) & finder->windows_mask] >> (hash & 63) & 1) &&
          !try_key (search, hash, KEY_WINDOW, search->text + at, width))
        return false;
    }
  return true;
}

static bool
search_folded (Search search, const FinderPath *path, char *folded)
{
  fold_text (search.finder, search.text, search.length, folded);
  search.text = folded;
  if ((path->finds & FINDS_FOLDED) &&
      !try_key (&search, key_hash (search.finder, search.path, KEY_FOLDED, folded, search.length),
                KEY_FOLDED, folded, search.length))
    return false;
  return search_prefixes (&search, path->folded_prefix_lengths, KEY_FOLDED_PREFIX) &&
         search_suffixes (&search, path->folded_suffix_lengths, KEY_FOLDED_SUFFIX);
}

bool
finder_search (const Finder *finder,
               const AtomTable *table,
               uint32_t path,
               const char *text,
               size_t length,
               char *folded,
               FinderFound found,
               void *user)
{
  const FinderPath *about = &finder->paths[path];
  Search search = { finder, table, path, text, length, found, user };

  if ((about->finds & FINDS_PREFIX) &&
      !search_prefixes (&search, about->prefix_lengths, KEY_PREFIX))
    return false;
  if ((about->finds & FINDS_SUFFIX) &&
      !search_suffixes (&search, about->suffix_lengths, KEY_SUFFIX))
    return false;
  if ((about->finds & FINDS_ANY_FOLDED) && !search_folded (search, about, folded))
    return false;
  for (size_t width = 8; width > 0; width /= 2)
    if ((about->window_lengths >> width & 1) &&
        !(length < WINDOWS_LONG ? search_windows (&search, width)
                                : search_many_windows (&search, width)))
      return false;
  return true;
}
