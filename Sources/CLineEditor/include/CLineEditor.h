// Lines edited by GNU readline, as Swift may ask for them.
//
// Readline keeps its own loop and jumps in it; here it is driven by its callback interface instead,
// one key at a time, so that no jump of its passes over a Swift frame: the only Swift code that
// readline calls is the completer, which returns before readline goes on.
//
// Invariant: outside of line_editor_read the terminal and the signal handlers are as they were.
#ifndef LUNAS_CLINEEDITOR_H
#define LUNAS_CLINEEDITOR_H

#include <stdbool.h>
#include <stddef.h>

typedef enum { LINE_EDITOR_LINE, LINE_EDITOR_END, LINE_EDITOR_INTERRUPTED } LineEditorOutcome;

/// What a completer fills.
typedef struct LineEditorMatches LineEditorMatches;

/// Finds how the text may go on. `end` is the cursor's place in the line, a byte; `start` is where
/// the word before it begins: matches replace what stands from there to the cursor.
typedef void (*LineEditorComplete)(
    void *context, const char *line, size_t start, size_t end, LineEditorMatches *matches);

/// Prepares readline: reads the user's .inputrc, and names what completes words. `interrupted` tells
/// whether a signal asks to give the line up.
void line_editor_open(
    const char *program, bool (*interrupted)(void), LineEditorComplete complete, void *context);

/// Lets the user edit a line, which may hold line breaks where a block was pasted or a whole entry
/// recalled. `*line` is to be freed, and null unless the outcome is a line.
LineEditorOutcome line_editor_read(const char *prompt, char **line);

/// Adds an entry to those that the arrow keys and Ctrl-R recall.
void line_editor_remember(const char *entry);

/// Adds a match; nothing follows it in the line unless it says so itself.
void line_editor_add_match(LineEditorMatches *matches, const char *text);

#endif
