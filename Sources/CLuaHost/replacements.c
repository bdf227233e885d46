// Functions of Lua's standard library that a host replaces, each with the original's contract:
// coroutine.resume and coroutine.wrap, so that the host knows which coroutine runs and can
// interrupt it; load, loadfile, dofile and the searcher of Lua modules, which here accept text
// only.
//
// They follow lcorolib.c, lbaselib.c and loadlib.c of Lua 5.4 (Lua.org, PUC-Rio; MIT licence).

#include "state.h"

#include <string.h>

/// Resumes with the arguments on top of `L`; the number of results now there, or -1 and an error.
static int resume_tracked(lua_State *L, lua_State *coroutine, int arguments) {
  LuaHostState *host = host_of(L);
  if (!lua_checkstack(coroutine, arguments)) {
    lua_pushliteral(L, "too many arguments to resume");
    return -1;
  }
  lua_xmove(L, coroutine, arguments);
  atomic_store(&host->running, coroutine);
  arm_interrupt(host, coroutine);
  int results = 0;
  int status = lua_resume(coroutine, L, arguments, &results);
  atomic_store(&host->running, L);
  arm_interrupt(host, L);
  if (status != LUA_OK && status != LUA_YIELD) {
    lua_xmove(coroutine, L, 1);
    return -1;
  }
  if (!lua_checkstack(L, results + 1)) {
    lua_settop(coroutine, -results - 1);
    lua_pushliteral(L, "too many results to resume");
    return -1;
  }
  lua_xmove(coroutine, L, results);
  return results;
}

static int resume(lua_State *L) {
  lua_State *coroutine = lua_tothread(L, 1);
  luaL_argexpected(L, coroutine, 1, "coroutine");
  int results = resume_tracked(L, coroutine, lua_gettop(L) - 1);
  lua_pushboolean(L, results >= 0);
  int count = results >= 0 ? results + 1 : 2;
  lua_insert(L, -count);
  return count;
}

static int run_wrapped(lua_State *L) {
  lua_State *coroutine = lua_tothread(L, lua_upvalueindex(1));
  luaL_argexpected(L, coroutine, 1, "coroutine");
  int results = resume_tracked(L, coroutine, lua_gettop(L));
  if (results >= 0) return results;
  int status = lua_status(coroutine);
  bool failed = status != LUA_OK && status != LUA_YIELD;
  if (failed) {
    push_coroutine_traceback(L, coroutine);
    lua_insert(L, -2);
    status = lua_resetthread(coroutine);
    lua_xmove(coroutine, L, 1);
    lua_remove(L, -2);
  }
  if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
    luaL_where(L, 1);
    lua_insert(L, -2);
    lua_concat(L, 2);
  }
  if (failed) {
    lua_insert(L, -2);
    carry(L, coroutine);
  }
  return lua_error(L);
}

static int wrap(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  lua_State *coroutine = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, coroutine, 1);
  lua_pushcclosure(L, run_wrapped, 1);
  return 1;
}

/// "t" where the caller's mode allows text, and no mode at all where it does not.
static const char *text_mode(lua_State *L, int argument) {
  return strchr(luaL_optstring(L, argument, "bt"), 't') != NULL ? "t" : "";
}

static int load_chunk(lua_State *L) {
  if (lua_tostring(L, 1) == NULL) luaL_checktype(L, 1, LUA_TFUNCTION);
  const char *mode = text_mode(L, 3);
  if (lua_gettop(L) < 3) lua_settop(L, 3);
  lua_pushstring(L, mode);
  lua_replace(L, 3);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

static int load_file(lua_State *L) {
  const char *path = luaL_optstring(L, 1, NULL);
  bool has_environment = !lua_isnone(L, 3);
  if (luaL_loadfilex(L, path, text_mode(L, 2)) != LUA_OK) {
    luaL_pushfail(L);
    lua_insert(L, -2);
    return 2;
  }
  if (has_environment) {
    lua_pushvalue(L, 3);
    if (lua_setupvalue(L, -2, 1) == NULL) lua_pop(L, 1);
  }
  return 1;
}

static int after_file(lua_State *L, int status, lua_KContext context) {
  (void)status;
  (void)context;
  return lua_gettop(L) - 1;
}

static int do_file(lua_State *L) {
  const char *path = luaL_optstring(L, 1, NULL);
  lua_settop(L, 1);
  if (luaL_loadfilex(L, path, "t") != LUA_OK) return lua_error(L);
  lua_callk(L, 0, LUA_MULTRET, 0, after_file);
  return after_file(L, 0, 0);
}

/// Upvalue: the table `package`.
static int search_module(lua_State *L) {
  const char *name = luaL_checkstring(L, 1);
  lua_getfield(L, lua_upvalueindex(1), "searchpath");
  lua_pushvalue(L, 1);
  if (lua_getfield(L, lua_upvalueindex(1), "path") != LUA_TSTRING) {
    return luaL_error(L, "'package.path' must be a string");
  }
  lua_call(L, 2, 2);
  if (lua_isnil(L, -2)) return 1;
  lua_pop(L, 1);
  const char *path = lua_tostring(L, -1);
  if (luaL_loadfilex(L, path, "t") != LUA_OK) {
    return luaL_error(
        L, "error loading module '%s' from file '%s':\n\t%s", name, path, lua_tostring(L, -1));
  }
  lua_insert(L, -2);
  return 2;
}

void open_replacements(lua_State *L) {
  lua_getglobal(L, "coroutine");
  luaL_setfuncs(L, (luaL_Reg[]){{"resume", resume}, {"wrap", wrap}, {NULL, NULL}}, 0);
  lua_pushglobaltable(L);
  lua_getfield(L, -1, "load");
  lua_pushcclosure(L, load_chunk, 1);
  lua_setfield(L, -2, "load");
  luaL_setfuncs(L, (luaL_Reg[]){{"loadfile", load_file}, {"dofile", do_file}, {NULL, NULL}}, 0);
  lua_getfield(L, -1, "package");
  lua_getfield(L, -1, "searchers");
  lua_pushvalue(L, -2);
  lua_pushcclosure(L, search_module, 1);
  lua_rawseti(L, -2, 2);
  lua_pop(L, 4);
}
