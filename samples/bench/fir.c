/* A finite impulse response filter and a biquad in single precision.
 *   fir [ROUNDS] */
#include <stdio.h>
#include <stdlib.h>

enum { SAMPLES = 8192, TAPS = 32 };

static float input[SAMPLES + TAPS], output[SAMPLES], taps[TAPS];

int main(int argc, char **argv)
{
    long rounds = argc > 1 ? atol(argv[1]) : 1400;
    unsigned seed = 5;
    double sum = 0;
    for (int i = 0; i < TAPS; i++)
        taps[i] = (float)(i < TAPS / 2 ? i + 1 : TAPS - i) / (TAPS * TAPS / 4);
    for (long round = 0; round < rounds; round++) {
        for (int i = 0; i < SAMPLES + TAPS; i++) {
            seed = seed * 1664525u + 1013904223u;
            input[i] = (float)(int)(seed >> 16) / 32768.0f - 1.0f;
        }
        for (int i = 0; i < SAMPLES; i++) {
            float value = 0;
            for (int k = 0; k < TAPS; k++)
                value += input[i + k] * taps[k];
            output[i] = value;
        }
        float x1 = 0, x2 = 0, y1 = 0, y2 = 0;
        for (int i = 0; i < SAMPLES; i++) {
            float x = output[i];
            float y = 0.2f * x + 0.4f * x1 + 0.2f * x2 + 0.36f * y1 - 0.19f * y2;
            x2 = x1, x1 = x;
            y2 = y1, y1 = y;
            sum += y * y;
        }
    }
    printf("fir %.5g\n", sum);
    return 0;
}
