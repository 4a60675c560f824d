"""1,797 handwritten digits of 8 × 8 points, and a fixed way to hold a quarter of them back.

`digits.csv.gz` has a line of names, then a line for each image: its 64 points row by row, p00 to
p77, and its label. A point counts the inked ones among 4 × 4 finer points, so it is a whole number
from 0 to 16. Thirteen people wrote the digits; the file does not say who wrote which.

Source: E. Alpaydin and C. Kaynak, *Optical Recognition of Handwritten Digits*, UCI Machine Learning
Repository, 1998, https://doi.org/10.24432/C50P49, licensed under CC BY 4.0
(https://creativecommons.org/licenses/by/4.0/). These are the 1,797 images of its test set, in its
order, as distributed with scikit-learn 1.7; the line of names was added here, nothing else was
changed.
"""

import gzip
from pathlib import Path

import numpy as np

STEP = 1000  # has no divisor in common with 1,797, so that steps round the ring meet every image


def load():
    """Return (images, labels): whole numbers of shape (1797, 8, 8), 0 to 16, and (1797,), 0 to 9.

    Seen in the chapter "numpy-step-by-step".
    """
    text = gzip.decompress(Path(__file__).with_name("digits.csv.gz").read_bytes()).decode("ascii")
    rows = np.array([line.split(",") for line in text.splitlines()[1:]], dtype=int)
    return rows[:, :-1].reshape(-1, 8, 8), rows[:, -1]


def split():
    """Return (learn, held): where in the file the 1,348 images to learn from stand, and the 449
    that are held back.

    Start at the first image of the file and go on by STEP, at its end round to its beginning, until
    all have been met; the first three quarters of these are to learn from. Chapter
    "numpy-step-by-step".
    """
    _, labels = load()
    order = np.arange(len(labels)) * STEP % len(labels)
    three_quarters = round(0.75 * len(labels))
    return order[:three_quarters], order[three_quarters:]
