/* SQLite, whose files NNI keeps its tables of architectures in. */
#include <sqlite3.h>

/* The macro that has SQLite copy what is bound, which Swift cannot see. */
static inline sqlite3_destructor_type lunas_sqlite_transient(void) { return SQLITE_TRANSIENT; }

/* Functions of a variable number of arguments, which Swift cannot call. */
static inline int lunas_sqlite_configure(sqlite3 *database, int option, int value) {
  return sqlite3_db_config(database, option, value, (int *)0);
}
