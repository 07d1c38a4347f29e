/* The sun and four planets, integrated in double precision with a symplectic step.
 *   nbody [STEPS] */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define DAYS 365.24
#define SOLAR (4 * 3.141592653589793 * 3.141592653589793)

struct body {
    double position[3], velocity[3], mass;
};

/* Positions in AU, velocities in AU a day, masses in suns (JPL ephemerides, rounded). */
static struct body bodies[5] = {
    { { 0, 0, 0 }, { 0, 0, 0 }, 1 },
    { { 4.8414314424647, -1.1603200440274, -0.1036220444711 }, { 0.001660076642744, 0.007699011184197, -0.000069046001697 }, 0.000954791938424 },
    { { 8.3433667182445, 4.1247985641243, -0.4035234171143 }, { -0.002767425107268, 0.004998528012349, 0.000023041729757 }, 0.000285885980667 },
    { { 12.894369562139, -15.111151401698, -0.2233075788926 }, { 0.002964601375647, 0.002378471739594, -0.000029658956854 }, 0.000043662440433 },
    { { 15.379697114850, -25.919314609987, 0.1792587729503 }, { 0.002680677724903, 0.001628241700382, -0.000095159225451 }, 0.000051513890204 },
};

static double energy(void)
{
    double e = 0;
    for (int i = 0; i < 5; i++) {
        const struct body *a = &bodies[i];
        for (int k = 0; k < 3; k++)
            e += 0.5 * a->mass * a->velocity[k] * a->velocity[k];
        for (int j = i + 1; j < 5; j++) {
            double square = 0;
            for (int k = 0; k < 3; k++) {
                double d = a->position[k] - bodies[j].position[k];
                square += d * d;
            }
            e -= a->mass * bodies[j].mass / sqrt(square);
        }
    }
    return e;
}

static void step(double dt)
{
    for (int i = 0; i < 5; i++) {
        struct body *a = &bodies[i];
        for (int j = i + 1; j < 5; j++) {
            struct body *b = &bodies[j];
            double x = a->position[0] - b->position[0], y = a->position[1] - b->position[1], z = a->position[2] - b->position[2];
            double square = x * x + y * y + z * z;
            double force = dt / (square * sqrt(square));
            a->velocity[0] -= x * b->mass * force;
            a->velocity[1] -= y * b->mass * force;
            a->velocity[2] -= z * b->mass * force;
            b->velocity[0] += x * a->mass * force;
            b->velocity[1] += y * a->mass * force;
            b->velocity[2] += z * a->mass * force;
        }
    }
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 3; k++)
            bodies[i].position[k] += dt * bodies[i].velocity[k];
}

int main(int argc, char **argv)
{
    long steps = argc > 1 ? atol(argv[1]) : 1200000;
    double momentum[3] = { 0, 0, 0 };
    for (int i = 0; i < 5; i++) {
        bodies[i].mass *= SOLAR;
        for (int k = 0; k < 3; k++) {
            bodies[i].velocity[k] *= DAYS;
            momentum[k] += bodies[i].velocity[k] * bodies[i].mass;
        }
    }
    for (int k = 0; k < 3; k++)
        bodies[0].velocity[k] = -momentum[k] / SOLAR;
    double before = energy();
    for (long i = 0; i < steps; i++)
        step(0.01);
    printf("nbody %.9f %.9f\n", before, energy());
    return 0;
}
