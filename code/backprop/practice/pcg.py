"""PCG32: a generator of whole numbers that gives the same ones in any language.

A practice problem is its kind and its seed, and Python and the browser draw the same one, so the
generator is a published one of few lines of integer arithmetic: PCG-XSH-RR 64/32 of M. E. O'Neill,
"PCG: A Family of Simple Fast Space-Efficient Statistically Good Algorithms for Random Number
Generation" (2014). Its twin is code/js/core/pcg.js.
"""

from ..tables import TABLES

TABLE = TABLES["pcg"]
STREAMS = TABLE["STREAMS"]  # of the kinds of problems, by name, and of what else is drawn
MULTIPLIER = 6364136223846793005
BITS_64, BITS_32 = 2**64 - 1, 2**32 - 1


class Pcg32:
    """A generator, by its `seed` and its `stream`: whole numbers from 0, each below 2**64."""

    def __init__(self, seed: int, stream: int):
        self.increment = (2 * stream + 1) & BITS_64
        self.state = 0
        self.next()
        self.state = (self.state + seed) & BITS_64
        self.next()

    def next(self):
        """Return the next whole number from 0 to 2**32 - 1."""
        old = self.state
        self.state = (old * MULTIPLIER + self.increment) & BITS_64
        shifted, turn = ((old >> 18 ^ old) >> 27) & BITS_32, old >> 59
        return (shifted >> turn | shifted << (-turn & 31)) & BITS_32

    def below(self, bound: int):
        """Return a whole number from 0 to bound - 1, each as likely."""
        first = 2**32 % bound  # the numbers from here on are a multiple of bound
        while (number := self.next()) < first:
            pass
        return number % bound
