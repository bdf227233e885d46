// What processor this binary was built for, and whether the one it meets is such a processor.
//
// Invariant: nothing here executes an instruction beyond the platform's baseline, so that the check
// itself can run anywhere.

#ifndef CPROCESSOR_H
#define CPROCESSOR_H

/// The name of the first instruction set extension that `Kernels` uses and this processor lacks, or
/// NULL where it has them all.
const char *lunas_missing_processor_feature(void);

/// 1 where the kernels were built with 32 vector registers of 512 bits (AVX-512), else 0.
int lunas_built_for_wide_registers(void);

/// The number of processors that the calling thread may run on.
int lunas_usable_processors(void);

/// Tells the processor that this thread is waiting in a loop.
static inline void lunas_spin_hint(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ __volatile__("yield");
#endif
}

/// Tells the processor that this address will be read or written soon; it may be any address.
static inline void lunas_prefetch(const void *address) { __builtin_prefetch(address); }

/// The same, to where a neighbour in the first level is not displaced.
static inline void lunas_prefetch_second_level(const void *address) {
  __builtin_prefetch(address, 0, 2);
}

// Functions of whole vectors that Swift's own compute lane by lane.

typedef float lunas_float16 __attribute__((ext_vector_type(16)));
typedef double lunas_double8 __attribute__((ext_vector_type(8)));

static inline lunas_float16 lunas_square_roots_float(lunas_float16 x) {
  return __builtin_elementwise_sqrt(x);
}
static inline lunas_double8 lunas_square_roots_double(lunas_double8 x) {
  return __builtin_elementwise_sqrt(x);
}

#endif
