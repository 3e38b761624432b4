"""Histograms of the truth's rank among the draws; flat if the posteriors are right.

A hump in the middle means intervals too wide, a trough too narrow, a slope a bias. Band: central 99 % of the binomial law,
bin by bin. Truths drawn from the prior only; rank_ecdf.py tests what this shows.

    python3 rank_histogram.py posteriors.h5 -o rank_histogram.pdf [--data rank_histogram.csv]
"""

import numpy as np

import figure_command
import praesepe_style as style
from gathered import binomial_cdf
from rank_ecdf import quantities

TASKS_A_BIN = 10  # at least, of the numbers of bins that divide the ranks evenly


def histogram(gathered, name):
    """Edges (bins + 1) in units of the number of ranks, and counts (bins); tasks without a posterior are not in it."""
    table = gathered.table("ranks")
    chosen = (table["quantity"] == name) & (table["rank"] >= 0)
    ranks, total = table["rank"][chosen], int(table["draws"][0]) + 1
    bins = max(b for b in range(1, 26) if total % b == 0 and (b == 1 or len(ranks) >= TASKS_A_BIN * b))
    return np.arange(bins + 1) / bins, np.bincount(ranks * bins // total, minlength=bins)


def band(tasks, bins):
    cdf = binomial_cdf(tasks, 1 / bins) if bins > 1 else np.concatenate([np.zeros(tasks), [1.0]])
    return np.searchsorted(cdf, 0.005), np.searchsorted(cdf, 0.995)


def draw(gathered):
    names = quantities(gathered)
    figure, panels = style.panels(len(names))
    for axes, name in zip(panels, names):
        edges, counts = histogram(gathered, name)
        low, high = band(counts.sum(), len(counts))
        axes.fill_between([0, 1], low, high, color=style.GREY, alpha=0.35, lw=0)
        axes.axhline(counts.mean(), color=style.GREY, lw=0.6)
        axes.stairs(counts, edges, color=style.BLUE, fill=True, alpha=0.55)
        axes.text(0.05, 0.95, style.symbol(name), transform=axes.transAxes, va="top", fontsize=8)
        axes.set(xlim=(0, 1), ylim=(0, 1.35 * max(high, counts.max())), xticks=[0, 0.5, 1])
        axes.set_xticklabels(["0", "0.5", "1"])
    figure.supxlabel("rank / number of draws", fontsize=8)
    figure.supylabel("tasks", fontsize=8)
    return figure


def rows(gathered):
    yield ["quantity", "low", "high", "tasks", "band_low", "band_high"]
    for name in quantities(gathered):
        edges, counts = histogram(gathered, name)
        limits = band(counts.sum(), len(counts))
        for low, high, count in zip(edges, edges[1:], counts):
            yield [name, float(low), float(high), int(count), *map(int, limits)]


if __name__ == "__main__":
    figure_command.main(__doc__, draw, rows, needs=["ranks", "uniformity"])
