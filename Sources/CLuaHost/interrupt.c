// Interrupts: a signal stops whatever Lua is running, also inside a coroutine.
//
// The handler sets a flag, which long computations poll, and a hook on the running thread: without
// an interrupt nothing is paid. An interrupt lasts until the host clears it: its first error, which
// a computation may have thrown that polls, leaves some instructions for tidying up, and if the
// script went on regardless (by pcall, say) every further instruction raises it again, so that no
// loop around pcall can swallow it. A time limit is an interrupt that is never cleared.
//
// The same hook settles memory that is over its limit: a thread has but one.

#include "state.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static _Atomic(LuaHostState *) receiver;
static atomic_bool requested;
static atomic_bool out_of_time;
static atomic_bool kills_at_second;
static atomic_long requested_at;  // milliseconds

/// Well below a millisecond's, and enough to note down how far a training came.
static const int instructions_for_tidying_up = 20000;
/// A wrapper may deliver one key press twice: only later signals count as a second one.
static const long milliseconds_for_an_answer = 500;

static bool is_interrupted(LuaHostState *host) {
  return atomic_load_explicit(&requested, memory_order_relaxed) &&
         atomic_load_explicit(&receiver, memory_order_relaxed) == host;
}

static void check_host(lua_State *L, lua_Debug *activation) {
  (void)activation;
  LuaHostState *host = host_of(L);
  lua_sethook(L, NULL, 0, 0);
  if (host->over_limit && !host->in_swift) settle_memory(L, host);
  if (!is_interrupted(host)) return;
  host->interruptions++;
  arm_interrupt(host, L);
  luaL_where(L, 0);
  lua_pushstring(L, atomic_load(&out_of_time) ? LUAHOST_OUT_OF_TIME : LUAHOST_INTERRUPTED);
  lua_concat(L, 2);
  lua_error(L);
}

void arm_interrupt(LuaHostState *host, lua_State *L) {
  if (!is_interrupted(host)) return;
  int count = host->interruptions == 1 ? instructions_for_tidying_up : 1;
  // Setting a hook restarts its count, which frequent resumptions must not do.
  if (lua_gethook(L) == check_host && lua_gethookcount(L) == count) return;
  lua_sethook(L, check_host, LUA_MASKCOUNT, count);
}

void note_thrown_error(LuaHostState *host, lua_State *L) {
  if (host->interruptions > 0 || !is_interrupted(host)) return;
  host->interruptions = 1;
  arm_interrupt(host, L);
}

void watch_memory(LuaHostState *host) {
  lua_State *running = atomic_load(&host->running);
  if (running != NULL) lua_sethook(running, check_host, LUA_MASKCOUNT, 1);
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
  atomic_store(&requested, atomic_load(&out_of_time));
}

/// At the limit, and again each time the script has not answered. Nothing but a system call can
/// end what does not come back to Lua's interpreter, a pattern that backtracks for hours, say.
static void handle_alarm(int number) {
  (void)number;
  int error = errno;
  if (atomic_exchange(&out_of_time, true)) {
    static const char message[] = "lunas: " LUAHOST_OUT_OF_TIME ", and the script did not stop\n";
    ssize_t written = write(STDERR_FILENO, message, sizeof message - 1);
    (void)written;
    _exit(1);
  }
  LuaHostState *host = atomic_load(&receiver);
  if (host != NULL) host->interruptions = 0;
  luahost_interrupt();
  errno = error;
}

static struct timeval interval(double seconds) {
  return (struct timeval){
      .tv_sec = (time_t)seconds,
      .tv_usec = (suseconds_t)((seconds - (double)(time_t)seconds) * 1e6)};
}

bool luahost_limit_time(double seconds) {
  double patience = seconds / 10 < 2 ? 2 : seconds / 10 > 30 ? 30 : seconds / 10;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = handle_alarm;
  sigemptyset(&action.sa_mask);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGALRM);
  struct itimerval timer = {.it_interval = interval(patience), .it_value = interval(seconds)};
  return sigaction(SIGALRM, &action, NULL) == 0 &&
         pthread_sigmask(SIG_UNBLOCK, &signals, NULL) == 0 &&
         setitimer(ITIMER_REAL, &timer, NULL) == 0;
}

bool luahost_is_out_of_time(void) { return atomic_load(&out_of_time); }
