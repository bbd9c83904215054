import { FocalError } from "focal-loss";
import { values } from "../../formula/values.ts";
import { lossOf, stagesOf } from "../../formula/pipeline.ts";
import type { Stages } from "../../formula/pipeline.ts";
import { presets } from "../../formula/presets.ts";
import { FormulaMistake } from "../../formula/tokens.ts";
import { choice, flag, number, sectionState, text } from "../../state/index.ts";
import type { Loss } from "focal-loss";

/** As long as anything that is still read as one formula. */
export const LONGEST = 300;

export const state = sectionState("formula", {
  text: text(presets[0].text, { most: LONGEST }),
  values,
  weighted: flag(false),
  alpha: number(0.25, { least: 0, most: 1 }),
  dialect: choice("duckdb", ["duckdb", "clickhouse", "postgres", "trino", "spark"]),
});

export interface Made {
  readonly loss: Loss;
  readonly parameters: Readonly<Record<string, number>>;
  readonly stages: Stages;
}

export interface Mistake {
  readonly message: string;
  readonly at: number;
  readonly length: number;
}

/** What the reader's formula comes to. While it has a mistake, what the last one without came to stays. */
export class Formulas {
  #last: Made = this.#make(presets[0].text, {});

  readonly #now: { readonly made: Made; readonly mistake: Mistake | undefined } = $derived.by(() => {
    try {
      this.#last = this.#make(state.text, state.values);
      return { made: this.#last, mistake: undefined };
    } catch (error) {
      if (error instanceof FormulaMistake) return { made: this.#last, mistake: { message: error.message, at: error.at, length: error.length } };
      if (error instanceof FocalError) return { made: this.#last, mistake: { message: error.message.replace(/^mine: /, ""), at: 0, length: state.text.length } };
      throw error;
    }
  });
  readonly made = $derived(this.#now.made);
  readonly mistake = $derived(this.#now.mistake);

  #make(formula: string, given: Readonly<Record<string, number>>): Made {
    const { loss, parameters } = lossOf(formula, given, state.weighted ? state.alpha : undefined);
    return { loss, parameters, stages: stagesOf(loss) };
  }
}

/** Begins with another formula, at its own parameters. */
export function start(preset: (typeof presets)[number]): void {
  state.text = preset.text;
  state.values = "values" in preset ? preset.values : {};
}
