"""Observed against nominal coverage, 1 to 99 %, pooled over cells, one panel a parameter.

Three kinds of interval: equal tails, highest density, and from the lower end, where two wrong tails cannot cancel. A task
without a posterior counts as a miss. Band: central 95 % of the binomial law if the coverage were nominal, level by level.

    python3 coverage_curve.py posteriors.h5 -o coverage_curve.pdf [--data coverage_curve.csv]
"""

import numpy as np

import figure_command
import praesepe_style as style
from gathered import binomial_cdf

INTERVALS = {"central": (style.BLUE, "-", "equal tails"), "highest": (style.ORANGE, "--", "highest density"),
             "lower": (style.GREEN, ":", "from the lower end")}


def curve(gathered, name, interval):
    """(level) nominal level, and observed coverage minus what the interval represents plus that level."""
    table = gathered.table("coverage_curve")
    chosen = (table["parameter"] == name) & (table["interval"] == interval)
    return table["level"][chosen], table["coverage"][chosen]


def band(levels, tasks):
    """(level) low and high rates between which 95 % of campaigns of this size lie."""
    low, high = [], []
    for level in levels:
        cdf = binomial_cdf(tasks, level)
        low.append(np.searchsorted(cdf, 0.025) / tasks)
        high.append(np.searchsorted(cdf, 0.975) / tasks)
    return np.array(low), np.array(high)


def draw(gathered):
    names = gathered.free
    figure, panels = style.panels(len(names), square=True)
    levels, _ = curve(gathered, names[0], "central")
    low, high = band(levels, gathered.tasks)
    for axes, name in zip(panels, names):
        axes.fill_between(levels, low, high, color=style.GREY, alpha=0.35, lw=0, label="binomial 95 %")
        axes.plot([0, 1], [0, 1], color=style.GREY, lw=0.6)
        for interval, (colour, dashes, words) in INTERVALS.items():
            axes.plot(*curve(gathered, name, interval), color=colour, ls=dashes, lw=1.1, label=words)
        axes.text(0.06, 0.93, style.symbol(name), transform=axes.transAxes, va="top", fontsize=9)
        axes.set(xlim=(0, 1), ylim=(0, 1), xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
        axes.set_xticklabels(["0", "0.5", "1"])
        axes.set_yticklabels(["0", "0.5", "1"])
    style.legend_above(figure, panels[0])
    figure.supxlabel("nominal coverage", fontsize=8)
    figure.supylabel("observed coverage", fontsize=8)
    return figure


def rows(gathered):
    yield ["parameter", "interval", "nominal", "observed", "band_low", "band_high"]
    for name in gathered.free:
        for interval in INTERVALS:
            levels, observed = curve(gathered, name, interval)
            for row in zip(levels, observed, *band(levels, gathered.tasks)):
                yield [name, interval, *map(float, row)]


if __name__ == "__main__":
    figure_command.main(__doc__, draw, rows, needs=["coverage_curve"])
