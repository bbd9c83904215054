import { FEWEST } from "../experiment/intervals.ts";
import type { LossResult, Metric, Results } from "../results.ts";
import { fixed, interval, meanAndSpread, signed } from "./format.ts";
import { html } from "./html.ts";
import type { Html } from "./html.ts";
import { METRICS } from "./metric.ts";
import { countVerdicts, SIGN, verdict } from "./verdict.ts";

/** Columns in groups: what the number is about, and the metrics it shows. */
const GROUPS: readonly { readonly about: string; readonly metrics: readonly Metric[] }[] = [
  { about: "Ranking", metrics: ["averagePrecision", "rocAuc"] },
  { about: "Decisions", metrics: ["macroF1", "macroF1Tuned"] },
  { about: "Probabilities", metrics: ["brier", "ece", "logLoss"] },
  { about: "Cost", metrics: ["seconds"] },
];
const COLUMNS = GROUPS.flatMap(({ metrics }) => metrics);
/** Shown under the recovered number, as what it was before. */
const RAW: Partial<Record<Metric, Metric>> = { brier: "brierRaw", ece: "eceRaw" };

/** The table of all losses: mean ± sd, and the paired difference to cross-entropy with its interval. */
export function comparison(results: Results): Html {
  const { losses, recommendation, protocol } = results;
  const rows = losses.map((loss, i) => row(loss, i, loss.name === recommendation.loss, protocol.repeats));
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Comparison of the losses"><table class="comparison">
<thead><tr><td></td>${GROUPS.map(({ about, metrics }) => html`<th colspan="${metrics.length}" scope="colgroup">${about}</th>`)}</tr>
<tr><th scope="col">loss</th>${COLUMNS.map((metric) => html`<th scope="col">${METRICS[metric].name}<small>${METRICS[metric].better} is better</small></th>`)}</tr></thead>
<tbody>${rows}</tbody></table></div>
<p class="hint">${reading(results)}</p>`;
}

function row(loss: LossResult, index: number, recommended: boolean, repeats: number): Html {
  const tags = [
    ...(index === 0 ? ["reference"] : index === 1 ? ["noise floor"] : []),
    ...(recommended ? ["recommended"] : []),
  ];
  return html`<tr class="${[index === 1 ? "floor" : "", recommended ? "recommended" : ""].join(" ").trim()}">
<th scope="row">${loss.name}${tags.map((tag) => html` <span class="tag">${tag}</span>`)}<small class="formula">${loss.formula}</small></th>
${COLUMNS.map((metric) => cell(loss, metric, repeats))}</tr>
`;
}

function cell({ summary }: LossResult, metric: Metric, repeats: number): Html {
  const { difference } = summary[metric];
  const judged = verdict(metric, difference);
  const raw = RAW[metric];
  return html`<td class="${judged}">${meanAndSpread(metric, summary[metric], repeats)}${
    difference && html`<small>${judged !== "none" && html`<b title="${judged} than cross-entropy: the interval excludes 0">${SIGN[judged]}<span class="unseen">${judged}</span></b> `}${
      signed(difference.mean, METRICS[metric].digits)}</small><small>${interval(metric, difference)}</small>`
  }${raw && html`<small>raw ${fixed(summary[raw].mean, METRICS[raw].digits)}</small>`}</td>`;
}

function reading({ losses, protocol }: Results): string {
  if (protocol.repeats === 1) {
    return "One split only: no spread and no interval can be given, and a difference may be chance. Use --repeats 5 or more to judge it.";
  }
  if (protocol.repeats < FEWEST) {
    return `Each cell: mean ± standard deviation over ${protocol.repeats} splits, then the difference to cross-entropy on the same splits. So few splits bear no interval, and a difference may be chance: use --repeats 5 or more to judge it.`;
  }
  const { compared, better, worse } = countVerdicts(losses.slice(2), COLUMNS.filter((metric) => metric !== "seconds"));
  const chance = Math.round(compared / 20);
  return `Each cell: mean ± standard deviation over ${protocol.repeats} splits, then the difference to cross-entropy on the same splits and its 95 % interval. ` +
    `▲ better, ▼ worse: the interval excludes 0, which chance alone does about ${chance === 1 ? "once" : `${chance} times`} in ${compared} comparisons (seconds aside); here there are ${better} better and ${worse} worse. ` +
    "The restart is cross-entropy again with other random numbers: a difference no larger than its row is noise. " +
    "Brier score and calibration error are given after the scores were put back on the probability scale, with the raw number below.";
}
