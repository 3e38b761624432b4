"""One task's chains and posterior: traces and rank histograms, and a corner plot with 75 and 95 % regions.

Each figure is drawn in very few axes, panels side by side in their coordinates: a corner of 55 axes would take seconds.

    python3 task_page.py posteriors.h5 --task 12 -o task.pdf                    both, as two pages
    python3 task_page.py posteriors.h5 --task 12 --part corner -o corner.svg
"""

import numpy as np
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.ticker import MaxNLocator

import figure_command
import praesepe_style as style
from gathered import Gathered

PARAMETERS = 12      # more panels would not be readable
TRACE_DRAWS = 250    # drawn a chain
CORNER_DRAWS = 400   # drawn a panel
BINS = 32
REGIONS = (0.95, 0.75)
ARCSEC = 3600.0


def chosen_draws(gathered, row):
    """{parameter: (chain, draw)} of the first sampled parameters that have numbers."""
    draws = {name: gathered.draws(name, row) for name in gathered.free[:PARAMETERS]}
    return {name: values for name, values in draws.items() if np.isfinite(values).all() and np.ptp(values) > 0}


def draw_chains(gathered, row):
    """Left, traces; right, histograms of the ranks of each chain among all: flat lines when the chains agree."""
    draws = chosen_draws(gathered, row)
    figure, (left, right) = style.plt.subplots(1, 2, figsize=(style.PAGE, 0.5 + 0.5 * len(draws)), layout="constrained",
                                               width_ratios=[2, 1])
    bins = 20
    for place, (name, values) in enumerate(draws.items()):
        base = len(draws) - 1 - place
        chains, length = values.shape
        low, high = values.min(), values.max()
        step = max(1, length // TRACE_DRAWS)
        ranks = values.ravel().argsort().argsort().reshape(chains, length)
        expected = length / bins
        for chain in range(chains):
            colour = style.CHAIN_COLOURS[chain % len(style.CHAIN_COLOURS)]
            left.plot(np.arange(0, length, step), base + 0.06 + 0.88 * (values[chain, ::step] - low) / (high - low),
                      color=colour, lw=0.35, alpha=0.8)
            count, edges = np.histogram(ranks[chain], bins, (0, chains * length))
            right.stairs(base + 0.45 * np.minimum(count / expected, 2.1), edges / edges[-1], color=colour, lw=0.8,
                         baseline=None)
        right.axhline(base + 0.45, color=style.GREY, lw=0.5, zorder=0)
        truth = gathered.truth(name)[row]
        if low <= truth <= high:
            left.axhline(base + 0.06 + 0.88 * (truth - low) / (high - low), color=style.BLACK, lw=0.8, ls="--")
    for axes in (left, right):
        axes.set_ylim(0, len(draws))
        axes.hlines(range(1, len(draws)), *axes.get_xlim(), color=style.BLACK, lw=0.5)
        axes.margins(x=0)
    left.set_yticks([len(draws) - 0.5 - i for i in range(len(draws))], [style.symbol(name) for name in draws])
    right.set_yticks([])
    left.tick_params(axis="y", length=0)
    left.set_xlabel("draw")
    right.set_xlabel("rank / all draws")
    return figure


def smoothed(counts):
    """Counts convolved with a Gaussian of one bin."""
    bins = np.arange(BINS)
    kernel = np.exp(-0.5 * (bins[:, None] - bins) ** 2)
    return kernel @ counts @ kernel.T


def region_levels(density):
    """Heights whose superlevel sets hold 95 and 75 % of the mass."""
    ordered = np.sort(density.ravel())[::-1]
    mass = np.cumsum(ordered) / ordered.sum()
    return [ordered[np.searchsorted(mass, p)] for p in REGIONS]


def draw_panel(axes, x, y, scatter, column, line):
    """The joint density of two scaled (0..1) parameters in the unit square at (column, line)."""
    counts, _, _ = np.histogram2d(x, y, BINS, [[0, 1], [0, 1]])
    density = smoothed(counts)
    centre = (np.arange(BINS) + 0.5) / BINS
    levels = region_levels(density)
    axes.plot(column + scatter[0], line + scatter[1], ",", color=style.GREY, alpha=0.6, zorder=1, rasterized=True)
    if levels[0] < levels[1] < density.max():
        axes.contourf(column + centre, line + centre, density.T, [*levels, density.max()],
                      colors=[style.BLUE, style.BLUE], alpha=0.35, zorder=2)
        axes.contour(column + centre, line + centre, density.T, levels, colors=style.BLUE, linewidths=0.7, zorder=3)


def draw_corner(gathered, row):
    draws = chosen_draws(gathered, row)
    names, size = list(draws), len(draws)
    flat = np.array([values.ravel() for values in draws.values()])
    truth = np.array([gathered.truth(name)[row] for name in names])
    labels = [style.label(name, gathered.units.get(name, "")) for name in names]
    for i, name in enumerate(names):
        if name in ("ra", "dec"):  # degrees would need eight decimals: differences from the truth, or the mean
            origin = truth[i] if np.isfinite(truth[i]) else flat[i].mean()
            flat[i], truth[i] = ARCSEC * (flat[i] - origin), ARCSEC * (truth[i] - origin)
            labels[i] = rf"$\Delta${style.symbol(name)} (arcsec)"
    low, high = np.quantile(flat, [0.001, 0.999], axis=1)
    # Truths outside the draws widen their panel, or the worst failures would be the ones not shown.
    low, high = np.fmin(low, truth), np.fmax(high, truth)
    low, high = low - 0.05 * (high - low), high + 0.05 * (high - low)
    scale = lambda i, values: (values - low[i]) / (high[i] - low[i])
    scaled = np.array([scale(i, flat[i]) for i in range(size)])
    thin = scaled[:, :: max(1, flat.shape[1] // CORNER_DRAWS)]
    width = np.clip(0.72 * size + 0.6, style.COLUMN, style.PAGE + 1)
    figure = style.plt.figure(figsize=(width, width))
    axes = figure.add_axes([0, 0, 1, 1])
    pitch = 1.08  # of the panels
    for i in range(size):
        for j in range(i + 1):
            column, line = pitch * j, pitch * (size - 1 - i)
            axes.add_patch(style.plt.Rectangle((column, line), 1, 1, fill=False, lw=0.6, zorder=4))
            if i == j:
                count, edges = np.histogram(scaled[i], BINS, (0, 1))
                axes.stairs(line + 0.92 * count / max(count.max(), 1), column + edges, baseline=line, fill=True,
                            color=style.BLUE, alpha=0.35)
            else:
                inside = np.all((thin[[j, i]] >= 0) & (thin[[j, i]] <= 1), axis=0)
                draw_panel(axes, scaled[j], scaled[i], thin[[j, i]][:, inside], column, line)
                if np.isfinite(truth[i]):
                    axes.hlines(line + scale(i, truth[i]), column, column + 1, color=style.RED, lw=0.7, zorder=5)
            if np.isfinite(truth[j]):
                axes.vlines(column + scale(j, truth[j]), line, line + 1, color=style.RED, lw=0.7, zorder=5)
        ticks = [t for t in MaxNLocator(3).tick_values(low[i], high[i]) if 0.08 < scale(i, t) < 0.92]
        for t, label in zip(ticks, tick_labels(ticks)):
            axes.text(pitch * i + scale(i, t), -0.06, label, rotation=45, ha="right", va="top", fontsize=5.5)
            if i > 0:
                axes.text(-0.06, pitch * (size - 1 - i) + scale(i, t), label, ha="right", va="center", fontsize=5.5)
        axes.text(pitch * i + 0.5, -0.75, labels[i], ha="center", va="top", fontsize=6.5)
        if i > 0:
            axes.text(-0.8, pitch * (size - 1 - i) + 0.5, labels[i], ha="right", va="center", rotation=90, fontsize=6.5)
    axes.set(xlim=(-0.9, pitch * size), ylim=(-1.0, pitch * size), aspect="equal")
    axes.axis("off")
    return figure


def tick_labels(ticks):
    """As many decimals as tell the ticks apart."""
    step = min(np.diff(ticks), default=1.0) if len(ticks) > 1 else max(abs(ticks[0]), 1e-12) if ticks else 1.0
    decimals = next((d for d in range(8) if abs(round(step, d) - step) < 1e-6 * step), 8)
    return [f"{t:.{decimals}f}" for t in ticks]


DRAWERS = {"chains": draw_chains, "corner": draw_corner}


def table_rows(gathered, row):
    """The numbers of /summary that describe the task."""
    columns = ["mean", "sd", "q2_5", "median", "q97_5", "mcse_mean", "ess_bulk", "ess_tail", "r_hat"]
    yield ["simulation", "parameter", "truth", *columns]
    for name in gathered.names:
        yield [int(gathered.task["id"][row]), name, float(gathered.truth(name)[row]),
               *(float(gathered.summary(column, name)[row]) for column in columns)]


def main():
    parser = figure_command.parser(__doc__)
    parser.add_argument("--task", type=int, required=True)
    parser.add_argument("--part", choices=list(DRAWERS))
    options = parser.parse_args()
    style.use()
    with Gathered(options.posteriors) as gathered:
        rows = np.flatnonzero(gathered.task["id"] == options.task)
        if len(rows) == 0:
            parser.error(f"--task {options.task}: not in the file")
        if options.data:
            figure_command.write_csv(table_rows(gathered, rows[0]), options.data)
        if not chosen_draws(gathered, rows[0]):
            parser.error(f"--task {options.task}: has no posterior ({gathered.task['message'][rows[0]]})")
        if options.part:
            style.save(DRAWERS[options.part](gathered, rows[0]), options.output)
        elif options.output.endswith(".pdf"):
            with PdfPages(options.output, metadata={"CreationDate": None}) as pdf:
                for drawer in DRAWERS.values():
                    pdf.savefig(drawer(gathered, rows[0]))
        else:
            parser.error(f"{options.output}: two figures need a PDF; or choose one with --part")


if __name__ == "__main__":
    main()
