// How wide a terminal is, and how wide characters are on one.

#define _GNU_SOURCE
#include "CLuaHost.h"

#include <locale.h>
#include <sys/ioctl.h>
#include <wchar.h>

int luahost_columns(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/// What the C library knows of Unicode it tells by the thread's locale, and lunas runs in any: it is
/// asked under one of its own.
size_t luahost_width(const char *text, size_t length) {
  static locale_t unicode;
  if (unicode == NULL) unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
  locale_t before = unicode == NULL ? NULL : uselocale(unicode);
  size_t columns = 0;
  mbstate_t state = {0};
  while (length > 0) {
    wchar_t letter;
    size_t taken = mbrtowc(&letter, text, length, &state);
    int width = 1;
    if (taken > length) {
      // No character: a byte of its own.
      taken = 1;
      state = (mbstate_t){0};
    } else {
      if (taken == 0) taken = 1;
      width = wcwidth(letter);
    }
    if (width > 0) columns += (size_t)width;
    text += taken;
    length -= taken;
  }
  if (before != NULL) uselocale(before);
  return columns;
}
