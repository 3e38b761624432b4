"""Stars in position and velocity relative to the local standard of rest, each in the colour of its likeliest group, the field grey.

Made from what `praesepe infer association ... --stars` writes. Stars are as measured, without regard to errors: a member far
off in velocity has a radial velocity with a large error, or a wrong one.

    praesepe infer association catalogue.csv -o groups.h5 --stars members.csv --set model.groups=5
    python3 association_members.py members.csv -o members.pdf
"""

import numpy as np

import figure_command
import praesepe_style as style

# Hipparcos' definition of Galactic coordinates (ESA 1997, vol. 1, sect. 1.5.3): rows X, Y, Z along ICRS axes.
GALACTIC = np.array([[-0.0548755604, -0.8734370902, -0.4838350155], [0.4941094279, -0.4448296300, 0.7469822445],
                     [-0.8676661490, -0.1980763734, 0.4559837762]])
SUN_PC, SUN_KMS = np.array([[0], [0], [25]]), np.array([[11.1], [12.24], [7.25]])
KMS_PER_MASYR_KPC = 4.740470463
PANELS = [("x", "y"), ("x", "z"), ("u", "v"), ("u", "w")]


def phase_space(table):
    """{axis: (stars)}, pc and km/s relative to the local standard of rest."""
    ra, dec = np.radians(table["ra"]), np.radians(table["dec"])
    away = np.array([np.cos(ra) * np.cos(dec), np.sin(ra) * np.cos(dec), np.sin(dec)])
    east = np.array([-np.sin(ra), np.cos(ra), 0 * ra])
    north = np.array([-np.cos(ra) * np.sin(dec), -np.sin(ra) * np.sin(dec), np.cos(dec)])
    across = KMS_PER_MASYR_KPC * (table["pmra"] * east + table["pmdec"] * north) / table["parallax"]
    places = GALACTIC @ (1000 / table["parallax"] * away) + SUN_PC
    motions = GALACTIC @ (table["radial_velocity"] * away + across) + SUN_KMS
    return dict(zip("xyzuvw", [*places, *motions]))


def likeliest(table):
    """(stars) The number of the likeliest group, -1 for the field."""
    groups = sorted(name for name in table if name.startswith("p_group_") and not name.endswith("_mcse"))
    p = np.array([table[name] for name in [*groups, "p_field"]])
    best = np.argmax(p, axis=0)
    return np.where(best == len(groups), -1, best)


def draw(table):
    stars, group = phase_space(table), likeliest(table)
    figure, grid = style.plt.subplots(2, 2, figsize=(style.PAGE, 5.5), layout="constrained")
    for axes, (across, up) in zip(grid.flat, PANELS):
        for k in range(-1, group.max() + 1):
            chosen = group == k
            axes.scatter(stars[across][chosen], stars[up][chosen], s=2 if k < 0 else 7, lw=0, rasterized=True,
                         color="#c4c4c4" if k < 0 else style.CHAIN_COLOURS[k % len(style.CHAIN_COLOURS)],
                         label=f"{'field' if k < 0 else f'group {k}'}: {chosen.sum()}")
        unit = "pc" if across == "x" else "km/s"
        axes.set(xlabel=f"${across.upper()}$ ({unit})", ylabel=f"${up.upper()}$ ({unit})")
    grid[0, 0].legend(markerscale=2, frameon=True, framealpha=0.9)
    return figure


if __name__ == "__main__":
    figure_command.main_of_tables(__doc__, lambda tables: draw(tables[0]))
