#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "CProcessor.h"

#include <stddef.h>
#ifdef __linux__
#include <errno.h>
#include <sched.h>
#endif
#include <unistd.h>

// This file is compiled with the same -march as Kernels, so that its macros tell what they use. Its
// functions are compiled for the baseline.
#if defined(__x86_64__)
#define BASELINE __attribute__((target("arch=x86-64")))
#else
#define BASELINE
#endif

#define REQUIRE(feature)                                                                           \
  if (!__builtin_cpu_supports(feature)) return feature

BASELINE const char *lunas_missing_processor_feature(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#ifdef __AVX__
  REQUIRE("avx");
#endif
#ifdef __AVX2__
  REQUIRE("avx2");
#endif
#ifdef __FMA__
  REQUIRE("fma");
#endif
#ifdef __BMI2__
  REQUIRE("bmi2");
#endif
#ifdef __AVX512F__
  REQUIRE("avx512f");
#endif
#ifdef __AVX512VL__
  REQUIRE("avx512vl");
#endif
#ifdef __AVX512DQ__
  REQUIRE("avx512dq");
#endif
#ifdef __AVX512BW__
  REQUIRE("avx512bw");
#endif
#ifdef __AVX512VNNI__
  REQUIRE("avx512vnni");
#endif
#ifdef __AVX512VBMI2__
  REQUIRE("avx512vbmi2");
#endif
#ifdef __AVX512BF16__
  REQUIRE("avx512bf16");
#endif
#endif
  return NULL;
}

BASELINE int lunas_built_for_wide_registers(void) {
#if defined(__AVX512F__) && defined(__AVX512VL__)
  return 1;
#else
  return 0;
#endif
}

BASELINE int lunas_usable_processors(void) {
#ifdef __linux__
  // The set has to be as large as the kernel's own.
  for (int most = 1024; most <= 1 << 20; most *= 2) {
    cpu_set_t *set = CPU_ALLOC(most);
    if (set == NULL) break;
    size_t size = CPU_ALLOC_SIZE(most);
    int status = sched_getaffinity(0, size, set);
    int fault = errno;
    int count = status == 0 ? CPU_COUNT_S(size, set) : 0;
    CPU_FREE(set);
    if (status == 0 && count > 0) return count;
    if (fault != EINVAL) break;
  }
#endif
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int)online : 1;
}
