"""A convolution forward and backward, against plain loops and, where it is installed, PyTorch."""

import numpy as np

from backprop import convolution, loops

from .turn_about import compare, time_of

EXAMPLES, TIMED_IN_LOOPS = 64, 2  # loops take as long for each example


def measure():
    print("a convolution, forward and backward, 64 images of 28 × 28, 8 kernels of 3 × 3, doubles")
    rng = np.random.default_rng(0)
    x, k = rng.normal(size=(EXAMPLES, 1, 28, 28)), rng.normal(size=(8, 1, 3, 3))
    b, delta = rng.normal(size=8), rng.normal(size=(EXAMPLES, 8, 28, 28))

    def both(module, examples=EXAMPLES):
        module.conv2d(x[:examples], k, b, padding=1)
        return module.conv2d_backward(delta[:examples], x[:examples], k, padding=1)

    ours = both(convolution)
    few = TIMED_IN_LOOPS
    for by_arrays, by_loops in zip(both(convolution, few), both(loops, few), strict=True):
        np.testing.assert_allclose(by_arrays, by_loops, rtol=1e-9, atol=1e-9)
    slow = time_of(lambda: both(loops, few)) * EXAMPLES / few
    quick = np.median([time_of(lambda: both(convolution)) for _ in range(50)])
    print(f"  loops: {slow / quick:.0f} × the time of arrays (at least 100)", flush=True)

    try:
        import torch
    except ImportError:
        print("  PyTorch is not installed here: no ratio to it", flush=True)
        return
    torch.set_num_threads(1)
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, k, b)]
    tensor = torch.tensor(delta)

    def theirs():
        z = torch.nn.functional.conv2d(*tensors, padding=1)
        return torch.autograd.grad(z, tensors, tensor)

    for array, by_torch in zip(ours, theirs(), strict=True):
        np.testing.assert_allclose(array, by_torch, rtol=1e-9, atol=1e-9)
    name = f"the time of PyTorch {torch.__version__}, one thread"
    compare(name, theirs, lambda: both(convolution), most=3, repeats=200)
