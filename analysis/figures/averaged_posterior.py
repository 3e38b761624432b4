"""The mean of all posteriors beside the prior: equal if truths come from the prior and the posteriors are right.

Bins of equal prior probability, so that the prior is flat. A weak test: a posterior that ignores the data passes it.

    python3 averaged_posterior.py posteriors.h5 -o averaged_posterior.pdf [--data averaged_posterior.csv]
"""

import numpy as np

import figure_command
import praesepe_style as style


def shares(gathered, name):
    """(bin) prior, mean posterior and truths."""
    table = gathered.table("averaged_posterior")
    chosen = table["parameter"] == name
    return tuple(table[column][chosen] for column in ("prior", "posterior", "truths"))


def draw(gathered):
    names = gathered.free
    figure, panels = style.panels(len(names))
    for axes, name in zip(panels, names):
        prior, posterior, truths = shares(gathered, name)
        edges = np.linspace(0, 1, len(prior) + 1)
        axes.stairs(truths, edges, color=style.GREY, fill=True, alpha=0.35, label="truths")
        axes.stairs(prior, edges, color=style.BLACK, lw=0.8, label="prior")
        axes.stairs(posterior, edges, color=style.BLUE, lw=1.2, label="mean posterior")
        axes.text(0.05, 0.95, style.symbol(name), transform=axes.transAxes, va="top", fontsize=8)
        axes.set(xlim=(0, 1), ylim=(0, 3.2 / len(prior)), xticks=[0, 0.5, 1])
        axes.set_xticklabels(["0", "0.5", "1"])
    style.legend_above(figure, panels[0])
    figure.supxlabel("prior probability below", fontsize=8)
    figure.supylabel("share in the bin", fontsize=8)
    return figure


def rows(gathered):
    yield ["parameter", "bin", "prior", "posterior", "truths"]
    for name in gathered.free:
        for index, row in enumerate(zip(*shares(gathered, name))):
            yield [name, index, *map(float, row)]


if __name__ == "__main__":
    figure_command.main(__doc__, draw, rows, needs=["averaged_posterior"])
