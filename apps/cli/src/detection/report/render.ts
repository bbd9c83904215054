import { count, oneTo, plural } from "../../report/format.ts";
import { html } from "../../report/html.ts";
import { renderPage } from "../../report/page.ts";
import type { DetectResults } from "../results.ts";
import { anchorSection } from "./anchors.ts";
import { examples } from "./examples.ts";
import { curves, easyCurves, lossCurves } from "./figures.ts";
import { classTable, lossTable } from "./table.ts";

/** The report of detectors, as one self-contained HTML file. */
export function renderDetectReport(results: DetectResults): string {
  const { data, anchors, training, reproduce: how, headline, advice, notes } = results;
  const facts: readonly (readonly [string, string])[] = [
    ["Data", data.name], ["Pictures", data.about.size], ["Held out", data.about.split], ["Network", training.network], ["Training", `${count(training.steps)} steps of ${training.batch} pictures; ${training.augmentation}`],
    ["Repeats", String(training.repeats)], ["Seed", String(how.seed)], ["Machine", how.machine], ["Date", how.date.replace(/T(\d\d:\d\d).*Z$/, " $1 UTC")],
    ["Time", how.seconds < 120 ? `${Math.round(how.seconds)} s` : `${(how.seconds / 60).toFixed(1)} min`], ["Versions", Object.entries(how.versions).map(([name, version]) => `${name} ${version}`).join(", ")],
  ];
  return renderPage({
    title: `${data.name}: dense detection`, kicker: html`Dense detection · <code>${data.name}</code>`, headline, advice: html`${advice}`,
    facts: [
      [count(data.pictures.train), "pictures to learn from"], [count(data.pictures.test), "to judge by"], [plural(data.classes.length, "class"), "of objects"],
      [count(anchors.count), "anchors a picture"], [oneTo(anchors.background / anchors.positives), "objects to background"], [String(training.repeats), training.repeats === 1 ? "repeat" : "repeats"],
    ],
    notes, pictures: true,
    sections: [
      ["ap", "Average precision", lossTable(results)],
      ["classes", "Each class", classTable(results)],
      ["curves", "Precision and recall", curves(results)],
      ["examples", "Held-out pictures", examples(results)],
      ["anchors", "Anchors and imbalance", anchorSection(results)],
      ["easy", "Loss from easy background", easyCurves(results)],
      ["training", "Training", lossCurves(results)],
      ["reproduce", "Reproduce", html`<pre><code>${how.command}</code></pre><dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`],
    ],
  });
}
