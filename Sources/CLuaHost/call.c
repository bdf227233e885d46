// Calls in both directions: the trampoline by which Lua calls Swift, and the protected calls by
// which Swift calls Lua.
//
// An error that passes through Swift keeps the traceback of the place where it arose: it is carried
// beside the error value until the next message handler asks for it.

#include "state.h"

#include <string.h>

const char failure_text, failure_traceback, carried_value, carried_traceback;

// Lua calls Swift.

void settle_memory(lua_State *L, LuaHostState *host) {
  host->over_limit = false;
  if (!exceeds_limit(host, host->heap)) return;
  lua_gc(L, LUA_GCCOLLECT);
  release_dropped(host);
  host->over_limit = false;
  if (!exceeds_limit(host, host->heap)) return;
  host->in_reserve = true;
  luaL_error(L, "not enough memory");
}

/// Unlike Lua's own emergency collection this one runs finalizers, for it is they that drop Swift's
/// objects. It is for an allocator of external memory that has no more to give, called between two
/// changes of Swift's state.
void luahost_reclaim(LuaHostState *host) {
  if (!host->in_swift || host->reclaiming || host->closing) return;
  if (!pthread_equal(host->thread, pthread_self())) return;
  host->reclaiming = true;
  lua_gc(atomic_load(&host->running), LUA_GCCOLLECT);
  release_dropped(host);
  host->reclaiming = false;
}

/// Does what could not be done while Swift was on the stack. Torch7's rule for external memory:
/// past the soft maximum collect; if four fifths of it are still held, let it grow.
static void settle(lua_State *L, LuaHostState *host, bool may_raise) {
  release_dropped(host);
  if (external_bytes(host) > host->soft_maximum) {
    lua_gc(L, LUA_GCCOLLECT);
    release_dropped(host);
    long held = external_bytes(host);
    while (held > host->soft_maximum / 5 * 4) host->soft_maximum += host->soft_maximum / 5 * 2;
  }
  if (!may_raise) return;
  settle_memory(L, host);
  if (host->stack_exhausted) {
    host->stack_exhausted = false;
    luaL_error(L, "stack overflow");
  }
}

static bool has_unsettled(LuaHostState *host) {
  return host->dropped.count > 0 || host->dropped_functions.count > 0 || host->over_limit ||
         host->stack_exhausted || external_bytes(host) > host->soft_maximum ||
         exceeds_limit(host, host->heap);
}

/// Whether this function was called by __index, which stands in for the line that has the field.
static bool asked_by_index(lua_State *L) {
  lua_Debug caller;
  if (!lua_getstack(L, 1, &caller)) return false;
  lua_getinfo(L, "f", &caller);
  bool found = lua_tocfunction(L, -1) == index_object;
  lua_pop(L, 1);
  return found;
}

static void add_integer(luaL_Buffer *text, int value) {
  char digits[16];
  char *first = digits + sizeof digits;
  do *--first = (char)('0' + value % 10);
  while ((value /= 10) > 0);
  luaL_addlstring(text, first, (size_t)(digits + sizeof digits - first));
}

static void add_stack_text(luaL_Buffer *text, int index) {
  size_t length;
  const char *bytes = lua_tolstring(text->L, index, &length);
  luaL_addlstring(text, bytes, length);
}

/// What luaL_argerror raises, at half its price: there every part of the message becomes a string of
/// Lua's on its way into the whole. The message is on the stack, or the two types of a mismatch.
static int raise_about_argument(lua_State *L, int argument, bool is_mismatch) {
  lua_Debug callee, caller;
  bool is_named =
      lua_getstack(L, 0, &callee) && lua_getinfo(L, "n", &callee) && callee.name != NULL;
  luaL_Buffer text;
  luaL_buffinit(L, &text);
  if (is_named) {
    if (lua_getstack(L, 1, &caller) && lua_getinfo(L, "Sl", &caller) && caller.currentline > 0) {
      luaL_addstring(&text, caller.short_src);
      luaL_addchar(&text, ':');
      add_integer(&text, caller.currentline);
      luaL_addstring(&text, ": ");
    }
    // The receiver of a method is not counted.
    if (strcmp(callee.namewhat, "method") == 0 && --argument == 0) {
      luaL_addstring(&text, "calling '");
      luaL_addstring(&text, callee.name);
      luaL_addstring(&text, "' on bad self (");
    } else {
      luaL_addstring(&text, "bad argument #");
      add_integer(&text, argument);
      luaL_addstring(&text, " to '");
      luaL_addstring(&text, callee.name);
      luaL_addstring(&text, "' (");
    }
  }
  add_stack_text(&text, 1);
  if (is_mismatch) {
    luaL_addstring(&text, " expected, got ");
    add_stack_text(&text, 2);
  }
  if (is_named) luaL_addchar(&text, ')');
  luaL_pushresult(&text);
  // Lua looks for the name of a function without one in every loaded module.
  return is_named ? lua_error(L) : luaL_argerror(L, argument, lua_tostring(L, -1));
}

static int raise(lua_State *L, LuaHostState *host, int status) {
  switch (status) {
    case LUAHOST_RAISE_ARGUMENT:
    case LUAHOST_RAISE_MISMATCH:
      return raise_about_argument(L, host->blamed, status == LUAHOST_RAISE_MISMATCH);
    case LUAHOST_RAISE_TEXT:
      luaL_where(L, asked_by_index(L) ? 2 : 1);
      lua_insert(L, -2);
      lua_concat(L, 2);
  }
  return lua_error(L);
}

static int trampoline(lua_State *L) {
  LuaHostState *host = host_of(L);
  LuaHostObject *keeper = to_object(L, lua_upvalueindex(1), host->function_seal);
  if (keeper == NULL || keeper->object == NULL) {
    return luaL_error(L, "attempt to call a host function that is closed");
  }
  // It would run in the midst of a Swift call, whose objects it could reach.
  if (host->reclaiming) {
    return luaL_error(L, "a finalizer that runs for want of memory cannot call lunas");
  }
  bool outer = host->in_swift;
  host->in_swift = true;
  host->callbacks++;
  int count = host->invoke(keeper->object, L);
  host->callbacks--;
  host->in_swift = outer;
  if (!outer && has_unsettled(host)) settle(L, host, count >= 0);
  if (count >= 0) return count;
  note_thrown_error(host, L);
  return raise(L, host, count);
}

void luahost_push_function(lua_State *L, void *closure) {
  LuaHostState *host = host_of(L);
  luahost_push_object(L, host->function_metatable, host->function_seal, closure);
  lua_pushcclosure(L, trampoline, 1);
}

void luahost_blame(lua_State *L, int argument) { host_of(L)->blamed = argument; }

bool luahost_reserve(lua_State *L, int slots) {
  if (lua_checkstack(L, slots)) return true;
  host_of(L)->stack_exhausted = true;
  return false;
}

// Swift calls Lua.

/// Keeps the error's text and traceback for luahost_failure; the error value itself stays as it is.
static int keep_failure(lua_State *L) {
  LuaHostState *host = host_of(L);
  bool describes_itself = false;
  if (lua_type(L, 1) == LUA_TSTRING || lua_type(L, 1) == LUA_TNUMBER) {
    lua_pushvalue(L, 1);
    lua_tostring(L, -1);
  } else if (luaL_callmeta(L, 1, "__tostring") && lua_type(L, -1) == LUA_TSTRING) {
    describes_itself = true;
  } else {
    lua_pushfstring(L, "(error object is a %s value)", luaL_typename(L, 1));
  }
  lua_rawsetp(L, LUA_REGISTRYINDEX, &failure_text);

  lua_rawgetp(L, LUA_REGISTRYINDEX, &carried_value);
  bool carried = host->carried_from != NULL && lua_rawequal(L, 1, -1);
  lua_settop(L, 1);
  if (carried) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &carried_traceback);
    if (host->carried_from != L) {
      lua_pushliteral(L, "\n");
      luaL_traceback(L, L, NULL, 1);
      lua_concat(L, 3);
    }
  } else if (describes_itself) {
    lua_pushnil(L);
  } else {
    luaL_traceback(L, L, NULL, 1);
  }
  lua_rawsetp(L, LUA_REGISTRYINDEX, &failure_traceback);
  host->carried_from = NULL;
  return 1;
}

static void forget_failure(lua_State *L) {
  lua_pushnil(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &failure_text);
  lua_pushnil(L);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &failure_traceback);
}

int luahost_call(lua_State *L, int arguments, int results) {
  LuaHostState *host = host_of(L);
  if (!lua_checkstack(L, 8)) {
    lua_settop(L, -arguments - 2);
    lua_pushliteral(L, "stack overflow");
    return LUA_ERRRUN;
  }
  forget_failure(L);
  int handler = lua_gettop(L) - arguments;
  lua_pushcfunction(L, keep_failure);
  lua_insert(L, handler);

  lua_State *resumer = atomic_exchange(&host->running, L);
  bool outer = host->in_swift;
  host->in_swift = false;
  host->depth++;
  arm_interrupt(host, L);
  int status = lua_pcall(L, arguments, results, handler);
  host->depth--;
  host->in_swift = outer;
  atomic_store(&host->running, resumer);

  lua_remove(L, handler);
  if (host->depth == 0) {
    release_dropped(host);
    host->over_limit = false;
  }
  return status;
}

void luahost_failure(lua_State *L) {
  lua_rawgetp(L, LUA_REGISTRYINDEX, &failure_text);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &failure_traceback);
}

void carry(lua_State *L, lua_State *from) {
  lua_rawsetp(L, LUA_REGISTRYINDEX, &carried_traceback);
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &carried_value);
  host_of(L)->carried_from = from;
}

void luahost_carry_traceback(lua_State *L, const char *traceback, size_t length) {
  lua_pushlstring(L, traceback, length);
  carry(L, L);
}

void push_coroutine_traceback(lua_State *L, lua_State *coroutine) {
  LuaHostState *host = host_of(L);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &carried_value);
  bool carried = host->carried_from == coroutine && lua_rawequal(L, -1, -2);
  lua_pop(L, 1);
  if (carried) {
    lua_rawgetp(L, LUA_REGISTRYINDEX, &carried_traceback);
  } else {
    luaL_traceback(L, coroutine, NULL, 0);
  }
}

// Loading: text only, for bytecode can crash the machine.

typedef struct {
  const char *text, *name;
  size_t length;
} Source;

static int load_text(lua_State *L) {
  Source *source = lua_touserdata(L, 1);
  if (luaL_loadbufferx(L, source->text, source->length, source->name, "t") != LUA_OK) lua_error(L);
  return 1;
}

static int load_file(lua_State *L) {
  if (luaL_loadfilex(L, lua_touserdata(L, 1), "t") != LUA_OK) lua_error(L);
  return 1;
}

/// Without a message handler: a source that does not load has a position, and no traceback.
static int protect(lua_State *L, lua_CFunction function, void *argument) {
  LuaHostState *host = host_of(L);
  if (!lua_checkstack(L, 8)) return LUA_ERRMEM;
  forget_failure(L);
  bool outer = host->in_swift;
  host->in_swift = false;
  lua_pushcfunction(L, function);
  lua_pushlightuserdata(L, argument);
  int status = lua_pcall(L, 1, 1, 0);
  host->in_swift = outer;
  return status;
}

int luahost_load_text(lua_State *L, const char *text, size_t length, const char *name) {
  Source source = {text, name, length};
  return protect(L, load_text, &source);
}

int luahost_load_file(lua_State *L, const char *path) {
  return protect(L, load_file, (void *)path);
}

static int next(lua_State *L) { return lua_next(L, 1) ? 2 : 0; }

bool luahost_next(lua_State *L, int table) {
  LuaHostState *host = host_of(L);
  table = lua_absindex(L, table);
  int key = lua_gettop(L);
  bool outer = host->in_swift;
  host->in_swift = false;
  lua_pushcfunction(L, next);
  lua_pushvalue(L, table);
  lua_pushvalue(L, key);
  int status = lua_pcall(L, 2, 2, 0);
  host->in_swift = outer;
  lua_remove(L, key);
  if (status == LUA_OK && !lua_isnil(L, -2)) return true;
  lua_settop(L, key - 1);
  return false;
}

static int describe(lua_State *L) {
  luaL_tolstring(L, 1, NULL);
  return 1;
}

void luahost_describe(lua_State *L, int index) {
  LuaHostState *host = host_of(L);
  index = lua_absindex(L, index);
  bool outer = host->in_swift;
  host->in_swift = false;
  lua_pushcfunction(L, describe);
  lua_pushvalue(L, index);
  int status = lua_pcall(L, 1, 1, 0);
  host->in_swift = outer;
  if (status == LUA_OK) return;
  lua_pop(L, 1);
  lua_pushstring(L, luaL_typename(L, index));
}
