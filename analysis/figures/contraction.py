"""What each task learned and by how much it missed: z-score of the truth against contraction from prior to posterior.

z = (mean - truth) / sd; contraction = 1 - var(posterior) / var(prior), 1 where the data say everything, 0 where they say
nothing. Points scatter about z = 0 with unit width if the posteriors are right. Without a prior variance (a prior that looks
at the data) a panel shows the distribution of z alone, beside the standard normal one.

    python3 contraction.py posteriors.h5 -o contraction.pdf [--data contraction.csv]
"""

import numpy as np

import figure_command
import praesepe_style as style

RANGE = 4.0  # in z


def scores(gathered, name):
    """(task) z and contraction."""
    table = gathered.table("scores")
    chosen = table["parameter"] == name
    return table["z"][chosen], table["contraction"][chosen]


def draw_distribution(axes, z):
    grid = np.linspace(-RANGE, RANGE, 161)
    axes.hist(np.clip(z, -RANGE, RANGE), bins=24, range=(-RANGE, RANGE), density=True, color=style.BLUE, alpha=0.55,
              orientation="horizontal")
    axes.plot(np.exp(-grid**2 / 2) / np.sqrt(2 * np.pi), grid, color=style.BLACK, lw=0.8)
    axes.set(xlim=(0, 0.75), xticks=[])


def draw(gathered):
    names = gathered.free
    figure, panels = style.panels(len(names), share_x=False)
    for axes, name in zip(panels, names):
        z, contraction = scores(gathered, name)
        for level in (-2, 0, 2):
            axes.axhline(level, color=style.GREY, lw=0.6, ls="-" if level == 0 else ":")
        if np.isfinite(contraction).any():
            axes.plot(contraction, np.clip(z, -RANGE, RANGE), ".", ms=2.5, color=style.BLUE, alpha=0.6, mew=0)
            axes.set(xlim=(min(0.0, np.nanmin(contraction)), 1.02))
        else:
            draw_distribution(axes, z)
        axes.text(0.05, 0.95, style.symbol(name), transform=axes.transAxes, va="top", fontsize=8)
        axes.set(ylim=(-RANGE - 0.2, RANGE + 0.2))
    figure.supxlabel("contraction (density where the prior looks at the data)", fontsize=8)
    figure.supylabel("z-score", fontsize=8)
    return figure


def rows(gathered):
    yield ["parameter", "z", "contraction"]
    for name in gathered.free:
        for row in zip(*scores(gathered, name)):
            yield [name, *map(float, row)]


if __name__ == "__main__":
    figure_command.main(__doc__, draw, rows, needs=["scores"])
