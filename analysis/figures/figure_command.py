"""The command line that every figure has: POSTERIORS -o FILE [--data CSV]."""

import argparse
import csv

import model_csv
import praesepe_style as style
from gathered import Gathered


class WrongUsage(Exception):
    """What an option asks for is not in the file."""


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


def main(description, draw, rows, needs_truth=False, needs=(), **options):
    """Draws one figure: draw(gathered) is a matplotlib figure, rows(gathered) the plotted numbers below their names.

    `needs`: tables of /calibration without which there is nothing to draw. Further options of the command,
    cells={"type": int, "help": "..."}, are arguments of both functions, by name; a WrongUsage of theirs ends the command.
    """
    arguments = parser(description)
    for name, settings in options.items():
        arguments.add_argument(f"--{name}", **settings)
    if needs:
        arguments.add_argument("--calibration", metavar="FILE", help="holds the tables, where POSTERIORS does not")
    given = vars(arguments.parse_args())
    chosen = {name: given[name] for name in options}
    style.use()
    with Gathered(given["posteriors"], given.get("calibration")) as gathered:
        if needs_truth and not gathered.has_truth:
            arguments.error("the file has no truth: real data have no coverage")
        for table in needs:
            if not gathered.table(table):
                arguments.error(f"the file has no table /calibration/{table}: `praesepe report` writes those that its truths "
                                "allow; ranks need truths drawn from the prior")
        try:
            if given["data"]:
                write_csv(rows(gathered, **chosen), given["data"])
            style.save(draw(gathered, **chosen), given["output"])
        except WrongUsage as wrong:
            arguments.error(str(wrong))


def main_of_tables(description, draw):
    """Draws one figure of tables that `praesepe model` printed: draw(tables), each {column: (row)}."""
    arguments = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("tables", nargs="+", metavar="CSV")
    arguments.add_argument("-o", "--output", required=True)
    given = arguments.parse_args()
    style.use()
    try:
        style.save(draw([model_csv.read(path) for path in given.tables]), given.output)
    except KeyError as missing:
        arguments.error(f"no column {missing}: is this what `praesepe model` printed for this figure?")
