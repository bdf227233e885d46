// The system's Lua 5.4, as one header for the module map beside it.
#include <lua.h>
#include <lualib.h>
#include <lauxlib.h>
