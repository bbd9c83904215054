/* A plain loop, left to the compiler to vectorise with the C library's vector functions: about what a compiled graph can be. */
#include "worker.h"
#include <math.h>

static double kernel(const float *restrict logits, const float *restrict targets, float *restrict grad, size_t n) {
  double sum = 0;
  for (size_t from = 0; from < n; from += 256) {
    size_t to = from + 256 < n ? from + 256 : n;
    float part = 0;
    for (size_t i = from; i < to; i++) {
      float sign = 1 - 2 * targets[i], u = logits[i] * sign, e = expf(-fabsf(u)), d = 1 / (1 + e);
      float q = u >= 0 ? d : e * d, p = u >= 0 ? e * d : d, ce = fmaxf(u, 0) + log1pf(e);
      float factor = (0.75f - 0.5f * targets[i]) * q * q;
      part += factor * ce;
      grad[i] = sign * factor * (2 * p * ce + q);
    }
    sum += part;
  }
  return sum;
}
