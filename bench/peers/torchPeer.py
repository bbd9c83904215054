"""Focal loss in PyTorch, one thread, timed on request: for each line on standard input runs once and prints the seconds."""
import sys
import time

import torch
from torchvision.ops import sigmoid_focal_loss

candidate, n = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(1)
torch.manual_seed(0)
logits = (torch.randn(n) * 2).requires_grad_(True)
targets = (torch.rand(n) < 0.2).float()


def torchvision():
    sigmoid_focal_loss(logits, targets, 0.25, 2.0, "sum").backward()


def note():
    bce = torch.nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    p_t = torch.exp(-bce)
    (0.25 * (1 - p_t) ** 2.0 * bce).sum().backward()


run = {"torchvision": torchvision, "note": note}[candidate]
print(f"torch {torch.__version__}", flush=True)
for _ in sys.stdin:
    logits.grad = None
    start = time.perf_counter()
    run()
    print(time.perf_counter() - start, flush=True)
