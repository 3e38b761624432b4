"""Corner plot of a scan: joint posteriors, one colour a cell, after Wen et al. (2023), Figs. 4, 7, 8 and 9.

First replicate of each cell. Regions are those of highest density that hold 75 and 95 % of a smoothed histogram: draws are
whitened with their covariance, counted in 80 x 80 bins and smoothed with a Gaussian of n^(-1/6) standard deviations (n draws;
Scott's rule), so a narrow ridge stays narrow; beside a prior's edge the smoothing reaches over it by a quarter of a standard
deviation. On the diagonal, marginals smoothed by n^(-1/5), each to its own peak. Lines: true values. Right ascension and
declination are differences from the truth in arcsec, distances and parallaxes relative ones if cells differ in them.

    python3 corner.py posteriors.h5 -o corner.pdf [--parameters phi0,g,log10_mass,log10_rh] [--cells 0,1] [--data corner.csv]
"""

import contourpy
import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator, NullLocator

import cells as cell_choice
import figure_command
import praesepe_style as style

STRUCTURE = ["phi0", "g", "log10_mass", "log10_rh"]
PARAMETERS = 8  # more panels would not be readable
MOST, OTHERWISE = 6, 4  # cells
BINS = 80
REGIONS = (0.95, 0.75)
ARCSEC = 3600.0


def chosen_parameters(gathered, asked):
    unknown = [name for name in asked or [] if name not in gathered.names]
    if unknown:
        raise figure_command.WrongUsage(f"--parameters {unknown[0]}: the file has {', '.join(gathered.names)}")
    structure = [name for name in STRUCTURE if name in gathered.free]
    return (asked or (structure if len(structure) > 1 else gathered.free[:4]))[:PARAMETERS]


class Axis:
    """How a parameter is plotted: (value - origin) * scale, with the cells' own origins and scales."""

    def __init__(self, gathered, name, rows):
        self.name, self.truth = name, gathered.truth(name)[rows]
        self.label = style.label(name, gathered.units.get(name, ""))
        self.origin, self.scale = np.zeros(len(rows)), np.ones(len(rows))
        known = np.isfinite(self.truth).all()
        if known and name in ("ra", "dec"):
            self.origin, self.scale = self.truth, np.full(len(rows), ARCSEC)
            self.label = rf"{style.symbol(name)} $-$ truth (arcsec)"
        elif known and name in ("distance", "parallax") and np.ptp(self.truth) > 0:
            self.origin, self.scale = self.truth, 1 / self.truth
            self.label = rf"{style.symbol(name)} / truth $-$ 1"

    def plotted(self, values, place):
        return (values - self.origin[place]) * self.scale[place]


class Panels:
    """All that is drawn: axes, and draws and truths in their coordinates, of the tasks that have a posterior."""

    def __init__(self, gathered, parameters, cells):
        self.cells = cell_choice.chosen(gathered, cells, MOST, OTHERWISE)
        rows = [cell_choice.first_task(gathered, cell) for cell in self.cells]
        self.titles = [cell_choice.title(gathered, cell) for cell in self.cells]
        self.note = cell_choice.omission(gathered, self.cells)
        self.axes = [Axis(gathered, name, rows) for name in chosen_parameters(gathered, parameters)]
        self.draws, self.truths = {}, {}
        for place, row in enumerate(rows):
            draws = np.array([axis.plotted(gathered.draws(axis.name, row).ravel(), place) for axis in self.axes])
            if np.isfinite(draws).all():
                self.draws[place] = draws
            self.truths[place] = np.array([axis.plotted(axis.truth[place], place) for axis in self.axes])

    def limits(self, i):
        """Range of panel i: the draws' but for 0.1 % at each end, widened to the truths."""
        ends = [np.quantile(draws[i], [0.0005, 0.9995]) for draws in self.draws.values()]
        ends += [[truth[i]] * 2 for truth in self.truths.values() if np.isfinite(truth[i])]
        low, high = min((end[0] for end in ends), default=0), max((end[1] for end in ends), default=1)
        margin = 0.04 * (high - low) or 1.0
        return low - margin, high + margin


def smoothing(width):
    """(BINS, BINS) matrix that convolves with a Gaussian of `width` bins."""
    bins = np.arange(BINS)
    kernel = np.exp(-0.5 * ((bins[:, None] - bins) / width) ** 2)
    return kernel / kernel.sum(axis=1).max()


def joint_density(x, y):
    """Smoothed density of two parameters on a grid of whitened coordinates: x, y and density (BINS, BINS)."""
    points = np.array([x, y])
    centre = points.mean(axis=1, keepdims=True)
    root = np.linalg.cholesky(np.cov(points))
    white = np.linalg.solve(root, points - centre)
    width = len(x) ** (-1 / 6)
    reach = np.abs(white).max() + 3 * width
    counts, edges, _ = np.histogram2d(*white, BINS, [[-reach, reach]] * 2)
    kernel = smoothing(width / (edges[1] - edges[0]))
    middle = (edges[1:] + edges[:-1]) / 2
    grid = np.array(np.meshgrid(middle, middle, indexing="ij")).reshape(2, -1)
    grid_x, grid_y = (root @ grid + centre).reshape(2, BINS, BINS)
    return grid_x, grid_y, kernel @ counts @ kernel.T


def region_levels(density):
    """Heights whose superlevel sets hold 95 and 75 % of the mass."""
    ordered = np.sort(density.ravel())[::-1]
    mass = np.cumsum(ordered) / ordered.sum()
    return [ordered[np.searchsorted(mass, share)] for share in REGIONS]


def marginal(values):
    """The smoothed marginal, to its peak."""
    width = values.std() * len(values) ** (-1 / 5)
    reach = np.abs(values - values.mean()).max() + 3 * width
    counts, edges = np.histogram(values, BINS, values.mean() + np.array([-reach, reach]))
    density = smoothing(width / (edges[1] - edges[0])) @ counts
    return (edges[1:] + edges[:-1]) / 2, density / density.max()


def draw_panel(axes, x, y, colour):
    joint = joint_density(x, y)
    outer, inner = region_levels(joint[2])
    top = 1.01 * joint[2].max()
    if outer < inner:
        axes.contourf(*joint, [outer, inner, top], colors=[colour, colour], alpha=0.3)
        axes.contourf(*joint, [inner, top], colors=[colour], alpha=0.25)
        axes.contour(*joint, [outer, inner], colors=[colour], linewidths=0.9)


def draw_truths(axes, truth, colour, vertical, horizontal=None):
    if np.isfinite(truth[vertical]):
        axes.axvline(truth[vertical], color=colour, lw=0.8, ls="--", zorder=5)
    if horizontal is not None and np.isfinite(truth[horizontal]):
        axes.axhline(truth[horizontal], color=colour, lw=0.8, ls="--", zorder=5)


def legend(figure, panels, truth_known):
    handles = [Patch(facecolor=cell_choice.COLOURS[place] + "80", edgecolor=cell_choice.COLOURS[place], label=title)
               for place, title in enumerate(panels.titles)]
    handles.append(Patch(facecolor=style.GREY + "99", edgecolor=style.GREY, label="75 % region (95 %: lighter)"))
    if truth_known:
        handles.append(Line2D([], [], color=style.BLACK, lw=0.8, ls="--", label="true value"))
    figure.legend(handles=handles, loc="upper right", title=panels.note or None, title_fontsize=7, alignment="left")


def draw(gathered, parameters=None, cells=None):
    panels = Panels(gathered, parameters, cells)
    size = len(panels.axes)
    width = np.clip(1.6 * size, style.COLUMN, style.PAGE)
    # The legend has its place in the empty corner, if that is large enough for it.
    above = 0.1 if size > 3 else 0.3 + 0.17 * (len(panels.cells) + 3)
    height = width + above - 0.1
    figure, grid = style.plt.subplots(size, size, figsize=(width, height), squeeze=False, sharex="col")
    figure.subplots_adjust(left=0.62 / width, right=1 - 0.1 / width, bottom=0.6 / height, top=1 - above / height, wspace=0.06,
                           hspace=0.06)
    truths = np.array(list(panels.truths.values()))
    # The widest first, or it would hide the others.
    order = sorted(panels.draws, key=lambda place: -np.prod(panels.draws[place].std(axis=1)))
    for (i, j), axes in np.ndenumerate(grid):
        if j > i:
            axes.set_visible(False)
            continue
        for place in order:
            draws = panels.draws[place]
            if i == j:
                values, height = marginal(draws[i])
                axes.fill_between(values, height, color=cell_choice.COLOURS[place], alpha=0.12, lw=0)
                axes.plot(values, height, color=cell_choice.COLOURS[place], lw=1.1)
            else:
                draw_panel(axes, draws[j], draws[i], cell_choice.COLOURS[place])
        for place, truth in panels.truths.items():
            draw_truths(axes, truth, style.BLACK, j, None if i == j else i)
        axes.set_xlim(panels.limits(j))
        axes.set_ylim(*((0, 1.12) if i == j else panels.limits(i)))
        axes.xaxis.set_major_locator(MaxNLocator(3, min_n_ticks=2, prune="both"))
        axes.yaxis.set_major_locator(MaxNLocator(3, min_n_ticks=2, prune="both") if i != j else NullLocator())
        axes.tick_params(axis="x", labelrotation=45, labelbottom=i == size - 1)
        axes.tick_params(axis="y", labelleft=j == 0 and i > 0)
        if i == size - 1:
            axes.set_xlabel(panels.axes[j].label)
        if j == 0 and i > 0:
            axes.set_ylabel(panels.axes[i].label)
    figure.align_labels()
    legend(figure, panels, np.isfinite(truths).any())
    return figure


def rows(gathered, parameters=None, cells=None):
    """Truths, the curves of the diagonal and the outlines of the regions, in the coordinates of the plot."""
    panels = Panels(gathered, parameters, cells)
    yield ["cell", "kind", "x_parameter", "y_parameter", "share", "line", "x", "y"]
    names = [axis.name for axis in panels.axes]
    for place, cell in enumerate(panels.cells):
        for i, name in enumerate(names):
            yield [cell, "truth", name, "", "", 0, float(panels.truths[place][i]), ""]
        for i, name in enumerate(names):
            draws = panels.draws.get(place)
            if draws is None:
                continue
            for x, y in zip(*marginal(draws[i])):
                yield [cell, "marginal", name, "", "", 0, float(x), float(y)]
            for j in range(i):
                joint = joint_density(draws[j], draws[i])
                contours = contourpy.contour_generator(*joint)
                for share, level in zip(REGIONS, region_levels(joint[2])):
                    for number, line in enumerate(contours.lines(level)):
                        for x, y in line:
                            yield [cell, "region", names[j], name, share, number, float(x), float(y)]


if __name__ == "__main__":
    figure_command.main(__doc__, draw, rows,
                        parameters={"type": cell_choice.words, "metavar": "NAME,NAME", "help": f"at most {PARAMETERS}"},
                        cells={"type": cell_choice.numbers, "metavar": "CELL,CELL", "help": f"at most {MOST}"})
