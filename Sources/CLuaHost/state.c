// A host's life and its memory.
//
// The allocator counts every byte. It refuses a block beyond the limit, which Lua answers with a
// collection and then with an error; except while Swift is on the stack, where an error would jump
// over Swift's frames: then the block passes and `over_limit` makes the trampoline raise later. A
// block that is beyond the limit only together with external memory passes too, for Lua's answer
// to a refusal would not release external memory: a hook settles that at the next instruction.

#include "state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const long first_soft_maximum = 64L << 20;

static void *allocate(void *data, void *block, size_t old_size, size_t new_size) {
  LuaHostState *host = data;
  size_t held = block ? old_size : 0;
  if (new_size == 0) {
    free(block);
    host->heap -= held;
    return NULL;
  }
  if (new_size > held && host->limit > 0) {
    size_t wanted = host->heap - held + new_size;
    if (wanted > host->limit && !host->in_swift) return NULL;
    if (!host->over_limit && exceeds_limit(host, wanted)) {
      host->over_limit = true;
      if (!host->in_swift) watch_memory(host);
    }
  }
  void *moved = realloc(block, new_size);
  if (moved == NULL) {
    if (new_size <= held) return block;
    if (host->in_swift) {
      fputs("lunas: the system has no memory left\n", stderr);
      abort();
    }
    return NULL;
  }
  host->heap = host->heap - held + new_size;
  return moved;
}

static void warn(void *data, const char *message, int continues) {
  LuaHostState *host = data;
  bool first = !host->warning_continues;
  if (first && !continues && message[0] == '@') {
    if (strcmp(message, "@on") == 0) host->warnings = true;
    if (strcmp(message, "@off") == 0) host->warnings = false;
    return;
  }
  host->warning_continues = continues;
  if (!host->warnings) return;
  fprintf(stderr, "%s%s%s", first ? "Lua warning: " : "", message, continues ? "" : "\n");
}

static int panic(lua_State *L) {
  const char *message = lua_tostring(L, -1);
  fprintf(stderr, "lunas: unprotected error: %s\n", message ? message : "not a string");
  return 0;
}

static int open_libraries(lua_State *L) {
  if (lua_toboolean(L, 1)) {
    lua_pushboolean(L, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, "LUA_NOENV");
  }
  luaL_openlibs(L);
  make_function_class(L);
  open_replacements(L);
  return 0;
}

LuaHostState *luahost_open(
    LuaHostInvoke invoke, LuaHostRelease release, void *owner, size_t limit, bool environment) {
  LuaHostState *host = calloc(1, sizeof *host);
  LuaHostGauge *gauge = calloc(1, sizeof *gauge);
  if (host == NULL || gauge == NULL) {
    free(host);
    free(gauge);
    return NULL;
  }
  atomic_store(&gauge->references, 1);
  *host = (LuaHostState){
      .invoke = invoke, .release = release, .owner = owner, .limit = limit, .gauge = gauge,
      .soft_maximum = first_soft_maximum, .thread = pthread_self()};
  // Garbage outside the heap must leave room below the limit.
  if (limit > 0 && (long)(limit / 4) < first_soft_maximum) host->soft_maximum = limit / 4;
  lua_State *L = lua_newstate(allocate, host);
  if (L == NULL) {
    luahost_gauge_release(gauge);
    free(host);
    return NULL;
  }
  host->main = L;
  atomic_store(&host->running, L);
  *(LuaHostState **)lua_getextraspace(L) = host;
  lua_atpanic(L, panic);
  lua_setwarnf(L, warn, host);
  lua_pushcfunction(L, open_libraries);
  lua_pushboolean(L, !environment);
  if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
    luahost_close(host);
    return NULL;
  }
  host->in_swift = true;
  return host;
}

void luahost_close(LuaHostState *host) {
  forget_receiver(host);
  host->in_swift = false;
  host->closing = true;
  lua_close(host->main);
  release_dropped(host);
  free(host->dropped.objects);
  free(host->dropped_functions.objects);
  luahost_gauge_release(host->gauge);
  free(host);
}

void *luahost_owner(lua_State *L) { return host_of(L)->owner; }
lua_State *luahost_running(LuaHostState *host) { return atomic_load(&host->running); }
size_t luahost_heap(LuaHostState *host) { return host->heap; }
void luahost_warnings(LuaHostState *host) { host->warnings = true; }
const char *luahost_lua_version(void) { return LUA_COPYRIGHT; }
int luahost_registry_index(void) { return LUA_REGISTRYINDEX; }
void luahost_push_globals(lua_State *L) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
}

LuaHostGauge *luahost_gauge(LuaHostState *host) { return host->gauge; }
void luahost_gauge_retain(LuaHostGauge *gauge) { atomic_fetch_add(&gauge->references, 1); }
void luahost_gauge_release(LuaHostGauge *gauge) {
  if (atomic_fetch_sub(&gauge->references, 1) == 1) free(gauge);
}
void luahost_gauge_adjust(LuaHostGauge *gauge, ssize_t bytes) {
  atomic_fetch_add_explicit(&gauge->bytes, bytes, memory_order_relaxed);
}
ssize_t luahost_gauge_bytes(LuaHostGauge *gauge) {
  return atomic_load_explicit(&gauge->bytes, memory_order_relaxed);
}
