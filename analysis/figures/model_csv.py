"""Read the tables that `praesepe model` prints."""

import csv

import numpy as np


def read(path):
    """{column: (row)}; numbers as float, words as they are. Lines that begin with # are left out."""
    with open(path, newline="") as file:
        header, *lines = csv.reader(line for line in file if not line.startswith("#"))
    return {name: column(values) for name, values in zip(header, zip(*lines))}


def column(values):
    try:
        return np.array(values, float)
    except ValueError:
        return np.array(values, object)
