"""Runs the program in a folder of its own, for the tests beside this file."""

import os
import pathlib
import subprocess
import tempfile
import unittest

PROGRAM = os.environ["PRAESEPE"]
MPI = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}

CAMPAIGN = """
[campaign]
study = "line-outliers"
seed = 7
replicates = 2
[grid]
w0 = [0.9, 0.6]
m = [1.0, 3.0]
exclude = [{ w0 = 0.6, m = 3.0 }]
"""

CATALOGUE = "x,y,y_err\n" + "".join(f"{x},{2 * x + 1 + (-1) ** x},{0.5}\n" for x in range(10))


class ProgramTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.write("line.toml", CAMPAIGN)

    def write(self, name, text):
        (self.folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return name

    def praesepe(self, *arguments, launcher=(), **more):
        return subprocess.run([*launcher, PROGRAM, *map(str, arguments)], cwd=self.folder, capture_output=True,
                              text=True, env=os.environ | MPI, timeout=1200, **more)
