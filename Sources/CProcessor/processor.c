#include "CProcessor.h"

#include <stddef.h>

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
