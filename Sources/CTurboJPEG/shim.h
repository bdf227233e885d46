/* TurboJPEG, which reads JPEG files. Its errors are return values: no jump leaves it. */
#include <turbojpeg.h>
