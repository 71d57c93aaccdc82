// Milliseconds per SGD iteration of the 784-H-10 sigmoid net in C with OpenBLAS, dense, the update folded into gemm.
//
//   cc -O3 -march=native -DREAL=double -DGEMM=cblas_dgemm -DEXP=exp dense_openblas.c -lopenblas -lm
//   ./a.out DATA_DIR THREADS [ITERATIONS] [HIDDEN] [BATCH]
#include <cblas.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PIXELS = 784, CLASSES = 10, IMAGES = 60000 };

static uint64_t state = 88172645463325252u;
static uint32_t draw(void) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return (uint32_t)(state >> 11) % IMAGES;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec * 1e-6;
}

static REAL *array(size_t count) {
  REAL *p = aligned_alloc(64, (count * sizeof(REAL) + 63) & ~(size_t)63);
  return memset(p, 0, count * sizeof(REAL));
}

static uint8_t *file(const char *folder, const char *name, size_t header, size_t bytes) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  uint8_t *data = malloc(bytes);
  FILE *f = fopen(path, "rb");
  if (!f || fseek(f, header, SEEK_SET) || fread(data, 1, bytes, f) != bytes) perror(path), exit(1);
  fclose(f);
  return data;
}

int main(int argc, char **argv) {
  int iterations = argc > 3 ? atoi(argv[3]) : 2000, H = argc > 4 ? atoi(argv[4]) : 100, N = argc > 5 ? atoi(argv[5]) : 100;
  int spells = iterations < 20 ? iterations : 20, steps = iterations / spells;
  const int D = PIXELS + 1, K = CLASSES, U = H + 1; // the biases are the last rows of W1 and W2
  openblas_set_num_threads(atoi(argv[2]));
  uint8_t *images = file(argv[1], "train-images-idx3-ubyte", 16, (size_t)IMAGES * PIXELS);
  uint8_t *labels = file(argv[1], "train-labels-idx1-ubyte", 8, IMAGES), *t = malloc(N);
  REAL *x = array((size_t)N * D), *W1 = array(D * H), *W2 = array(U * K), *a = array(N * U), *z = array(N * H);
  REAL *o = array(N * K), *d = array(N * H), rate = 0.1, scale = 1 / (REAL)255;
  for (int i = 0; i < PIXELS * H; i++) W1[i] = 0.034 * (draw() / (double)IMAGES - 0.5);
  for (int i = 0; i < H * K; i++) W2[i] = 0.034 * (draw() / (double)IMAGES - 0.5);

  double fastest = INFINITY;
  for (int spell = 0; spell <= spells; spell++) {
    double start = now();
    for (int step = 0; step < steps; step++) {
      for (int n = 0; n < N; n++) {
        uint32_t image = draw();
        t[n] = labels[image];
        for (int i = 0; i < PIXELS; i++) x[n * D + i] = images[(size_t)image * PIXELS + i] * scale;
        x[n * D + PIXELS] = 1;
      }
      GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, N, H, D, 1, x, D, W1, H, 0, z, H);
      for (int i = 0; i < N * H; i++) z[i] = 1 / (1 + EXP(-z[i]));
      for (int n = 0; n < N; n++) memcpy(a + n * U, z + n * H, sizeof(REAL) * H), a[n * U + H] = 1;
      GEMM(CblasRowMajor, CblasNoTrans, CblasNoTrans, N, K, U, 1, a, U, W2, K, 0, o, K);
      for (int n = 0; n < N; n++) {
        REAL *y = o + n * K, largest = y[0], sum = 0;
        for (int k = 1; k < K; k++) largest = y[k] > largest ? y[k] : largest;
        for (int k = 0; k < K; k++) sum += y[k] = EXP(y[k] - largest);
        for (int k = 0; k < K; k++) y[k] /= sum * N;
        y[t[n]] -= 1 / (REAL)N;
      }
      GEMM(CblasRowMajor, CblasNoTrans, CblasTrans, N, H, K, 1, o, K, W2, K, 0, d, H);
      for (int i = 0; i < N * H; i++) d[i] *= z[i] * (1 - z[i]);
      GEMM(CblasRowMajor, CblasTrans, CblasNoTrans, D, H, N, -rate, x, D, d, H, 1, W1, H);
      GEMM(CblasRowMajor, CblasTrans, CblasNoTrans, U, K, N, -rate, a, U, o, K, 1, W2, K);
    }
    double ms = (now() - start) / steps;
    if (spell > 0 && ms < fastest) fastest = ms; // the first spell warms up
  }
  printf("{\"ms_per_iteration\":%.6f}\n", fastest);
  return 0;
}
