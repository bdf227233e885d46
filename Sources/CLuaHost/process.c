// A process that works for another one ends with it.

#include "state.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

void luahost_end_with_parent(void) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  // The parent may have ended before.
  if (getppid() == 1) raise(SIGTERM);
}
