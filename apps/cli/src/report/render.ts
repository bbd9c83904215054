import type { Results } from "../results.ts";
import { castOf } from "./cast.ts";
import { comparison } from "./comparison.ts";
import { confusion } from "./confusion.ts";
import { dataSummary, imbalanceFacts } from "./data.ts";
import { differences } from "./differences.ts";
import { difficulty } from "./difficulty.ts";
import { html } from "./html.ts";
import { renderPage } from "./page.ts";
import { perClass } from "./perClass.ts";
import { precisionRecall } from "./precisionRecall.ts";
import { reliability } from "./reliability.ts";
import { reproduce } from "./reproduce.ts";
import { training } from "./training.ts";

/** The report of a training run, as one self-contained HTML file. */
export function renderReport(results: Results): string {
  const cast = castOf(results);
  const { data, headline, recommendation, notes, protocol, losses } = results;
  return renderPage({
    title: `${data.target}: focal loss against cross-entropy`,
    kicker: html`Focal loss against cross-entropy · <code>${data.target}</code>`,
    headline,
    advice: html`<strong>Recommended: ${recommendation.loss}.</strong> ${recommendation.reason}`,
    facts: [
      ...imbalanceFacts(data),
      [String(protocol.repeats), protocol.repeats === 1 ? "split" : "splits"],
      [String(losses.length), "losses compared"],
    ],
    notes,
    sections: [
      ["comparison", "Comparison", comparison(results)],
      ["differences", "Differences", differences(results, cast)],
      ["precision-recall", "Precision and recall", precisionRecall(results, cast)],
      ["classes", "Each class", perClass(results, cast)],
      ["confusion", "Confusion", confusion(results, cast)],
      ["reliability", "Reliability", reliability(cast)],
      ["difficulty", "Gradient by difficulty", difficulty(results, cast)],
      ["training", "Training", training(results, cast)],
      ["data", "Data", dataSummary(data, protocol.repeats)],
      ["reproduce", "Reproduce", reproduce(results.reproduce, protocol, [["Repeats", String(protocol.repeats)]])],
    ],
  });
}
