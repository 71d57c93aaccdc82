// SGD iterations of the 784-H-10 sigmoid net in C, with the loops and the instructions of the WebAssembly kernels: lit
// pixels only, blocks of hidden units, vectors of 16 bytes, no fused multiply-add. The weights get the same bits.
// bench/same-instructions.js compiles and runs this; src/kernels/assembly explains what it does.
//
//   cc -O3 -mavx -ffp-contract=off -DREAL=double same_instructions.c -lm -pthread && ./a.out THREADS
//
// stdin: uint32 H, N, images; float64 learning rate, W1, b1, W2, b2; bytes of images and labels; then spells: uint32
// steps, uint32 indices (steps, N). stdout: float64 milliseconds of each spell; after a spell of 0 steps the weights.
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef REAL Vector __attribute__((vector_size(16)));
typedef int64_t Longs __attribute__((vector_size(16)));
typedef int32_t Ints __attribute__((vector_size(16)));
typedef uint16_t Shorts __attribute__((vector_size(8)));
typedef struct { uint32_t value, row; } Entry; // byte offsets of a pixel's value, and of a row of a block
typedef struct { uint32_t first, vectors; } Block;

enum { D = 784, K = 10, DOUBLE = sizeof(REAL) == 8, LANES = 16 / sizeof(REAL), VALUE = 8 / sizeof(REAL) };
enum { ROW = 7, ROW_BYTES = ROW * 16, CLASSES = DOUBLE ? 5 : 3, GROUP = DOUBLE ? 5 : 7, MOST_THREADS = 64, SPINS = 20000 };
#define EACH(v, count) _Pragma("GCC unroll 8") for (int v = 0; v < (count); v++)
#define INLINE static inline __attribute__((always_inline))

static uint32_t H, N, images, vectors, blockCount, threads, steps;
static double rate, spellStart;
static REAL values[256 * VALUE], factor[15]; // v / 255, 1 / n!
static uint16_t *packed;
static uint32_t *starts, *indices, *batch, ownBlocks[MOST_THREADS + 1];
static uint8_t *labels;
static Block *blocks, *places; // of each block; of each vector its block, and its index there
static Vector *W1, *b1, *W2, *W2T, *hidden, *outputs, b2[CLASSES];
static Entry *rows, *columns, **rowEnds, **columnEnds;
static double *losses;
static atomic_uint arrived;
static volatile uint32_t prefetched; // keeps the compiler from dropping a loop

static void *array(size_t bytes) {
  void *p = aligned_alloc(64, (bytes + 63) & ~(size_t)63);
  return memset(p, 0, bytes);
}
static uint32_t share(uint32_t count, uint32_t thread, uint32_t sharers) { return (uint64_t)count * thread / sharers; }

INLINE Vector splat(REAL x) { return x - (Vector){0}; }
INLINE Vector smaller(Vector a, Vector b) {
  for (int l = 0; l < LANES; l++) a[l] = b[l] < a[l] ? b[l] : a[l];
  return a;
}
INLINE Vector larger(Vector a, Vector b) {
  for (int l = 0; l < LANES; l++) a[l] = a[l] < b[l] ? b[l] : a[l];
  return a;
}
INLINE Vector two(int n, Vector r) { return splat(factor[n]) + splat(factor[n + 1]) * r; }
INLINE Vector four(int n, Vector r, Vector r2) { return two(n, r) + two(n + 2, r) * r2; }
INLINE Vector exponential(Vector x) {
  Vector magic = splat(DOUBLE ? 6755399441055744.0 : 12582912), lowest = splat(DOUBLE ? -708 : -87);
  Vector bounded = smaller(larger(x, lowest), splat(DOUBLE ? 709 : 88));
  Vector shifted = magic + bounded * splat((REAL)1.4426950408889634), k = shifted - magic;
  Vector high = bounded - k * splat((REAL)(DOUBLE ? 0.6931471803691238 : 0.693359375));
  Vector r = high - k * splat((REAL)(DOUBLE ? 1.9082149292705877e-10 : -2.1219444e-4)), r2 = r * r, r4 = r2 * r2;
  Vector sum = four(0, r, r2) + four(4, r, r2) * r4;
  if (DOUBLE) sum += (four(8, r, r2) + two(12, r) * r4) * (r4 * r4);
  Longs bits = DOUBLE ? (Longs)sum + ((Longs)shifted << 52) : (Longs)((Ints)sum + ((Ints)shifted << 23));
  return (Vector)(bits & (Longs)(x >= lowest));
}

static void gatherRows(uint32_t first, uint32_t end) {
  uint32_t sum = 0;
  for (uint32_t n = first; n < end; n++)
    for (uint32_t at = starts[batch[n]]; at < starts[batch[n] + 1]; at += 32) sum += packed[at];
  prefetched = sum;
  for (uint32_t n = first; n < end; n++) {
    uint32_t at = starts[batch[n]], stop = starts[batch[n] + 1];
    Entry *to = rows + (size_t)n * D;
    Ints zero = {0}, last = zero;
    rowEnds[n] = to + (stop - at);
    for (; at < stop; at += 4, to += 4) {
      Shorts four;
      memcpy(&four, packed + at, 8);
      Ints entries = __builtin_convertvector(four, Ints), gaps = entries >> 8, value = (entries & 255) << 3;
      Ints pairs = gaps + __builtin_shufflevector(zero, gaps, 0, 4, 5, 6);
      Ints pixel = last + (pairs + __builtin_shufflevector(zero, pairs, 0, 0, 4, 5)), row = pixel * ROW_BYTES;
      last = __builtin_shufflevector(pixel, pixel, 3, 3, 3, 3);
      ((Ints *)to)[0] = __builtin_shufflevector(value, row, 0, 4, 1, 5);
      ((Ints *)to)[1] = __builtin_shufflevector(value, row, 2, 6, 3, 7);
    }
  }
}

static void gatherColumns(uint32_t first, uint32_t end) {
  for (uint32_t i = first; i < end; i++) columnEnds[i * (ROW_BYTES / 8)] = columns + (size_t)i * N;
  for (uint32_t n = 0; n < N; n++) {
    const Entry *at = rows + (size_t)n * D;
    while (at < rowEnds[n] && at->row < first * ROW_BYTES) at++;
    for (; at < rowEnds[n] && at->row < end * ROW_BYTES; at++)
      *(*(Entry **)((char *)columnEnds + at->row))++ = (Entry){at->value, n * ROW_BYTES};
  }
}

// s[v] += the sum over the entries of their value times vector v of their row
INLINE void addRows(Vector *s, int count, const Entry *at, const Entry *end, const Vector *from) {
  for (; at < end; at++) {
    Vector x = splat(*(const REAL *)((const char *)values + at->value));
    const Vector *row = (const Vector *)((const char *)from + at->row);
    EACH(v, count) s[v] += x * row[v];
  }
}

INLINE void forwardBlock(uint32_t block, const int count) {
  Vector *a = hidden + (size_t)block * N * ROW;
  for (uint32_t n = 0; n < N; n++, a += ROW) {
    Vector z[ROW];
    EACH(v, count) z[v] = b1[block * ROW + v];
    addRows(z, count, rows + (size_t)n * D, rowEnds[n], W1 + (size_t)block * D * ROW);
    for (int v = 0; v < count; v++) {
      Vector power = exponential(z[v]);
      a[v] = power / (splat(1) + power);
    }
  }
}

// Logits, softmax, loss and the gradient of the logits.
static void output(uint32_t first, uint32_t end) {
  for (uint32_t n = first; n < end; n++) {
    Vector y[CLASSES], most, sum = splat(0);
    memcpy(y, b2, sizeof y);
    for (uint32_t vector = 0; vector < vectors;) {
      Vector s[CLASSES] = {0};
      for (uint32_t stop = vector + GROUP < vectors ? vector + GROUP : vectors; vector < stop; vector++) {
        const REAL *a = (REAL *)(hidden + ((size_t)places[vector].first * N + n) * ROW + places[vector].vectors);
        for (int l = 0; l < LANES; l++) EACH(v, CLASSES) s[v] += splat(a[l]) * W2[(vector * LANES + l) * CLASSES + v];
      }
      EACH(v, CLASSES) y[v] += s[v];
    }
    most = y[0];
    for (int v = 1; v < CLASSES; v++) most = larger(most, y[v]);
    REAL largest = most[0], total;
    for (int l = 1; l < LANES; l++) largest = most[l] > largest ? most[l] : largest;
    for (int v = 0; v < CLASSES; v++) sum += y[v] = exponential(y[v] - splat(largest));
    total = DOUBLE ? sum[0] + sum[1] : (sum[0] + sum[1]) + (sum[2 % LANES] + sum[3 % LANES]);
    for (int v = 0; v < CLASSES; v++) y[v] /= splat(total);
    REAL *ofLabel = (REAL *)y + labels[batch[n]], probability = *ofLabel;
    losses[n] = -log(probability + 1e-7);
    *ofLabel -= 1;
    EACH(v, CLASSES) outputs[n * CLASSES + v] = y[v] * splat(probability / (probability + (REAL)1e-7) / (REAL)N);
  }
}

INLINE void descendBlock(uint32_t block, const int count) {
  Vector *a = hidden + (size_t)block * N * ROW, *ownW2 = W2 + (size_t)blocks[block].first * LANES * CLASSES;
  Vector *ownW2T = W2T + (size_t)block * K * ROW, gradient[ROW * LANES * CLASSES], lr = splat((REAL)rate);
  for (int unit = 0; unit < count * LANES; unit++) {
    Vector s[CLASSES] = {0};
    for (uint32_t n = 0; n < N; n++)
      EACH(v, CLASSES) s[v] += splat(((REAL *)(a + n * ROW))[unit]) * outputs[n * CLASSES + v];
    memcpy(gradient + unit * CLASSES, s, sizeof s);
  }
  for (uint32_t n = 0; n < N; n++) {
    Vector s[ROW] = {0};
    for (int k = 0; k < K; k++)
      EACH(v, count) s[v] += splat(((REAL *)(outputs + n * CLASSES))[k]) * ownW2T[k * ROW + v];
    EACH(v, count) a[n * ROW + v] = s[v] * (a[n * ROW + v] * (splat(1) - a[n * ROW + v]));
  }
  for (int v = 0; v < count; v++) {
    Vector sum = splat(0);
    for (uint32_t n = 0; n < N; n++) sum += a[n * ROW + v];
    b1[block * ROW + v] -= lr * sum;
  }
  for (uint32_t i = 0; i < D; i++) {
    const Entry *at = columns + (size_t)i * N, *end = columnEnds[i * (ROW_BYTES / 8)];
    if (at == end) continue;
    Vector s[ROW] = {0}, *row = W1 + ((size_t)block * D + i) * ROW;
    addRows(s, count, at, end, a);
    EACH(v, count) row[v] -= lr * s[v];
  }
  for (int unit = 0; unit < count * LANES; unit++)
    for (int k = 0; k < K; k++) {
      REAL *weight = (REAL *)(ownW2 + unit * CLASSES) + k;
      *weight -= (REAL)rate * ((REAL *)(gradient + unit * CLASSES))[k];
      ((REAL *)(ownW2T + k * ROW))[unit] = *weight;
    }
}

// Each number of vectors is compiled separately, so that all sums stay in registers.
#define OF_BLOCK(call) \
  switch (blocks[block].vectors) { \
    case 7: call(block, 7); break; \
    case 6: call(block, 6); break; \
    case 5: call(block, 5); break; \
    case 4: call(block, 4); break; \
    default: call(block, blocks[block].vectors); \
  }

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec * 1e-6;
}

static void barrier(uint32_t *passed) {
  atomic_fetch_add(&arrived, 1);
  *passed += threads;
  for (int spin = 0; atomic_load(&arrived) < *passed; spin++)
    if (spin > SPINS) sched_yield();
}

static void *work(void *argument) {
  uint32_t thread = (uintptr_t)argument, passed = 0;
  barrier(&passed);
  if (thread == 0) spellStart = now();
  for (uint32_t step = 0; step < steps; step++) {
    if (thread == 0) batch = indices + (size_t)step * N;
    barrier(&passed);
    gatherRows(share(N, thread, threads), share(N, thread + 1, threads));
    barrier(&passed);
    for (uint32_t block = ownBlocks[thread]; block < ownBlocks[thread + 1]; block++) OF_BLOCK(forwardBlock)
    barrier(&passed);
    output(share(N, thread, threads), share(N, thread + 1, threads));
    gatherColumns(share(D, thread, threads), share(D, thread + 1, threads));
    barrier(&passed);
    for (uint32_t block = ownBlocks[thread]; block < ownBlocks[thread + 1]; block++) OF_BLOCK(descendBlock)
    for (int v = 0; v < CLASSES && thread == 0; v++) {
      Vector sum = splat(0);
      for (uint32_t n = 0; n < N; n++) sum += outputs[n * CLASSES + v];
      b2[v] -= splat((REAL)rate) * sum;
    }
  }
  return NULL;
}

static void get(void *to, size_t bytes) {
  if (fread(to, 1, bytes, stdin) != bytes) exit(1);
}

static void divideIntoBlocks(void) {
  vectors = (H + LANES - 1) / LANES, blocks = array(vectors * sizeof(Block)), places = array(vectors * sizeof(Block));
  for (uint32_t thread = 0; thread < threads; thread++) {
    uint32_t first = share(vectors, thread, threads), own = share(vectors, thread + 1, threads) - first;
    uint32_t count = (own + ROW - 1) / ROW;
    ownBlocks[thread] = blockCount;
    for (uint32_t b = 0; b < count; b++, blockCount++) {
      uint32_t start = share(own, b, count), end = share(own, b + 1, count);
      blocks[blockCount] = (Block){first + start, end - start};
      for (uint32_t v = start; v < end; v++) places[first + v] = (Block){blockCount, v - start};
    }
  }
  ownBlocks[threads] = blockCount;
}

static REAL *inRow(Vector *at, uint32_t row, uint32_t rowsOfBlock, uint32_t unit) {
  Block place = places[unit / LANES];
  return (REAL *)(at + ((size_t)place.first * rowsOfBlock + row) * ROW + place.vectors) + unit % LANES;
}

static void transferWeights(int isInput) {
  for (uint32_t i = 0; i < (D + 1) * H + (H + 1) * K; i++) {
    uint32_t ofW2 = i - (D + 1) * H, unit = ofW2 / K, k = ofW2 % K;
    REAL *at = i < D * H ? inRow(W1, i / H, D, i % H) : i < (D + 1) * H ? inRow(b1, 0, 1, i % H)
      : unit < H ? (REAL *)(W2 + unit * CLASSES) + k : (REAL *)b2 + k;
    double weight = *at;
    if (!isInput) fwrite(&weight, 8, 1, stdout);
    else get(&weight, 8), *at = weight;
    if (isInput && i >= (D + 1) * H && unit < H) *inRow(W2T, k, K, unit) = weight;
  }
}

int main(int argc, char **argv) {
  threads = argc > 1 ? atoi(argv[1]) : 1;
  get(&H, 4), get(&N, 4), get(&images, 4), get(&rate, 8);
  divideIntoBlocks();
  W1 = array((size_t)blockCount * D * ROW_BYTES), b1 = array(blockCount * ROW_BYTES), W2 = array(vectors * LANES * CLASSES * 16);
  W2T = array(blockCount * K * ROW_BYTES), hidden = array((size_t)blockCount * N * ROW_BYTES), outputs = array(N * CLASSES * 16);
  rows = array((size_t)N * D * sizeof(Entry) + 64), columns = array((size_t)N * D * sizeof(Entry)), losses = array(N * 8);
  rowEnds = array(N * sizeof(Entry *)), columnEnds = array(D * ROW_BYTES);
  for (uint32_t unit = H; unit < vectors * LANES; unit++) *inRow(b1, 0, 1, unit) = -INFINITY;
  for (int k = K; k < CLASSES * LANES; k++) ((REAL *)b2)[k] = -INFINITY;
  transferWeights(1);
  double factorial = 1;
  for (int n = 0; n < 15; n++) factor[n] = 1 / (REAL)(factorial *= n > 0 ? n : 1);
  for (int byte = 0; byte < 256; byte++) values[byte * VALUE] = byte / 255.0;

  uint8_t *pixels = malloc((size_t)images * D);
  get(pixels, (size_t)images * D), get(labels = malloc(images), images);
  packed = malloc((size_t)images * D * 2 + 8), starts = calloc(images + 1, 4);
  for (uint32_t image = 0; image < images; image++) {
    uint32_t to = starts[image], last = 0;
    for (uint32_t i = 0; i < D; i++) {
      uint8_t byte = pixels[(size_t)image * D + i];
      if (byte == 0) continue;
      for (; i - last > 255; last += 255) packed[to++] = 0xff00;
      packed[to++] = (i - last) << 8 | byte, last = i;
    }
    starts[image + 1] = to;
  }
  free(pixels);

  for (get(&steps, 4); steps > 0; get(&steps, 4)) {
    get(indices = malloc((size_t)steps * N * 4), (size_t)steps * N * 4);
    pthread_t others[MOST_THREADS];
    atomic_store(&arrived, 0);
    for (uint32_t t = 1; t < threads; t++) pthread_create(&others[t], NULL, work, (void *)(uintptr_t)t);
    work(NULL);
    for (uint32_t t = 1; t < threads; t++) pthread_join(others[t], NULL);
    double ms = now() - spellStart;
    free(indices);
    fwrite(&ms, 8, 1, stdout), fflush(stdout);
  }
  transferWeights(0);
  return 0;
}
