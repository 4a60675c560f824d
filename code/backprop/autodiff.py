"""Numbers that find the derivatives of whatever is computed with them: `Value` and `Dual`.

A rule takes numbers and returns what an operation makes of them, and its local slopes: how fast
that grows with each of them. The rules stand here once, and serve both modes::

  Value   keeps what it was made from and the slopes, and goes back with them (reverse mode)
  Dual    multiplies them at once, and carries its slope by one input along (forward mode)

`+ - * /` take plain numbers on either side, `**` a plain number as exponent; exp, log, tanh,
sigmoid and relu are methods. NumPy's arrays may hold such numbers, and np.exp finds their exp.

The chapter is "automatic-differentiation". The names of `Value` are those of micrograd.
"""

import math
from itertools import count
from numbers import Real
from operator import attrgetter

# ---- rules: each returns what it makes of numbers, then its local slope by each of them --------


def _add(a, b):
    return a + b, 1.0, 1.0


def _subtract(a, b):
    return a - b, 1.0, -1.0


def _multiply(a, b):
    return a * b, b, a


def _divide(a, b):
    y = a / b
    return y, 1 / b, -y / b


def _negate(a):
    return -a, -1.0


def _power(a, n):
    if a < 0 and n % 1 or a == 0 and n < 1 and n != 0:
        raise ValueError(f"({a:g}) ** {n:g} has no slope among the real numbers, or no value")
    return a**n, n * a ** (n - 1) if n else 0.0


def _exp(a):
    y = math.exp(a)
    return y, y


def _log(a):
    if a <= 0:
        raise ValueError(f"log takes a number above 0, and got {a:g}")
    return math.log(a), 1 / a


def _tanh(a):
    y = math.tanh(a)
    return y, 1 - y * y


def _sigmoid(a):
    y = 1 / (1 + math.exp(min(-a, 709.0)))  # e^710 would overflow
    return y, y * (1 - y)


def _relu(a):
    return (0.0, 0.0) if a <= 0 else (a, 1.0)  # flat at 0, as everywhere in practice; nan stays


# ---- the operations ------------------------------------------------------------------------------


class _Arithmetic:
    """The operations of `Value` and `Dual`; what they keep of each is up to their `_made`."""

    __slots__ = ()

    def _with(self, other, op, rule):
        if type(other) is not type(self):
            other = type(self)(other)
        data, slope, other_slope = rule(self.data, other.data)
        return self._made(data, op, ((self, slope), (other, other_slope)))

    def _alone(self, op, rule):
        data, slope = rule(self.data)
        return self._made(data, op, ((self, slope),))

    def __add__(self, other):
        return self._with(other, "+", _add)

    def __radd__(self, other):
        return type(self)(other) + self

    def __sub__(self, other):
        return self._with(other, "-", _subtract)

    def __rsub__(self, other):
        return type(self)(other) - self

    def __mul__(self, other):
        return self._with(other, "*", _multiply)

    def __rmul__(self, other):
        return type(self)(other) * self

    def __truediv__(self, other):
        return self._with(other, "/", _divide)

    def __rtruediv__(self, other):
        return type(self)(other) / self

    def __neg__(self):
        return self._alone("neg", _negate)

    def __pow__(self, n):
        if not isinstance(n, Real):
            raise TypeError(f"an exponent is a number here, and not {n!r}; a ** b is exp(b log a)")
        data, slope = _power(self.data, float(n))  # NumPy's would make a NumPy number of it
        return self._made(data, f"**{n}", ((self, slope),))

    def exp(self):
        return self._alone("exp", _exp)

    def log(self):
        return self._alone("log", _log)

    def tanh(self):
        return self._alone("tanh", _tanh)

    def sigmoid(self):
        return self._alone("sigmoid", _sigmoid)

    def relu(self):
        return self._alone("relu", _relu)


# ---- the numbers ---------------------------------------------------------------------------------


class Value(_Arithmetic):
    """A number that remembers how it was made.

    data: the number; grad: what `backward` has added up here, 0 at first; op: the operation, as
    Python writes it, "" for a number that was given; made_from: a pair (value, local slope) for
    each number that went into it; number: how many values were made before it. The slopes are those
    of the moment: another `data`, set later, changes none of them.

    Raises TypeError for what is not a real number and for an exponent that is a Value, ValueError
    where there is no slope (the log of 0, the root of 0 or of a negative number, 0 ** -1),
    ZeroDivisionError and OverflowError as Python's floats do.
    """

    __slots__ = ("data", "grad", "op", "made_from", "number")

    def __init__(self, data: Real):
        self.data, self.grad = _real(data), 0.0
        self.op, self.made_from, self.number = "", (), _next_number()

    @staticmethod
    def _made(data, op, made_from):
        made = object.__new__(Value)  # without the checks of a given number
        made.data, made.grad = data, 0.0
        made.op, made.made_from, made.number = op, made_from, _next_number()
        return made

    def graph(self):
        """Return every value that this one was computed from, and itself, in order of making."""
        found, to_visit = {self}, [self]
        while to_visit:
            for value, _ in to_visit.pop().made_from:
                if value not in found:
                    found.add(value)
                    to_visit.append(value)
        return sorted(found, key=attrgetter("number"))

    def backward(self):
        """Add ∂self/∂value to the `grad` of every value in the graph, as PyTorch does to a leaf.

        A value is made after all that went into it. So, last made first, each has received its
        share from everything that used it before it hands anything on.
        """
        graph = self.graph()
        arrived = dict.fromkeys(graph, 0.0)  # in this call
        arrived[self] = 1.0
        for value in reversed(graph):
            slope = arrived[value]
            value.grad += slope
            for parent, local in value.made_from:
                arrived[parent] += slope * local

    def __repr__(self):
        return f"Value(data={self.data:.12g}, grad={self.grad:.12g})"


class Dual(_Arithmetic):
    """A number and its slope by one input, data + slope ε, with ε² = 0.

    Set out with slope 1 from the input that is asked for, and with 0 from all others. Raises as
    `Value`.
    """

    __slots__ = ("data", "slope")

    def __init__(self, data: Real, slope: Real = 0.0):
        self.data, self.slope = _real(data), _real(slope)

    @staticmethod
    def _made(data, op, made_from):
        slope = sum(local * number.slope for number, local in made_from)
        return Dual(data, slope)

    def __repr__(self):
        return f"Dual(data={self.data:.12g}, slope={self.slope:.12g})"


_next_number = count().__next__  # of the values, in the order in which they are made


def _real(number):
    if type(number) is not float and not isinstance(number, Real):  # a float passes quickly
        raise TypeError(f"expected a real number, and got {number!r}")
    return float(number)
