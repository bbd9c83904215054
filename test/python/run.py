"""Runs printed losses: reads cases from standard input, answers with each one's value and gradient."""
import json
import sys


def pytorch():
    import torch

    def run(case, function):
        logits = torch.tensor(case["logits"], dtype=getattr(torch, case["dtype"])).reshape(case["shape"]).requires_grad_()
        targets = torch.tensor(case["targets"], dtype=torch.int64 if case["labels"] else logits.dtype).reshape(case["shape"][:-1] if case["rows"] else case["shape"])
        value = function(logits, targets, **case["settings"])
        (grad,) = torch.autograd.grad(value.sum(), logits, create_graph=True)
        # Of losses that look at one logit at a time, the sum's second derivative is each one's own.
        second = [] if case["rows"] or not grad.requires_grad else torch.autograd.grad(grad.sum(), logits)[0].flatten().tolist()
        return value.flatten().tolist(), grad.flatten().tolist(), second

    return run


def gradient(function, logits, backend):
    """By the automatic differentiation of whatever Keras stands on."""
    if backend == "jax":
        import jax

        return jax.grad(lambda z: function(z).sum())(logits)
    if backend == "tensorflow":
        import tensorflow

        with tensorflow.GradientTape() as tape:
            tape.watch(logits)
            value = function(logits)
        return tape.gradient(value, logits)
    import torch

    logits.requires_grad_()
    return torch.autograd.grad(function(logits).sum(), logits)[0].detach()


def keras():
    try:
        import keras as real

        backend = real.backend.backend()
    except ImportError:
        import keras_stand_in

        backend = keras_stand_in.install()
    from keras import ops

    def run(case, function):
        logits = ops.reshape(ops.convert_to_tensor(case["logits"], dtype=case["dtype"]), case["shape"])
        targets = ops.convert_to_tensor(case["targets"], dtype="int32" if case["labels"] else case["dtype"])
        targets = ops.reshape(targets, case["shape"][:-1] if case["rows"] else case["shape"])
        call = lambda z: function(targets, z, **case["settings"])
        return *([float(x) for x in ops.reshape(part, (-1,))] for part in (call(logits), gradient(call, logits, backend))), []

    return run


run = {"pytorch": pytorch, "keras": keras}[sys.argv[1]]()
answers = []
for case in json.load(sys.stdin):
    module = {}
    exec(case["source"], module)
    answers.append(dict(zip(("value", "grad", "second"), run(case, module[case["function"]]))))
json.dump(answers, sys.stdout)
