import { alloc, criterion, focal, logitAdjusted, threads } from "focal-loss";
import { afterAll, expect, test } from "vitest";

afterAll(() => threads(1));

test("softmax rows in a memory that threads share give the bits that they give elsewhere, and their labels stay as they are", async () => {
  await threads(2);
  for (const [classes, inner] of [[10, 1], [3, 1], [5, 64]] as const) {
    const rows = 640, length = rows * classes, room = alloc(length), labels = room.targets.subarray(0, rows);
    room.logits.set(Float32Array.from({ length }, (_, i) => 5 * Math.sin(i * 1.3)));
    labels.set(Float32Array.from({ length: rows }, (_, i) => (i % 7 === 0 ? 255 : i % classes)));
    const loss = logitAdjusted(focal(), Array.from({ length: classes }, (_, k) => k + 1)), given = labels.slice();
    const run = criterion(loss, { head: "softmax", classes, inner, ignoreIndex: 255, engine: "wasm" });
    const here = run.derivatives(room.logits, labels, { out: room.grad }), elsewhere = run.derivatives(room.logits.slice(), given);
    expect(room.logits.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect({ ...here, grad: here.grad.slice(), hessian: here.hessian.slice() }).toEqual(elsewhere);
    expect(labels.slice()).toEqual(given);
  }
});
