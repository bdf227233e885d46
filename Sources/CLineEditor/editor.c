// See CLineEditor.h.

#define _GNU_SOURCE  // ppoll

#include "CLineEditor.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <readline/history.h>
#include <readline/readline.h>

struct LineEditorMatches {
  char **texts;
  size_t count, capacity;
};

static bool (*is_interrupted)(void);
static LineEditorComplete completer;
static void *completer_context;

static char *taken;
static bool is_taken;

/// Readline calls this with a whole line, or with null at the end of input.
static void take(char *line) {
  taken = line;
  is_taken = true;
  // Removed here, before readline shows the prompt for another line.
  rl_callback_handler_remove();
}

void line_editor_add_match(LineEditorMatches *matches, const char *text) {
  if (matches->count + 2 > matches->capacity) {
    size_t capacity = matches->capacity * 2 + 16;
    char **grown = realloc(matches->texts, capacity * sizeof *grown);
    if (grown == NULL) return;
    matches->texts = grown;
    matches->capacity = capacity;
  }
  char *copy = strdup(text);
  if (copy == NULL) return;
  matches->texts[matches->count++] = copy;
  matches->texts[matches->count] = NULL;
}

static LineEditorMatches found;
static size_t handed_over;

/// Readline's generator: one match after the other, which readline frees.
static char *next_match(const char *text, int state) {
  (void)text;
  if (state == 0) handed_over = 0;
  return handed_over < found.count ? found.texts[handed_over++] : NULL;
}

static char **complete(const char *text, int start, int end) {
  rl_attempted_completion_over = 1;
  rl_completion_append_character = '\0';
  rl_completion_suppress_append = 1;
  found = (LineEditorMatches){NULL, 0, 0};
  completer(completer_context, rl_line_buffer, (size_t)start, (size_t)end, &found);
  char **matches = found.count > 0 ? rl_completion_matches(text, next_match) : NULL;
  free(found.texts);
  found = (LineEditorMatches){NULL, 0, 0};
  return matches;
}

/// The arrow keys recall what begins like the text before the cursor, unless .inputrc binds them.
static void search_by_arrows(void) {
  static const struct { const char *keys; rl_command_func_t *usual, *wanted; } arrows[] = {
      {"\033[A", rl_get_previous_history, rl_history_search_backward},
      {"\033OA", rl_get_previous_history, rl_history_search_backward},
      {"\033[B", rl_get_next_history, rl_history_search_forward},
      {"\033OB", rl_get_next_history, rl_history_search_forward},
  };
  for (size_t i = 0; i < sizeof arrows / sizeof *arrows; i++) {
    int type = 0;
    if (rl_function_of_keyseq(arrows[i].keys, NULL, &type) == arrows[i].usual) {
      rl_bind_keyseq(arrows[i].keys, arrows[i].wanted);
    }
  }
}

void line_editor_open(
    const char *program, bool (*interrupted)(void), LineEditorComplete complete_word,
    void *context) {
  is_interrupted = interrupted;
  completer = complete_word;
  completer_context = context;
  rl_readline_name = strdup(program);
  rl_attempted_completion_function = complete;
  // Lua's names are words; whatever else stands between them is not.
  rl_completer_word_break_characters = strdup(" \t\n\"'\\`@$><=;|&{(}[])+-*/%^#~,.:?!");
  rl_completer_quote_characters = "";
  rl_basic_quote_characters = "";
  rl_catch_signals = 1;
  using_history();
  rl_initialize();
  search_by_arrows();
}

static void give_up_line(void) {
  rl_free_line_state();
  rl_callback_sigcleanup();
  rl_callback_handler_remove();
  fputc('\n', rl_outstream ? rl_outstream : stdout);
}

LineEditorOutcome line_editor_read(const char *prompt, char **line) {
  *line = taken = NULL;
  is_taken = false;
  sigset_t interrupt, usual;
  sigemptyset(&interrupt);
  sigaddset(&interrupt, SIGINT);
  sigaddset(&interrupt, SIGALRM);
  sigaddset(&interrupt, SIGTERM);
  sigaddset(&interrupt, SIGHUP);
  rl_callback_handler_install(prompt, take);
  struct pollfd input = {.fd = fileno(rl_instream ? rl_instream : stdin), .events = POLLIN};
  while (!is_taken) {
    // Readline's handlers only note a signal; this hands it on to the host's.
    rl_check_signals();
    // Blocked between the question and the wait, lest a signal come between both.
    pthread_sigmask(SIG_BLOCK, &interrupt, &usual);
    bool gives_up = is_interrupted();
    bool waits = !gives_up && rl_pending_signal() == 0;
    int ready = waits ? ppoll(&input, 1, NULL, &usual) : 0;
    int fault = errno;
    pthread_sigmask(SIG_SETMASK, &usual, NULL);
    if (gives_up) {
      give_up_line();
      return LINE_EDITOR_INTERRUPTED;
    }
    if (ready > 0) {
      rl_callback_read_char();
    } else if (ready < 0 && fault != EINTR) {
      rl_callback_handler_remove();
      return LINE_EDITOR_END;
    }
  }
  *line = taken;
  return taken != NULL ? LINE_EDITOR_LINE : LINE_EDITOR_END;
}

void line_editor_remember(const char *entry) { add_history(entry); }
