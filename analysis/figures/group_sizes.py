"""The size of an association's groups at earlier times, along X, Y and Z: a line of panels a group.

Made from what `praesepe model traceback` prints. Points: the stars that have a radial velocity, traced back one by one and weighted by
membership. Band: what the posterior expects of so many stars with such errors (95 %); dashed: the group itself, without errors. Grey:
the age, median and 95 %. Points that leave the band far behind say that the group is no sphere carried along by epicycles, or that its
memberships are wrong; neighbouring points are not independent. About the Sun errors depend on a star's place, and the band does not know.

    praesepe infer association catalogue.csv -o ages.h5
    praesepe model traceback --posteriors ages.h5 --oldest 60 > traceback.csv
    python3 group_sizes.py traceback.csv -o sizes.pdf
"""

import numpy as np

import figure_command
import praesepe_style as style


def panel(axes, table, group, axis):
    rows = table["group"] == group
    time = table["time_myr"][rows]
    of = lambda name: table[name][rows]
    age = [table[f"group_{group}_age_{end}"] for end in ("low", "median", "high")]
    axes.axvspan(-age[0], -age[2], color=style.GREY, alpha=0.3, lw=0)
    axes.axvline(-age[1], color=style.GREY, lw=0.8)
    expected, half = of(f"expected_{axis}"), 1.96 * of(f"expected_{axis}_sd")
    axes.fill_between(time, expected - half, expected + half, color=style.BLUE, alpha=0.35, lw=0, label="expected, with errors")
    axes.plot(time, of(f"intrinsic_{axis}"), "--", color=style.BLUE, label="the group itself")
    axes.plot(time, of(f"size_{axis}"), ".", ms=3, color=style.BLACK, label="stars")
    axes.set(xlim=(time.min(), time.max()), xlabel="time (Myr)", title=f"${axis.upper()}$")
    axes.set_ylim(bottom=0)


def draw(table):
    groups = [int(k) for k in np.unique(table["group"])]
    figure, grid = style.plt.subplots(len(groups), 3, sharex=True, squeeze=False, layout="constrained",
                                      figsize=(style.PAGE, 0.5 + 2.0 * len(groups)))
    for group, line in zip(groups, grid):
        for axis, axes in zip("xyz", line):
            panel(axes, table, group, axis)
        line[0].set_ylabel(f"size of group {group} (pc)")
    style.legend_above(figure, grid[0, 0])
    return figure


if __name__ == "__main__":
    figure_command.main_of_tables(__doc__, lambda tables: draw(tables[0]))
