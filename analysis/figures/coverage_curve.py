"""Observed against nominal coverage of equal-tailed intervals, 1 to 99 %, pooled over cells, one panel a parameter.

Whether an interval holds the truth follows from the truth's rank among the stored draws. A task without a posterior
counts as a miss. Band: central 95 % of the binomial law if the coverage were nominal, level by level.

    python3 coverage_curve.py posteriors.h5 -o coverage_curve.pdf [--data coverage_curve.csv]
"""

import math

import numpy as np

import figure_command
import praesepe_style as style
from gathered import Gathered, binomial_cdf

LEVELS = np.arange(1, 100) / 100


def observed(gathered, name):
    """(level) rate of intervals that hold the truth: lo <= rank < lo + n, as in analysis/coverage.hpp."""
    ranks = gathered.stored_draws() + 1
    rank = np.where(gathered.usable, gathered.summary("rank", name), np.nan)
    rates = []
    for level in LEVELS:
        n = math.floor(ranks * level + 0.5)
        lo = (ranks - n) // 2
        rates.append(np.mean((lo <= rank) & (rank <= lo + n - 1)))
    return np.array(rates)


def band(tasks):
    """(level) low and high rates between which 95 % of campaigns of this size lie."""
    low, high = [], []
    for level in LEVELS:
        cdf = binomial_cdf(tasks, level)
        low.append(np.searchsorted(cdf, 0.025) / tasks)
        high.append(np.searchsorted(cdf, 0.975) / tasks)
    return np.array(low), np.array(high)


def draw(gathered):
    names = gathered.free
    columns = min(5, len(names))
    lines = math.ceil(len(names) / columns)
    width = style.PAGE if columns > 2 else style.COLUMN
    figure, grid = style.plt.subplots(lines, columns, sharex=True, sharey=True, squeeze=False, layout="constrained",
                                      figsize=(width, lines * width / columns + 0.3))
    low, high = band(gathered.tasks)
    for axes, name in zip(grid.flat, names):
        axes.fill_between(LEVELS, low, high, color=style.GREY, alpha=0.35, lw=0, label="binomial 95 %")
        axes.plot([0, 1], [0, 1], color=style.GREY, lw=0.6)
        axes.plot(LEVELS, observed(gathered, name), color=style.BLUE, lw=1.1, label="observed")
        axes.text(0.06, 0.93, style.symbol(name), transform=axes.transAxes, va="top", fontsize=9)
        axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
        axes.set_xticklabels(["0", "0.5", "1"])
        axes.set_yticklabels(["0", "0.5", "1"])
    for axes in list(grid.flat)[len(names):]:
        axes.set_visible(False)
    grid[-1, 0].legend(loc="lower right", fontsize=5.5, handlelength=1.2)
    figure.supxlabel("nominal coverage", fontsize=8)
    figure.supylabel("observed coverage", fontsize=8)
    return figure


def rows(gathered):
    low, high = band(gathered.tasks)
    yield ["parameter", "nominal", "observed", "band_low", "band_high"]
    for name in gathered.free:
        for row in zip(LEVELS, observed(gathered, name), low, high):
            yield [name, *map(float, row)]



if __name__ == "__main__":
    figure_command.main(__doc__, draw, rows, needs_truth=True)
