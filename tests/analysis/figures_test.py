"""The figures of synthetic files, and the numbers they plot.

usage: figures_test.py FIGURES_FOLDER WRITE_REPORT
"""
import csv
import pathlib
import subprocess
import sys
import tempfile
import unittest

try:
    import h5py
    import matplotlib  # noqa: F401
    import numpy
except ImportError as missing:
    print("skipped: needs python3-h5py and python3-matplotlib:", missing)
    sys.exit(77)

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import synthetic_posteriors

FIGURES, WRITE_REPORT = map(pathlib.Path, sys.argv[1:3])
del sys.argv[1:3]


def draw(script, path, output, *options):
    return subprocess.run([sys.executable, "-B", FIGURES / script, path, "-o", output, *map(str, options)],
                          capture_output=True, text=True)


class Figures(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.path = self.folder / "posteriors.h5"

    def rows(self, name):
        with open(self.folder / name, newline="") as file:
            return list(csv.DictReader(file))

    def calibrate(self):
        subprocess.run([WRITE_REPORT, self.path, self.folder / "report", "recovery"], check=True)

    def succeed(self, script, *options):
        done = draw(script, self.path, self.folder / "figure.svg", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater((self.folder / "figure.svg").stat().st_size, 1000)

    def test_expected_counts_of_ten_intervals_are_those_of_the_binomial_law(self):
        sys.path.insert(0, str(FIGURES))
        from gathered import binomial_cdf
        from recovery import unlikely
        of_ten = numpy.diff(binomial_cdf(10, 0.95), prepend=0.0)
        for hits, probability, cells in [(10, 0.599, 77), (9, 0.315, 40), (8, 0.075, 10), (7, 0.011, 1)]:
            self.assertAlmostEqual(of_ten[hits], probability, delta=6e-4)
            self.assertEqual(round(128 * of_ten[hits]), cells)
        # Pooled over 320 intervals, 296 to 311 hits are within the central 95 %; of ten, 7 is rare and 8 is not.
        of_320 = binomial_cdf(320, 0.95)
        self.assertEqual((int(numpy.searchsorted(of_320, 0.025)), int(numpy.searchsorted(of_320, 0.975))), (296, 311))
        self.assertEqual([bool(unlikely(hits, 10)) for hits in (10, 9, 8, 7)], [False, False, False, True])

    def test_members_are_drawn_from_whatever_columns_the_catalogue_has(self):
        rng = numpy.random.default_rng(3)
        columns = {"pmra": rng.normal(0, 3, 60), "pmdec": rng.normal(0, 3, 60), "p_cluster": rng.uniform(size=60)}
        for more in ({}, {"ra": rng.uniform(10, 11, 60), "dec": rng.uniform(-1, 1, 60)}):
            columns |= more
            with open(self.path, "w", newline="") as file:
                csv.writer(file).writerows([list(columns), *zip(*columns.values())])
            self.succeed("members.py")

    def test_groups_traced_back_are_drawn_from_their_table(self):
        ages = [f"# group_{k}_age_{end} = {20 + 10 * k + more}" for k in range(2) for end, more in
                [("low", -1), ("median", 0), ("high", 1)]]
        columns = ["time_myr", "group", *(f"{what}_{axis}{end}" for axis in "xyz" for what, end in
                                          [("size", ""), ("expected", ""), ("expected", "_sd"), ("intrinsic", "")])]
        rows = [[-time, k, *([10 + time, 9 + time, 2, 10] * 3)] for k in range(2) for time in range(40)]
        with open(self.path, "w", newline="") as file:
            file.write("\n".join([*ages, ""]))
            csv.writer(file).writerows([columns, *rows])
        self.succeed("group_sizes.py")
        self.path.write_text("time_myr,group\n0,0\n")
        done = draw("group_sizes.py", self.path, self.folder / "figure.svg")
        self.assertEqual(done.returncode, 2)
        self.assertIn("no column", done.stderr)
    def test_groups_of_an_association_are_drawn_from_its_memberships(self):
        rng = numpy.random.default_rng(4)
        columns = {name: rng.uniform(5, 20, 40) for name in ("ra", "dec", "parallax", "pmra", "pmdec", "radial_velocity")}
        columns |= {name: rng.uniform(size=40) for name in ("p_group_0", "p_group_1", "p_field")}
        with open(self.path, "w", newline="") as file:
            csv.writer(file).writerows([list(columns), *zip(*columns.values())])
        self.succeed("association_members.py")

    def test_plotted_intervals_and_counts_are_those_of_the_summary(self):
        synthetic_posteriors.write(self.path, "globular", replicates=3, cells=4, draws=50, failed=[4])
        self.succeed("intervals.py", "--cell", 1, "--data", self.folder / "intervals.csv")
        self.succeed("recovery.py", "--data", self.folder / "recovery.csv")
        hits = {}
        with h5py.File(self.path) as file:
            names = list(file["summary/parameter"].asstr()[:])
            plotted = self.rows("intervals.csv")
            self.assertEqual(len(plotted), 3 * 10)
            for row in plotted:
                place = int(row["simulation"]), names.index(row["parameter"])
                for column in ("mean", "q2_5", "q97_5"):
                    stored = file["summary"][column][place]
                    self.assertTrue(float(row[column]) == stored or stored != stored, row)
                hits[row["parameter"]] = hits.get(row["parameter"], 0) + int(row["holds_truth"])
        for row in self.rows("recovery.csv"):
            if row["cell"] == "1":
                self.assertEqual(int(row["hits"]), hits[row["parameter"]])
                self.assertLessEqual(int(row["hits"]), 2)  # task 4 failed: a miss

    def test_all_figures_of_a_line_campaign(self):
        synthetic_posteriors.write(self.path, "line-outliers", replicates=5, draws=50)
        self.calibrate()
        for script in ("intervals.py", "recovery.py", "coverage_curve.py", "contraction.py", "cost.py", "diagnostics.py"):
            self.succeed(script)
        for part in ("chains", "corner"):
            self.succeed("task_page.py", "--task", 2, "--part", part)

    def test_real_data_have_no_recovery_figure(self):
        synthetic_posteriors.write(self.path, "line-outliers", replicates=1, draws=50, design="data")
        self.succeed("intervals.py")
        self.succeed("diagnostics.py")
        done = draw("recovery.py", self.path, self.folder / "figure.pdf")
        self.assertEqual(done.returncode, 2)
        self.assertIn("no truth", done.stderr)

    def test_a_campaign_that_failed_throughout_still_has_figures(self):
        synthetic_posteriors.write(self.path, "line-outliers", replicates=2, draws=20, failed=[0, 1])
        self.calibrate()
        for script in ("intervals.py", "recovery.py", "coverage_curve.py", "cost.py", "diagnostics.py"):
            self.succeed(script)

    def test_a_figure_of_ranks_says_what_it_needs(self):
        synthetic_posteriors.write(self.path, "line-outliers", replicates=2, draws=20)
        self.calibrate()
        done = draw("rank_ecdf.py", self.path, self.folder / "figure.pdf")
        self.assertEqual(done.returncode, 2)
        self.assertIn("truths drawn from the prior", done.stderr)


if __name__ == "__main__":
    unittest.main()
