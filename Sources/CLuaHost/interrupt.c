// Interrupts: a signal stops whatever Lua is running, also inside a coroutine.
//
// The handler sets a flag, which long computations poll, and a hook on the running thread: without
// an interrupt nothing is paid. An interrupt lasts until the host clears it: its first error leaves
// a thousand instructions for tidying up, and if the script went on regardless (by pcall, say)
// every further instruction raises it again, so that no loop around pcall can swallow it.

#include "state.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

static _Atomic(LuaHostState *) receiver;
static atomic_bool requested;
static atomic_bool kills_at_second;
static atomic_long requested_at;  // milliseconds

static const int instructions_for_tidying_up = 1000;
/// A wrapper may deliver one key press twice: only later signals count as a second one.
static const long milliseconds_for_an_answer = 500;

static bool is_interrupted(LuaHostState *host) {
  return atomic_load_explicit(&requested, memory_order_relaxed) &&
         atomic_load_explicit(&receiver, memory_order_relaxed) == host;
}

static void raise_interrupt(lua_State *L, lua_Debug *activation) {
  (void)activation;
  LuaHostState *host = host_of(L);
  lua_sethook(L, NULL, 0, 0);
  if (!is_interrupted(host)) return;
  host->interruptions++;
  arm_interrupt(host, L);
  luaL_where(L, 0);
  lua_pushliteral(L, "interrupted!");
  lua_concat(L, 2);
  lua_error(L);
}

void arm_interrupt(LuaHostState *host, lua_State *L) {
  if (!is_interrupted(host)) return;
  int count = host->interruptions == 1 ? instructions_for_tidying_up : 1;
  // Setting a hook restarts its count, which frequent resumptions must not do.
  if (lua_gethook(L) == raise_interrupt && lua_gethookcount(L) == count) return;
  lua_sethook(L, raise_interrupt, LUA_MASKCOUNT, count);
}

void luahost_interrupt(void) {
  atomic_store(&requested, true);
  LuaHostState *host = atomic_load(&receiver);
  if (host != NULL) arm_interrupt(host, atomic_load(&host->running));
}

static void handle_signal(int number) {
  int error = errno;
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  long now = time.tv_sec * 1000 + time.tv_nsec / 1000000;
  if (!atomic_load(&requested)) {
    atomic_store(&requested_at, now);
  } else if (atomic_load(&kills_at_second) &&
             now - atomic_load(&requested_at) > milliseconds_for_an_answer) {
    signal(number, SIG_DFL);
    raise(number);
  }
  luahost_interrupt();
  errno = error;
}

void luahost_receive_interrupts(LuaHostState *host, bool twice_kills) {
  atomic_store(&receiver, host);
  atomic_store(&kills_at_second, twice_kills);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  // No SA_RESTART: a prompt that waits for a line is to notice.
  action.sa_handler = host != NULL ? handle_signal : SIG_DFL;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, NULL);
  if (host == NULL) return;
  // Whoever started this thread or process may have blocked the signal.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
}

void forget_receiver(LuaHostState *host) {
  if (atomic_load(&receiver) == host) luahost_receive_interrupts(NULL, false);
}

bool luahost_is_interrupted(void) {
  return atomic_load_explicit(&requested, memory_order_relaxed);
}

void luahost_clear_interrupt(void) {
  LuaHostState *host = atomic_load(&receiver);
  if (host != NULL) host->interruptions = 0;
  atomic_store(&requested, false);
}
