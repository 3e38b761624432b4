"""How many realisations' 95 % intervals hold the truth, for each parameter and cell, after Wen et al. (2023), Fig. 6.

Rows are parameters, columns cells in the order of the grid: the inner keys of the grid below, the outer ones as colour
bars at the top. A task without a posterior counts as a miss. Framed boxes: such a count, or one further out, has a
chance below 2.5 % where the coverage is 95 %.

    python3 recovery.py posteriors.h5 -o recovery.pdf [--data recovery.csv]
"""


import numpy as np
from matplotlib.colors import Normalize
from matplotlib.patches import Rectangle

import figure_command
import praesepe_style as style
from gathered import Gathered, binomial_cdf

LEVEL = 0.95


def counts(gathered):
    """{parameter: (cell) hits} and the (cell) number of tasks that have run."""
    cells = list(gathered.cells())
    members = [(gathered.task["cell"] == cell) & (gathered.task["status"] != style.MISSING) for cell in cells]
    tasks = np.array([chosen.sum() for chosen in members])
    hits = {}
    for name in gathered.free:
        holds = gathered.holds_truth(name)
        hits[name] = np.array([int(holds[chosen].sum()) for chosen in members])
    return cells, hits, tasks


def unlikely(hits, tasks):
    """Whether the count lies in either 2.5 % tail of Binomial(tasks, 0.95)."""
    cdf = binomial_cdf(int(tasks), LEVEL)
    upper = 1.0 - (cdf[hits - 1] if hits > 0 else 0.0)
    return cdf[hits] < 0.025 or upper < 0.025


def words(value):
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def runs(values):
    """Stretches of equal neighbours: (first, length, value)."""
    result = []
    for place, value in enumerate(values):
        if result and result[-1][2] == value:
            result[-1] = (result[-1][0], result[-1][1] + 1, value)
        else:
            result.append((place, 1, value))
    return result


def draw_bar(axes, y, key, values, colours):
    """A colour bar at height y over the columns: one shade a value, with the value in it."""
    numeric = sorted({value for value in values}, key=lambda value: (isinstance(value, str), value))
    for first, length, value in runs(values):
        shade = 0.2 + 0.5 * numeric.index(value) / max(1, len(numeric) - 1)
        axes.add_patch(Rectangle((first - 0.5, y), length, 0.7, facecolor=colours(shade), edgecolor="white", lw=0.8,
                                 clip_on=False))
        axes.text(first + length / 2 - 0.5, y + 0.33, words(value), ha="center", va="center", fontsize=6.5)
    axes.text(-0.7, y + 0.33, style.symbol(key), ha="right", va="center", fontsize=8)


def draw(gathered):
    cells, hits, tasks = counts(gathered)
    grid = gathered.cells()
    keys = list(next(iter(grid.values()), {}))
    outer, inner = keys[:len(keys) // 2], keys[len(keys) // 2:]
    names = list(hits)
    width = np.clip(1.5 + 0.2 * len(cells), style.COLUMN, 1.6 * style.PAGE)
    figure, axes = style.plt.subplots(figsize=(width, 0.9 + 0.22 * (len(names) + len(outer)) + 0.12 * len(inner)),
                                      layout="constrained")
    rate = np.array([hits[name] / tasks for name in names])
    norm = Normalize(0.5, 1.0)
    image = axes.imshow(rate, cmap="Blues", norm=norm, aspect="auto", alpha=0.9)
    size = 6.5 if len(cells) <= 48 and tasks.max() < 100 else 5
    for i, name in enumerate(names):
        for j in range(len(cells)):
            axes.text(j, i, str(hits[name][j]), ha="center", va="center", fontsize=size,
                      color="white" if norm(rate[i, j]) > 0.6 else "black")
            if unlikely(hits[name][j], tasks[j]):
                axes.add_patch(Rectangle((j - 0.46, i - 0.46), 0.92, 0.92, fill=False, edgecolor=style.ORANGE, lw=1.4))
    for level, (key, colours) in enumerate(zip(reversed(outer), ["Greens", "Reds", "Purples", "Greys"])):
        draw_bar(axes, -1.4 - 0.85 * level, key, [grid[cell].get(key, "") for cell in cells],
                 style.plt.get_cmap(colours))
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), [style.symbol(name) for name in names])
    if inner:
        labels = ["\n".join(words(grid[cell].get(key, "")) for key in inner) for cell in cells]
        axes.set_xlabel(", ".join(style.label(key, {"half_mass_radius": "pc"}.get(key, gathered.units.get(key, "")))
                                  for key in inner))
    else:
        labels = [str(cell) for cell in cells]
        axes.set_xlabel("cell")
    axes.set_xticks(range(len(cells)), labels, fontsize=6)
    axes.tick_params(length=0, top=False, right=False)
    axes.spines[:].set_visible(False)
    axes.set_xticks(np.arange(len(cells) - 1) + 0.5, minor=True)
    axes.set_yticks(np.arange(len(names) - 1) + 0.5, minor=True)
    axes.grid(which="minor", color="white", lw=0.8)
    axes.tick_params(which="minor", length=0)
    replicates = str(tasks.max()) if np.ptp(tasks) == 0 else f"{tasks.min()} to {tasks.max()}"
    bar = figure.colorbar(image, ax=axes, pad=0.01, extend="min")
    bar.set_label(f"rate of 95 % intervals with the truth\n(numbers: of {replicates})")
    return figure


def rows(gathered):
    cells, hits, tasks = counts(gathered)
    yield ["cell", "parameter", "tasks", "hits", "framed"]
    for name in hits:
        for cell, k, n in zip(cells, hits[name], tasks):
            yield [cell, name, n, k, int(unlikely(k, n))]



if __name__ == "__main__":
    figure_command.main(__doc__, draw, rows, needs_truth=True)
