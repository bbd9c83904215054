/** Names that are script, wherever a user's names reach a page or a figure: parsed as a browser would, nothing of them is more than text. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { defineLoss } from "focal-loss";
import { log, mul, sub } from "focal-loss/expr";
import { parseHTML } from "linkedom";
import sharp from "sharp";
import { overlay } from "../src/detection/draw/overlay.ts";
import { fromText, toText } from "../src/model/schema.ts";
import { small } from "./model-files.ts";
import { focal } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "focal payloads "));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (...names: string[]): string => join(folder, ...names);

/** Fit for a file's name, which holds no slash. */
const IN_A_FILE = `"'><img src=x onerror=alert(1)><svg onload=alert(2)>&lt;b&gt;`;
const payload = (which: string): string => `${which}${IN_A_FILE}</text></title></style></svg><script>alert(3)</script><a href="javascript:alert(4)">`;
const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;

/** What a page could run, load or send. */
function active(markup: string): string[] {
  const { document } = parseHTML(markup.startsWith("<svg") ? `<body>${markup}</body>` : markup);
  const found = [...document.querySelectorAll("script, iframe, object, embed, base, form, link, foreignObject, animate, set, handler, meta[http-equiv=refresh]")].map(({ tagName }) => tagName);
  for (const element of document.querySelectorAll("*")) for (const { name, value } of element.attributes) {
    if (/^on/i.test(name)) found.push(`${element.tagName} ${name}`);
    if (/^(href|xlink:href|src|action|formaction|data)$/i.test(name) && !/^(#|data:image\/(jpeg|png);base64,[\w+/=]*$)/.test(value)) found.push(`${element.tagName} ${name}=${value.slice(0, 40)}`);
    if (/^style$/i.test(name) && /url\(|expression/i.test(value)) found.push(`${element.tagName} style`);
  }
  for (const style of document.querySelectorAll("style")) if (/alert|@import|url\(/.test(style.textContent ?? "")) found.push("style");
  return found;
}
/** A page that shows a payload, as text, and does nothing with it. */
function harmless(markup: string): void {
  expect(active(markup)).toEqual([]);
  expect(markup).toContain("alert(");
}

test("the check itself finds what it looks for", () => {
  expect(active(`<p onclick="x"></p><script>1</script><a href="javascript:x">y</a><img src=x><style>@import "x"</style>`)).toEqual(["SCRIPT", "P onclick", "A href=javascript:x", "IMG src=x", "style"]);
});

describe("tables", () => {
  const [column, text, target, yes, no] = ["column", "text", "target", "yes", "no"].map(payload) as [string, string, string, string, string];
  const rows = Array.from({ length: 120 }, (_, i) => `${((i * 37) % 100) / 10 + (i % 4 === 0 ? 3 : 0)},${cell(i % 3 === 0 ? payload("level") : "other")},${cell(i % 4 === 0 ? yes : no)}`);
  const data = at(`${IN_A_FILE}.csv`);
  writeFileSync(data, [[column, text, target].map(cell).join(), ...rows].join("\n"));
  const linear = ["--hidden", "none", "--target", target, "--positive", yes];

  test("focal train: columns, values, classes, the file, the folder", async () => {
    expect(await focal("train", data, ...linear, "--repeats", "2", "--out", at(`train ${IN_A_FILE}`))).toMatchObject({ code: 0 });
    harmless(readFileSync(join(at(`train ${IN_A_FILE}`), "report.html"), "utf8"));
  });

  test("focal tune: the same", async () => {
    expect(await focal("tune", data, ...linear, "--folds", "2", "--repeats", "1", "--gamma", "0,2", "--alpha", "none", "--out", at(`tune ${IN_A_FILE}`))).toMatchObject({ code: 0 });
    harmless(readFileSync(join(at(`tune ${IN_A_FILE}`), "report.html"), "utf8"));
  });

  test("focal explain: the column of scores, the classes, the file", async () => {
    const scores = at(`scores ${IN_A_FILE}.csv`);
    const table = Array.from({ length: 120 }, (_, i) => `${(i % 9) - 4 + (i % 4 === 0 ? 2 : 0)},${cell(i % 4 === 0 ? yes : no)}`);
    writeFileSync(scores, [[column, target].map(cell).join(), ...table].join("\n"));
    const { code, err } = await focal("explain", scores, "--target", target, "--scores", column, "--from", "logits", "--positive", yes, "--out", at(`explain ${IN_A_FILE}.html`));
    expect(code, err).toBe(0);
    harmless(readFileSync(at(`explain ${IN_A_FILE}.html`), "utf8"));
  });

  test("columns and classes called as an object's own are columns and classes", async () => {
    const names = ["__proto__", "constructor", "toString"], own = at("own.csv");
    writeFileSync(own, [names.join(), ...Array.from({ length: 120 }, (_, i) => `${(i % 7) + (i % 4 === 0 ? 3 : 0)},${i % 3 === 0 ? "__proto__" : "hasOwnProperty"},${i % 4 === 0 ? "__proto__" : "valueOf"}`)].join("\n"));
    expect(await focal("train", own, "--target", "toString", "--hidden", "none", "--repeats", "1", "--out", at("own"))).toMatchObject({ code: 0 });
    expect(await focal("predict", at("own", "model.json"), own, "--out", at("own.scored.csv"))).toMatchObject({ code: 0 });
    expect(readFileSync(at("own.scored.csv"), "utf8").split("\n")[0]).toContain("p___proto__");
    expect(({} as Record<string, unknown>)["gamma"]).toBeUndefined();
  });
});

describe("pictures", () => {
  test("focal detect train: classes, files, the folder", async () => {
    const pictures = at(`pictures ${IN_A_FILE}`);
    mkdirSync(pictures);
    const square = await sharp({ create: { width: 16, height: 16, channels: 3, background: "#f00" } }).png().toBuffer();
    const images: object[] = [], annotations: object[] = [];
    for (let i = 0; i < 8; i++) {
      const [left, top, file_name] = [(i * 7) % 48, (i * 13) % 48, `${i} ${IN_A_FILE}.png`];
      writeFileSync(join(pictures, file_name), await sharp({ create: { width: 64, height: 64, channels: 3, background: "#00f" } }).composite([{ input: square, left, top }]).png().toBuffer());
      images.push({ id: i, file_name, width: 64, height: 64 });
      annotations.push({ image_id: i, category_id: i % 2, bbox: [left, top, 16, 16] });
    }
    writeFileSync(join(pictures, "boxes.json"), JSON.stringify({ images, annotations, categories: [0, 1].map((id) => ({ id, name: payload(`class ${id}`) })) }));
    const out = at(`detect ${IN_A_FILE}`), { code, err } = await focal("detect", "train", pictures, "--steps", "4", "--batch", "2", "--network", "tiny", "--out", out);
    expect(code, err).toBe(0);
    harmless(readFileSync(join(out, "report.html"), "utf8"));
  });

  test("a class over its box", () => {
    harmless(`<svg xmlns="http://www.w3.org/2000/svg">${overlay(64, 64, [{ box: [1, 2, 30, 40], color: "#fff", text: payload("class") }], 1).markup}</svg>`);
  });
});

test("a loss of a hostile name cannot be", () => {
  expect(() => defineLoss(payload("loss"), {}, ({ pt }) => mul(sub(0, 1), log(pt)))).toThrow(/name/);
});

describe("a model file", () => {
  const changed = (change: (text: string) => string) => () => fromText(change(toText(small)), "m.json");
  test("with __proto__ or constructor anywhere is refused, and changes no object", () => {
    for (const key of ["__proto__", "constructor", "prototype"]) {
      expect(changed((text) => text.replace("{", `{"${key}":{"polluted":1},`)), key).toThrow(/is damaged: .* must be absent/);
      expect(changed((text) => text.replace('"encoding": {', `"encoding": {"${key}":{"polluted":1},`)), key).toThrow(/is damaged: .* must be absent/);
      expect(changed((text) => text.replace('"parameters": {', `"parameters": {"${key}":{"polluted":1},`)), key).toThrow(/is damaged/);
    }
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});
