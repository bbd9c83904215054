/** A function of many numbers with its gradient. */
export type Objective = (x: Float64Array) => { value: number; gradient: Float64Array };

/** Where a minimisation stands: plain data, and the next step depends on nothing else. */
export interface Minimization {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  /** Last moves and the changes of the gradient over them, oldest first. */
  readonly moves: readonly Float64Array[];
  readonly changes: readonly Float64Array[];
  readonly iteration: number;
}

const memory = 20;
/** Sufficient decrease, and how much of the slope must be gone (weak Wolfe conditions). */
const decrease = 1e-4, flattening = 0.9;

export function begin(objective: Objective, x: Float64Array): Minimization {
  return { x, ...objective(x), moves: [], changes: [], iteration: 0 };
}

/** The largest component of the gradient. */
export const steepness = ({ gradient }: Pick<Minimization, "gradient">): number => gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);

/** The value and gradient at a point. */
type Evaluation = ReturnType<Objective>;

/**
 * One iteration of L-BFGS: Newton's direction as the last moves tell it, then a line search.
 *
 * The line search doubles or bisects until the weak Wolfe conditions hold, which makes the pair's sᵀy positive; a pair
 * where rounding made it otherwise is not remembered.
 *
 * @param scale - a first guess of the inverse Hessian, applied in place; what the moves have not told is taken from it
 * @returns the next state, or undefined where no step goes down any more: rounding is all that is left
 *
 * @see Nocedal, Wright: Numerical Optimization, 2006, algorithm 7.4; Lewis, Overton: Nonsmooth Optimization via
 * Quasi-Newton Methods, 2013, algorithm 2.6 (line search)
 */
export function advance(objective: Objective, state: Minimization, scale: (v: Float64Array) => void): Minimization | undefined {
  const steps = iteration(state, scale, 0);
  let step = steps.next();
  while (!step.done) step = steps.next(objective(step.value));
  return step.value;
}

/**
 * The same for an objective that is answered from elsewhere.
 *
 * @param rounding - how far sums may be off, relative to the value: a rise by less is no rise
 */
export async function advanceAsync(objective: (x: Float64Array) => Promise<Evaluation>, state: Minimization, scale: (v: Float64Array) => void, rounding: number): Promise<Minimization | undefined> {
  const steps = iteration(state, scale, rounding);
  let step = steps.next();
  while (!step.done) step = steps.next(await objective(step.value));
  return step.value;
}

/** An iteration that asks for the points it wants to see. */
function* iteration(state: Minimization, scale: (v: Float64Array) => void, rounding: number): Generator<Float64Array, Minimization | undefined, Evaluation> {
  const direction = newton(state, scale);
  const slope = dot(direction, state.gradient);
  if (!(slope < 0)) return undefined;
  const slack = rounding * Math.abs(state.value);
  let low = 0, high = Infinity, length = 1;
  for (let trial = 0; trial < 50; trial++) {
    const x = state.x.map((value, i) => value + length * direction[i]!);
    const { value, gradient } = yield x;
    if (!(value <= state.value + decrease * length * slope + slack)) high = length;
    else if (dot(gradient, direction) < flattening * slope) low = length;
    else return remember(state, { x, value, gradient });
    length = high < Infinity ? (low + high) / 2 : 2 * length;
  }
  return undefined;
}

function remember(from: Minimization, to: Pick<Minimization, "x" | "value" | "gradient">): Minimization {
  const move = to.x.map((value, i) => value - from.x[i]!), change = to.gradient.map((value, i) => value - from.gradient[i]!);
  const good = dot(move, change) > 0;
  return {
    ...to,
    moves: good ? [...from.moves, move].slice(-memory) : from.moves,
    changes: good ? [...from.changes, change].slice(-memory) : from.changes,
    iteration: from.iteration + 1,
  };
}

/** −H⁻¹g by the two-loop recursion. */
function newton({ gradient, moves, changes }: Minimization, scale: (v: Float64Array) => void): Float64Array {
  const v = gradient.map((g) => -g);
  const shares = new Array<number>(moves.length);
  for (let i = moves.length - 1; i >= 0; i--) {
    shares[i] = dot(moves[i]!, v) / dot(moves[i]!, changes[i]!);
    add(v, -shares[i]!, changes[i]!);
  }
  scale(v);
  for (let i = 0; i < moves.length; i++) {
    const share = dot(changes[i]!, v) / dot(moves[i]!, changes[i]!);
    add(v, shares[i]! - share, moves[i]!);
  }
  return v;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function add(to: Float64Array, factor: number, from: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i]! += factor * from[i]!;
}
