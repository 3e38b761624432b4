"""Posterior functions of the radius, one column a cell, after Wen et al. (2023), Figs. 10, 11 and 12.

Median and 50, 75, 95 % bands, pointwise, of /profiles: the density rho(r), the velocity dispersion in one dimension
sigma(r) = (<v^2> / 3)^(1/2), where Wen et al. show <v^2>, the mass M(<r) inside r, and the surface density Sigma(R) at the
projected radius. Below each, the same relative to the median. First replicate of each cell.

True curves are drawn from tables of `praesepe model globular`, one --truth for all cells or one for each:

    praesepe model globular --phi0 5 --g 2 --mass 1e5 --half_mass_radius 3 > truth.csv
    python3 profiles.py posteriors.h5 -o profiles.pdf --truth truth.csv [--cells 0,1] [--functions rho,v2] [--data profiles.csv]
"""

import warnings

import numpy as np

import cells as cell_choice
import figure_command
import model_csv
import praesepe_style as style

MOST = 4  # cells
SHADES = {0.95: 0.18, 0.75: 0.3, 0.5: 0.45}
LABELS = {"rho": (r"$\rho$ ({})", "r"), "v2": (r"$\sigma_\mathrm{{1D}}$ (km/s)", "r"), "mass": (r"$M(<r)$ ({})", "r"),
          "Sigma": (r"$\Sigma$ ({})", "R")}
DECADES = 5  # of a density that are shown


def functions(gathered):
    """Names of the stored functions, as stored."""
    return [name for name in gathered.file.get("profiles", {}) if name not in ("simulation", "radius", "quantile")]


def shown(name, values):
    """What is plotted of a function: of the mean square velocity, the dispersion in one dimension."""
    return np.sqrt(values / 3) if name == "v2" else values


def bands(quantiles):
    """{share: (low, high)} places of the stored quantiles that lie symmetrically."""
    count = len(quantiles)
    return {round(quantiles[count - 1 - i] - quantiles[i], 9): (i, count - 1 - i) for i in range(count // 2)}


class Content:
    """The cells' curves: values of (function, cell) by (radius, quantile), and true ones at the same radii or None."""

    def __init__(self, gathered, cells, names, truth):
        stored = functions(gathered)
        if not stored:
            raise figure_command.WrongUsage("the file has no /profiles: its study has no functions of the radius")
        unknown = [name for name in names or [] if name not in stored]
        if unknown:
            raise figure_command.WrongUsage(f"--functions {unknown[0]}: the file has {', '.join(stored)}")
        self.cells = cell_choice.chosen(gathered, cells, MOST, MOST)
        if truth and len(truth) not in (1, len(self.cells)):
            raise figure_command.WrongUsage(f"--truth: {len(truth)} files for {len(self.cells)} cells")
        group = gathered.file["profiles"]
        self.names, self.radius, self.quantiles = names or stored, group["radius"][:], group["quantile"][:]
        self.units = {name: group[name].attrs.get("units", "") for name in self.names}
        self.values, self.truths = {}, {}
        tables = [model_csv.read(path) for path in truth or []]
        for place, cell in enumerate(self.cells):
            row = cell_choice.first_task(gathered, cell)
            for name in self.names:
                self.values[name, cell] = shown(name, group[name][row])
                self.truths[name, cell] = self.true_curve(tables[place % len(tables)], name) if tables else None

    def true_curve(self, table, name):
        """The table's column at the stored radii; zero outside the cluster.

        Linear in ln(r^2 + c^2), c the first radius that is not zero: at the centre all depends on r^2. The mass by its mean
        density.
        """
        r, values = table["r"], shown(name, table[name])
        c = r[r > 0][0]
        if name == "mass":
            values = np.where(r > 0, values / np.maximum(r, c) ** 3, 4 * np.pi / 3 * table["rho"])
        inside = values > 0
        scale = lambda radius: np.log(radius**2 + c**2)
        result = np.exp(np.interp(scale(self.radius), scale(r[inside]), np.log(values[inside])))
        if name == "mass":
            return np.where(self.radius > r[-1], table[name][-1], result * self.radius**3)
        return np.where(self.radius > r[-1], 0.0, result)

    def median(self, name, cell):
        return self.values[name, cell][:, np.argmin(np.abs(self.quantiles - 0.5))]

    def outermost(self):
        """Last radius to show: a little beyond the median edge of the largest cluster."""
        inside = [self.radius[self.median(name, cell) > 0] for name, cell in self.values if name != "mass"]
        return 1.4 * max((radii[-1] for radii in inside if radii.size), default=self.radius[-1] / 1.4)

    def relative_limits(self, name):
        """Of the lower panels: hold the bands at nine of ten radii; the edge would dwarf the rest."""
        ends = []
        for cell in self.cells:
            median = self.median(name, cell)[:, None]
            kept = (median[:, 0] > 0) & (self.radius <= self.outermost())
            ratio = self.values[name, cell][kept] / median[kept]
            if ratio.size:
                ends.append((np.quantile(ratio.min(axis=1), 0.1), np.quantile(ratio.max(axis=1), 0.9)))
        low, high = (min(end[0] for end in ends), max(end[1] for end in ends)) if ends else (1, 1)
        return max(0, 1.1 * low - 0.1) - 0.01, 1.1 * high - 0.1 + 0.01

    def limits(self, name):
        """Common to all cells, over the radii that are in some cluster."""
        everything = np.concatenate([self.values[name, cell] for cell in self.cells])
        top = np.nanmax(everything, initial=1e-300)
        if name == "v2":
            return 0, 1.08 * top
        if name == "mass":
            return np.nanmin(everything[everything > 0], initial=top) / 1.5, 1.5 * top
        return top / 10**DECADES, 2 * top


def draw_bands(axes, radius, values, quantiles):
    for share, (low, high) in bands(quantiles).items():
        axes.fill_between(radius, values[:, low], values[:, high], color=style.BLUE, alpha=SHADES.get(share, 0.2), lw=0,
                          label=f"{100 * share:.0f} %")


def draw_function(axes, below, content, name, cell):
    values, median, truth = content.values[name, cell], content.median(name, cell), content.truths[name, cell]
    if not np.isfinite(values).any():
        axes.text(0.5, 0.5, "no posterior", transform=axes.transAxes, ha="center", va="center", color=style.RED)
        return
    draw_bands(axes, content.radius, values, content.quantiles)
    axes.plot(content.radius[median > 0], median[median > 0], color=style.BLUE, lw=1.0, label="median")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # outside the cluster all is zero
        draw_bands(below, content.radius, values / median[:, None], content.quantiles)
        ratio = None if truth is None else truth / median
    below.axhline(1, color=style.BLUE, lw=1.0)
    if truth is not None:
        axes.plot(content.radius[truth > 0], truth[truth > 0], color=style.BLACK, lw=0.9, ls="--", label="truth")
        below.plot(content.radius, ratio, color=style.BLACK, lw=0.9, ls="--")


def two_a_line(title):
    words = title.split(", ")
    return ",\n".join(", ".join(words[i:i + 2]) for i in range(0, len(words), 2))


def draw(gathered, cells=None, functions=None, truth=None):
    content = Content(gathered, cells, functions, truth)
    lines, columns = len(content.names), len(content.cells)
    width = style.COLUMN if columns == 1 else style.PAGE
    figure, grid = style.plt.subplots(2 * lines, columns, figsize=(width, 0.7 + 1.95 * lines), squeeze=False, sharex=True,
                                      sharey="row", layout="constrained", height_ratios=[1.8, 1] * lines)
    figure.get_layout_engine().set(h_pad=0.02, hspace=0.01)
    for line, name in enumerate(content.names):
        for column, cell in enumerate(content.cells):
            draw_function(grid[2 * line, column], grid[2 * line + 1, column], content, name, cell)
        label, radius = LABELS.get(name, (name + " ({})", "r"))
        grid[2 * line, 0].set_ylabel(label.format(style.unit(content.units[name])))
        grid[2 * line + 1, 0].set_ylabel("/ median")
        grid[2 * line, 0].set_yscale("linear" if name == "v2" else "log")
        grid[2 * line, 0].set_ylim(content.limits(name))
        grid[2 * line + 1, 0].set_ylim(content.relative_limits(name))
    grid[0, 0].set_xscale("log")
    grid[0, 0].set_xlim(content.radius[0], content.outermost())
    for column, cell in enumerate(content.cells):
        grid[0, column].set_title(two_a_line(cell_choice.title(gathered, cell)))
        grid[-1, column].set_xlabel("$r$ or $R$ (pc)" if "Sigma" in content.names else "$r$ (pc)")
    figure.get_layout_engine().set(rect=(0, 0, 1, 1 - 0.25 / figure.get_size_inches()[1]))
    handles, labels = max((axes.get_legend_handles_labels() for axes in grid[0]), key=lambda both: len(both[1]))
    figure.legend(handles, labels, loc="upper center", ncols=max(1, len(labels)), columnspacing=1.2, handlelength=1.5,
                  borderaxespad=0.1)
    if note := cell_choice.omission(gathered, content.cells):
        figure.text(0.995, 0.995, note, ha="right", va="top", fontsize=6)
    return figure


def rows(gathered, cells=None, functions=None, truth=None):
    content = Content(gathered, cells, functions, truth)
    yield ["cell", "simulation", "function", "radius", *(f"q{100 * q:g}" for q in content.quantiles), "truth"]
    for cell in content.cells:
        task = int(gathered.task["id"][cell_choice.first_task(gathered, cell)])
        for name in content.names:
            plotted, known = content.values[name, cell], content.truths[name, cell]
            for place, radius in enumerate(content.radius):
                yield [cell, task, "sigma_1d" if name == "v2" else name, float(radius), *map(float, plotted[place]),
                       float("nan") if known is None else float(known[place])]


if __name__ == "__main__":
    figure_command.main(__doc__, draw, rows,
                        cells={"type": cell_choice.numbers, "metavar": "CELL,CELL", "help": f"at most {MOST}"},
                        functions={"type": cell_choice.words, "metavar": "NAME,NAME", "help": "rho, v2, mass, Sigma"},
                        truth={"action": "append", "metavar": "CSV", "help": "table of `praesepe model`"})
