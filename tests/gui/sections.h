/* sections.h: the keys that lead to the window's sections, in the order of the sidebar. */
#pragma once

#define KEY_OVERVIEW "alt+1"
#define KEY_PROBLEMS "alt+2"
#define KEY_ROUTES "alt+3"
#define KEY_SOURCES "alt+4"
#define KEY_CONNECTORS "alt+5"
#define KEY_EVENTS "alt+6"
#define KEY_RETRYING "alt+7"
#define KEY_DEAD_LETTERS "alt+8"
#define KEY_JOBS "alt+9"
