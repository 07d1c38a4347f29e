/* What a program needs to know of the machine that it is built for: code words, asm of one instruction, and a signal context's registers. */
#include <stdint.h>

#if defined(__aarch64__)
#define CONTEXT_PC(context) ((context)->uc_mcontext.pc)
#define CONTEXT_RESULT(context) ((context)->uc_mcontext.regs[0])
#define RESULT "x0"
#define LOAD_FROM_NULL "mov x0, #0\n\tldr x0, [x0]\n\tmov %0, x0"
#define UNDEFINED ".inst 0x00000000"
#define UNDEFINED_LENGTH 4
#define BREAKPOINT "brk #1"
enum { RETURN = 0xd65f03c0 };
/* The C function int f(int) with one instruction, then RETURN: its argument and result are in the same register. */
static inline uint32_t set_result(int value) { return 0x52800000u | (uint32_t)(value & 0xffff) << 5; }
static inline uint32_t add_result(int value) { return 0x11000000u | (uint32_t)(value & 0xfff) << 10; }
#elif defined(__alpha__)
#define CONTEXT_PC(context) ((context)->uc_mcontext.sc_pc)
#define CONTEXT_RESULT(context) ((context)->uc_mcontext.sc_regs[0])
#define RESULT "$0"
#define LOAD_FROM_NULL "clr $0\n\tldq $0, 0($0)\n\tmov $0, %0"
#define UNDEFINED ".long 0x1c000000"
#define UNDEFINED_LENGTH 0 /* PALcode saves the address of the next instruction */
#define BREAKPOINT "call_pal 0x80"
enum { RETURN = 0x6bfa8001 };
/* lda v0, value(zero); lda v0, value(a0) */
static inline uint32_t set_result(int value) { return 0x201f0000u | (uint32_t)(value & 0xffff); }
static inline uint32_t add_result(int value) { return 0x20100000u | (uint32_t)(value & 0xfff); }
#endif
