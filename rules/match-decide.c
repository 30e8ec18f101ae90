/* match-decide.c: see decide.h. */
#include "matching.h"

static bool
accepts (const Matching *self, const uint32_t *field, MatchLeaf *leaf)
{
  uint32_t count;
  const uint32_t *atoms = field_atoms (self, field, &count);

  for (uint32_t i = 0; i < count; i++)
    if (match_accepts (self, &self->engine->table.atoms[atoms[i]], leaf))
      return true;
  return false;
}

static void
decide_combination (Decided *decided, uint16_t bit)
{
  decided->undecided &= (uint16_t) ~bit;
  decided->nearly &= (uint16_t) ~bit;
}

bool
match_decide (Matching *self, uint32_t path, MatchLeaf *leaf, bool last)
{
  const Decide *decide = &self->engine->decide;
  Decided *decided = &self->room->decided;

  for (uint32_t i = decide->starts[path]; i < decide->starts[path + 1]; i++)
    {
      const DecideUse *use = &decide->uses[i];
      uint64_t held = decided->held[use->combination] | UINT64_C (1) << use->bit;
      uint64_t missing = decide->fields[use->combination] & ~held;
      uint16_t bit = (uint16_t) (1u << use->combination);

      /* A value in an array counts once it is all that is missing: with others of the combination
       * in arrays it would depend on which lie in the same element. */
      if (!(decided->undecided & bit) || (!last && (missing || decided->tries == 0)))
        continue;
      decided->tries = (uint16_t) (decided->tries - !last);
      if (accepts (self, &self->engine->combinations[use->field], leaf))
        {
          decided->held[use->combination] = held;
          if (!missing)
            decide_combination (decided, bit);
          else if (!(missing & (missing - 1)))
            decided->nearly |= bit;
        }
      else if (last)
        decide_combination (decided, bit);
    }
  return !decided->undecided;
}
