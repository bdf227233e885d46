// The C side of the embedding: what Swift may call, none of which jumps.
//
// Lua raises errors with longjmp, and a jump over a Swift frame is undefined behaviour. The rule is
// therefore "Swift returns, C raises": a callback written in Swift returns a status, and the
// trampoline here raises the error once Swift's frames are gone; what may raise is called by Swift
// only through the protected calls below.
//
// Invariant: `in_swift` is true exactly while the innermost frame that could be jumped over is
// Swift's. While it holds the allocator lets every block through (an excess is raised afterwards)
// and objects that the collector drops wait in a queue.
#ifndef LUNAS_CLUAHOST_H
#define LUNAS_CLUAHOST_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct LuaHostState LuaHostState;

/// Runs a Swift closure; gives the number of results, or one of the statuses below.
typedef int (*LuaHostInvoke)(void *closure, lua_State *L);
/// Gives up one strong reference to a Swift object.
typedef void (*LuaHostRelease)(void *object);

/// What a callback returns instead of raising. The message or value is on top of the stack.
enum {
  LUAHOST_RAISE_TEXT = -1,      // a message, to be preceded by the caller's position
  LUAHOST_RAISE_VALUE = -2,     // an error value, raised as it is
  LUAHOST_RAISE_ARGUMENT = -3,  // a message about the argument named by luahost_blame
  LUAHOST_RAISE_MISMATCH = -4,  // the type which that argument should have and, above, the one it has
};

/// A userdata that owns one Swift object. `object` is null before it is filled and after it is
/// closed; `seal` is the address of the metatable it was made with, which is what types are
/// checked by. No other library's userdata that a script can reach has this size and seal.
typedef struct {
  void *object;
  const void *seal;
  LuaHostState *host;
} LuaHostObject;

// A host's life.

/// A new state with Lua's standard libraries, or null for want of memory. `limit` bounds the bytes
/// of Lua's heap and of external memory together; 0 means no bound. `owner` is kept for Swift.
LuaHostState *luahost_open(
    LuaHostInvoke invoke, LuaHostRelease release, void *owner, size_t limit, bool environment);
void luahost_close(LuaHostState *host);
void *luahost_owner(lua_State *L);
/// The coroutine that runs now, or the main one.
lua_State *luahost_running(LuaHostState *host);
size_t luahost_heap(LuaHostState *host);
/// Collects garbage while Swift is on the stack, and releases what was dropped. Does nothing on
/// another thread than the one that opened the host.
void luahost_reclaim(LuaHostState *host);
void luahost_warnings(LuaHostState *host);
const char *luahost_lua_version(void);

// Protected operations. Each gives Lua's status; after a failure the error value is on top.

/// Calls the function below the arguments; keeps text and traceback of a failure for
/// luahost_failure.
int luahost_call(lua_State *L, int arguments, int results);
/// Pushes the last failure's text and traceback, each a string or nil.
void luahost_failure(lua_State *L);
/// Loads source text; bytecode is refused.
int luahost_load_text(lua_State *L, const char *text, size_t length, const char *name);
/// Loads a file of source text; a null path means standard input.
int luahost_load_file(lua_State *L, const char *path);
/// Like lua_next on the table below the key, without its errors: a key that has vanished ends the
/// traversal.
bool luahost_next(lua_State *L, int table);
/// Pushes the value as tostring would give it, or its type where that fails.
void luahost_describe(lua_State *L, int index);

// Functions and objects.

/// Pushes a Lua function that runs the Swift closure, and takes over its strong reference.
void luahost_push_function(lua_State *L, void *closure);
/// Makes a class: its metatable goes to registry reference `metatable`, its methods to `methods`.
const void *luahost_new_class(lua_State *L, const char *name, int *metatable, int *methods);
/// Gives the class properties: __index asks methods first, then getters, then the fallback
/// function, if the metatable holds one under LUAHOST_FALLBACK. Returns the getters' reference.
int luahost_add_getters(lua_State *L, int metatable, int methods);
#define LUAHOST_FALLBACK "__fallback"
/// Adds the method `close`, which releases an object early, to a class's methods.
void luahost_add_close(lua_State *L, int methods);
/// Pushes a new object of a class, and takes over the strong reference.
void luahost_push_object(lua_State *L, int metatable, const void *seal, void *object);
/// The object at an index if it was made with this seal; null otherwise.
LuaHostObject *luahost_to_object(lua_State *L, int index, const void *seal);

/// Names the argument that LUAHOST_RAISE_ARGUMENT and LUAHOST_RAISE_MISMATCH are about.
void luahost_blame(lua_State *L, int argument);
/// Makes room on the stack; where there is none, the trampoline raises "stack overflow".
bool luahost_reserve(lua_State *L, int slots);
/// Remembers the traceback of the error value on top, which is about to be raised again.
void luahost_carry_traceback(lua_State *L, const char *traceback, size_t length);
void luahost_push_globals(lua_State *L);
int luahost_registry_index(void);

// Memory outside Lua's heap, counted from any thread.

typedef struct LuaHostGauge LuaHostGauge;
LuaHostGauge *luahost_gauge(LuaHostState *host);
void luahost_gauge_retain(LuaHostGauge *gauge);
void luahost_gauge_release(LuaHostGauge *gauge);
void luahost_gauge_adjust(LuaHostGauge *gauge, ssize_t bytes);
ssize_t luahost_gauge_bytes(LuaHostGauge *gauge);

// Interrupts.

/// The process's signals, once and for all: SIGTERM and SIGHUP, unless they are ignored, interrupt the
/// host that receives interrupts for good, and end a process that has not ended ten seconds later;
/// SIGXFSZ is ignored; SIGQUIT has its default action.
void luahost_settle_signals(void);
/// Ends the process by the SIGTERM or SIGHUP that it received, if it received one.
void luahost_end_by_signal(void);
/// From now on SIGINT on the calling thread interrupts this host. A second one ends the process where
/// the first has no effect: a script at once, but half a second after the first; a session at the
/// prompt a second later. A null host restores the default action.
void luahost_receive_interrupts(LuaHostState *host, bool at_prompt);
/// What the signal's handler does; safe in a handler on the host's thread.
void luahost_interrupt(void);
bool luahost_is_interrupted(void);
void luahost_clear_interrupt(void);
/// Interrupts the receiving host for good once so many seconds have passed; ends the process, with
/// a message and status 1, where it runs on for a tenth of that time (at least 2 s, at most 30 s).
bool luahost_limit_time(double seconds);
/// Whether no clearing ends the interrupt: the time is up, or the process is to end.
bool luahost_is_final(void);
/// Has this process interrupted as by SIGTERM once the process that started it has ended.
void luahost_end_with_parent(void);
/// What an interrupt's error says: "interrupted!", "time limit exceeded", "terminated!", "hung up!".
const char *luahost_interruption(void);

// Standard streams.

/// Reads a line of standard input, sharing io.read's buffer: its length, -1 at the end, -2 when a
/// signal came first.
ssize_t luahost_read_line(char **line, size_t *capacity);
/// Writes to standard output, through the buffer that io.write uses.
void luahost_write(const char *bytes, size_t count);
/// Makes the process's exit status 1, with a message, where standard output cannot be written.
void luahost_check_output_at_exit(const char *program);

// Terminals.

/// The columns of the terminal at a descriptor; 0 where there is none or it does not say.
int luahost_columns(int descriptor);
/// The columns that UTF-8 takes on a terminal; a byte that is no part of a character takes one.
size_t luahost_width(const char *text, size_t length);

#endif
