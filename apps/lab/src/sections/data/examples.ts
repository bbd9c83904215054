import { randomNumbers } from "focal-loss/train";

/** Files that the page makes by itself, always the same ones: to see what is expected of a file, and what comes of it. */
export const EXAMPLES = ["detector", "screening", "animals", "machines", "million"] as const;
export type Example = (typeof EXAMPLES)[number];

interface Made {
  readonly header: string;
  readonly rows: number;
  row(random: Random): string;
}

interface Random {
  uniform(): number;
  normal(): number;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Logits of a detector part of the way through training: most of its background is easy, and there is very much of it. */
const detector: Made = {
  header: "box,object,logit", rows: 30_000,
  row({ uniform, normal }) {
    const object = uniform() < 0.006, logit = object ? 0.4 + 2 * normal() : -3.4 + 0.9 * normal();
    return `${Math.floor(uniform() * 1e6)},${object ? "yes" : "no"},${logit.toFixed(3)}`;
  },
};

/** Scores of a fair model that meets one positive among a hundred. */
const screening = (rows: number): Made => ({
  header: "patient,ill,score", rows,
  row({ uniform, normal }) {
    const logit = -6.2 + 1.9 * normal(), ill = uniform() < sigmoid(logit + 0.1);
    return `${1000 + Math.floor(uniform() * 90_000)},${ill ? "yes" : "no"},${sigmoid(logit).toPrecision(4)}`;
  },
});

/** Logits for three kinds of animals, of which one is rare, as a trained softmax writes them. */
const animals: Made = {
  header: "animal;logit_cat;logit_dog;logit_otter", rows: 4000,
  row({ uniform, normal }) {
    const u = uniform(), k = u < 0.62 ? 0 : u < 0.96 ? 1 : 2, pull = [3.2, 2.6, 1.5][k]!;
    const logits = [1.1, 0.6, -1.4].map((bias, j) => bias + 1.3 * normal() + (j === k ? pull : 0));
    return `${["cat", "dog", "otter"][k]};${logits.map((x) => x.toFixed(3).replace(".", ",")).join(";")}`;
  },
};

/** Readings of machines, of which few fail, for reasons that are no straight line: something to train on. */
const machines: Made = {
  header: "temperature,vibration,load,age,site,failed", rows: 12_000,
  row({ uniform, normal }) {
    const temperature = 60 + 12 * normal(), vibration = Math.exp(0.5 * normal()), load = uniform(), age = 10 * uniform(), site = ["north", "south", "harbour"][Math.floor(3 * uniform())]!;
    const strain = ((temperature - 60) / 12) * (load - 0.5) * 2 + Math.log(vibration) ** 2, salty = site === "harbour" ? 0.12 * age : 0;
    const failed = uniform() < sigmoid(-7 + 3.2 * strain + 2 * salty + 1.5 * Math.max(0, Math.log(vibration)));
    return [temperature.toFixed(1), uniform() < 0.01 ? "" : vibration.toFixed(3), load.toFixed(3), age.toFixed(1), site, Number(failed)].join(",");
  },
};

const MADE: Readonly<Record<Example, Made>> = { detector, screening: screening(20_000), animals, machines, million: screening(1_000_000) };

/** Rows written between two pauses. */
const PART = 20_000;

/** The example as the file it would be. */
export async function exampleFile(name: Example, pause: () => Promise<void>): Promise<Blob> {
  const { header, rows, row } = MADE[name], uniform = randomNumbers(20_170_807);
  const random = { uniform, normal: (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()) };
  const parts = [`${header}\n`];
  for (let from = 0; from < rows; from += PART) {
    parts.push(Array.from({ length: Math.min(PART, rows - from) }, () => `${row(random)}\n`).join(""));
    await pause();
  }
  return new Blob(parts, { type: "text/csv" });
}
