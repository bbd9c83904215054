import { nn, numpy as np } from "@jax-js/jax";
import { apart } from "./apart.ts";
import type { FeatureMap } from "./convolution.ts";
import { groups } from "./spec.ts";

const epsilon = 1e-5;

/**
 * GroupNorm and ReLU: of each picture, the channels of a group get mean 0 and variance 1, then a scale and a shift per channel.
 *
 * Its statistics are a picture's own, so batches may be small and a picture's answer does not depend on its neighbours.
 *
 * @param map - [height, batch, width, channels]; consumed, like scale and shift [channels]
 *
 * @see Wu, He: Group Normalization, 2018, https://arxiv.org/abs/1803.08494
 */
export function groupNorm(map: FeatureMap, scale: np.Array, shift: np.Array): FeatureMap {
  const [height, batch, width, channels] = map.shape as [number, number, number, number];
  const perGroup = channels / groups, numbers = height * width * perGroup;
  // Over the pixels first, channel by channel: that is along memory. Apart, so that on the way back, too, channels are computed before pixels.
  const mean = (values: FeatureMap): np.Array => np.sum(apart(np.sum(np.sum(values, 0), 1)).reshape([batch, groups, perGroup]), 2, { keepdims: true }).mul(1 / numbers);
  const perChannel = (values: np.Array): np.Array => np.broadcastTo(values, [batch, groups, perGroup]).reshape([batch, channels]);
  const spread = (values: np.Array): np.Array => values.reshape([1, batch, 1, channels]);
  const centred = map.ref.sub(spread(apart(perChannel(mean(map)))));
  const inverse = apart(np.reciprocal(apart(np.sqrt(mean(np.square(centred.ref)).add(epsilon)))));
  const factor = apart(perChannel(inverse).mul(scale));
  return nn.relu(centred.mul(spread(factor)).add(shift));
}
