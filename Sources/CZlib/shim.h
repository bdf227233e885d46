/* zlib, which reads gzip-compressed data files. */
#include <zlib.h>
