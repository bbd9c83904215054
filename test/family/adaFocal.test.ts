import fc from "fast-check";
import { AdaFocal, criterion, focal, inverseFocal } from "focal-loss";
import { expect, test } from "vitest";
import { close, expectDerivatives } from "./differences.ts";
import { readings } from "./members.ts";

const logit = fc.double({ min: -8, max: 8, noNaN: true }), hard = fc.constantFrom(0, 1);
const state = { gammas: [2, 0.5, -0.75, 5], rate: 1, threshold: 0.2, least: -2, most: 20 };

test("AdaFocal begins as focal loss with γ = 1 in every bin", () => {
  fc.assert(fc.property(logit, hard, (x, t) => {
    const got = criterion(new AdaFocal().loss()).derivatives([x], [t]), want = criterion(focal({ gamma: 1 })).derivatives([x], [t]);
    close(got.value, want.value, 1e-13);
    close(got.grad[0]!, want.grad[0]!, 1e-13);
    close(got.hessian[0]!, want.hessian[0]!, 1e-12, 1e-15);
  }), { numRuns: 30 });
});

test("AdaFocal is, in the bin of p_t, focal loss with that bin's γ, or inverse focal loss where γ < 0; derivatives within 1e-6", () => {
  const ada = criterion(AdaFocal.from(state).loss({ alpha: 0.25 }), { reduction: "sum" });
  fc.assert(fc.property(logit, hard, (x, t) => {
    const p = readings(x, t, "mixture")[0]!;
    fc.pre([0.25, 0.5, 0.75].every((edge) => Math.abs(p - edge) > 1e-3));
    const gamma = state.gammas[Math.floor(p * 4)]!;
    const one = criterion(gamma >= 0 ? focal({ gamma, alpha: 0.25 }) : inverseFocal({ gamma: -gamma, alpha: 0.25 }), { reduction: "sum" });
    close(ada.value([x], [t]), one.value([x], [t]), 1e-13);
    expectDerivatives((at) => ada.derivatives(at, [t]), [x]);
  }));
});

test("AdaFocal moves γ by e^{λ·gap}: up where confidence exceeds accuracy, down where it lags, and keeps a bin without examples", () => {
  const ada = new AdaFocal({ bins: 4, rate: 0.5 });
  ada.update([0.9, 0.8, 0.3, 0.3], [1, false, 1, true]);
  const want = [1, Math.exp(0.5 * (0.3 - 1)), 1, Math.exp(0.5 * (0.85 - 0.5))];
  ada.toJSON().gammas.forEach((gamma, bin) => close(gamma, want[bin]!, 1e-14));
});

test("AdaFocal turns to inverse focal loss once γ is below its threshold, grows there with lack of confidence, and turns back", () => {
  const ada = new AdaFocal({ bins: 1, gamma: 0.25 });
  ada.update([0.5], [1]); // 0.25 · e^−0.5 < 0.2
  expect(ada.toJSON().gammas).toEqual([-0.2]);
  ada.update([0.5], [1]);
  close(ada.toJSON().gammas[0]!, -0.2 * Math.exp(0.5), 1e-14);
  ada.update([0.9], [0]);
  expect(ada.toJSON().gammas).toEqual([0.2]);
});

test("AdaFocal keeps γ between −2 and 20", () => {
  const up = new AdaFocal({ bins: 1 }), down = AdaFocal.from({ ...state, gammas: [-1] });
  for (let epoch = 0; epoch < 20; epoch++) { up.update([1], [0]); down.update([0], [1]); }
  expect([up.toJSON().gammas, down.toJSON().gammas]).toEqual([[20], [-2]]);
});

test("AdaFocal goes on from its JSON as if it had never stopped", () => {
  const one = AdaFocal.from(state), other = AdaFocal.from(JSON.parse(JSON.stringify(one)));
  for (const ada of [one, other]) ada.update([0.1, 0.4, 0.6, 0.9], [1, 0, 0, 1]);
  expect(other.toJSON()).toEqual(one.toJSON());
  expect(criterion(other.loss()).value([0.5, -2], [1, 0])).toBe(criterion(one.loss()).value([0.5, -2], [1, 0]));
});
