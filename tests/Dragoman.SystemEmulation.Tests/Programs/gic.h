// The interrupt controller of virt: version 2 or 3, as GIC says.
#define GICD 0x08000000UL
#define word(address) (*(volatile u32 *)(address))
#define byte(address) (*(volatile unsigned char *)(address))
#define wide(address) (*(volatile u64 *)(address))

static u64 this_cpu(void) { return read_sys(mpidr_el1) & 0xff; }
static void unmask(void) { __asm__ volatile("msr daifclr, #3" ::: "memory"); }
static void mask(void) { __asm__ volatile("msr daifset, #3" ::: "memory"); }

#if GIC == 2
#define GICC 0x08010000UL
static void gic_start(void) { word(GICD) = 1; }
static void gic_start_cpu(void) { word(GICC + 4) = 0xff; word(GICC) = 1; }
static void gic_enable(u64 id) { word(GICD + 0x100 + id / 32 * 4) = 1u << id % 32; }
static void gic_route(u64 id, u64 cpu) { byte(GICD + 0x800 + id) = 1 << cpu; }
static u64 gic_take(void) { return word(GICC + 0xc); }
static void gic_end(u64 taken) { word(GICC + 0x10) = taken; }
static void gic_send(u64 cpu, u64 id) { word(GICD + 0xf00) = 0x10000u << cpu | id; }
#else
#define GICR(cpu) (0x080a0000UL + (cpu) * 0x20000)
static void gic_start(void) { word(GICD) = 0x12; for (u64 i = 4; i < 36; i += 4) word(GICD + 0x80 + i) = -1; }
static void gic_start_cpu(void)
{
    u64 own = GICR(this_cpu());
    word(own + 0x14) = 0;
    while (word(own + 0x14) & 4) ;
    word(own + 0x10080) = -1;
    write_sys(S3_0_C12_C12_5, 7);
    write_sys(S3_0_C4_C6_0, 0xff);
    write_sys(S3_0_C12_C12_7, 1);
    barrier();
}
static void gic_enable(u64 id)
{
    if (id < 32) word(GICR(this_cpu()) + 0x10100) = 1u << id;
    else word(GICD + 0x100 + id / 32 * 4) = 1u << id % 32;
}
static void gic_route(u64 id, u64 cpu) { wide(GICD + 0x6000 + id * 8) = cpu; }
static u64 gic_take(void) { return read_sys(S3_0_C12_C12_0); }
static void gic_end(u64 taken) { write_sys(S3_0_C12_C12_1, taken); barrier(); }
static void gic_send(u64 cpu, u64 id) { barrier(); write_sys(S3_0_C12_C11_5, 1UL << cpu | id << 24); barrier(); }
#endif
