// Variable arguments: integers, doubles, structures by value, homogeneous float aggregates, 128-bit values; va_copy.
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

struct small { int a; short b; };
struct large { long v[5]; };
struct floats { float x, y, z; };
struct doubles { double x, y, z, w; };

static void any(const char *kinds, ...)
{
    va_list list, copy;
    va_start(list, kinds);
    va_copy(copy, list);
    for (int pass = 0; pass < 2; pass++)
    {
        for (const char *kind = kinds; *kind; kind++)
        {
            va_list *from = pass ? &copy : &list;
            switch (*kind)
            {
                case 'i': printf("%d ", va_arg(*from, int)); break;
                case 'l': printf("%ld ", va_arg(*from, long)); break;
                case 'd': printf("%g ", va_arg(*from, double)); break;
                case 'L': printf("%Lg ", va_arg(*from, long double)); break;
                case 's': { struct small s = va_arg(*from, struct small); printf("{%d %d} ", s.a, s.b); break; }
                case 'b': { struct large s = va_arg(*from, struct large); printf("{%ld %ld} ", s.v[0], s.v[4]); break; }
                case 'f': { struct floats s = va_arg(*from, struct floats); printf("{%g %g %g} ", s.x, s.y, s.z); break; }
                case 'D': { struct doubles s = va_arg(*from, struct doubles); printf("{%g %g} ", s.x, s.w); break; }
                case 'q': { __int128 q = va_arg(*from, __int128); printf("%lx:%lx ", (long)(q >> 64), (long)q); break; }
            }
        }

        printf("\n");
    }

    va_end(copy);
    va_end(list);
}

int main(void)
{
    any("iiiiiiiiiiii", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    any("dddddddddddd", 1., 2., 3., 4., 5., 6., 7., 8., 9., 10., 11., 12.);
    any("idLsbfDqidLsbfDq", 1, 2.5, 3.5L, (struct small){ 4, 5 }, (struct large){ { 6, 0, 0, 0, 7 } }, (struct floats){ 8, 9, 10 },
        (struct doubles){ 11, 12, 13, 14 }, (__int128)15 << 70, 16, 17.5, 18.5L, (struct small){ 19, 20 }, (struct large){ { 21, 0, 0, 0, 22 } },
        (struct floats){ 23, 24, 25 }, (struct doubles){ 26, 27, 28, 29 }, -(__int128)30);
    any("qiqiqiqi", (__int128)1, 2, (__int128)3, 4, (__int128)5, 6, (__int128)7, 8);
    return 0;
}
