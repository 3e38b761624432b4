"""Coverage of clusters on either side of a value of one true parameter, pooled over the parameters of a gathered file.

    python3 coverage_split.py runs/gc-sbc/posteriors.h5 --by g --at 0.6

Intervals are those of coverage.csv: the stored quantiles at 50 and 95 %, ranks of the truth among the stored draws at 75 %.
The error is the scatter between clusters, whose parameters are not independent.
"""

import argparse
import pathlib
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "figures"))
from gathered import Gathered


def held(file, level):
    """(task) share of the parameters whose interval holds the truth."""
    shares = []
    for name in file.free:
        truth = file.truth(name)
        if level == 0.75:
            ranks = file.stored_draws() + 1
            count = round(ranks * level)
            first = (ranks - count) // 2
            rank = file.summary("rank", name)
            shares.append((first <= rank) & (rank < first + count))
        else:
            low, high = ("q25", "q75") if level == 0.5 else ("q2_5", "q97_5")
            shares.append((file.summary(low, name) <= truth) & (truth <= file.summary(high, name)))
    return np.mean(shares, axis=0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--by", required=True, help="a parameter")
    parser.add_argument("--at", required=True, type=float, help="the value that divides")
    arguments = parser.parse_args()
    with Gathered(arguments.file) as file:
        below = file.truth(arguments.by) < arguments.at
        for name, chosen in (("below", below), ("above", ~below), ("all", np.ones_like(below))):
            tasks = chosen & file.usable
            rates = [held(file, level)[tasks] for level in (0.5, 0.75, 0.95)]
            cells = [f"{100 * rate.mean():.1f} ± {100 * rate.std(ddof=1) / np.sqrt(len(rate)):.1f}" for rate in rates]
            print(f"| {name} | {tasks.sum()} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
