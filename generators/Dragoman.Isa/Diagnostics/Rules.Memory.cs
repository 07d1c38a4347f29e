namespace Dragoman.Isa.Diagnostics;

public static partial class Rules
{
    public static readonly DiagnosticRule BadAccessWidth = new("ISA4001", "Access width", "an access of {0} bits: memory verbs take 8, 16, 32, 64 or 128");
    public static readonly DiagnosticRule UnknownVerb = new("ISA4002", "Not a memory verb", "'{0}' is not a memory verb or an order: see 'Memory verbs' in the language reference");
    public static readonly DiagnosticRule BadOption = new("ISA4003", "Option of a memory verb", "'{0}' is not an option here: write 'align', 'atom w' or 'mode e' with an e that is known while translating");
    public static readonly DiagnosticRule LoadModifyStore = new("ISA4004", "Load, modify and store of one location", "other CPUs could write between the load and this store at the same address: write rmw.<op>, cas or ldx/stx");
    public static readonly DiagnosticRule BadMemorySetting = new("ISA4006", "Setting of the isa's 'memory'", "'{0}' is no setting of memory, or not with this value: order weak, tso or alpha; align_atomic none or size; address_bits 16 to 64; page, a power of two from 4096; tag_bits 0 or 8; mode and aligned, a tbstate field each; granule, a power of two from 16 to 2048");
    public static readonly DiagnosticRule BadFence = new("ISA4005", "Fence", "a fence is written fence(r -> rw), with r, w or rw on both sides, or fence(isb)");
    public static readonly DiagnosticRule NoPartner = new("ISA4007", "Exclusive without its partner", "this {0} of {1} bits has no partner: no instruction of the same CPUs has a {2} of that width");
    public static readonly DiagnosticRule OrderDiffers = new("ISA4008", "Order, size or atomicity differs from the manual's", "{0} makes the access '{1}'; the manual's table (order.tsv) has for it: {2}");
    public static readonly DiagnosticRule OrderRowUnmet = new("ISA4009", "Access that the manual has and the description lacks", "no instruction that is documented as '{0}' makes the access '{1}'");
    public static readonly DiagnosticRule SharedWrite = new("ISA4011", "Shared register written by translated code", "'{0}' is shared with other threads, and translated code holds no lock: call a helper, which takes the big lock or queues the work");
    public static readonly DiagnosticRule TbGoesOn = new("ISA4012", "TB that goes on behind a flush", "'{0}' {1}, and the TB goes on behind this instruction: write end_tb on every way on which it is called");
    public static readonly DiagnosticRule BadOrderRow = new("ISA4010", "Row of the order table", "a row is a mnemonic, a section, an order (plain, acquire, rmw-acquire-release, fence r->rw ..) and its atomic units (8|16, 64x2 or -), separated by tabs");
}
