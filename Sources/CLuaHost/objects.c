// Swift objects as userdata.
//
// Invariant: a block owns one strong reference or none. Collection and closing share one function,
// which takes the reference out of the block first, so that each is given up once. A deinit must
// not run inside another Swift call (it would break exclusive access): what the collector drops
// while Swift is on the stack waits until it is not, or until Swift asks for it (luahost_reclaim).
// A closure that runs is not retained for its call, so closures wait until none runs.

#include "state.h"

#include <stdlib.h>

static void enqueue(LuaHostQueue *queue, void *object) {
  if (queue->count == queue->capacity) {
    size_t capacity = queue->capacity * 2 + 64;
    void **grown = realloc(queue->objects, capacity * sizeof *grown);
    if (grown == NULL) abort();
    queue->objects = grown;
    queue->capacity = capacity;
  }
  queue->objects[queue->count++] = object;
}

static void release_all(LuaHostState *host, LuaHostQueue *queue) {
  while (queue->count > 0) host->release(queue->objects[--queue->count]);
}

void release_dropped(LuaHostState *host) {
  release_all(host, &host->dropped);
  if (host->callbacks == 0) release_all(host, &host->dropped_functions);
}

/// Gives up a block's reference, at once or as soon as that is safe.
static void drop(LuaHostState *host, LuaHostObject *block) {
  void *object = block->object;
  block->object = NULL;
  if (block->seal == host->function_seal && host->callbacks > 0) {
    enqueue(&host->dropped_functions, object);
  } else if (host->in_swift) {
    enqueue(&host->dropped, object);
  } else {
    host->release(object);
  }
}

LuaHostObject *luahost_to_object(lua_State *L, int index, const void *seal) {
  return to_object(L, index, seal);
}

/// Closes an object of any class, for a script may exchange metatables by way of `debug`.
static int close_object(lua_State *L) {
  LuaHostState *host = host_of(L);
  if (lua_rawlen(L, 1) != sizeof(LuaHostObject)) return 0;
  LuaHostObject *block = lua_touserdata(L, 1);
  if (block != NULL && block->host == host && block->object != NULL) drop(host, block);
  return 0;
}

/// Sets a field of the table on top, without metamethods, to the value above it.
static void set_field(lua_State *L, const char *name) {
  lua_pushstring(L, name);
  lua_insert(L, -2);
  lua_rawset(L, -3);
}

/// The same as a method, which is called by scripts: `__close` gets an error besides its object.
static int close_early(lua_State *L) {
  int given = lua_gettop(L);
  while (given > 1 && lua_isnil(L, given)) given--;
  if (given > 1) {
    const char *message = lua_pushfstring(L, "expected no arguments, got %d", given - 1);
    return luaL_argerror(L, 2, message);
  }
  return close_object(L);
}

void luahost_add_close(lua_State *L, int methods) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, methods);
  lua_pushcfunction(L, close_early);
  set_field(L, "close");
  lua_pop(L, 1);
}

void luahost_push_object(lua_State *L, int metatable, const void *seal, void *object) {
  LuaHostObject *block = lua_newuserdatauv(L, sizeof *block, 0);
  LuaHostState *host = host_of(L);
  *block = (LuaHostObject){NULL, seal, host};
  lua_rawgeti(L, LUA_REGISTRYINDEX, metatable);
  lua_setmetatable(L, -2);
  block->object = object;
  // A userdata made by a finalizer while the state closes would never be collected.
  if (host->closing) drop(host, block);
}

const void *luahost_new_class(lua_State *L, const char *name, int *metatable, int *methods) {
  lua_newtable(L);
  const void *seal = lua_topointer(L, -1);
  lua_pushstring(L, name);
  set_field(L, "__name");
  lua_pushstring(L, name);
  set_field(L, "__metatable");
  lua_newtable(L);
  lua_pushvalue(L, -1);
  *methods = luaL_ref(L, LUA_REGISTRYINDEX);
  set_field(L, "__index");
  const char *const endings[] = {"__gc", "__close"};
  for (int i = 0; i < 2; i++) {
    lua_pushcfunction(L, close_object);
    set_field(L, endings[i]);
  }
  *metatable = luaL_ref(L, LUA_REGISTRYINDEX);
  return seal;
}

void make_function_class(lua_State *L) {
  LuaHostState *host = host_of(L);
  int methods;
  host->function_seal =
      luahost_new_class(L, "host function", &host->function_metatable, &methods);
}

/// Upvalues: methods, getters, metatable.
int index_object(lua_State *L) {
  lua_settop(L, 2);
  if (lua_type(L, 2) == LUA_TSTRING) {
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 1;
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(2)) != LUA_TNIL) {
      lua_pushvalue(L, 1);
      lua_call(L, 1, 1);
      return 1;
    }
  }
  lua_pushliteral(L, LUAHOST_FALLBACK);
  if (lua_rawget(L, lua_upvalueindex(3)) == LUA_TNIL) return 1;
  lua_pushvalue(L, 1);
  lua_pushvalue(L, 2);
  lua_call(L, 2, 1);
  return 1;
}

int luahost_add_getters(lua_State *L, int metatable, int methods) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, metatable);
  lua_rawgeti(L, LUA_REGISTRYINDEX, methods);
  lua_newtable(L);
  lua_pushvalue(L, -1);
  int getters = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_pushvalue(L, -3);
  lua_pushcclosure(L, index_object, 3);
  set_field(L, "__index");
  lua_pop(L, 1);
  return getters;
}
