// Interrupts: a signal stops whatever Lua is running, also inside a coroutine.
//
// The handler sets a flag, which long computations poll, and a hook on the running thread: without
// an interrupt nothing is paid. An interrupt lasts until the host clears it: its first error, which
// a computation may have thrown that polls, leaves some instructions for tidying up, and if the
// script went on regardless (by pcall, say) every further instruction raises it again, so that no
// loop around pcall can swallow it. A time limit is an interrupt that is never cleared, and so are
// SIGTERM and SIGHUP: what runs tidies up, and then the process ends by that signal.
//
// Lua runs no hook inside a finalizer, and nothing of this kind inside a pattern that backtracks:
// there a second press of Ctrl-C ends the process. It first waits for a moment: a wrapper may
// deliver one key press twice, and at the prompt a checkpoint may be on its way to the disk.
//
// The same hook settles memory that is over its limit: a thread has but one.

#include "state.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static _Atomic(LuaHostState *) receiver;
static atomic_bool requested;
static atomic_bool out_of_time;
static atomic_bool is_at_prompt;
static atomic_bool insisted;      // a second press came while the first one was not answered
static atomic_int ending_signal;  // SIGTERM or SIGHUP, once one came
static atomic_long requested_at;  // milliseconds

/// Rings where what was asked to stop did not.
static timer_t patience;
static bool has_patience;
/// How the terminal was before anybody edited lines on it.
static struct termios terminal;
static bool has_terminal;

/// Well below a millisecond's, and enough to note down how far a training came.
static const int instructions_for_tidying_up = 20000;
/// Two signals that are closer than this are one key press.
static const long milliseconds_of_a_press = 100;
/// From the first press to the end of a script that does not stop.
static const long milliseconds_for_a_script = 500;
/// From the second press to the end of a session whose evaluation does not stop.
static const long milliseconds_at_the_prompt = 1000;
/// From SIGTERM or SIGHUP to the end, for checkpoints and results to be written.
static const long milliseconds_for_an_end = 10000;

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
  lua_pushstring(L, luahost_interruption());
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

const char *luahost_interruption(void) {
  if (atomic_load(&out_of_time)) return "time limit exceeded";
  switch (atomic_load(&ending_signal)) {
    case SIGTERM: return "terminated!";
    case SIGHUP: return "hung up!";
    default: return "interrupted!";
  }
}

static void write_error(const char *text) {
  ssize_t written = write(STDERR_FILENO, text, strlen(text));
  (void)written;
}

/// Ends the process by a signal; callable in a handler, on any thread.
static void end_by(int number) {
  if (has_terminal && tcgetpgrp(STDIN_FILENO) == getpgrp()) {
    tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
  }
  signal(number, SIG_DFL);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, number);
  pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
  raise(number);
}

static void give_up_on(int number) {
  write_error("\nlunas: what runs did not stop when asked to: ended\n");
  end_by(number);
}

static void wait_for_an_answer(long milliseconds) {
  if (!has_patience) return;
  struct itimerspec once = {
      .it_value = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000}};
  timer_settime(patience, 0, &once, NULL);
}

static void handle_patience(int number) {
  (void)number;
  int error = errno;
  int ending = atomic_load(&ending_signal);
  if (ending != 0) give_up_on(ending);
  if (atomic_load(&insisted) && atomic_load(&requested)) give_up_on(SIGINT);
  errno = error;
}

static long now_in_milliseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/// SIGINT.
static void handle_press(int number) {
  int error = errno;
  long now = now_in_milliseconds();
  if (!atomic_load(&requested)) {
    atomic_store(&requested_at, now);
    atomic_store(&insisted, false);
  } else if (now - atomic_load(&requested_at) > milliseconds_of_a_press) {
    long left = atomic_load(&is_at_prompt)
                    ? milliseconds_at_the_prompt
                    : atomic_load(&requested_at) + milliseconds_for_a_script - now;
    if (left <= 0) give_up_on(number);
    // A third press does not make it later.
    if (!atomic_exchange(&insisted, true)) wait_for_an_answer(left);
  }
  luahost_interrupt();
  errno = error;
}

/// SIGTERM and SIGHUP.
static void handle_end(int number) {
  int error = errno;
  long now = now_in_milliseconds();
  LuaHostState *host = atomic_load(&receiver);
  if (host == NULL) end_by(number);
  if (atomic_load(&ending_signal) == 0) {
    atomic_store(&requested_at, now);
    atomic_store(&ending_signal, number);
    if (host != NULL) host->interruptions = 0;
    wait_for_an_answer(milliseconds_for_an_end);
  } else if (now - atomic_load(&requested_at) > milliseconds_of_a_press) {
    give_up_on(number);
  }
  luahost_interrupt();
  errno = error;
}

static bool handle(int number, void (*handler)(int)) {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  // No SA_RESTART: a prompt that waits for a line is to notice.
  action.sa_handler = handler;
  sigemptyset(&action.sa_mask);
  // Whoever started this thread or process may have blocked the signal.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, number);
  return sigaction(number, &action, NULL) == 0 &&
         pthread_sigmask(SIG_UNBLOCK, &signals, NULL) == 0;
}

/// Unless the signal is ignored, as nohup has it.
static void handle_unless_ignored(int number, void (*handler)(int)) {
  struct sigaction before;
  if (sigaction(number, NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
    handle(number, handler);
  }
}

void luahost_settle_signals(void) {
  signal(SIGQUIT, SIG_DFL);
  // A file that grows too large is an error of the call that writes it.
  signal(SIGXFSZ, SIG_IGN);
  has_terminal = tcgetattr(STDIN_FILENO, &terminal) == 0;
  handle_unless_ignored(SIGTERM, handle_end);
  handle_unless_ignored(SIGHUP, handle_end);
}

void luahost_end_by_signal(void) {
  int number = atomic_load(&ending_signal);
  if (number == 0) return;
  fflush(NULL);
  end_by(number);
}

void luahost_receive_interrupts(LuaHostState *host, bool at_prompt) {
  atomic_store(&receiver, host);
  atomic_store(&is_at_prompt, at_prompt);
  if (host == NULL) {
    signal(SIGINT, SIG_DFL);
    return;
  }
  if (!has_patience) {
    struct sigevent event;
    memset(&event, 0, sizeof event);
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = SIGRTMIN;
    has_patience = handle(SIGRTMIN, handle_patience) &&
                   timer_create(CLOCK_MONOTONIC, &event, &patience) == 0;
  }
  handle(SIGINT, handle_press);
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
  atomic_store(&requested, luahost_is_final());
}

/// At the limit, and again each time the script has not answered. Nothing but a system call can
/// end what does not come back to Lua's interpreter, a pattern that backtracks for hours, say.
static void handle_alarm(int number) {
  (void)number;
  int error = errno;
  if (atomic_exchange(&out_of_time, true)) {
    write_error("lunas: time limit exceeded, and the script did not stop\n");
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
  double answer = seconds / 10 < 2 ? 2 : seconds / 10 > 30 ? 30 : seconds / 10;
  struct itimerval timer = {.it_interval = interval(answer), .it_value = interval(seconds)};
  return handle(SIGALRM, handle_alarm) && setitimer(ITIMER_REAL, &timer, NULL) == 0;
}

bool luahost_is_final(void) { return atomic_load(&out_of_time) || atomic_load(&ending_signal) != 0; }
