"""Which cells a figure shows, one task of each, and what they are called."""

import numpy as np

import figure_command
import praesepe_style as style

COLOURS = [style.BLUE, style.ORANGE, style.GREEN, "#CC79A7", "#56B4E9", style.BLACK]
KEY_UNITS = {"observe.sigma": "mas"}  # of grid keys that are no quantity of the file


def numbers(text):
    """0,1,4 -> [0, 1, 4]."""
    return [int(word) for word in text.split(",")]


def words(text):
    return text.split(",")


def chosen(gathered, asked, most, otherwise):
    """The cells asked for; else all, if there are at most `most`, or the first `otherwise`. WrongUsage if it has not got one."""
    present = list(gathered.cells())
    unknown = [cell for cell in asked or [] if cell not in present]
    if unknown:
        raise figure_command.WrongUsage(f"--cells {unknown[0]}: the file has cells {present[0]} to {present[-1]}")
    if asked and len(asked) > most:
        raise figure_command.WrongUsage(f"--cells: {len(asked)} cells, but at most {most} can be told apart")
    return asked or (present if len(present) <= most else present[:otherwise])


def first_task(gathered, cell):
    """Row of the cell's first replicate."""
    rows = np.flatnonzero(gathered.task["cell"] == cell)
    return rows[np.argmin(gathered.task["replicate"][rows])]


def title(gathered, cell):
    """What tells the cell from the others, N = 200; its status where that is not "converged"."""
    values = gathered.cells()[cell]
    known = ", ".join(value_of(gathered, key, value) for key, value in values.items())
    if not known:
        known = f"cell {cell}" if len(gathered.cells()) > 1 else f"task {gathered.task['id'][first_task(gathered, cell)]}"
    status = gathered.task["status"][first_task(gathered, cell)]
    return known if status == 0 else f"{known} ({style.STATUS_NAMES[status]})"


def value_of(gathered, key, value):
    if not isinstance(value, (int, float)):
        return f"{key} = {value}"
    unit = style.unit(KEY_UNITS.get(key, gathered.units.get(key, "")))
    logarithm = key.startswith(("log", "ln_"))
    return f"{style.symbol(key)} $=$ {value:g}" + (f" {unit}" if unit and not logarithm else "")


def omission(gathered, cells):
    """A note for the figure where it does not show all there is."""
    total = len(gathered.cells())
    notes = [f"{len(cells)} of {total} cells"] if len(cells) < total else []
    if gathered.tasks > total:
        notes.append("first replicate of each" if len(cells) > 1 else "first replicate")
    return ", ".join(notes)
