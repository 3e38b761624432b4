"""Credible intervals of the realisations of one cell, after Wen et al. (2023), Fig. 5.

Each panel is a parameter: 95 % intervals and means of /summary, the true value as a vertical line; intervals that miss it
are red. Right ascension and declination are shown as the difference from the truth, in arcsec.

    python3 intervals.py posteriors.h5 -o intervals.pdf [--cell 4]... [--data intervals.csv]
Without --cell a PDF has one page a cell. A campaign with one realisation a cell gives one page with a row for each cell.
"""

import math

import numpy as np
from matplotlib.backends.backend_pdf import PdfPages

import figure_command
import praesepe_style as style
from gathered import Gathered

ROWS = 40  # more would not be readable
ARCSEC = 3600.0


def rows_of(gathered, cell):
    """Tasks on one page: those of the cell; of all cells (cell = None) if each has one realisation."""
    rows = np.arange(gathered.tasks) if cell is None else np.flatnonzero(gathered.task["cell"] == cell)
    return rows[:ROWS]


def pages(gathered):
    """The pages of a campaign, as cells."""
    cells = list(gathered.cells())
    return [None] if len(cells) == gathered.tasks else cells


def intervals(gathered, cell):
    """What is plotted, {parameter: {column: (row)}}; plotted position = (value - origin) * scale."""
    rows = rows_of(gathered, cell)
    plotted = {}
    for name in gathered.free:
        truth = gathered.truth(name)[rows]
        column = {key: gathered.summary(key, name)[rows] for key in ("mean", "q2_5", "q97_5")}
        angle = name in ("ra", "dec") and np.isfinite(truth).all()
        column.update(truth=truth, origin=truth if angle else np.zeros(len(rows)),
                      scale=np.full(len(rows), ARCSEC if angle else 1.0),
                      holds_truth=gathered.holds_truth(name)[rows], rows=rows)
        plotted[name] = column
    return plotted


def axis_label(gathered, name, shifted):
    if shifted:
        return rf"{style.symbol(name)} $-$ truth (arcsec)"
    return style.label(name, gathered.units.get(name, ""))


def title(gathered, cell):
    values = gathered.cells().get(cell, {})
    known = ", ".join(f"{style.symbol(key)} $=$ {value:g}" if isinstance(value, (int, float)) else f"{key} = {value}"
                      for key, value in values.items())
    if cell is None:
        return "One realisation of each cell"
    return f"Cell {cell}" + (f": {known}" if known else "")


def row_labels(gathered, cell, rows):
    if cell is None and gathered.design != "data":
        return [", ".join(f"{value:g}" if isinstance(value, (int, float)) else str(value)
                          for value in gathered.cells()[int(gathered.task["cell"][row])].values()) or str(row)
                for row in rows]
    return [str(gathered.task["id" if cell is None else "replicate"][row]) for row in rows]


def draw_panel(axes, column):
    places = np.arange(len(column["mean"]))
    move = {key: (column[key] - column["origin"]) * column["scale"] for key in ("mean", "q2_5", "q97_5", "truth")}
    known = np.isfinite(move["truth"])
    if known.any() and np.ptp(move["truth"][known]) == 0:
        axes.axvline(move["truth"][known][0], color=style.BLUE, lw=1.0, zorder=1)
    else:
        axes.vlines(move["truth"], places - 0.4, places + 0.4, color=style.BLUE, lw=1.0, zorder=1)
    usable = np.isfinite(move["mean"])
    for colour, chosen in ((style.BLACK, column["holds_truth"] | ~known), (style.RED, known & ~column["holds_truth"])):
        chosen = chosen & usable
        axes.hlines(places[chosen], move["q2_5"][chosen], move["q97_5"][chosen], color=colour, lw=0.9, zorder=2)
        axes.plot(move["mean"][chosen], places[chosen], "o", ms=2.6, color=colour, zorder=3)
    for place in places[~usable]:
        axes.annotate("no posterior", (0.5, place), xycoords=("axes fraction", "data"), ha="center", va="center",
                      fontsize=5.5, color=style.RED)
    axes.set_ylim(len(places) - 0.4, -0.6)
    axes.xaxis.set_major_locator(style.plt.MaxNLocator(3, min_n_ticks=2))
    axes.set_yticks([])
    axes.margins(x=0.08)


def draw(gathered, cell):
    """One page."""
    plotted = intervals(gathered, cell)
    columns = min(5, len(plotted))
    lines = math.ceil(len(plotted) / columns)
    count = len(rows_of(gathered, cell))
    height = lines * (0.55 + 0.11 * max(count, 5)) + 0.35
    width = style.PAGE if columns > 2 else style.COLUMN
    figure, grid = style.plt.subplots(lines, columns, figsize=(width, height), squeeze=False, layout="constrained")
    for axes, (name, column) in zip(grid.flat, plotted.items()):
        draw_panel(axes, column)
        axes.set_xlabel(axis_label(gathered, name, column["scale"][0] != 1.0))
    for axes in list(grid.flat)[len(plotted):]:
        axes.set_visible(False)
    for axes in grid[:, 0]:
        axes.set_yticks(range(count), row_labels(gathered, cell, rows_of(gathered, cell)), fontsize=6)
        axes.set_ylabel("task" if cell is None and gathered.design == "data" else "cell" if cell is None else "replicate")
    figure.suptitle(title(gathered, cell), fontsize=8)
    return figure


def table_rows(gathered, cells):
    columns = ["truth", "mean", "q2_5", "q97_5", "holds_truth", "origin", "scale"]
    yield ["simulation", "cell", "replicate", "parameter", *columns]
    for cell in cells:
        for name, column in intervals(gathered, cell).items():
            for place, row in enumerate(column["rows"]):
                yield [*(int(gathered.task[key][row]) for key in ("id", "cell", "replicate")), name,
                       *(float(column[key][place]) if key != "holds_truth" else int(column[key][place])
                         for key in columns)]


def main():
    parser = figure_command.parser(__doc__)
    parser.add_argument("--cell", type=int, action="append")
    options = parser.parse_args()
    style.use()
    with Gathered(options.posteriors) as gathered:
        cells = options.cell or pages(gathered)
        unknown = [cell for cell in cells if cell is not None and cell not in gathered.cells()]
        if unknown:
            parser.error(f"--cell {unknown[0]}: the file has cells {min(gathered.cells())} to {max(gathered.cells())}")
        if options.data:
            figure_command.write_csv(table_rows(gathered, cells), options.data)
        if len(cells) == 1:
            style.save(draw(gathered, cells[0]), options.output)
        elif options.output.endswith(".pdf"):
            with PdfPages(options.output, metadata={"CreationDate": None}) as pdf:
                for cell in cells:
                    figure = draw(gathered, cell)
                    pdf.savefig(figure)
                    style.close(figure)
        else:
            parser.error(f"{len(cells)} cells need a PDF; for {options.output} choose one with --cell")


if __name__ == "__main__":
    main()
