import type { Dialect } from "./dialect.ts";

const answers = "reduction: \"mean\", \"sum\" or \"none\".";

export const pytorch: Dialect = {
  library: {
    prefix: "torch", logSigmoid: "F.logsigmoid",
    max: (a, b, bIsNumber) => (bIsNumber ? `torch.clamp(${a}, min=${b})` : `torch.maximum(${a}, ${b})`),
    min: (a, b, bIsNumber) => (bIsNumber ? `torch.clamp(${a}, max=${b})` : `torch.minimum(${a}, ${b})`),
  },
  imports: ["import math", "import torch", "import torch.nn.functional as F"],
  margin: [
    "def margin(logits, labels):",
    "    \"\"\"The label's logit minus the logsumexp of the others: softmax's probability of the label is its sigmoid.\"\"\"",
    "    own = labels.long().unsqueeze(1)",
    "    others = logits.scatter(1, own, float(\"-inf\"))",
    "    return logits.gather(1, own).squeeze(1) - torch.logsumexp(others, 1)",
  ],
  helpers: [
    "def reduced(loss, reduction):",
    "    if reduction not in (\"mean\", \"sum\", \"none\"):",
    "        raise ValueError(f\"reduction must be mean, sum or none, got {reduction!r}\")",
    "    return loss if reduction == \"none\" else loss.mean() if reduction == \"mean\" else loss.sum()",
  ],
  settings: ["reduction=\"mean\""],
  sigmoid: {
    arguments: "logits, targets",
    about: ["logits, targets: of one shape; targets from 0 to 1, of any type."],
    answers,
    read: ["targets = targets.to(logits.dtype)"],
    result: "reduced(loss, reduction)",
  },
  softmax: {
    arguments: "logits, labels",
    about: ["logits: (N, C, ...); labels: (N, ...), as torch.nn.functional.cross_entropy takes them."],
    answers,
    read: [],
    result: "reduced(loss, reduction)",
  },
  between: {
    about: ["logits: (N, C, ...); labels: (N, ...), any numbers from 0 to C - 1."],
    read: ["lower = labels.long().clamp(max=logits.shape[1] - 2)", "fraction = labels - lower"],
  },
  rival: [
    "below = torch.where(logits < logits.gather(1, labels.long().unsqueeze(1)), logits, float(\"-inf\"))",
    "p_j = torch.where(torch.isfinite(below.amax(1)), torch.sigmoid(margin(logits, below.argmax(1))), 0.0)",
  ],
  batch: {
    margins: [
      "def margins(logits):",
      "    \"\"\"Each class's logit minus the logsumexp of the others, (C, examples): softmax's probabilities are its sigmoids.\"\"\"",
      "    z = logits.movedim(1, 0).flatten(1)",
      "    top = z.argmax(0, keepdim=True)",
      "    is_top = torch.zeros_like(z, dtype=torch.bool).scatter(0, top, True)",
      "    greatest = z.gather(0, top)",
      "    powers = torch.where(is_top, 0.0, torch.exp(z - greatest))",
      "    others = greatest + torch.log1p(torch.clamp(powers.sum(0) - powers, min=0))",
      "    return z - torch.where(is_top, torch.logsumexp(torch.where(is_top, float(\"-inf\"), z), 0), others)",
    ],
    softmax: ["u = margins(logits)", "t = F.one_hot(labels.long().flatten(), len(u)).t().to(logits.dtype)"],
    both: ["u = torch.stack([-logits.flatten(), logits.flatten()])", "t = torch.stack([1 - targets.flatten(), targets.flatten()])"],
    positive: ["u = logits.flatten().unsqueeze(0)", "t = targets.flatten().unsqueeze(0)"],
    sum: (text, perClass) => `torch.sum(${text}${perClass ? ", 1" : ""})`,
    count: { sigmoid: "logits.numel()", softmax: "labels.numel()" },
    classes: "len(u)",
    background: "logits.new_tensor([1.0] + [0.0] * (classes - 1))",
    column: (list) => `logits.new_tensor(${list}).unsqueeze(1)`,
  },
  array: (list) => `logits.new_tensor(${list})`,
  at: (list, labels) => `logits.new_tensor(${list})[${labels}.long()]`,
  tiny: "torch.finfo(logits.dtype).tiny",
  floor: "torch.finfo(logits.dtype).tiny ** 0.5",
};
