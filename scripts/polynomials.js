/**
 * Finds the polynomials of src/expr/float32.ts: `node scripts/polynomials.js` prints them.
 *
 * Each minimises the largest relative error (Lawson's reweighted least squares), then its coefficients
 * are rounded to float32 one by one, lowest first, the rest fitted again after each.
 */
function solve(matrix, right) {
  const n = right.length, a = matrix.map((row, i) => [...row, right[i]]);
  for (let k = 0; k < n; k++) {
    const pivot = a.slice(k).reduce((best, row, i) => (Math.abs(row[k]) > Math.abs(a[best][k]) ? k + i : best), k);
    [a[k], a[pivot]] = [a[pivot], a[k]];
    for (let i = k + 1; i < n; i++) {
      const f = a[i][k] / a[k][k];
      for (let j = k; j <= n; j++) a[i][j] -= f * a[k][j];
    }
  }
  const x = new Array(n).fill(0);
  for (let i = n - 1; i >= 0; i--) x[i] = (a[i][n] - a[i].slice(i + 1, n).reduce((s, v, j) => s + v * x[i + 1 + j], 0)) / a[i][i];
  return x;
}

const horner = (c, x) => c.reduceRight((sum, k) => sum * x + k, 0);

function fit(target, weight, from, to, degree) {
  const points = Array.from({ length: 2000 }, (_, i) => (from + to) / 2 - ((to - from) / 2) * Math.cos((Math.PI * (i + 0.5)) / 2000));
  const fixed = [];
  let error = 0;
  while (fixed.length <= degree) {
    const k = fixed.length, unknowns = degree + 1 - k;
    let lawson = points.map(() => 1 / points.length), c = [], best = { error: Infinity, c: [] };
    for (let round = 0; round < 300; round++) {
      const normal = Array.from({ length: unknowns }, () => new Array(unknowns).fill(0)), right = new Array(unknowns).fill(0);
      points.forEach((x, i) => {
        const w = lawson[i] * weight(x) ** 2, rest = target(x) - horner(fixed, x);
        for (let r = 0; r < unknowns; r++) {
          right[r] += w * rest * x ** (k + r);
          for (let s = 0; s < unknowns; s++) normal[r][s] += w * x ** (2 * k + r + s);
        }
      });
      c = [...fixed, ...solve(normal, right)];
      const errors = points.map((x) => Math.abs(weight(x) * (horner(c, x) - target(x))));
      const worst = Math.max(...errors);
      if (worst < best.error) best = { error: worst, c };
      const total = lawson.reduce((s, w, i) => s + w * errors[i], 0);
      lawson = lawson.map((w, i) => (w * errors[i]) / total + 1e-300);
    }
    fixed.push(Math.fround(best.c[k]));
    error = best.error;
  }
  const worst = Math.max(...points.map((x) => Math.abs(weight(x) * (horner(fixed, x) - target(x)))));
  return { coefficients: fixed, error: `2^${Math.log2(worst).toFixed(1)}`, unrounded: `2^${Math.log2(error).toFixed(1)}` };
}

const series = (term) => (x) => { let sum = 0; for (let k = 30; k >= 0; k--) sum = sum * x + term(k); return sum; };
const factorial = (n) => (n < 2 ? 1 : n * factorial(n - 1));
const half = Math.LN2 / 2 + 1e-3;
const logTail = (f) => (Math.abs(f) < 0.05 ? series((k) => (-1) ** k / (k + 3))(f) : (Math.log1p(f) - f + (f * f) / 2) / f ** 3);

console.log("exp(r) = 1 + r + r²·P(r), |r| ≤ ln2/2", fit(series((k) => 1 / factorial(k + 2)), (r) => (r * r) / Math.exp(r), -half, half, 4));
console.log("log1p(e) = e·P(e), 0 ≤ e ≤ 1", fit((e) => (e < 1e-8 ? 1 - e / 2 : Math.log1p(e) / e), (e) => (e < 1e-8 ? 1 : e / Math.log1p(e)), 0, 1, 9));
console.log("log(1+f) = f − f²/2 + f³·P(f), √½ ≤ 1+f ≤ √2", fit(logTail, (f) => Math.abs(f ** 3 / Math.log1p(f)), Math.SQRT1_2 - 1, Math.SQRT2 - 1, 8));
