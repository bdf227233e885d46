// os.setlocale, which here leaves the way numbers are written alone.
//
// Under a locale with a decimal comma, Lua writes and reads "1,5": files, plots and other programs'
// input would then depend on who runs a script. So numbers keep the locale "C" always, and a script
// that asks for another one for them is told no, with nil as the original does.
//
// It follows loslib.c of Lua 5.4 (Lua.org, PUC-Rio; MIT licence).
//
// Invariant: the locale of LC_NUMERIC is "C" whenever Lua runs.

#include "state.h"

#include <locale.h>
#include <string.h>

static int set_locale(lua_State *L) {
  static const int categories[] = {LC_ALL, LC_COLLATE, LC_CTYPE, LC_MONETARY, LC_NUMERIC, LC_TIME};
  static const char *const names[] = {
      "all", "collate", "ctype", "monetary", "numeric", "time", NULL};
  const char *locale = luaL_optstring(L, 1, NULL);
  int category = categories[luaL_checkoption(L, 2, "all", names)];
  const char *found;
  if (category == LC_NUMERIC) {
    bool is_kept = locale == NULL || strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0;
    found = is_kept ? setlocale(LC_NUMERIC, NULL) : NULL;
  } else {
    found = setlocale(category, locale);
    if (found != NULL && category == LC_ALL) {
      setlocale(LC_NUMERIC, "C");
      // The name of what now holds, which may be several locales' and can be set again.
      found = setlocale(LC_ALL, NULL);
    }
  }
  lua_pushstring(L, found);
  return 1;
}

void open_locale(lua_State *L) {
  lua_getglobal(L, "os");
  lua_pushcfunction(L, set_locale);
  lua_setfield(L, -2, "setlocale");
  lua_pop(L, 1);
}
