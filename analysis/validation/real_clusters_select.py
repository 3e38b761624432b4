"""Catalogues of M 5, Palomar 5 and NGC 5053 as jobs/gc-m5.toml, gc-pal5.toml and gc-ngc5053.toml want them.

Of each table the stars that are bright enough to be complete, in the ring on the sky that the campaign's footprint describes, are
kept as they are; why those limits is said in real-clusters.md.

    python3 real_clusters_select.py -o real

reads the folder globular below PRAESEPE_DATA and writes gc-m5.csv, gc-pal5.csv and gc-ngc5053.csv.
"""

import argparse
import csv
import os
import pathlib
import sys
import tomllib

import numpy as np

JOBS = pathlib.Path(__file__).resolve().parent.parent.parent / "jobs"

# Campaign: table, faintest magnitude G.
TABLES = {
    "gc-m5": ("ngc5904_m5_dr3_11010.csv", 18.0),
    "gc-pal5": ("pal5_dr3_459.csv", 20.0),
    "gc-ngc5053": ("ngc5053_dr2_deboer_members.csv", 20.0),
}


def read(path):
    """Rows of a table whose comments begin with #, as dictionaries of text."""
    with open(path, newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def radius_deg(rows, ra, dec):
    """Angle of every star from a place on the sky, deg."""
    a, d = (np.radians([float(row[name]) for row in rows]) for name in ("ra", "dec"))
    a0, d0 = np.radians(ra), np.radians(dec)
    chord = np.sin((d - d0) / 2) ** 2 + np.cos(d) * np.cos(d0) * np.sin((a - a0) / 2) ** 2
    return np.degrees(2 * np.arcsin(np.sqrt(chord)))


def footprint(campaign):
    """Centre, outer and inner radius of the campaign's footprint, deg."""
    observe = tomllib.loads((JOBS / f"{campaign}.toml").read_text())["observe"]
    keys = ("footprint_ra", "footprint_dec", "footprint_radius", "footprint_inner_radius")
    return [observe.get(key, 0.0) for key in keys]


def select(rows, campaign):
    """Stars of the footprint that are brighter than the campaign's limit."""
    ra, dec, outer, inner = footprint(campaign)
    radius = radius_deg(rows, ra, dec)
    bright = np.array([float(row["phot_g_mean_mag"]) for row in rows]) < TABLES[campaign][1]
    return [row for row, kept in zip(rows, bright & (radius > inner) & (radius < outer)) if kept]


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("-o", "--output", required=True, type=pathlib.Path, metavar="FOLDER")
    given = arguments.parse_args()
    if "PRAESEPE_DATA" not in os.environ:
        arguments.error("PRAESEPE_DATA does not name the folder of the data")
    given.output.mkdir(parents=True, exist_ok=True)
    for campaign, (table, _) in TABLES.items():
        rows = read(pathlib.Path(os.environ["PRAESEPE_DATA"]) / "globular" / table)
        kept = select(rows, campaign)
        with open(given.output / f"{campaign}.csv", "w", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(kept)
        print(f"{campaign}.csv: {len(kept)} of {len(rows)} stars", file=sys.stderr)


if __name__ == "__main__":
    main()
