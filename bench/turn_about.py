"""Two programs with the same job, timed turn about, so that what slows the machine slows both."""

import time

import numpy as np


def compare(name, theirs, ours, most, repeats, jobs=1):
    """Print the ratio of our time to theirs, and the µs that one of `jobs` in a run takes each."""
    times = np.array([[time_of(theirs), time_of(ours)] for _ in range(repeats)]) / jobs
    ratio = np.median(times[:, 1] / times[:, 0])
    (least_theirs, least), (median_theirs, median) = times.min(axis=0), np.median(times, axis=0)
    print(
        f"  {name}: {ratio:.2f} × (at most {most}); median {median:.1f} against "
        f"{median_theirs:.1f} µs, least {least:.1f} against {least_theirs:.1f}: "
        f"{least / least_theirs:.2f} ×",
        flush=True,
    )


def time_of(run):
    """Return the µs that a run takes."""
    start = time.process_time()  # of this process: others on the machine do not count
    run()
    return (time.process_time() - start) * 1e6
