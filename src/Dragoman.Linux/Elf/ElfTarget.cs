namespace Dragoman.Linux.Elf;

/// <summary>What a guest can run.</summary>
/// <param name="Machine">e_machine.</param>
/// <param name="Is64Bit">ELFCLASS64.</param>
/// <param name="PageSize">Guest page in bytes.</param>
/// <param name="AddressLimit">First address past the guest's address space.</param>
/// <param name="MinimumAddress">Lowest address that may be mapped (vm.mmap_min_addr).</param>
public readonly record struct ElfTarget(int Machine, bool Is64Bit, int PageSize, ulong AddressLimit, ulong MinimumAddress = 0x1000);
