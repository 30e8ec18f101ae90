/* skim.h: goes over JSON text that was checked when it came in, as fast as may be.
 *
 * Nothing is checked that need not be looked at, so text that is not JSON may well be skimmed
 * without a complaint.  Whatever the text is: nothing outside it is read; every string in a value
 * that was passed, be it deep inside, is whole and so are its escapes (json_decode() may be given
 * it); nothing here recurses or allocates.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The position that stands for "this cannot be JSON". */
#define SKIM_BROKEN SIZE_MAX

size_t skim_space (const char *text, size_t length, size_t at);

/* The position behind the string that begins at `at`. */
size_t skim_string (const char *text, size_t length, size_t at);

/* The position behind the value that begins at `at`. */
size_t skim_value (const char *text, size_t length, size_t at);

/* The children of an array or object, one after the other:
 *
 *   skim_open (&children, text, length, at);
 *   while (skim_next (&children))
 *     children.at = skim_value (text, length, children.at);
 *
 * After that, children.at is behind the array or object, or SKIM_BROKEN. */
typedef struct
{
  const char *text;
  size_t length;
  size_t at; /* the child's value; the caller moves it behind that */
  bool object;
  bool first;
  size_t name, name_length; /* of a member, with the quotes */
} SkimChildren;

/* `at` is the place of a [ or {. */
void skim_open (SkimChildren *children, const char *text, size_t length, size_t at);
bool skim_next (SkimChildren *children);
