/* hostile.h: patterns and events that are meant to hurt: what costs an engine more than it should,
 * of any size.  The benchmark times them large; a unit test compares answers with them small. */
#pragma once

#include "rules/rules.h"

#include <glib.h>

G_BEGIN_DECLS

/* Texts in which # stands for the number of the repetition and $ for that of the rule. */
typedef struct
{
  const char *name;
  guint n_rules;
  guint n_items; /* repetitions in each rule */
  const char *rule_head, *rule_item, *rule_tail;
  const char *event_head, *event_unit, *event_tail; /* the unit is repeated up to the size */
} HostileCase;

extern const HostileCase hostile_cases[];
extern const guint hostile_n_cases;

/* At most these many rules and items.  Free with rules_set_free(). */
RulesSet *hostile_build (const HostileCase *one, guint max_rules, guint max_items);

/* The patterns themselves, NULL-terminated. */
GStrv hostile_patterns (const HostileCase *one, guint max_rules, guint max_items);

/* An event of about these many bytes. */
char *hostile_event (const HostileCase *one, gsize bytes);

G_END_DECLS
