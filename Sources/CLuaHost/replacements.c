// Functions of Lua's standard library that a host replaces, each with the original's contract:
// coroutine.resume, coroutine.wrap and coroutine.close, so that the host knows which coroutine runs
// and can interrupt it; load, loadfile, dofile and the searcher of Lua modules, which here accept text
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

/// Closes a coroutine's pending variables, whose __close may run for as long as any function.
static int reset_tracked(lua_State *L, lua_State *coroutine) {
  LuaHostState *host = host_of(L);
  atomic_store(&host->running, coroutine);
  arm_interrupt(host, coroutine);
  int status = lua_resetthread(coroutine);
  atomic_store(&host->running, L);
  arm_interrupt(host, L);
  return status;
}

static int close(lua_State *L) {
  lua_State *coroutine = lua_tothread(L, 1);
  luaL_argexpected(L, coroutine, 1, "coroutine");
  int status = lua_status(coroutine);
  lua_Debug activation;
  bool is_suspended =
      coroutine != L && (status == LUA_YIELD || !lua_getstack(coroutine, 0, &activation));
  bool is_over = status != LUA_OK && status != LUA_YIELD;
  if (!is_suspended && !is_over) {
    return luaL_error(L, "cannot close a %s coroutine", coroutine == L ? "running" : "normal");
  }
  if (reset_tracked(L, coroutine) == LUA_OK) {
    lua_pushboolean(L, 1);
    return 1;
  }
  lua_pushboolean(L, 0);
  lua_xmove(coroutine, L, 1);
  // What was interrupted has not failed of itself.
  return luahost_is_interrupted() ? lua_error(L) : 2;
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
    status = reset_tracked(L, coroutine);
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

/// The chunk on top, with the value at `environment` (0 for none) as its first upvalue; or nil and
/// the message on top.
static int give_chunk(lua_State *L, int status, int environment) {
  if (status != LUA_OK) {
    luaL_pushfail(L);
    lua_insert(L, -2);
    return 2;
  }
  if (environment != 0) {
    lua_pushvalue(L, environment);
    if (lua_setupvalue(L, -2, 1) == NULL) lua_pop(L, 1);
  }
  return 1;
}

/// Where load keeps the piece that its reader gave, lest it be collected.
static const int piece_slot = 5;

static const char *read_piece(lua_State *L, void *data, size_t *size) {
  (void)data;
  luaL_checkstack(L, 2, "too many nested functions");
  lua_pushvalue(L, 1);
  lua_call(L, 0, 1);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    *size = 0;
    return NULL;
  }
  if (!lua_isstring(L, -1)) luaL_error(L, "reader function must return a string");
  lua_replace(L, piece_slot);
  return lua_tolstring(L, piece_slot, size);
}

/// Not a guard before the original: that one accepts bytecode, and would be found on the stack by
/// the reader that it calls.
static int load_chunk(lua_State *L) {
  size_t length;
  const char *text = lua_tolstring(L, 1, &length);
  const char *mode = text_mode(L, 3);
  bool has_environment = !lua_isnone(L, 4);
  int status;
  if (text != NULL) {
    status = luaL_loadbufferx(L, text, length, luaL_optstring(L, 2, text), mode);
  } else {
    const char *name = luaL_optstring(L, 2, "=(load)");
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_settop(L, piece_slot);
    status = lua_load(L, read_piece, NULL, name, mode);
  }
  return give_chunk(L, status, has_environment ? 4 : 0);
}

static int load_file(lua_State *L) {
  const char *path = luaL_optstring(L, 1, NULL);
  int environment = lua_isnone(L, 3) ? 0 : 3;
  return give_chunk(L, luaL_loadfilex(L, path, text_mode(L, 2)), environment);
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
  luaL_setfuncs(
      L, (luaL_Reg[]){{"resume", resume}, {"wrap", wrap}, {"close", close}, {NULL, NULL}}, 0);
  lua_pushglobaltable(L);
  luaL_setfuncs(
      L,
      (luaL_Reg[]){
          {"load", load_chunk}, {"loadfile", load_file}, {"dofile", do_file}, {NULL, NULL}},
      0);
  lua_getfield(L, -1, "package");
  lua_getfield(L, -1, "searchers");
  lua_pushvalue(L, -2);
  lua_pushcclosure(L, search_module, 1);
  lua_rawseti(L, -2, 2);
  lua_pop(L, 4);
  open_locale(L);
}
