"""What PyTorch computes for some convolutions and poolings, for `convolution` to match.

`python code/tests/convolution_by_pytorch.py`, with PyTorch and NumPy, writes a .json beside
this file. It is tracked, so that the tests compare with it on every machine. The images hold few
different numbers, so that windows have equal largest entries.
"""

import json
from pathlib import Path

CASES = [  # (stride, padding), x, k
    ((1, 0), (1, 1, 5, 5), (1, 1, 2, 2)),
    ((1, 1), (2, 1, 4, 5), (3, 1, 3, 3)),
    ((2, 0), (2, 3, 6, 5), (2, 3, 2, 3)),
    ((2, 1), (1, 2, 7, 6), (2, 2, 3, 2)),
    ((3, 2), (2, 1, 5, 4), (1, 1, 3, 4)),
]
POOLS = [(2, 2), (2, 1), (3, 2), (1, 1)]  # (size, stride)


def main():
    import numpy as np
    import torch
    from torch.nn import functional

    rng = np.random.default_rng(0)

    def numbers(shape):
        return torch.tensor(rng.integers(-4, 5, shape) / 4).requires_grad_()

    def plain(**tensors):
        return {name: tensor.tolist() for name, tensor in tensors.items()}

    found = {"version": torch.__version__, "convolutions": [], "poolings": []}
    for (stride, padding), of_x, of_k in CASES:
        x, k, b = numbers(of_x), numbers(of_k), numbers(of_k[0])
        z = functional.conv2d(x, k, b, stride, padding)
        delta = numbers(z.shape)
        dx, dk, db = torch.autograd.grad(z, (x, k, b), delta)
        case = plain(x=x, k=k, b=b, delta=delta, z=z, dx=dx, dk=dk, db=db)
        found["convolutions"].append({"stride": stride, "padding": padding, **case})
    for size, stride in POOLS:
        a = numbers((2, 2, 5, 6))
        p, winners = functional.max_pool2d(a, size, stride, return_indices=True)
        mean = functional.avg_pool2d(a, size, stride)
        g = numbers(p.shape)
        da, da_mean = (torch.autograd.grad(pooled, a, g)[0] for pooled in (p, mean))
        case = plain(a=a, g=g, p=p, winners=winners, da=da, mean=mean, da_mean=da_mean)
        found["poolings"].append({"size": size, "stride": stride, **case})
    Path(__file__).with_suffix(".json").write_text(json.dumps(found) + "\n", "utf-8")


if __name__ == "__main__":
    main()
