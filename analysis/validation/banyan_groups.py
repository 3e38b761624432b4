"""Kinematic ages of the young associations of BANYAN Sigma beside those published for them: a table and a figure.

Every group of eight members and more is a catalogue of its own, fitted by one sphere at birth and no field. The file has places and
velocities with errors along Galactic axes, X, Y, Z (pc) and U, V, W (km/s) as seen from the Sun; the study wants what a telescope
measures. Places and velocities go back exactly. Directions are known well, so errors of places are those of distances,
sigma_d^2 = e_x^2 + e_y^2 + e_z^2, and the parallax has 1000 sigma_d / d^2. Along axis i an error of velocity is made of three parts,

    e_i^2 = s_r^2 n_i^2 + s_t^2 (1 - n_i^2) + (v_ti sigma_d / d)^2

n the line of sight, v_t the velocity across it, s_r the radial velocity's error and s_t = k d sigma_mu that of either proper motion.
The last is known and is taken away (the study adds it again: it is the parallax's); the others follow by least squares, neither below
0.05 km/s.

    python3 banyan_groups.py --praesepe build/native/praesepe -o banyan

reads associations/banyan_sigma_members_xyzuvw_1325.csv below PRAESEPE_DATA and writes catalogues, posteriors, association-banyan.csv and
association-banyan.png into the folder; posteriors that are there already are not made again. The published ages are meant to be those
that Gagne et al. (2018, ApJ 856, 23) compiled in their Table 1; which of them were checked is said in associations.md.
"""

import argparse
import csv
import os
import pathlib
import subprocess
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "figures"))
import praesepe_style as style
from association_members import GALACTIC, KMS_PER_MASYR_KPC
from gathered import Gathered

MEMBERS = "associations/banyan_sigma_members_xyzuvw_1325.csv"
LEAST_ERROR_KMS = 0.05
DIRECTION_ERROR_MAS = 1.0  # none is known, and it does not matter
BELL, PECAUT = "Bell et al. 2015", "Pecaut & Mamajek 2016"

# Group: kind, published age (Myr) as printed, its lower and upper end, reference.
PUBLISHED = {
    "118TAU": ("association", "~10", 10, 10, "Mamajek 2016"),
    "ABDMG": ("association", "149 +51 -19", 130, 200, BELL),
    "BPMG": ("association", "24 ± 3", 21, 27, BELL),
    "CAR": ("association", "45 +11 -7", 38, 56, BELL),
    "CARN": ("association", "~200", 200, 200, "Zuckerman et al. 2006"),
    "CBER": ("cluster", "562 +98 -84", 478, 660, "Silaj & Landstreet 2014"),
    "COL": ("association", "42 +6 -4", 38, 48, BELL),
    "CRA": ("birthplace", "4-5", 4, 5, "Gennaro et al. 2012"),
    "EPSC": ("association", "3.7 +4.6 -1.4", 2.3, 8.3, "Murphy et al. 2013"),
    "ETAC": ("cluster", "11 ± 3", 8, 14, BELL),
    "HYA": ("cluster", "750 ± 100", 650, 850, "Brandt & Huang 2015"),
    "IC2391": ("cluster", "50 ± 5", 45, 55, "Barrado y Navascués et al. 2004"),
    "IC2602": ("cluster", "46 +6 -5", 41, 52, "Dobbie et al. 2010"),
    "LCC": ("association", "15 ± 3", 12, 18, PECAUT),
    "OCT": ("association", "35 ± 5", 30, 40, "Murphy & Lawson 2015"),
    "PL8": ("cluster", "~60", 60, 60, "Platais et al. 1998"),
    "PLE": ("cluster", "112 ± 5", 107, 117, "Dahm 2015"),
    "ROPH": ("birthplace", "<2", 0.5, 2, "Wilking et al. 2008"),
    "TAU": ("birthplace", "1-2", 1, 2, "Kenyon & Hartmann 1995"),
    "THA": ("association", "45 ± 4", 41, 49, BELL),
    "THOR": ("association", "22 +4 -3", 19, 26, BELL),
    "TWA": ("association", "10 ± 3", 7, 13, BELL),
    "UCL": ("association", "16 ± 2", 14, 18, PECAUT),
    "UCRA": ("association", "~10", 10, 10, "Gagné et al. 2018"),
    "UMA": ("cluster", "414 ± 23", 391, 437, "Jones et al. 2015"),
    "USCO": ("association", "10 ± 3", 7, 13, PECAUT),
    "XFOR": ("cluster", "~500", 500, 500, "Pöhnl & Paunzen 2010"),
}
LOOKS = {"association": (style.BLUE, "o"), "birthplace": (style.RED, "s"), "cluster": (style.GREY, "D")}
BELOW = {"LCC", "USCO", "COL"}  # where their labels have room
NUMBERS = {"age": "group_0_age", "dxyz": "group_0_dxyz", "duvw": "group_0_duvw"}


def read_members(path):
    """{group: (star, 12)}: X, Y, Z (pc), U, V, W (km/s) and their errors."""
    groups = {}
    with open(path, newline="") as file:
        for name, *values in list(csv.reader(file))[1:]:
            groups.setdefault(name, []).append([float(value) for value in values])
    return {name: np.array(stars) for name, stars in groups.items()}


def radial_and_tangential(squares, cosines):
    """Errors s_r, s_t of a star with squares_i = s_r^2 cosines_i^2 + s_t^2 (1 - cosines_i^2), squares below 0 excluded."""
    design = np.stack([cosines**2, 1 - cosines**2], axis=1)
    best = np.linalg.lstsq(design, squares, rcond=None)[0]
    for negative in np.flatnonzero(best < 0):
        other = design[:, 1 - negative]
        best[negative], best[1 - negative] = 0, max(0, other @ squares / (other @ other))
    return np.maximum(np.sqrt(best), LEAST_ERROR_KMS)


def observed(stars):
    """{column: (star)} as a telescope sees them."""
    place, velocity, place_error, velocity_error = np.split(stars, 4, axis=1)
    distance = np.linalg.norm(place, axis=1)
    relative_error = np.linalg.norm(place_error, axis=1) / distance
    sight = place / distance[:, None]
    radial_velocity = np.sum(sight * velocity, axis=1)
    across = velocity - radial_velocity[:, None] * sight
    left = velocity_error**2 - (across * relative_error[:, None]) ** 2
    radial_error, tangential_error = np.array([radial_and_tangential(*star) for star in zip(left, sight)]).T

    x, y, z = (sight @ GALACTIC).T
    ra, dec = np.arctan2(y, x), np.arctan2(z, np.hypot(x, y))
    east = np.stack([-np.sin(ra), np.cos(ra), 0 * ra], axis=1)
    north = np.stack([-np.cos(ra) * np.sin(dec), -np.sin(ra) * np.sin(dec), np.cos(dec)], axis=1)
    masyr = 1000 / (KMS_PER_MASYR_KPC * distance)  # of 1 km/s
    turned = across @ GALACTIC
    direction_error = np.full(len(stars), DIRECTION_ERROR_MAS)
    return {"ra": np.degrees(ra) % 360, "dec": np.degrees(dec), "parallax": 1000 / distance,
            "pmra": masyr * np.sum(turned * east, axis=1), "pmdec": masyr * np.sum(turned * north, axis=1),
            "radial_velocity": radial_velocity, "ra_error": direction_error, "dec_error": direction_error,
            "parallax_error": 1000 / distance * relative_error, "pmra_error": masyr * tangential_error,
            "pmdec_error": masyr * tangential_error, "radial_velocity_error": radial_error}


def write_csv(path, header, rows):
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def fit(praesepe, stars, catalogue, posterior, settings):
    columns = observed(stars)
    write_csv(catalogue, columns, zip(*columns.values()))
    sets = [word for setting in settings for word in ("--set", setting)]
    done = subprocess.run([praesepe, "infer", "association", catalogue, "-o", posterior, *sets], capture_output=True, text=True)
    if done.returncode not in (0, 3):  # 3: not converged, which the table says
        sys.exit(done.stderr)


def row_of(group, stars, posterior):
    kind, printed, low, high, reference = PUBLISHED[group]
    with Gathered(posterior) as fitted:
        of = lambda column, number: f"{fitted.summary(column, NUMBERS[number])[0]:.4g}"
        ages = [of(column, "age") for column in ("mean", "sd", "q2_5", "median", "q97_5")]
        sizes = [of(column, number) for number in ("dxyz", "duvw") for column in ("mean", "sd")]
        r_hat = max(fitted.summary("r_hat", name)[0] for name in fitted.free)
        status = style.STATUS_NAMES[fitted.task["status"][0]]
    return [group, kind, len(stars), *ages, *sizes, f"{r_hat:.3f}", status, printed, low, high, reference]


HEADER = ["group", "kind", "members", "age_mean_myr", "age_sd_myr", "age_q2_5_myr", "age_median_myr", "age_q97_5_myr",
          "dxyz_mean_pc", "dxyz_sd_pc", "duvw_mean_kms", "duvw_sd_kms", "r_hat", "status", "published_myr",
          "published_low_myr", "published_high_myr", "reference"]


def draw(rows):
    """Our age with its 95 % interval over the published one; on the line both are the same."""
    figure, axes = style.plt.subplots(figsize=(style.PAGE, 0.75 * style.PAGE), layout="constrained")
    axes.plot([0.3, 1000], [0.3, 1000], color=style.BLACK, lw=0.6)
    for row in rows:
        entry = dict(zip(HEADER, row))
        number = lambda name: float(entry[name])
        colour, marker = LOOKS[entry["kind"]]
        low, high = number("published_low_myr"), number("published_high_myr")
        published, age = np.sqrt(low * high), number("age_median_myr")
        axes.errorbar(published, age, [[age - number("age_q2_5_myr")], [number("age_q97_5_myr") - age]],
                      [[published - low], [high - published]], fmt=marker, ms=3.5, lw=0.7, color=colour)
        place = (3, -8) if entry["group"] in BELOW else (3, 3)
        axes.annotate(entry["group"], (published, age), place, textcoords="offset points", fontsize=6, color=colour)
    for kind, (colour, marker) in LOOKS.items():
        axes.plot([], [], marker, ms=3.5, color=colour, label=kind)
    axes.set(xscale="log", yscale="log", xlim=(0.6, 1200), ylim=(0.001, 300), xlabel="published age (Myr)",
             ylabel="age by expansion (Myr)")
    axes.legend(loc="upper left")
    return figure


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--praesepe", default="praesepe", help="the program")
    arguments.add_argument("-o", "--output", required=True, type=pathlib.Path, metavar="FOLDER")
    arguments.add_argument("--set", action="append", metavar="a.b=VALUE", help="for the program; field.components=0 if nothing is given")
    arguments.add_argument("--fewest", type=int, default=8, metavar="N", help="leave out groups with fewer members (8)")
    given = arguments.parse_args()
    if "PRAESEPE_DATA" not in os.environ:
        arguments.error("PRAESEPE_DATA does not name the folder of the data")
    groups = read_members(pathlib.Path(os.environ["PRAESEPE_DATA"]) / MEMBERS)
    given.output.mkdir(parents=True, exist_ok=True)
    rows = []
    for group, stars in groups.items():
        catalogue, posterior = given.output / f"{group}.csv", given.output / f"{group}.h5"
        if len(stars) < given.fewest:
            continue
        if not posterior.exists():
            fit(given.praesepe, stars, catalogue, posterior, given.set or ["field.components=0"])
        rows.append(row_of(group, stars, posterior))
    write_csv(given.output / "association-banyan.csv", HEADER, rows)
    style.use()
    style.save(draw(rows), given.output / "association-banyan.png")


if __name__ == "__main__":
    main()
