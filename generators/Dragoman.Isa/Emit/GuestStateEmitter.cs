using Dragoman.Isa.Model;

namespace Dragoman.Isa.Emit;

/// <summary>Emits where each register lies in the vCPU block, which of them the IR knows, and what the floating-point environment is tied to.</summary>
internal static class GuestStateEmitter
{
    public static EmittedSource Emit(IsaModel model)
    {
        CSharpWriter writer = CSharpWriter.CreateFile("Dragoman.Guests." + model.Name, "Dragoman.Runtime.Guests", "Dragoman.Tcg.Abi", "Dragoman.Tcg.Ir");
        RegisterSymbol[] all = [.. model.Registers, .. model.FlagSets.SelectMany(f => f.Flags)];
        writer.Summary("Layout of the guest's state in the vCPU block, in bytes from its start; behind the header.");
        using (writer.Open("public static class GuestState"))
        {
            if (model.Pc is { } pc)
            {
                writer.Line($"public const int {pc.Name} = VcpuHeader.GuestState + {pc.Offset - Binding.MachineBinder.HeaderBytes};");
            }

            foreach (RegisterSymbol register in all)
            {
                if (register.IsShared)
                {
                    writer.Line("[Dragoman.Runtime.Scheduling.Shared]");
                }

                writer.Line($"public const int {register.LayoutName} = VcpuHeader.GuestState + {register.Offset - Binding.MachineBinder.HeaderBytes};");
            }

            writer.Line();
            writer.Summary("Bytes of the whole vCPU block.");
            writer.Line($"public const int Size = VcpuHeader.GuestState + {model.StateBytes};");
            writer.Line();
            writer.Summary("What orders the guest's plain accesses.");
            writer.Line($"public const MemoryOrder Order = MemoryOrder.{model.Order};");
            writer.Line();
            writer.Summary("What the instruction builder must know of the guest.");
            writer.Line("public static GuestLayout Layout { get; } = new()");
            writer.Line("{");
            writer.Indent();
            writer.Line("Size = Size,");
            writer.Line($"PcOffset = {model.Pc?.Name ?? "VcpuHeader.GuestState"},");
            writer.Line("Globals =");
            writer.Line("[");
            writer.Indent();
            foreach (RegisterSymbol register in all.Where(r => !r.InMemory))
            {
                writer.Line(register.Names.Count > 0
                    ? string.Join(" ", register.Names.Select((n, i) => $"new(\"{n}\", TcgType.I{(register.Size == 4 ? 32 : 64)}, {register.Name} + {i * register.Size}),"))
                    : register.IsArray
                    ? $".. GuestLayout.Array(\"{register.Name}\", {register.Count}, TcgType.I{(register.Size == 4 ? 32 : 64)}, {register.Name}),"
                    : $"new(\"{register.Name}\", TcgType.I{(register.Size == 4 ? 32 : 64)}, {register.LayoutName}),");
            }

            writer.Unindent();
            writer.Line("],");
            writer.Line("Registers =");
            writer.Line("[");
            writer.Indent();
            EmitRegisters(writer, model.Registers.Where(r => !r.IsSystem));
            if (model.Pc is { } counter)
            {
                writer.Line($"new(\"{counter.Name}\", {counter.Name}, 8),");
            }

            foreach (FlagsSymbol flags in model.FlagSets)
            {
                foreach (RegisterSymbol flag in flags.Flags)
                {
                    writer.Line($"new(\"{flags.Name}.{flag.Name}\", {flag.LayoutName}, 4),");
                }
            }

            writer.Unindent();
            writer.Line("],");
            if (model.Registers.Exists(r => r.IsSystem))
            {
                writer.Line("SystemRegisters =");
                writer.Line("[");
                writer.Indent();
                EmitRegisters(writer, model.Registers.Where(r => r.IsSystem));
                writer.Unindent();
                writer.Line("],");
            }

            writer.Line("FlagSets =");
            writer.Line("[");
            writer.Indent();
            foreach (FlagsSymbol flags in model.FlagSets)
            {
                writer.Line($"new(\"{flags.Name}\", [{string.Join(", ", flags.Flags.Select(f => f.LayoutName))}]),");
            }

            writer.Unindent();
            writer.Line("],");
            if (!model.AlignsAtomics)
            {
                writer.Line("AlignsAtomics = false,");
            }

            TbStateSymbol[] followed = [.. model.TbState.Where(s => !s.Register.InMemory)];
            if (followed.Length > 0)
            {
                writer.Line($"TbState = [{string.Join(", ", followed.Select(s => $"new({s.Low}, {s.Width}, Index.{s.Register.LayoutName}, {s.RegisterLow})"))}],");
            }

            EmitField(writer, model, "ModeField", model.ModeField);
            EmitField(writer, model, "AlignedField", model.AlignedField);
            foreach (FpEnvironment environment in model.FpEnvironments.Take(1))
            {
                EmitEnvironment(writer, environment);
            }

            writer.Unindent();
            writer.Line("};");
            if (model.TbState.Count > 0)
            {
                writer.Line();
                writer.Summary("The <c>tbstate</c> bits of the state: the key of a TB beside its PC.");
                writer.Line("public static unsafe ulong TbState(byte* env) =>");
                writer.Indent();
                writer.Line(string.Join(" | ", model.TbState.Select(s =>
                    $"((*(u{(s.Register.Size == 4 ? "int" : "long")}*)(env + {s.Register.LayoutName}) >> {s.RegisterLow}) & 0x{(1UL << s.Width) - 1:X}UL) << {s.Low}")) + ";");
                writer.Unindent();
            }

            writer.Line();
            writer.Summary("Numbers of registers among the IR's globals.");
            using (writer.Open("public static class Index"))
            {
                foreach (RegisterSymbol register in all.Where(r => !r.InMemory))
                {
                    writer.Line($"public const int {register.LayoutName} = {register.Global};");
                }
            }
        }

        if (model.Producers.Count > 0)
        {
            writer.Line();
            writer.Summary("What set the flags last, as far as it is known while translating.");
            using (writer.Open("internal enum FlagsProducer"))
            {
                writer.Line("None,");
                foreach (string producer in model.Producers)
                {
                    writer.Line(CSharpExpressionPrinter.Identifier(producer) + ",");
                }
            }
        }

        return new EmittedSource(model.Name + ".GuestState.g.cs", writer.ToString());
    }

    private static void EmitRegisters(CSharpWriter writer, IEnumerable<RegisterSymbol> registers)
    {
        foreach (RegisterSymbol register in registers)
        {
            writer.Line(register.Names.Count > 0
                ? string.Join(" ", register.Names.Select((n, i) => $"new(\"{n}\", {register.Name} + {i * register.Size}, {register.Size}),"))
                : register.IsArray
                ? $".. GuestLayout.RegisterArray(\"{register.Name}\", {register.Count}, {register.Name}, {register.Size}),"
                : $"new(\"{register.Name}\", {register.Name}, {register.Size}),");
        }
    }

    private static void EmitField(CSharpWriter writer, IsaModel model, string property, string? field)
    {
        if (model.TbState.Find(s => s.Name == field) is { } state)
        {
            writer.Line($"{property} = new({state.Low}, {state.Width}),");
        }
    }

    private static void EmitEnvironment(CSharpWriter writer, FpEnvironment environment)
    {
        writer.Line("FpEnvironment = new()");
        writer.Line("{");
        writer.Indent();
        writer.Line($"NanRule = FpNanRule.{environment.NanRule},");
        if (environment.TrapsAfter)
        {
            writer.Line("TrapsAfter = true,");
        }

        foreach ((string setting, string property) in new[]
        {
            ("rounding", "Rounding"), ("flush", "FlushInputs"), ("flush", "FlushOutputs"), ("flush_inputs", "FlushInputs"), ("flush_outputs", "FlushOutputs"),
            ("default_nan", "DefaultNan"), ("alt_half", "AlternativeHalf"), ("sticky", "Sticky"), ("summary", "Summary"), ("enable", "Enabled"), ("mask", "Masked"),
        })
        {
            if (environment.Fields.TryGetValue(setting, out FpField field))
            {
                IEnumerable<string> slices = field.Parts.Reverse().Select(p =>
                    $"new(Index.{p.Register.Name}, {p.Register.Name}, {p.Register.Size}, {p.Low}, {p.High - p.Low + 1})");
                string map = field.Map == FpField.Identity ? "" : $" {{ Map = 0x{field.Map:X}UL }}";
                writer.Line($"{property} = new([{string.Join(", ", slices)}]){map},");
            }
        }

        writer.Unindent();
        writer.Line("},");
    }
}
