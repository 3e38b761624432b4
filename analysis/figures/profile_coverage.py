"""How often the bands of posterior functions hold the true function, radius by radius.

Observed coverage of the pointwise 50, 75 and 95 % bands, with Jeffreys 95 % intervals; dashed: nominal. All tasks pooled; one
without a posterior misses; radii where neither band nor truth lies in the cluster do not count. Neighbouring radii are of the
same posteriors: a whole curve may lie on one side by chance.

    python3 profile_coverage.py posteriors.h5 -o profile_coverage.pdf [--calibration calibration.h5] [--data profile_coverage.csv]
"""

import numpy as np

import figure_command
import praesepe_style as style

TABLE = "profile_coverage"
COLOURS = {0.5: style.GREEN, 0.75: style.ORANGE, 0.95: style.BLUE}
MARKERS = {0.5: "s", 0.75: "^", 0.95: "o"}
NAMES = {"rho": r"$\rho(r)$", "v2": r"$\langle v^2\rangle(r)$", "mass": r"$M(<r)$", "Sigma": r"$\Sigma(R)$"}
DODGE = 1.025  # factor in radius between the levels' markers


def curves(gathered):
    """{(function, level): {column: (radius)}}, in the order of the table."""
    table = gathered.table(TABLE)
    counted = table["tasks"] > 0
    keys = dict.fromkeys(zip(table["function"], np.round(table["level"], 9)))
    chosen = {key: counted & (table["function"] == key[0]) & np.isclose(table["level"], key[1]) for key in keys}
    return {key: {name: column[rows] for name, column in table.items()} for key, rows in chosen.items()}


def draw(gathered):
    content = curves(gathered)
    names, levels = (list(dict.fromkeys(key[i] for key in content)) for i in (0, 1))
    lines = -(-len(names) // 2)
    figure, grid = style.plt.subplots(lines, 2, figsize=(style.PAGE, 0.5 + 1.9 * lines), sharex=True, sharey=True, squeeze=False,
                                      layout="constrained")
    panels = list(grid.flat)
    for axes in panels[len(names):]:
        axes.set_visible(False)
    for (name, level), curve in content.items():
        axes, colour = panels[names.index(name)], COLOURS.get(level, style.BLACK)
        low, high = curve["coverage"] - curve["jeffreys_low"], curve["jeffreys_high"] - curve["coverage"]
        axes.axhline(level, color=colour, lw=0.7, ls="--", zorder=1)
        axes.errorbar(curve["radius"] * DODGE ** levels.index(level), curve["coverage"], np.maximum([low, high], 0),
                      color=colour, fmt=MARKERS.get(level, "."), ms=2.2, lw=0.6, label=f"{100 * level:g} % band")
        axes.set(xscale="log", ylim=(0, 1.02), yticks=[0, 0.25, 0.5, 0.75, 1])
        axes.set_title(NAMES.get(name, name))
    style.legend_above(figure, panels[0])
    figure.supxlabel("radius (pc)", fontsize=8)
    figure.supylabel("observed coverage", fontsize=8)
    return figure


def rows(gathered):
    columns = ["radius", "tasks", "hits", "coverage", "jeffreys_low", "jeffreys_high"]
    yield ["function", "level", *columns]
    for (name, level), curve in curves(gathered).items():
        for row in zip(*(curve[column].tolist() for column in columns)):
            yield [name, float(level), *row]


if __name__ == "__main__":
    figure_command.main(__doc__, draw, rows, needs=[TABLE])
