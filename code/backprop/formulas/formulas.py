"""The key formulas, each written once, and each as a line of NumPy.

A formula is Python text in names with an index, ``"delta_j = df(net_j) * sum_k(delta_k * w_kj)"``.
dE_dw_ji is ∂E/∂w_ji, new_w_ji the weight after the update; f and df are the activation and its
slope, sum_k(…) is a sum over k. The letters of the indices follow the signal: i in layer l − 1, j
in l, k in l + 1. A formula for k, or for E, is about the last layer: k in L, j in L − 1.
Derived in the chapters "forward-pass" (up to the loss), "chain-rule" (slope), "output-delta" and
"hidden-delta"; the update is that of "factory". The chapter "four-equations" has the same between
whole layers, as a notation writes them: BP1 for any loss is "output-delta-any-loss".

In a product that NumPy takes whole, the indices stand as it wants them: what is summed over last in
the left factor and first in the right; without a sum, the row's index before the column's.
"""

import ast
import re

from ..functions import half_squares, sigmoid
from ..names import unknown

FORMULAS = {
    "net-input": "net_j = sum_i(w_ji * out_i) + b_j",
    "output": "out_j = f(net_j)",
    "loss": f"E = sum_k({half_squares.term})".format(a="out_k", t="t_k"),
    "slope": f"dout_dnet_j = {sigmoid.slope}".format(z="net_j", a="out_j"),
    "output-delta-any-loss": "delta_k = df(net_k) * dE_dout_k",
    "output-delta": f"delta_k = df(net_k) * ({half_squares.slope})".format(a="out_k", t="t_k"),
    "hidden-delta": "delta_j = df(net_j) * sum_k(delta_k * w_kj)",
    "weight-gradient": "dE_dw_ji = delta_j * out_i",
    "output-weight-gradient": "dE_dw_kj = delta_k * out_j",
    "bias-gradient": "dE_db_j = delta_j",
    "update": "new_w_ji = w_ji - eta * dE_dw_ji",
}
FOUR_EQUATIONS = {
    "BP1": "output-delta-any-loss",
    "BP2": "hidden-delta",
    "BP3": "bias-gradient",
    "BP4": "weight-gradient",
}
INDICES = "ijk"  # in the order of their layers
BETWEEN_LAYERS = tuple(name for name in FORMULAS if name not in ("loss", "slope"))  # of arrays too


# ---- the language ------------------------------------------------------------------------------


def sides(formula):
    """Return the two sides of a formula, by name, as text; KeyError if there is none of it."""
    if formula not in FORMULAS:
        raise KeyError(unknown(formula, FORMULAS, "formula"))
    return FORMULAS[formula].split(" = ")


def own(formula):
    """Return the index of the formula's own layer: j, in layer l, or k, in layer L."""
    left, _ = sides(formula)
    _, index = split(left)
    return index[0] if index else "k"


def split(name):
    """Return (quantity, indices): w_ji is ("w", "ji"), E is ("E", "")."""
    quantity, _, index = name.rpartition("_")
    return (quantity, index) if quantity else (name, "")


def quantities(text):
    """Return the names in a text that are no functions and no sums, each once, in order."""
    return list(dict.fromkeys(re.findall(r"[a-zA-Z]\w*\b(?!\()", text)))


def written_out(text):
    """Return the text with f and df as those of the sigmoid."""

    def of_sigmoid(found):
        function, index = found.groups()
        of_net = sigmoid.formula if function == "f" else sigmoid.slope
        return f"({of_net})".format(z=f"net_{index}", a=f"out_{index}")

    return re.sub(r"\b(f|df)\(net_(\w+)\)", of_sigmoid, text)


def moved(letter, by):
    """Return a layer's letter moved by some layers, as text: l-1, l, l+1."""
    return f"{letter}{by:+}" if by else letter


# ---- NumPy -------------------------------------------------------------------------------------

ARRAYS = {  # what a quantity of layer {} is called in `network`
    "net": "z[{}]",
    "out": "a[{}]",
    "w": "W[{}]",
    "b": "b[{}]",
    "delta": "delta[{}]",
    "dE_dout": "dE_da",  # of the last layer
    "dE_dw": "dW[{}]",
    "dE_db": "db[{}]",
    "new_w": "W[{}]",
    "t": "t",
    "E": "E",
    "eta": "learning_rate",
}


def numpy(formula):
    """Return a formula, by name, as a line of NumPy for one example, in the letters of `network`.

    The activation is the sigmoid. The slope, which has no letter there, is an expression. Raises
    KeyError as `sides` does.
    """
    left, right = sides(formula)
    whole = _WholeLayers(own(formula))
    expression = whole.text(written_out(right))
    return f"{whole.text(left)} = {expression}" if split(left)[0] in ARRAYS else expression


class _WholeLayers(ast.NodeTransformer):
    """Puts arrays in the place of units: a sum of products becomes @, another product np.outer."""

    def __init__(self, own):
        self.own = own

    def text(self, side):
        return ast.unparse(self.visit(_tree(side)))

    def visit_Name(self, node):
        quantity, index = split(node.id)
        layer = index and moved(
            "L" if self.own == "k" else "l", INDICES.index(index[0]) - INDICES.index(self.own)
        )
        return _tree(ARRAYS[quantity].format(layer))

    def visit_BinOp(self, node):
        left, right = indices(node.left), indices(node.right)
        if isinstance(node.op, ast.Mult) and left and right and not left & right:
            return ast.Call(_tree("np.outer"), [self.visit(node.left), self.visit(node.right)], [])
        return self.generic_visit(node)

    def visit_Call(self, node):
        match node:
            case ast.Call(func=ast.Name(id="exp"), args=[z]):
                return ast.Call(_tree("np.exp"), [self.visit(z)], [])
            case ast.Call(args=[ast.BinOp(left=ast.Name() as one, op=ast.Mult(), right=other)]):
                return ast.BinOp(self.visit(one), ast.MatMult(), self.visit(other))
        return ast.Call(_tree("np.sum"), list(map(self.visit, node.args)), [])


def _tree(text):
    return ast.parse(text, mode="eval").body


def indices(node):
    """Return the indices in a piece of a formula, a tree of `ast`."""
    return {index for name in quantities(ast.unparse(node)) for index in split(name)[1]}
