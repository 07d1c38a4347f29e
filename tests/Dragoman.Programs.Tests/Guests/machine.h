/* What a program needs to know of the machine that it is built for: code words, asm of one instruction, and a signal context's registers. */
#include <stdint.h>

#if defined(__aarch64__)
typedef uint32_t code_word;
#define FAULT_LENGTH(number) 4
#define CONTEXT_PC(context) ((context)->uc_mcontext.pc)
#define CONTEXT_RESULT(context) ((context)->uc_mcontext.regs[0])
#define RESULT "x0"
#define LOAD_FROM_NULL "mov x0, #0\n\tldr x0, [x0]\n\tmov %0, x0"
#define UNDEFINED ".inst 0x00000000"
#define BREAKPOINT "brk #1"
enum { RETURN = 0xd65f03c0 };
/* The C function int f(int) with one instruction, then RETURN: its argument and result are in the same register. */
static inline uint32_t set_result(int value) { return 0x52800000u | (uint32_t)(value & 0xffff) << 5; }
static inline uint32_t add_result(int value) { return 0x11000000u | (uint32_t)(value & 0xfff) << 10; }
#elif defined(__alpha__)
typedef uint64_t code_word;
#define FAULT_LENGTH(number) ((number) == SIGILL ? 0 : 4) /* PALcode saves the address of the next instruction */
#define CONTEXT_PC(context) ((context)->uc_mcontext.sc_pc)
#define CONTEXT_RESULT(context) ((context)->uc_mcontext.sc_regs[0])
#define RESULT "$0"
#define LOAD_FROM_NULL "clr $0\n\tldq $0, 0($0)\n\tmov $0, %0"
#define UNDEFINED ".long 0x1c000000"
#define BREAKPOINT "call_pal 0x80"
/* The argument is in a0; ours leave the result there too: mov a0, v0; ret. */
#define RETURN 0x6bfa800146100400u
/* lda a0, value(zero); lda a0, value(a0); and nops */
static inline uint64_t set_result(int value) { return 0x47ff041f00000000u | 0x221f0000u | (uint64_t)(value & 0xffff); }
static inline uint64_t add_result(int value) { return 0x47ff041f00000000u | 0x22100000u | (uint64_t)(value & 0xfff); }
#elif defined(__x86_64__)
typedef uint64_t code_word;
#define FAULT_LENGTH(number) ((number) == SIGILL ? 2 : (number) == SIGTRAP ? 0 : 3)
#define CONTEXT_PC(context) ((context)->uc_mcontext.gregs[REG_RIP])
#define CONTEXT_RESULT(context) ((context)->uc_mcontext.gregs[REG_RAX])
#define RESULT "rax"
#define LOAD_FROM_NULL "xorl %%eax, %%eax\n\tmovq (%%rax), %%rax\n\tmovq %%rax, %0"
#define UNDEFINED "ud2"
#define BREAKPOINT "int3"
/* The argument is in edi; ours leave the result there too: mov eax, edi; ret. */
#define RETURN 0x9090909090c3f889u
/* mov edi, value; lea edi, [rdi + value]; and nops */
static inline uint64_t set_result(int value) { return 0x90909000000000bfu | (uint64_t)(uint32_t)value << 8; }
static inline uint64_t add_result(int value) { return 0x909000000000bf8du | (uint64_t)(uint32_t)value << 16; }
#elif defined(__i386__)
typedef uint64_t code_word;
#define FAULT_LENGTH(number) ((number) == SIGILL ? 2 : (number) == SIGTRAP ? 0 : 2)
#define CONTEXT_PC(context) ((context)->uc_mcontext.gregs[REG_EIP])
#define CONTEXT_RESULT(context) ((context)->uc_mcontext.gregs[REG_EAX])
#define RESULT "eax"
#define LOAD_FROM_NULL "xorl %%eax, %%eax\n\tmovl (%%eax), %%eax\n\tmovl %%eax, %0"
#define UNDEFINED "ud2"
#define BREAKPOINT "int3"
/* The argument is on the stack; ours leave the result there too: mov eax, [esp + 4]; ret. */
#define RETURN 0x909090c30424448bu
/* mov dword [esp + 4], value; add dword [esp + 4], value */
static inline uint64_t set_result(int value) { return 0x042444c7u | (uint64_t)(uint32_t)value << 32; }
static inline uint64_t add_result(int value) { return 0x04244481u | (uint64_t)(uint32_t)value << 32; }
#endif
