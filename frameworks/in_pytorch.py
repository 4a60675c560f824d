"""The 2-2-2 network of source S4 in PyTorch: a pass, its deltas, a gradient of our own.

Parameters stand in the order W1, b1, W2, b2, here and in the three other files.
"""

import torch

from backprop import examples

NAME, VERSION = "PyTorch", torch.__version__.split("+")[0]  # 2.13.0 of 2.13.0+cpu


def start(dtype):
    """Return (parameters, x, t), "float64" or a smaller kind."""
    net, x, t, _ = examples.two_two_two()
    given = [net.W[1], net.b[1], net.W[2], net.b[2], x, t]
    dtype = getattr(torch, dtype)
    arrays = [torch.tensor(a, dtype=dtype) for a in given]
    *parameters, x, t = arrays
    for p in parameters:
        p.requires_grad_()  # a gradient is wanted by these
    return parameters, x, t


# ---- forward, loss, backward, gradients, update ----------


def loss(parameters, x, t, sigmoid=torch.sigmoid):
    W1, b1, W2, b2 = parameters
    a1 = sigmoid(W1 @ x + b1)
    a2 = sigmoid(W2 @ a1 + b2)
    return ((a2 - t) ** 2).sum() / 2


def gradient(parameters, x, t, sigmoid=torch.sigmoid):
    for p in parameters:
        p.grad = None  # else the new one is added to it
    E = loss(parameters, x, t, sigmoid)
    E.backward()
    return E, [p.grad for p in parameters]


def update(parameters, gradients, rate):
    with torch.no_grad():  # not to be differentiated itself
        for p, g in zip(parameters, gradients, strict=True):
            p -= rate * g
    return parameters  # the same ones, changed


# ---- the deltas ------------------------------------------


def deltas(parameters, x, t):
    W1, b1, W2, b2 = parameters
    z1 = W1 @ x + b1
    z2 = W2 @ torch.sigmoid(z1) + b2
    E = ((torch.sigmoid(z2) - t) ** 2).sum() / 2
    return torch.autograd.grad(E, [z1, z2])


# ---- a gradient of our own -------------------------------


def plain_sigmoid(z):
    return 1 / (1 + torch.exp(-z))  # PyTorch finds its slope


class OurSigmoid(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z):
        a = plain_sigmoid(z)
        ctx.save_for_backward(a)
        return a

    @staticmethod
    def backward(ctx, g):  # in comes ∂E/∂a, out goes ∂E/∂z
        (a,) = ctx.saved_tensors
        return g * a * (1 - a)


our_sigmoid = OurSigmoid.apply


def slope(f, z, dtype="float64"):
    """Return f′(z) of a function of one number, "float64" or a smaller kind."""
    z = torch.tensor(z, dtype=getattr(torch, dtype), requires_grad=True)
    return torch.autograd.grad(f(z), z)[0]


# ---- in which order its operations were made -------------


def numbered():
    """Return [operation, its number, those that it hands on to] of E of one neuron, E first."""
    w, b = (torch.tensor(v, requires_grad=True) for v in (0.4, -0.3))
    miss = torch.sigmoid(w * 2.0 + b) - 0.2
    nodes, found = [(miss * miss * 0.5).grad_fn], []
    for node in nodes:  # it grows while it is read
        parts = [part for part, _ in node.next_functions if part is not None]
        found.append([node.name(), node._sequence_nr(), [part._sequence_nr() for part in parts]])
        nodes += [part for part in {*parts} if part not in nodes]
    return found


# ---- the loss that comes with it -------------------------


def mean_squares_slope(a, t):
    """Return the gradient, by a, of the loss that is called mean squared error here."""
    a = torch.tensor(a, requires_grad=True)
    return torch.autograd.grad(torch.nn.MSELoss()(a, torch.tensor(t)), a)[0]


if __name__ == "__main__":
    torch.set_printoptions(precision=12)  # it would print four decimals
    E, gradients = gradient(*start("float64"))
    print(E, *gradients, sep="\n")
