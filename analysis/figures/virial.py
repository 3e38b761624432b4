"""Which lowered isothermal models the prior allows: r_v / r_h over (Phi0, g) and the bound F_b, after Wen et al. (2023), Fig. 2.

r_v is the virial radius, r_h the half-mass radius; hatched: no finite edge. Beyond the blue line the ratio is below 0.64: such
models are no globular clusters. The prior of g ends at F_b, 0.2 below.

    praesepe model globular --table virial > virial.csv
    python3 virial.py virial.csv -o virial.pdf
"""

import numpy as np

import figure_command
import praesepe_style as style

MARGIN, BOUND = 0.2, 0.64
LINES = [0.8, 0.9, 1.0, 1.1, 1.2]


def draw(table):
    phi0, g = np.unique(table["phi0"]), np.unique(table["g"])
    ratio = table["virial_ratio"].reshape(len(phi0), len(g)).T
    limit = table["F_b"].reshape(len(phi0), len(g))[:, 0]
    figure, axes = style.plt.subplots(figsize=(style.COLUMN, 2.9), layout="constrained")
    axes.set_facecolor("#dddddd")
    axes.contourf(phi0, g, np.isnan(ratio), [0.5, 1.5], colors="none", hatches=["////"])
    image = axes.pcolormesh(phi0, g, ratio, cmap="cividis", vmin=0.4, vmax=1.3, shading="nearest",
                            rasterized=True)
    # Contours only within the class of star clusters: outside the ratio jumps.
    clusters = np.where(g[:, None] < limit + MARGIN, ratio, np.nan)
    contours = axes.contour(phi0, g, clusters, LINES, colors="white", linewidths=0.6)
    axes.clabel(contours, fontsize=5.5, fmt="%g")
    axes.plot(phi0, limit + MARGIN, color=style.BLUE, lw=1.3, label=rf"$r_\mathrm{{v}}/r_\mathrm{{h}}$ falls to {BOUND}")
    axes.plot(phi0, limit, color=style.BLACK, lw=1.3, ls="--", label=r"$F_\mathrm{b}(\Phi_0)$, bound of the prior")
    axes.set(xlabel=style.symbol("phi0"), ylabel=style.symbol("g"), xlim=(phi0[0], phi0[-1]), ylim=(g[0], g[-1]))
    axes.legend(loc="upper right", frameon=True, framealpha=0.9, fontsize=6)
    figure.colorbar(image, ax=axes, label=r"$r_\mathrm{v}/r_\mathrm{h}$", extend="both")
    return figure


if __name__ == "__main__":
    figure_command.main_of_tables(__doc__, lambda tables: draw(tables[0]))
