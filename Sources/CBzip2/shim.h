/* bzip2, which NATS-Bench's files are compressed by. */
#include <bzlib.h>
