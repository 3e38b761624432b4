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
        self.compare_with_the_draws()

    def table(self, name, **wanted):
        with open(self.folder / f"sbc/report/{name}.csv", newline="") as file:
            return [row for row in csv.DictReader(file) if all(row[key] == value for key, value in wanted.items())]

    def compare_with_the_draws(self):
        """The tables, computed a second time from draws and truths; m has the prior uniform(0, 10)."""
        with h5py.File(self.folder / "sbc/posteriors.h5") as file:
            draws, truth = file["posterior/m"][()].reshape(-1, 100), file["truth/m"][()]
        rank, total = numpy.sum(draws < truth, axis=0), len(draws) + 1
        ordered = numpy.sort(draws, axis=0)
        for level in (0.1, 0.68, 0.95):
            n, width = round(total * level), int(level * len(draws))
            begin = (total - n) // 2
            lengths = ordered[width:] - ordered[:-width]
            best, task = numpy.argmin(lengths, axis=0), numpy.arange(100)
            inside = (ordered[best, task] <= truth) & (truth <= ordered[best + width, task])
            expected = {"central": numpy.sum((begin <= rank) & (rank < begin + n)), "lower": numpy.sum(rank < n),
                        "highest": numpy.sum(inside)}
            for row in self.table("coverage_curve", parameter="m", level=str(level)):
                self.assertEqual(int(row["hits"]), expected[row["interval"]], row)
        scores = self.table("scores", parameter="m")
        z, sd = (draws.mean(axis=0) - truth) / draws.std(axis=0, ddof=1), 10 / 12**0.5
        for name, values, error in (("z", z, 0.02), ("contraction", 1 - draws.var(axis=0, ddof=1) / sd**2, 0.01)):
            found = numpy.array([float(row[name]) for row in scores])  # of all draws, of which those of long runs are thinned
            self.assertLess(numpy.median(abs(found - values)), error, name)
        averaged = [float(row["posterior"]) for row in self.table("averaged_posterior", parameter="m")]
        expected = numpy.histogram(draws, numpy.linspace(0, 10, 21))[0] / draws.size
        self.assertLess(numpy.max(abs(averaged - expected)), 0.01)  # the bins' edges are quantiles of a sample of the prior


if __name__ == "__main__":
    unittest.main()
