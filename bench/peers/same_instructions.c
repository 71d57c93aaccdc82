// SGD iterations of the 784-H-10 sigmoid net in C, with the loops and the instructions that the WebAssembly kernels have:
// lit pixels only, blocks of hidden units, vectors of 16 bytes, no fused multiply-add. They end in the same bits.
// bench/same-instructions.js compiles and runs this; src/kernels/assembly explains what it does.
//
//   cc -O3 -mavx -ffp-contract=off -DREAL=double same_instructions.c -lm -pthread && ./a.out THREADS
//
// stdin: uint32 H, N, images; float64 learning rate, W1, b1, W2, b2; bytes of images and labels; then spells: uint32
// steps, uint32 indices (steps, N). stdout: float64 milliseconds of each spell; after a spell of 0 steps the weights.
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef REAL Vector __attribute__((vector_size(16)));
typedef int64_t Int64s __attribute__((vector_size(16)));
typedef int32_t Int32s __attribute__((vector_size(16)));
typedef struct { uint32_t value, row; } Entry; // byte offsets of a pixel's value, and of a row of a block

enum { D = 784, K = 10, DOUBLE = sizeof(REAL) == 8, LANES = 16 / sizeof(REAL), VALUE = 8 / sizeof(REAL) };
enum { ROW = DOUBLE ? 5 : 7, U = ROW * LANES, CLASSES = DOUBLE ? 5 : 3, MOST_THREADS = 64 };

static uint32_t H, N, images, blocks, threads;
static double rate;
static REAL values[256 * VALUE];
static uint16_t *packed;
static uint32_t *starts, *indices, steps;
static uint8_t *labels;
static Vector *W1, *b1, *W2, *W2T, *hidden, *parts[2], b2[MOST_THREADS][8];
static atomic_uint arrived;

static void *array(size_t bytes) {
  void *p = aligned_alloc(64, (bytes + 63) & ~(size_t)63);
  return memset(p, 0, bytes);
}

static Vector splat(REAL x) { return x - (Vector){0}; }

static Vector smaller(Vector a, Vector b) {
  for (int l = 0; l < LANES; l++) a[l] = b[l] < a[l] ? b[l] : a[l];
  return a;
}
static Vector larger(Vector a, Vector b) {
  for (int l = 0; l < LANES; l++) a[l] = a[l] < b[l] ? b[l] : a[l];
  return a;
}

static REAL factor[15]; // 1 / n!
static Vector two(int n, Vector r) { return splat(factor[n]) + splat(factor[n + 1]) * r; }
static Vector four(int n, Vector r, Vector r2) { return two(n, r) + two(n + 2, r) * r2; }

static Vector exponential(Vector x) {
  Vector magic = splat(DOUBLE ? 6755399441055744.0 : 12582912), lowest = splat(DOUBLE ? -708 : -87);
  Vector bounded = smaller(larger(x, lowest), splat(DOUBLE ? 709 : 88));
  Vector shifted = magic + bounded * splat((REAL)1.4426950408889634), k = shifted - magic;
  Vector high = bounded - k * splat((REAL)(DOUBLE ? 0.6931471803691238 : 0.693359375));
  Vector r = high - k * splat((REAL)(DOUBLE ? 1.9082149292705877e-10 : -2.1219444e-4)), r2 = r * r, r4 = r2 * r2;
  Vector sum = four(0, r, r2) + four(4, r, r2) * r4;
  if (DOUBLE) sum += (four(8, r, r2) + two(12, r) * r4) * (r4 * r4);
  Int64s bits = DOUBLE ? (Int64s)sum + ((Int64s)shifted << 52) : (Int64s)((Int32s)sum + ((Int32s)shifted << 23));
  return (Vector)(bits & (Int64s)(x >= lowest));
}
static Vector sigmoid(Vector z) {
  Vector power = exponential(z);
  return power / (splat(1) + power);
}

typedef struct {
  Entry *rows, *columns, **columnEnds;
  uint32_t *rowStarts, prefetched;
  uint8_t *labels;
  Vector *outputs;
  double loss;
} Thread;

static void gather(Thread *t, const uint32_t *batch) {
  for (uint32_t n = 0; n < N; n++)
    for (uint32_t at = starts[batch[n]]; at < starts[batch[n] + 1]; at += 32) t->prefetched += packed[at];
  for (uint32_t i = 0; i < D; i++) t->columnEnds[i] = t->columns + (size_t)i * N;
  Entry *to = t->rows;
  for (uint32_t n = 0; n < N; n++) {
    uint32_t image = batch[n], pixel = 0;
    t->rowStarts[n] = to - t->rows;
    t->labels[n] = labels[image];
    for (uint32_t at = starts[image]; at < starts[image + 1]; at++) {
      uint32_t entry = packed[at], byte = entry & 255;
      pixel += entry >> 8;
      if (byte == 0) continue;
      *to++ = (Entry){byte * 8, pixel * (ROW * 16)};
      *t->columnEnds[pixel]++ = (Entry){byte * 8, n * (ROW * 16)};
    }
  }
  t->rowStarts[N] = to - t->rows;
}

// s[v] += the sum over the entries of their value times vector v of their row
static inline void addRows(Vector *s, const Entry *at, const Entry *end, const Vector *rows) {
  for (; at < end; at++) {
    Vector x = splat(*(const REAL *)((const char *)values + at->value));
    const Vector *row = (const Vector *)((const char *)rows + at->row);
#pragma GCC unroll 8
    for (int v = 0; v < ROW; v++) s[v] += x * row[v];
  }
}

static void forwardBlock(Thread *t, uint32_t block, Vector *part) {
  const Vector *weights = W2 + (size_t)block * U * CLASSES;
  for (uint32_t n = 0; n < N; n++) {
    Vector z[ROW], s[CLASSES] = {0}, *a = hidden + ((size_t)block * N + n) * ROW;
    memcpy(z, b1 + block * ROW, sizeof z);
    addRows(z, t->rows + t->rowStarts[n], t->rows + t->rowStarts[n + 1], W1 + (size_t)block * D * ROW);
    for (int v = 0; v < ROW; v++) a[v] = sigmoid(z[v]);
    for (int unit = 0; unit < U; unit++)
      for (int v = 0; v < CLASSES; v++) s[v] += splat(((REAL *)a)[unit]) * weights[unit * CLASSES + v];
    memcpy(part + ((size_t)block * N + n) * CLASSES, s, sizeof s);
  }
}

// Softmax, loss, and the gradient of the logits.
static void output(Thread *t, const Vector *ownB2, const Vector *part) {
  double sums[2] = {0, 0};
  for (uint32_t n = 0; n < N; n++) {
    Vector y[CLASSES], most, sum = splat(0);
    for (int v = 0; v < CLASSES; v++) {
      y[v] = ownB2[v];
      for (uint32_t block = 0; block < blocks; block++) y[v] += part[((size_t)block * N + n) * CLASSES + v];
      most = v == 0 ? y[0] : larger(most, y[v]);
    }
    REAL largest = most[0], total;
    for (int l = 1; l < LANES; l++) largest = most[l] > largest ? most[l] : largest;
    for (int v = 0; v < CLASSES; v++) sum += y[v] = exponential(y[v] - splat(largest));
    total = DOUBLE ? sum[0] + sum[1] : (sum[0] + sum[1]) + (sum[2 % LANES] + sum[3 % LANES]);
    for (int v = 0; v < CLASSES; v++) y[v] /= splat(total);
    REAL *ofLabel = (REAL *)y + t->labels[n], probability = *ofLabel;
    sums[n & 1] -= log(probability + 1e-7);
    *ofLabel -= 1;
    for (int v = 0; v < CLASSES; v++)
      t->outputs[n * CLASSES + v] = y[v] * splat(probability / (probability + (REAL)1e-7) / (REAL)N);
  }
  t->loss = (sums[0] + sums[1]) / N;
}

static void backwardBlock(Thread *t, uint32_t block) {
  Vector *a = hidden + (size_t)block * N * ROW, *ownW2 = W2 + (size_t)block * U * CLASSES, lr = splat((REAL)rate);
  Vector *ownW2T = W2T + (size_t)block * K * ROW, gradient[U * CLASSES];
  for (int unit = 0; unit < U; unit++) {
    Vector s[CLASSES] = {0};
    for (uint32_t n = 0; n < N; n++)
      for (int v = 0; v < CLASSES; v++) s[v] += splat(((REAL *)(a + n * ROW))[unit]) * t->outputs[n * CLASSES + v];
    memcpy(gradient + unit * CLASSES, s, sizeof s);
  }
  for (uint32_t n = 0; n < N; n++) {
    Vector s[ROW] = {0};
    for (int k = 0; k < K; k++)
      for (int v = 0; v < ROW; v++) s[v] += splat(((REAL *)(t->outputs + n * CLASSES))[k]) * ownW2T[k * ROW + v];
    for (int v = 0; v < ROW; v++) a[n * ROW + v] = s[v] * (a[n * ROW + v] * (splat(1) - a[n * ROW + v]));
  }
  for (int unit = 0; unit < U; unit++)
    for (int k = 0; k < K; k++) {
      REAL *weight = (REAL *)(ownW2 + unit * CLASSES) + k;
      *weight -= (REAL)rate * ((REAL *)(gradient + unit * CLASSES))[k];
      ((REAL *)(ownW2T + k * ROW))[unit] = *weight;
    }
  for (int v = 0; v < ROW; v++) {
    Vector sum = splat(0);
    for (uint32_t n = 0; n < N; n++) sum += a[n * ROW + v];
    b1[block * ROW + v] -= lr * sum;
  }
  for (uint32_t i = 0; i < D; i++) {
    const Entry *at = t->columns + (size_t)i * N, *end = t->columnEnds[i];
    if (at == end) continue;
    Vector s[ROW] = {0}, *row = W1 + ((size_t)block * D + i) * ROW;
    addRows(s, at, end, a);
    for (int v = 0; v < ROW; v++) row[v] -= lr * s[v];
  }
}

static Thread workspaces[MOST_THREADS];

static void *work(void *argument) {
  Thread *t = argument;
  uint32_t thread = t - workspaces;
  for (uint32_t step = 0; step < steps; step++) {
    Vector *part = parts[step & 1];
    gather(t, indices + (size_t)step * N);
    for (uint32_t block = thread * blocks / threads; block < (thread + 1) * blocks / threads; block++)
      forwardBlock(t, block, part);
    atomic_fetch_add(&arrived, 1);
    while (atomic_load(&arrived) < (step + 1) * threads) continue;
    output(t, b2[thread], part);
    for (uint32_t block = thread * blocks / threads; block < (thread + 1) * blocks / threads; block++)
      backwardBlock(t, block);
    for (int v = 0; v < CLASSES; v++) {
      Vector sum = splat(0);
      for (uint32_t n = 0; n < N; n++) sum += t->outputs[n * CLASSES + v];
      b2[thread][v] -= splat((REAL)rate) * sum;
    }
  }
  return NULL;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec * 1e-6;
}

static void get(void *to, size_t bytes) {
  if (fread(to, 1, bytes, stdin) != bytes) exit(1);
}

// Reads the weights, or writes them.
static void weights(int isInput) {
  for (uint32_t i = 0; i < (D + 1) * H + (H + 1) * K; i++) {
    uint32_t row = i < D * H ? i / H : i < (D + 1) * H ? D : i < (D + 1) * H + H * K ? D + 1 : D + 2;
    uint32_t unit = row <= D ? i % H : (i - (D + 1) * H) / K, k = (i - (D + 1) * H) % K, block = unit / U;
    REAL *transposed = NULL, *at;
    if (row < D) at = (REAL *)(W1 + ((size_t)block * D + row) * ROW) + unit % U;
    else if (row == D) at = (REAL *)(b1 + block * ROW) + unit % U;
    else if (row == D + 1) {
      at = (REAL *)(W2 + (size_t)unit * CLASSES) + k;
      transposed = (REAL *)(W2T + ((size_t)block * K + k) * ROW) + unit % U;
    } else at = (REAL *)b2[0] + k;
    double weight = *at;
    if (!isInput) fwrite(&weight, 8, 1, stdout);
    else get(&weight, 8), *at = weight;
    if (transposed) *transposed = *at;
  }
}

int main(int argc, char **argv) {
  threads = argc > 1 ? atoi(argv[1]) : 1;
  get(&H, 4), get(&N, 4), get(&images, 4), get(&rate, 8);
  blocks = (H + U - 1) / U;
  W1 = array((size_t)blocks * D * ROW * 16), b1 = array(blocks * ROW * 16), W2 = array((size_t)blocks * U * CLASSES * 16);
  W2T = array((size_t)blocks * K * ROW * 16), hidden = array((size_t)blocks * N * ROW * 16);
  for (int p = 0; p < 2; p++) parts[p] = array((size_t)blocks * N * CLASSES * 16);
  for (uint32_t unit = H; unit < blocks * U; unit++) ((REAL *)b1)[unit] = -INFINITY;
  for (int k = K; k < CLASSES * LANES; k++) ((REAL *)b2[0])[k] = -INFINITY;
  weights(1);
  for (uint32_t t = 1; t < threads; t++) memcpy(b2[t], b2[0], sizeof b2[0]);
  double factorial = 1;
  for (int n = 0; n < 15; n++) factor[n] = 1 / (REAL)(factorial *= n > 0 ? n : 1);
  for (int byte = 0; byte < 256; byte++) values[byte * VALUE] = byte / 255.0;

  uint8_t *pixels = malloc((size_t)images * D);
  get(pixels, (size_t)images * D), get(labels = malloc(images), images);
  packed = malloc((size_t)images * D * 2), starts = malloc((images + 1) * 4), starts[0] = 0;
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

  for (uint32_t t = 0; t < threads; t++) {
    Thread *w = &workspaces[t];
    w->rows = array((size_t)N * D * sizeof(Entry)), w->columns = array((size_t)N * D * sizeof(Entry));
    w->columnEnds = array(D * sizeof(Entry *)), w->rowStarts = array((N + 1) * 4), w->labels = array(N);
    w->outputs = array((size_t)N * CLASSES * 16);
  }
  for (get(&steps, 4); steps > 0; get(&steps, 4)) {
    get(indices = malloc((size_t)steps * N * 4), (size_t)steps * N * 4);
    pthread_t others[MOST_THREADS];
    atomic_store(&arrived, 0);
    double start = now();
    for (uint32_t t = 1; t < threads; t++) pthread_create(&others[t], NULL, work, &workspaces[t]);
    work(&workspaces[0]);
    for (uint32_t t = 1; t < threads; t++) pthread_join(others[t], NULL);
    double ms = now() - start;
    free(indices);
    fwrite(&ms, 8, 1, stdout), fflush(stdout);
  }
  weights(0);
  return 0;
}
