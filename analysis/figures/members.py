"""A catalogue coloured by membership probability: proper motions, places on the sky, parallaxes and the colour-magnitude diagram.

Made from what `praesepe infer ... --stars` writes; panels whose columns are missing are left out. Stars most likely to be
members are drawn last; in the parallax panel the histograms are weighted by the probability and by what is left of it.

    praesepe infer membership ngc6819.csv -o ngc6819.h5 --stars members.csv
    python3 members.py members.csv -o members.pdf
"""

import numpy as np

import figure_command
import praesepe_style as style

P = "p_cluster"
WIDTH = 3  # half the height of the proper-motion panel, in spreads of the likely members


def likely(table):
    return table[P] > 0.5


def window(values, members):
    """Centred on the members, wide enough to show the field around them."""
    chosen = values[members] if members.any() else values
    centre, spread = np.median(chosen), np.std(chosen)
    half = max(WIDTH * spread, np.quantile(np.abs(values - centre), 0.7))
    return centre - half, centre + half


def scatter(axes, table, x, y, **labels):
    order = np.argsort(table[P])
    image = axes.scatter(table[x][order], table[y][order], c=table[P][order], s=4, lw=0, cmap="viridis_r", vmin=0, vmax=1,
                         rasterized=True)
    axes.set(**labels)
    return image


def motions(axes, table):
    image = scatter(axes, table, "pmra", "pmdec", xlabel=style.label("pmra", "mas/yr"), ylabel=style.label("pmdec", "mas/yr"),
                    xlim=window(table["pmra"], likely(table)), ylim=window(table["pmdec"], likely(table)))
    axes.locator_params(nbins=5)
    axes.set_aspect("equal")
    return image


def sky(axes, table):
    image = scatter(axes, table, "ra", "dec", xlabel=r"$\alpha$ (deg)", ylabel=r"$\delta$ (deg)")
    axes.invert_xaxis()
    axes.set_aspect(1 / np.cos(np.radians(np.median(table["dec"]))))
    return image


def parallaxes(axes, table):
    edges = np.linspace(*np.quantile(table["parallax"], [0.005, 0.995]), 50)
    for weights, colour, name in [(table[P], style.BLUE, "cluster"), (1 - table[P], style.ORANGE, "field")]:
        axes.hist(table["parallax"], edges, weights=weights, histtype="step", color=colour, label=name)
    axes.set(xlabel=style.label("parallax", "mas"), ylabel="stars")
    axes.legend(fontsize=7)


def colours(axes, table):
    scatter(axes, table, "bp_rp", "phot_g_mean_mag", xlabel="$G_\\mathrm{BP}-G_\\mathrm{RP}$ (mag)", ylabel="$G$ (mag)")
    axes.invert_yaxis()


PANELS = [(motions, {"pmra", "pmdec"}), (sky, {"ra", "dec"}), (parallaxes, {"parallax"}),
          (colours, {"bp_rp", "phot_g_mean_mag"})]


def draw(table):
    possible = [panel for panel, columns in PANELS if columns <= set(table)]
    lines = -(-len(possible) // 2)
    figure, grid = style.plt.subplots(lines, 2, figsize=(style.PAGE, 0.3 + 2.6 * lines), squeeze=False, layout="constrained")
    for axes, panel in zip(grid.flat, possible):
        image = panel(axes, table) or None
        if panel is possible[0]:
            figure.colorbar(image, ax=grid[0, -1], label="membership probability", location="right")
    for axes in list(grid.flat)[len(possible):]:
        axes.set_visible(False)
    return figure


if __name__ == "__main__":
    figure_command.main_of_tables(__doc__, lambda tables: draw(tables[0]))
