/* libpng, of which the simplified interface reads PNG files: no jump leaves that. */
#include <png.h>
