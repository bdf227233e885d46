// Standard input and output. Lua's own print reports no failure: a full disk is noticed here.

#include "CLuaHost.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

ssize_t luahost_read_line(char **line, size_t *capacity) {
  errno = 0;
  ssize_t length = getline(line, capacity, stdin);
  if (length >= 0) return length;
  bool interrupted = ferror(stdin) && errno == EINTR;
  clearerr(stdin);
  return interrupted ? -2 : -1;
}

static char *program_name;

static void check_output(void) {
  bool failed_before = ferror(stdout);
  errno = 0;
  if (fflush(stdout) == 0 && !failed_before) return;
  const char *reason = errno != 0 ? strerror(errno) : "an earlier write failed";
  fprintf(stderr, "%s: cannot write to standard output (%s)\n",
      program_name ? program_name : "lunas", reason);
  _exit(1);
}

void luahost_check_output_at_exit(const char *program) {
  program_name = strdup(program);
  atexit(check_output);
}

void luahost_write(const char *bytes, size_t count) { fwrite(bytes, 1, count, stdout); }
