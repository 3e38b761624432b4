"""Read the tables that `praesepe model` prints."""

import csv

import numpy as np


def read(path):
    """{column: (row)}, numbers as float, words as they are; and the values of the lines `# name = value` above."""
    with open(path, newline="") as file:
        lines = file.read().splitlines()
    heads = [line[1:].split("=") for line in lines if line.startswith("#")]
    header, *cells = csv.reader(line for line in lines if not line.startswith("#"))
    table = {name: column(values) for name, values in zip(header, zip(*cells))}
    return table | {name.strip(): float(value) for name, value in heads}


def column(values):
    try:
        return np.array(values, float)
    except ValueError:
        return np.array(values, object)
