"""How accurately the distribution function is evaluated, after Wen et al. (2023), Fig. 3: one row a model.

Left along the radius r at a fixed speed v, right along v at fixed r. ln f by the solver that inference uses, and by an
independent adaptive integration at 1e-12; below, the absolute difference. A difference in ln f is a relative error of f; that
of all N stars together changes a posterior if it varies by about 1, so 1 / N is drawn for N = 1000.

    praesepe model globular --phi0 5 --g 2 --mass 1e5 --half_mass_radius 3 --table accuracy > a.csv
    python3 model_accuracy.py a.csv [b.csv ...] -o model_accuracy.pdf
"""

import numpy as np

import figure_command
import praesepe_style as style

STARS = 1000
FLOOR = 1e-12  # of the differences, in the plot
CUTS = {"radius": ("r", "$r$ (pc)"), "speed": ("v", "$v$ (km/s)")}


def draw_cut(upper, lower, table, cut):
    chosen = table["cut"] == cut
    along = table[CUTS[cut][0]][chosen]
    fast, precise = table["ln_f"][chosen], table["ln_f_precise"][chosen]
    upper.plot(along, precise, color=style.ORANGE, lw=2.4, label="independent, 1e-12")
    upper.plot(along, fast, color=style.BLUE, lw=1.0, ls="--", label="of inference")
    lower.semilogy(along, np.maximum(np.abs(fast - precise), FLOOR), color=style.BLUE, lw=0.8)
    lower.axhline(1 / STARS, color=style.GREY, lw=0.8, ls=":")
    lower.set(ylim=(FLOOR / 2, 2e-2), yticks=[1e-12, 1e-8, 1e-4])
    lower.minorticks_off()
    fixed = "v" if cut == "radius" else "r"
    unit = {"v": "km/s", "r": "pc"}[fixed]
    upper.text(0.97, 0.93, f"${fixed} = {table[fixed][chosen][0]:.3g}$ {unit}", transform=upper.transAxes, ha="right", va="top",
               fontsize=7)


def draw(tables):
    figure = style.plt.figure(figsize=(style.PAGE, 0.4 + 2.05 * len(tables)), layout="constrained")
    for rows, table in zip(figure.subfigures(len(tables), 1, squeeze=False)[:, 0], tables):
        grid = rows.subplots(2, 2, sharex="col", sharey="row", height_ratios=[1.5, 1])
        rows.suptitle(rf"$\Phi_0 = {table['phi0']:g}$, $g = {table['g']:g}$", fontsize=8)
        for column, cut in enumerate(CUTS):
            draw_cut(grid[0, column], grid[1, column], table, cut)
            grid[1, column].set_xlabel(CUTS[cut][1])
        grid[0, 0].set_ylabel(r"$\ln f$")
        grid[1, 0].set_ylabel(r"$|\Delta \ln f|$")
        if table is tables[0]:
            grid[0, 0].legend(loc="lower left", fontsize=6)
            grid[1, 0].text(0.03, 0.85, f"1 / {STARS}", transform=grid[1, 0].transAxes, va="top", fontsize=6)
    return figure


if __name__ == "__main__":
    figure_command.main_of_tables(__doc__, draw)
