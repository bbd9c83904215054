/** TensorFlow.js in Node, with the wasm backend beside its own. */
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";

// Otherwise it says that another build for Node would be faster.
tf.enableProdMode();

export { tf };
export const backends = ["cpu", "wasm"] as const;
