"""The gradient doctor: it runs a backward pass of yours, and names the mistake in it.

    from backprop import doctor
    print(doctor.examine(my_backward))

`examine` calls the function on a ladder of small networks (`ladder`), as the function takes arrays
(`calls`), and looks for the mistake that explains every number (`hypotheses`). What none explains
is traced to the first line that is wrong by itself (`lines`). The chapters are "checking-gradients"
and "debugging-lab"; the letters are those of `network`.

Belongs here: what is asked of a function that computes gradients. May be imported: what the package
has of networks, functions and mistakes; nothing that draws.
"""

from .examination import Report, check, examine
from .hypotheses import PROGRAMS, Hypothesis
from .ladder import Case, ladder

__all__ = ["PROGRAMS", "Case", "Hypothesis", "Report", "check", "examine", "ladder"]
