"""Are the ranks uniform? Empirical distribution of the truth's rank minus the uniform one, with its exact 95 % band.

One panel a quantity; a curve outside its band is red. Of many panels some leave theirs by chance: the p-value in each panel
is exact, and the table /calibration/uniformity says which survive Holm's correction. Ranks of truths drawn from the prior
only; bands after Saeilynoja et al. (2022).

    python3 rank_ecdf.py posteriors.h5 -o rank_ecdf.pdf [--data rank_ecdf.csv]
"""

import numpy as np

import figure_command
import praesepe_style as style

KINDS = ["parameter", "likelihood", "joint", "derived", "product"]


def quantities(gathered):
    """Names by kind, and of each the p-value, all tasks counted."""
    table = gathered.table("uniformity")
    counted = table["counting"] == "all"
    order = np.argsort([KINDS.index(kind) for kind in table["kind"][counted]], kind="stable")
    return {str(name): float(p) for name, p in zip(table["quantity"][counted][order], table["p"][counted][order])}


def curves(gathered, name):
    """z, ECDF - z, and the band, starting at zero."""
    table = gathered.table("ecdf")
    chosen = table["quantity"] == name
    z = table["z"][chosen]
    return [np.concatenate([[0.0], values]) for values in
            (z, table["ecdf"][chosen] - z, table["low"][chosen] - z, table["high"][chosen] - z)]


def label(axes, name):
    """The quantity's name, a product's on two lines, as small as it must be to stay in the panel."""
    room = 15  # characters of 8 pt
    parts = [style.symbol(part) for part in name.split("*")]
    size = 8 * min(1.0, room / max(len(part) for part in parts))
    text = axes.text(0.05, 0.95, " \N{MULTIPLICATION SIGN}\n".join(parts), transform=axes.transAxes, va="top", fontsize=size)
    text.set_in_layout(False)


def draw(gathered):
    names = quantities(gathered)
    figure, panels = style.panels(len(names))
    for axes, (name, p) in zip(panels, names.items()):
        z, difference, low, high = curves(gathered, name)
        inside = np.all((low <= difference) & (difference <= high))
        axes.fill_between(z, low, high, color=style.GREY, alpha=0.35, lw=0, step="post")
        axes.plot([0, 1], [0, 0], color=style.GREY, lw=0.6)
        axes.step(z, difference, where="post", color=style.BLUE if inside else style.RED, lw=1.0)
        label(axes, name)
        axes.text(0.95, 0.05, f"p = {p:.2g}", transform=axes.transAxes, ha="right", fontsize=6)
        axes.set(xlim=(0, 1), xticks=[0, 0.5, 1])
        axes.set_xticklabels(["0", "0.5", "1"])
    figure.supxlabel("rank / number of draws", fontsize=8)
    figure.supylabel("ECDF − uniform", fontsize=8)
    return figure


def rows(gathered):
    yield ["quantity", "p", "z", "difference", "band_low", "band_high"]
    for name, p in quantities(gathered).items():
        for row in zip(*curves(gathered, name)):
            yield [name, p, *map(float, row)]


if __name__ == "__main__":
    figure_command.main(__doc__, draw, rows, needs=["uniformity", "ecdf"])
