"""Focal loss in PyTorch, one thread, forward and backward. What it is asked and answers: worker.ts."""
import sys
import time

import numpy
import torch
from torchvision.ops import sigmoid_focal_loss

torch.set_num_threads(1)
functional = torch.nn.functional
alpha = 0.25


def torchvision():
    loss = sigmoid_focal_loss(logits, targets, alpha, gamma, "sum")
    loss.backward()
    return loss


def note():
    bce = functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    p_t = torch.exp(-bce)
    loss = (alpha * (1 - p_t) ** gamma * bce).sum()
    loss.backward()
    return loss


def closed():
    with torch.no_grad():
        torch.mul(logits, sign, out=margin)
        torch.sigmoid(margin, out=wrong)
        ce = functional.softplus(margin)
        factor = (wrong * wrong if gamma == 2 else wrong ** gamma).mul_(weight)
        loss = torch.dot(factor, ce)
        logits.grad = ce.mul_(gamma).mul_(1 - wrong).add_(wrong).mul_(factor).mul_(sign)
    return loss


def softmax():
    log_p = functional.log_softmax(logits, 1).gather(1, targets[:, None]).squeeze(1)
    loss = (-((1 - log_p.exp()) ** gamma) * log_p).sum()
    loss.backward()
    return loss


def load(path, elements, classes):
    global logits, targets, sign, weight, margin, wrong
    values = torch.from_numpy(numpy.fromfile(path, dtype=numpy.float32))
    logits, targets = values[:elements].clone(), values[elements:].clone()
    if classes > 1:
        logits, targets = logits.view(-1, classes), targets.long()
    if step is closed:
        sign, weight = 1 - 2 * targets, alpha * targets + (1 - alpha) * (1 - targets)
        margin, wrong = torch.empty_like(logits), torch.empty_like(logits)
    logits.requires_grad_(True)


def memory(name):
    """Bytes: VmRSS is resident now, VmHWM was at most."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith(name))


step = {"torchvision": torchvision, "note": note, "closed": closed, "softmax": softmax}[sys.argv[1]]
gamma = 2.0
before = 0
for line in sys.stdin:
    command, *rest = line.split()
    if command == "load":
        gamma = float(rest[3])
        load(rest[0], int(rest[1]), int(rest[2]))
        before = memory("VmRSS")
        print("ok", flush=True)
    elif command == "run":
        calls = int(rest[0])
        start = time.perf_counter()
        for _ in range(calls):
            logits.grad = None
            loss = step()
        print((time.perf_counter() - start) / calls, loss.item(), flush=True)
    elif command == "gradient":
        logits.grad = None
        step()
        print(*logits.grad.flatten().tolist(), flush=True)
    elif command == "memory":
        print(before, memory("VmHWM"), flush=True)
