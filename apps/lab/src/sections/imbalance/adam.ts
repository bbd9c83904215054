/** Adam as its authors give it: one step changes the parameters in place. */
export function adam(parameters: Float64Array, rate: number): (gradient: Float64Array) => void {
  const mean = new Float64Array(parameters.length), square = new Float64Array(parameters.length);
  // Powers as products: Math.pow's last digit is the browser's own.
  let left1 = 1, left2 = 1;
  return (gradient) => {
    left1 *= 0.9;
    left2 *= 0.999;
    const pace = (rate * Math.sqrt(1 - left2)) / (1 - left1);
    for (let i = 0; i < parameters.length; i++) {
      const g = gradient[i]!;
      mean[i] = 0.9 * mean[i]! + 0.1 * g;
      square[i] = 0.999 * square[i]! + 0.001 * g * g;
      parameters[i]! -= (pace * mean[i]!) / (Math.sqrt(square[i]!) + 1e-8);
    }
  };
}
