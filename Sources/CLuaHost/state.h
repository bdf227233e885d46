// The state of one host, shared by the C files only.
#ifndef LUNAS_STATE_H
#define LUNAS_STATE_H

#include "CLuaHost.h"

#include <lauxlib.h>
#include <lualib.h>
#include <pthread.h>
#include <stdatomic.h>

struct LuaHostGauge {
  atomic_long bytes;
  atomic_int references;
};

/// Swift objects that wait for their release.
typedef struct {
  void **objects;
  size_t count, capacity;
} LuaHostQueue;

struct LuaHostState {
  lua_State *main;
  _Atomic(lua_State *) running;
  LuaHostInvoke invoke;
  LuaHostRelease release;
  void *owner;
  pthread_t thread;  // the one that opened the host

  bool in_swift, closing;
  int depth;             // protected calls under way
  int blamed;            // the argument an error is about
  bool stack_exhausted;  // luahost_reserve failed
  const void *function_seal;
  int function_metatable;

  size_t heap;        // bytes of Lua's heap
  size_t limit;       // for heap and external memory together
  bool over_limit;    // a block passed the limit while it could not be refused
  long soft_maximum;  // of external memory: beyond it, collect
  bool in_reserve;    // the last of the limit is in use, after an error
  LuaHostGauge *gauge;
  bool reclaiming;

  int callbacks;                    // closures that run now, one inside another
  LuaHostQueue dropped;             // dropped while Swift was on the stack
  LuaHostQueue dropped_functions;  // closures dropped while any runs, lest it be that one

  int interruptions;        // errors raised for the present interrupt
  lua_State *carried_from;  // the thread whose traceback is carried
  bool warnings, warning_continues;
};

static inline LuaHostState *host_of(lua_State *L) {
  return *(LuaHostState **)lua_getextraspace(L);
}

static inline long external_bytes(LuaHostState *host) {
  return atomic_load_explicit(&host->gauge->bytes, memory_order_relaxed);
}

/// What heap and external memory may take together. The last sixteenth of the limit is for what
/// follows an error: tracebacks, and tidying up. The heap alone has Lua's own way of failing.
static inline bool exceeds_limit(LuaHostState *host, size_t heap) {
  if (host->limit == 0) return false;
  long external = external_bytes(host);
  if (external <= 0) return heap > host->limit;
  size_t total = heap + (size_t)external;
  size_t usual = host->limit - host->limit / 16;
  if (total <= usual) host->in_reserve = false;
  return total > (host->in_reserve ? host->limit : usual);
}

static inline LuaHostObject *to_object(lua_State *L, int index, const void *seal) {
  if (lua_rawlen(L, index) != sizeof(LuaHostObject)) return NULL;
  LuaHostObject *block = lua_touserdata(L, index);
  return block != NULL && block->seal == seal ? block : NULL;
}

// Each is the address of a registry entry.
extern const char failure_text, failure_traceback, carried_value, carried_traceback;

/// Releases what waits and need not wait any longer. Swift must not be on the stack.
void release_dropped(LuaHostState *host);
void make_function_class(lua_State *L);
/// The __index of classes with properties.
int index_object(lua_State *L);
/// Replaces what would load bytecode, and the functions that resume coroutines.
void open_replacements(lua_State *L);
/// Replaces os.setlocale, so that numbers are written with a point always.
void open_locale(lua_State *L);
/// Installs the interrupt's hook on a thread if this host is being interrupted.
void arm_interrupt(LuaHostState *host, lua_State *L);
/// What Swift throws during an interrupt is the interrupt's first error.
void note_thrown_error(LuaHostState *host, lua_State *L);
void forget_receiver(LuaHostState *host);
/// Has the memory settled at the running thread's next instruction.
void watch_memory(LuaHostState *host);
/// Collects where memory is over the limit, and raises "not enough memory" where that is not enough.
void settle_memory(lua_State *L, LuaHostState *host);
/// Remembers the traceback on top for the error value below it; pops the traceback.
void carry(lua_State *L, lua_State *from);
/// Pushes the traceback of a coroutine whose error value is on top of `L`.
void push_coroutine_traceback(lua_State *L, lua_State *coroutine);

#endif
