/* quick-check.h: says of most JSON texts quickly that they are JSON. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define QUICK_CHECK_DEPTH 63u

/* True: the text is one array or object by RFC 8259, nested at most QUICK_CHECK_DEPTH deep and with
 * nothing but white space behind it; names may occur twice.  False says nothing: the text must be
 * read the long way, which also finds out what is wrong.  Reads nothing outside the text. */
typedef bool (*QuickCheck) (const char *text, size_t length);

/* Those for this machine, the best one first (rank 0); NULL when there are no more. */
QuickCheck quick_check_choose (unsigned rank);
