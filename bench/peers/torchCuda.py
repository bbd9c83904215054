"""torchvision's focal loss, forward and backward, on a device: `torchCuda.py N [DEVICE]` prints a JSON line for each way it finds."""
import json
import statistics
import sys
import time

import torch
from torchvision.ops import sigmoid_focal_loss

n, device = int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "cuda"
if device == "cuda" and not torch.cuda.is_available():
    sys.exit("this PyTorch finds no CUDA device")
name = torch.cuda.get_device_name() if device == "cuda" else device
wait = torch.cuda.synchronize if device == "cuda" else lambda: None
logits = (2 * torch.randn(n, device=device)).requires_grad_(True)
targets = (torch.rand(n, device=device) < 0.2).float()
copy = torch.empty_like(targets)


def forward(logits, targets):
    return sigmoid_focal_loss(logits, targets, 0.25, 2.0, "sum")


def measure(call):
    seconds = []
    for turn in range(25):
        wait()
        start = time.perf_counter()
        for _ in range(10):
            call()
        wait()
        seconds.append((time.perf_counter() - start) / 10)
    return statistics.median(seconds[5:])


def step(loss):
    logits.grad = None
    loss(logits, targets).backward()


ways = {"eager": lambda: step(forward), "device copy": lambda: copy.copy_(targets)}
if hasattr(torch, "compile"):
    compiled = torch.compile(forward)
    ways["torch.compile"] = lambda: step(compiled)
for way, call in ways.items():
    try:
        print(json.dumps({"name": f"{way}, PyTorch {torch.__version__} on {name}", "seconds": measure(call)}), flush=True)
    except Exception as error:
        print(f"{way}: {type(error).__name__}: {error}".splitlines()[0], file=sys.stderr)
