"""Simulation-based calibration of the whole pipeline: truths from the prior, and their ranks among the draws uniform.

Campaign file, plan, simulation, sampler, shards, gathering: a fault in any of them would show here. 100 tasks of the
line-outliers study.
"""

import csv
import pathlib
import unittest

import h5py
import numpy

from program import ProgramTest

JOBS = pathlib.Path(__file__).resolve().parents[3] / "jobs"


class Calibration(ProgramTest):
    def test_ranks_of_the_truths_are_uniform(self):
        done = self.praesepe("run", JOBS / "line-outliers.toml", "-o", "sbc")
        self.assertIn(done.returncode, (0, 3), done.stderr)
        with h5py.File(self.folder / "sbc/posteriors.h5") as file:
            # A task that did not converge keeps its rank: leaving it out would be choosing the answer.
            self.assertGreaterEqual(numpy.sum(file["task/status"][()] == 0), 95)
            self.assertEqual(numpy.sum(file["task/status"][()] >= 2), 0)
            self.assertIn("ecdf", file["calibration"])
        with open(self.folder / "sbc/report/uniformity.csv", newline="") as file:
            family = [row for row in csv.DictReader(file) if row["in_family"] == "1" and row["counting"] == "all"]
        self.assertEqual([row["quantity"] for row in family],
                         ["m", "b", "ln_s_out", "w0", "log_likelihood", "log_density", "tarp"])
        for row in family:  # a false alarm in 1000 seeds, over the family, and the seed is fixed
            self.assertGreater(float(row["p_holm"]), 1e-3, row)
        page = (self.folder / "sbc/report/index.html").read_text()
        self.assertIn("The ranks of all 7 quantities are uniform", page)
        for figure in ("rank_ecdf", "rank_histogram", "averaged_posterior", "contraction", "coverage_curve"):
            self.assertTrue((self.folder / f"sbc/report/figures/{figure}.pdf").exists(), figure)


if __name__ == "__main__":
    unittest.main()
