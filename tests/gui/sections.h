/* sections.h: the keys that lead to the window's sections, in the order of the sidebar. */
#pragma once

#define KEY_ROUTES "alt+1"
#define KEY_EVENTS "alt+2"
#define KEY_RETRYING "alt+3"
#define KEY_DEAD_LETTERS "alt+4"
