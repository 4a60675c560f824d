"""What the book promises about speed and size, measured: `python -m bench [PART …]`, PARTS below.

Times of two programs are compared within one run, turn about, and printed as ratios: single times
do not travel from one machine to another.
"""

import os
import sys
from importlib import import_module

# One thread: with two, the time depends on what else the machine is doing. NumPy reads this once.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")

PARTS = ("training", "autodiff", "arrays", "convolution", "build", "pages", "figures")


def main():
    chosen = sys.argv[1:] or PARTS
    for part in chosen:
        if part not in PARTS:
            sys.exit(f"no part {part!r}; there are {', '.join(PARTS)}")
    for part in chosen:
        import_module(f".{part}", __package__).measure()


if __name__ == "__main__":
    main()
