"""The command line that every figure has: POSTERIORS -o FILE [--data CSV]."""

import argparse
import csv

import praesepe_style as style
from gathered import Gathered


def parser(description):
    """A parser for the arguments that all figures share; `description` is the script's docstring."""
    arguments = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("posteriors")
    arguments.add_argument("-o", "--output", required=True)
    arguments.add_argument("--data", help="CSV of the plotted numbers")
    return arguments


def write_csv(rows, path):
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows(rows)


def main(description, draw, rows, needs_truth=False, needs=()):
    """Draws one figure: draw(gathered) is a matplotlib figure, rows(gathered) the plotted numbers below their names.

    `needs`: tables of /calibration without which there is nothing to draw.
    """
    arguments = parser(description)
    options = arguments.parse_args()
    style.use()
    with Gathered(options.posteriors) as gathered:
        if needs_truth and not gathered.has_truth:
            arguments.error("the file has no truth: real data have no coverage")
        for table in needs:
            if not gathered.table(table):
                arguments.error(f"the file has no table /calibration/{table}: `praesepe report` writes those that its truths "
                                "allow; ranks need truths drawn from the prior")
        if options.data:
            write_csv(rows(gathered), options.data)
        style.save(draw(gathered), options.output)
