using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

/// <summary>Lays out the guest state from the <c>isa</c> item.</summary>
internal static class MachineBinder
{
    /// <summary>Bytes of the vCPU block's header: <c>VcpuHeader.GuestState</c>.</summary>
    public const int HeaderBytes = 512;

    public static void Bind(IsaItem isa, IsaModel model, DiagnosticBag diagnostics)
    {
        model.Name = isa.Name.Text;
        HashSet<string> names = [];
        foreach (IsaEntry entry in isa.Entries)
        {
            switch (entry)
            {
                case UnitEntry unit:
                    model.UnitBytes = unit.IsBytes ? unit.Size : unit.Size / 8;
                    model.IsBigEndian = unit.IsBigEndian;
                    break;
                case ElfEntry elf:
                    model.ElfMachine = elf.Machine;
                    break;
                case MemoryEntry memory:
                    BindMemory(memory, model, diagnostics);
                    break;
                case PcEntry pc:
                    model.Pc = new RegisterSymbol(pc.Name.Text, 1, false, 64, true, []);
                    break;
                case RegisterEntry register:
                    if (names.Add(register.Name.Text))
                    {
                        BindRegister(register, model, diagnostics);
                    }
                    else
                    {
                        diagnostics.Report(Rules.DuplicateName, register.Name.Span, register.Name.Text);
                    }

                    break;
                case FlagsEntry flags:
                    model.FlagSets.Add(new FlagsSymbol(flags.Name.Text, [.. flags.Flags.Select(f => new RegisterSymbol(f.Text, 1, false, 1, false, []) { LayoutName = flags.Name.Text + "_" + f.Text })]));
                    break;
                case ExceptionsEntry exceptions:
                    foreach (ExceptionName name in exceptions.Names)
                    {
                        model.Exceptions[name.Name.Text] = ExceptionKind(name, diagnostics);
                    }

                    break;
            }
        }

        foreach (TbStateField field in isa.Entries.OfType<TbStateEntry>().SelectMany(e => e.Fields))
        {
            BindTbState(field, model, diagnostics);
        }

        foreach (Setting setting in isa.Entries.OfType<MemoryEntry>().SelectMany(e => e.Settings))
        {
            if (setting is { Name.Text: "mode" or "tags" or "aligned", Value: NameExpression field } && !model.TbState.Exists(s => s.Name == field.Name))
            {
                diagnostics.Report(Rules.BadMemorySetting, setting.Span, setting.Name.Text);
            }
        }

        foreach (FpEnvEntry environment in isa.Entries.OfType<FpEnvEntry>())
        {
            model.FpEnvironments.Add(EnvironmentBinder.Bind(environment, model, diagnostics));
        }

        LayOut(model);
    }

    private static void BindMemory(MemoryEntry memory, IsaModel model, DiagnosticBag diagnostics)
    {
        foreach (Setting setting in memory.Settings)
        {
            int? number = setting.Value is NumberExpression { Value: var value } && value >= 0 && value <= int.MaxValue ? (int)value : null;
            switch (setting.Name.Text)
            {
                case "address_bits" when number is >= 16 and <= 64:
                    model.AddressBits = number.Value;
                    break;
                case "page" when number is >= 4096 && (number & (number - 1)) == 0:
                    model.PageSize = number.Value;
                    break;
                case "tag_bits" when number is 0 or 8:
                    model.TagBits = number.Value;
                    break;
                case "mode" when setting.Value is NameExpression field:
                    model.ModeField = field.Name;
                    break;
                case "aligned" when setting.Value is NameExpression field:
                    model.AlignedField = field.Name;
                    break;
                case "align_atomic" when setting.Value is NameExpression { Name: "none" or "size" } rule:
                    model.AlignsAtomics = rule.Name == "size";
                    break;
                case "order" when setting.Value is NameExpression { Name: "weak" or "tso" or "alpha" } order:
                    model.Order = char.ToUpperInvariant(order.Name[0]) + order.Name.Substring(1);
                    break;
                case "granule" when number is >= 16 and <= 2048 && (number & (number - 1)) == 0:
                    model.ExclusiveGranule = number.Value;
                    break;
                default:
                    diagnostics.Report(Rules.BadMemorySetting, setting.Span, setting.Name.Text);
                    break;
            }
        }
    }

    private static void BindRegister(RegisterEntry register, IsaModel model, DiagnosticBag diagnostics)
    {
        int count = register.Count is NumberExpression number ? (int)number.Value : 1;
        if (register.Type is not BitsTypeSyntax { Width: NumberExpression width } || width.Value < 1 || width.Value > 128)
        {
            diagnostics.Report(Rules.TypeMismatch, register.Type.Span, "u1 to u128", "something else");
            return;
        }

        int bits = (int)width.Value;
        model.Registers.Add(new RegisterSymbol(register.Name.Text, count, register.Count is not null, bits, register.InMemory || bits > 64, register.Parts)
        {
            Names = [.. register.Names.Select(n => n.Text)],
            IsSystem = register.IsSystem,
            IsShared = register.IsShared,
        });
        if (register.IsShared && !register.InMemory)
        {
            diagnostics.Report(Rules.NotHere, register.Span, "'shared' stands behind 'memory': host registers hold the others");
        }
    }

    private static string ExceptionKind(ExceptionName name, DiagnosticBag diagnostics)
    {
        switch (name.Kind.Text)
        {
            case "syscall":
                return "Syscall";
            case "breakpoint":
                return "Breakpoint";
            case "illegal":
                return "IllegalInstruction";
            case "arithmetic":
                return "Arithmetic";
            case "trap":
                return "GuestTrap";
            case "yield":
                return "Yield";
            case "atomic":
                return "Atomic";
            case "alignment":
                return "AlignmentFault";
            case "memory":
                return "MemoryFault";
            case "pc_alignment":
                return "PcAlignment";
            case "halt":
                return "Halt";
            case "firmware":
                return "FirmwareCall";
            case "semihosting":
                return "Semihosting";
            default:
                diagnostics.Report(Rules.UnknownException, name.Kind.Span, name.Kind.Text);
                return "IllegalInstruction";
        }
    }

    private static void BindTbState(TbStateField field, IsaModel model, DiagnosticBag diagnostics)
    {
        (RegisterSymbol Register, int Low)? bits = field.Value switch
        {
            NameExpression whole when model.FindRegister(whole.Name) is { IsArray: false } register => (register, 0),
            MemberExpression { Target: NameExpression owner } member when model.FindRegister(owner.Name) is { IsArray: false } register
                && register.Parts.FirstOrDefault(p => p.Name.Text == member.Member.Text) is { } part => (register, part.Low),
            SliceExpression { Target: NameExpression owner, Low: NumberExpression low } when model.FindRegister(owner.Name) is { IsArray: false } register => (register, (int)low.Value),
            _ => null,
        };
        if (bits is { Register.IsShared: true })
        {
            diagnostics.Report(Rules.NotHere, field.Value.Span, "a TB's key is not of a shared register: it would change behind the TB's back");
        }
        else if (bits is { } found)
        {
            model.TbState.Add(new TbStateSymbol(field.Name.Text, model.TbState.Sum(s => s.Width), field.Width, found.Register, found.Low));
        }
        else
        {
            diagnostics.Report(Rules.NotHere, field.Value.Span, "a tbstate field is a register, a part of one, or bits of one");
        }
    }

    private static void LayOut(IsaModel model)
    {
        // The PC first, then registers by falling alignment within the order of declaration: 8-byte ones, 16-byte ones, small ones.
        int offset = HeaderBytes;
        int global = 0;
        if (model.Pc is { } pc)
        {
            pc.Offset = offset;
            offset += 8;
        }

        RegisterSymbol[] all = [.. model.Registers, .. model.FlagSets.SelectMany(f => f.Flags)];
        foreach (int size in new[] { 8, 16, 4 })
        {
            offset = (offset + size - 1) / size * size;
            foreach (RegisterSymbol register in all.Where(r => r.Size == size))
            {
                register.Offset = offset;
                offset += register.Count * size;
            }
        }

        foreach (RegisterSymbol register in all.Where(r => !r.InMemory))
        {
            register.Global = global;
            global += register.Count;
        }

        model.StateBytes = (offset - HeaderBytes + 63) / 64 * 64;
    }
}
