/* Escape times over a grid of the Mandelbrot set, in double precision.
 *   mandelbrot [SIZE] */
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    int size = argc > 1 ? atoi(argv[1]) : 1100;
    unsigned long sum = 0;
    for (int row = 0; row < size; row++) {
        for (int column = 0; column < size; column++) {
            double cr = 3.0 * column / size - 2.25, ci = 3.0 * row / size - 1.5;
            double zr = 0, zi = 0;
            int i = 0;
            while (i < 200 && zr * zr + zi * zi <= 4.0) {
                double t = zr * zr - zi * zi + cr;
                zi = 2 * zr * zi + ci;
                zr = t;
                i++;
            }
            sum += (unsigned long)i;
        }
    }
    printf("mandelbrot %d %lu\n", size, sum);
    return 0;
}
