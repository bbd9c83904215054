/*
 * Focal loss of hard targets and its gradient, gamma = 2, alpha = 0.25, by hand: the formulation that the SIMD kernels of
 * this library have, so that what is left between them is what WebAssembly costs.
 *
 *   u the logit seen from the wrong side; e = exp(-|u|); d = 1 / (1 + e); l = log(1 + e)
 *   (q, p) = u >= 0 ? (d, e d) : (e d, d); ce = max(u, 0) + l; loss = w q^2 ce; slope = w q^2 (2 p ce + q)
 */
#include "vector.h"
#include "worker.h"

/* As src/expr/float32.ts has them; see scripts/polynomials.js. */
static const float expTail[] = {0.4999999403953552f, 0.1666652113199234f, 0.04166829213500023f, 0.00836871936917305f, 0.001381872920319438f};
static const float log1pOver[] = {1, -0.4999993145465851f, 0.33330464363098145f, -0.24958020448684692f, 0.1969212144613266f,
                                  -0.15344977378845215f, 0.10661371052265167f, -0.0574604868888855f, 0.020088469609618187f, -0.0032910797744989395f};

static inline __attribute__((always_inline)) vector horner(const float *coefficients, int count, vector x) {
  vector sum = ALL(coefficients[count - 1]);
#pragma GCC unroll 16
  for (int i = count - 2; i >= 0; i--) sum = MULADD(sum, x, ALL(coefficients[i]));
  return sum;
}

/* exp of x in [-88.02968, 0]: 2^n times a polynomial of what is left. */
static inline __attribute__((always_inline)) vector expOf(vector x) {
  const vector magic = ALL(1.5f * 8388608 + 127);
  vector z = MULADD(x, ALL(1.4426950408889634f), magic), n = SUB(z, magic);
  vector r = SUBMUL(SUBMUL(x, n, ALL(355.0f / 512)), n, ALL((float)(0.6931471805599453 - 355.0 / 512)));
  vector tail = MULADD(MUL(r, r), horner(expTail, 5, r), r);
  vector power = SHIFT(z, 23);
  return MULADD(power, tail, power);
}

static inline __attribute__((always_inline)) vector step(const float *logits, const float *targets, float *grad) {
  const vector signBit = ALL(-0.0f);
  vector x = CALL(load_ps)(logits);
  mask positive = NOT_ZERO(CALL(load_ps)(targets));
  vector sign = PICK(positive, signBit, ALL(0)), u = XOR(x, sign);
  vector e = expOf(MAX(OR(x, signBit), ALL(-88.02968f)));
  vector d = DIV(ALL(1), ADD(ALL(1), e)), ed = MUL(e, d);
  mask wrong = NOT_NEGATIVE(u);
  vector q = PICK(wrong, d, ed), p = PICK(wrong, ed, d);
  vector ce = MULADD(e, horner(log1pOver, 10, e), MAX(u, ALL(0)));
  vector factor = MUL(PICK(positive, ALL(0.25f), ALL(0.75f)), MUL(q, q));
  CALL(store_ps)(grad, XOR(sign, MUL(factor, MULADD(ADD(p, p), ce, q))));
  return MUL(factor, ce);
}

static double total(vector v) {
  float lanes[WIDTH] __attribute__((aligned(64)));
  double sum = 0;
  CALL(store_ps)(lanes, v);
  for (int i = 0; i < WIDTH; i++) sum += lanes[i];
  return sum;
}

/* Vectors in flight at a time. */
#ifndef STREAMS
#define STREAMS 4
#endif
static double kernel(const float *logits, const float *targets, float *grad, size_t n) {
  double sum = 0;
  for (size_t from = 0; from < n; from += 256) {
    size_t to = from + 256 < n ? from + 256 : n;
    vector part = ALL(0);
    for (size_t i = from; i < to; i += STREAMS * WIDTH) {
#pragma GCC unroll 4
      for (int s = 0; s < STREAMS; s++) part = ADD(part, step(logits + i + s * WIDTH, targets + i + s * WIDTH, grad + i + s * WIDTH));
    }
    sum += total(part);
  }
  return sum;
}
