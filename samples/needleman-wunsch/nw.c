/*
 * Needleman-Wunsch global alignment of two DNA sequences, in parallel.
 *
 *   nw [-t THREADS] [-n LENGTH] [-s SEED] [-r REPEATS] [-p]
 *
 * The matrix is cut into square blocks. A block needs the last row of the block above it, the last column of the block to its
 * left and the corner between them, so blocks become ready along a wavefront. Each block counts what it still waits for; the
 * thread that brings a count to zero makes the block ready, and goes on with it itself if it can. A thread with nothing to do
 * sleeps on a condition variable. Only the borders of blocks are kept, not the matrix.
 *
 * Prints the score and the elapsed time, and with -p its progress to standard error.
 */
#include <getopt.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MATCH = 2, MISMATCH = -1, GAP = -2, BLOCK = 160, MAX_THREADS = 64 };

static int length = 3200;
static int blocks;              /* blocks in a row, and in a column */
static char *across, *down;     /* the sequences; indexes start at 1 */
static int *rows;               /* rows[j]: last value computed so far in matrix column j */
static int *columns;            /* columns[i]: last value computed so far in matrix row i */
static int *corners;            /* corners[bi * (blocks + 1) + bj]: value up and to the left of block (bi, bj) */
static atomic_int *waiting;     /* neighbours that block (bi, bj) waits for */
static atomic_int finished;
static int show_progress;
static int repeats = 1;         /* alignments of the same sequences, one after the other */
static int repeat;              /* the one that is being computed */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static int *ready;              /* a stack of ready blocks, under the lock */
static int ready_count;
static int sleepers;

static uint64_t random_state;

/* splitmix64 */
static uint64_t next_random(void)
{
    uint64_t z = random_state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* The second sequence is the first one after evolution: a tenth substituted, a few bases lost and a few gained. */
static void make_sequences(void)
{
    static const char bases[] = "ACGT";
    int from = 1;
    for (int i = 1; i <= length; i++)
        across[i] = bases[next_random() & 3];
    for (int i = 1; i <= length; i++) {
        unsigned event = next_random() % 100;
        if (event < 3 && from < length)
            from++;
        down[i] = event >= 97 || event < 13 || from > length ? bases[next_random() & 3] : across[from];
        if (event < 97)
            from++;
    }
}

static int max(int a, int b)
{
    return a > b ? a : b;
}

static void compute(int bi, int bj)
{
    int first_row = bi * BLOCK + 1, last_row = (bi + 1) * BLOCK < length ? (bi + 1) * BLOCK : length;
    int first = bj * BLOCK + 1, last = (bj + 1) * BLOCK < length ? (bj + 1) * BLOCK : length;
    int width = last - first + 1;
    int row[BLOCK];
    const char *bases = across + first;

    memcpy(row, rows + first, width * sizeof *row);
    int corner = corners[bi * (blocks + 1) + bj];
    for (int i = first_row; i <= last_row; i++) {
        int diagonal = corner, left = columns[i];
        char base = down[i];
        corner = left;
        for (int k = 0; k < width; k++) {
            int best = max(diagonal + (base == bases[k] ? MATCH : MISMATCH), max(row[k], left) + GAP);
            diagonal = row[k];
            row[k] = left = best;
        }
        columns[i] = left;
    }
    memcpy(rows + first, row, width * sizeof *row);
    corners[(bi + 1) * (blocks + 1) + bj + 1] = row[width - 1];
}

static void report(int done)
{
    int64_t total = (int64_t)blocks * blocks * repeats;
    int64_t all = (int64_t)blocks * blocks * repeat + done;
    int step = (int)(all * 20 / total);
    if (show_progress && step != (int)((all - 1) * 20 / total))
        fprintf(stderr, "progress %d%%\n", step * 5);
}

/* One neighbour less to wait for: true when the block is ready now. The acquire side pairs with the neighbours' releases. */
static int arrive(int block)
{
    return atomic_fetch_sub_explicit(&waiting[block], 1, memory_order_acq_rel) == 1;
}

static void push(int block)
{
    pthread_mutex_lock(&lock);
    ready[ready_count++] = block;
    if (sleepers > 0)
        pthread_cond_signal(&wake);
    pthread_mutex_unlock(&lock);
}

/* A ready block, or -1 when all are finished. */
static int pop(void)
{
    int block = -1;
    pthread_mutex_lock(&lock);
    while (ready_count == 0 && atomic_load(&finished) < blocks * blocks) {
        sleepers++;
        pthread_cond_wait(&wake, &lock);
        sleepers--;
    }
    if (ready_count > 0)
        block = ready[--ready_count];
    pthread_mutex_unlock(&lock);
    return block;
}

static void *work(void *unused)
{
    int block;
    (void)unused;
    while ((block = pop()) >= 0) {
        while (block >= 0) {
            int bi = block / blocks, bj = block % blocks, next = -1;
            compute(bi, bj);
            if (bj + 1 < blocks && arrive(block + 1))
                next = block + 1;
            if (bi + 1 < blocks && arrive(block + blocks)) {
                if (next >= 0)
                    push(next);
                next = block + blocks;
            }
            int done = atomic_fetch_add(&finished, 1) + 1;
            report(done);
            if (done == blocks * blocks) {
                pthread_mutex_lock(&lock);
                pthread_cond_broadcast(&wake);
                pthread_mutex_unlock(&lock);
            }
            block = next;
        }
    }
    return NULL;
}

static void *allocate(size_t count, size_t size)
{
    void *p = calloc(count, size);
    if (!p) {
        fprintf(stderr, "nw: out of memory\n");
        exit(1);
    }
    return p;
}

static void prepare(void)
{
    blocks = (length + BLOCK - 1) / BLOCK;
    across = allocate(length + 1, 1);
    down = allocate(length + 1, 1);
    rows = allocate(length + 1, sizeof *rows);
    columns = allocate(length + 1, sizeof *columns);
    corners = allocate((size_t)(blocks + 1) * (blocks + 1), sizeof *corners);
    waiting = allocate((size_t)blocks * blocks, sizeof *waiting);
    ready = allocate((size_t)blocks * blocks, sizeof *ready);
    make_sequences();
}

static void reset(void)
{
    atomic_store(&finished, 0);
    for (int i = 0; i <= length; i++)
        rows[i] = columns[i] = i * GAP;
    for (int b = 0; b < blocks; b++)
        corners[b] = corners[b * (blocks + 1)] = b * BLOCK * GAP;
    for (int bi = 0; bi < blocks; bi++)
        for (int bj = 0; bj < blocks; bj++)
            atomic_init(&waiting[bi * blocks + bj], (bi > 0) + (bj > 0));
    ready[ready_count++] = 0;
}

static int number(const char *text, int least, int most)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (*end || end == text || value < least || value > most) {
        fprintf(stderr, "nw: '%s' is not a number from %d to %d\n", text, least, most);
        exit(2);
    }
    return (int)value;
}

int main(int argc, char **argv)
{
    int threads = 1, option;
    pthread_t ids[MAX_THREADS];
    struct timespec start, end;

    random_state = 1;
    while ((option = getopt(argc, argv, "t:n:s:r:p")) != -1) {
        switch (option) {
        case 't': threads = number(optarg, 1, MAX_THREADS); break;
        case 'n': length = number(optarg, 1, 1000000); break;
        case 's': random_state = (uint64_t)number(optarg, 0, 1000000000); break;
        case 'r': repeats = number(optarg, 1, 1000); break;
        case 'p': show_progress = 1; break;
        default:
            fprintf(stderr, "usage: nw [-t THREADS] [-n LENGTH] [-s SEED] [-r REPEATS] [-p]\n");
            return 2;
        }
    }

    prepare();
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (repeat = 0; repeat < repeats; repeat++) {
        reset();
        for (int i = 1; i < threads; i++) {
            if (pthread_create(&ids[i], NULL, work, NULL) != 0) {
                fprintf(stderr, "nw: cannot create thread %d\n", i);
                return 1;
            }
        }
        work(NULL);
        for (int i = 1; i < threads; i++)
            pthread_join(ids[i], NULL);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);

    printf("score %d\n", rows[length]);
    printf("elapsed %lld ms\n", (long long)(end.tv_sec - start.tv_sec) * 1000 + (end.tv_nsec - start.tv_nsec) / 1000000);
    return 0;
}
