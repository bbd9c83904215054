/* The process around a kernel: what it is asked and answers stands in worker.ts. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Sum of the losses of n logits, a multiple of `padding`; writes their gradient. */
static double kernel(const float *logits, const float *targets, float *grad, size_t n);

enum { padding = 64 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

static float *array(size_t n, float fill) {
  float *values = aligned_alloc(64, n * sizeof(float));
  for (size_t i = 0; i < n; i++) values[i] = fill;
  return values;
}

int main(void) {
  static char line[4096], path[4000];
  float *logits = 0, *targets = 0, *grad = 0;
  size_t n = 0, padded = 0;
  while (fgets(line, sizeof line, stdin)) {
    unsigned long elements, classes, calls;
    double gamma;
    if (sscanf(line, "load %3999s %lu %lu %lf", path, &elements, &classes, &gamma) == 4) {
      FILE *file = classes == 1 && gamma == 2 ? fopen(path, "rb") : 0;
      if (!file) {
        puts("error written for the sigmoid head and gamma = 2 only");
      } else {
        free(logits), free(targets), free(grad);
        n = elements, padded = (n + padding - 1) / padding * padding;
        /* What stands behind the last is an easy negative without loss. */
        logits = array(padded, -1e4f), targets = array(padded, 0), grad = array(padded, 0);
        int whole = fread(logits, sizeof(float), n, file) == n && fread(targets, sizeof(float), n, file) == n;
        fclose(file);
        puts(whole ? "ok" : "error the file is too short");
      }
    } else if (sscanf(line, "run %lu", &calls) == 1) {
      double sum = 0, start = now();
      for (unsigned long i = 0; i < calls; i++) sum = kernel(logits, targets, grad, padded);
      double seconds = (now() - start) / calls;
      printf("%.9g %.17g\n", seconds, sum);
    } else if (!strncmp(line, "gradient", 8)) {
      kernel(logits, targets, grad, padded);
      for (size_t i = 0; i < n; i++) printf(i ? " %.9g" : "%.9g", grad[i]);
      puts("");
    } else {
      puts("error not understood");
    }
    fflush(stdout);
  }
}
