"""write_report on synthetic files: what the folder holds, and what is refused.

usage: report_test.py FIGURES_FOLDER WRITE_REPORT
"""
import csv
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

try:
    import h5py
    import matplotlib  # noqa: F401
except ImportError as missing:
    print("skipped: needs python3-h5py and python3-matplotlib:", missing)
    sys.exit(77)

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import synthetic_posteriors

PROGRAM = sys.argv.pop(2)
FIGURES = pathlib.Path(sys.argv.pop(1))


class Report(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.path, self.report = self.folder / "posteriors.h5", self.folder / "report"

    def write(self, *figures, expect=0, **environment):
        done = subprocess.run([PROGRAM, self.path, self.report, *figures], capture_output=True, text=True,
                              env={**os.environ, **environment})
        self.assertEqual(done.returncode, expect, done.stderr)
        self.assertEqual([p.name for p in self.folder.iterdir() if p.name.startswith(".")], [], "half-written")
        return done.stderr

    def page(self):
        return (self.report / "index.html").read_text()

    def test_coverage_and_pages_of_a_campaign_and_its_replacement(self):
        synthetic_posteriors.write(self.path, "line-outliers", replicates=4, draws=50, failed=[1])
        self.write()
        with open(self.report / "coverage.csv", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["parameter"] == "m" and row["counting"] == "all"]
        self.assertEqual([row["tasks"] for row in rows], ["4"] * 4)
        self.assertTrue((self.report / "tasks" / "000003.html").exists())
        self.assertIn("3 of 4 tasks converged; 1 failed", self.page())
        self.assertNotIn("ranks uniform", self.page())
        with h5py.File(self.path) as file:
            self.assertIn("coverage", file["calibration"])
        self.write("diagnostics")
        self.assertFalse((self.report / "tasks").exists())

    def test_plotted_intervals_are_those_of_summary_csv(self):
        synthetic_posteriors.write(self.path, "globular", replicates=3, draws=50)
        self.write("intervals")
        plotted = self.folder / "plotted.csv"
        subprocess.run([sys.executable, FIGURES / "intervals.py", self.path, "-o", self.folder / "figure.pdf",
                        "--data", plotted], check=True)
        with open(self.report / "summary.csv", newline="") as file:
            summary = {(row["simulation"], row["parameter"]): row for row in csv.DictReader(file)}
        with open(plotted, newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertGreaterEqual(len(rows), 30)
        for row in rows:
            known = summary[row["simulation"], row["parameter"]]
            for column in ("truth", "mean", "q2_5", "q97_5"):
                self.assertAlmostEqual(float(row[column]), float(known[column]), delta=1e-12 * abs(float(known[column])))

    def test_a_read_only_file_stays_as_it_is(self):
        synthetic_posteriors.write(self.path, "line-outliers", replicates=1, draws=50)
        self.path.chmod(0o444)
        before = self.path.read_bytes()
        self.write("recovery")
        self.assertEqual(self.path.read_bytes(), before)
        with h5py.File(self.report / "calibration.h5") as file:
            self.assertIn("coverage", file["calibration"])

    def test_real_data_have_a_summary_and_no_coverage(self):
        synthetic_posteriors.write(self.path, "line-outliers", replicates=1, draws=50, design="data")
        self.write()
        self.assertIn("no coverage", self.page())
        self.assertFalse((self.report / "coverage.csv").exists())

    def test_all_tasks_failed(self):
        synthetic_posteriors.write(self.path, "line-outliers", replicates=2, draws=20, failed=[0, 1])
        self.write()
        self.assertIn("0 of 2 tasks converged", self.page())

    def test_draws_that_are_nan_are_named(self):
        synthetic_posteriors.write(self.path, "line-outliers", replicates=3, draws=50)
        with h5py.File(self.path, "r+") as file:
            file["posterior/b"][1, 7, 2] = float("nan")
        self.write("coverage_curve")
        self.assertIn("Draws of task 2 are NaN", self.page())
        with open(self.report / "coverage_curve.csv", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["parameter"] == "m" and row["level"] == "0.99"]
        self.assertEqual({row["tasks"] for row in rows}, {"3"})
        self.assertLessEqual(max(int(row["hits"]) for row in rows), 2)

    def test_one_task_alone_has_a_report(self):
        synthetic_posteriors.write(self.path, "line-outliers", replicates=1, draws=50)
        self.write()
        self.assertIn("1 of 1 task converged", self.page())

    def test_files_of_others_are_refused(self):
        synthetic_posteriors.write(self.path, "line-outliers", replicates=1, draws=20)
        with h5py.File(self.path, "r+") as file:
            file.attrs["schema_version"] = 0
        self.assertIn("schema version 0", self.write(expect=2))
        self.path.write_bytes(b"no HDF5 at all")
        self.assertIn(str(self.path), self.write(expect=2))
        self.assertFalse(self.report.exists())

    def test_refusals_leave_everything_alone(self):
        synthetic_posteriors.write(self.path, "line-outliers", replicates=1, draws=20)
        self.assertIn("recovery, rank_ecdf", self.write("nonsense", expect=2))
        self.assertIn("status", self.write(expect=1, PRAESEPE_PYTHON="/bin/false"))
        self.assertFalse(self.report.exists())
        self.report.mkdir()
        (self.report / "notes.txt").write_text("mine")
        self.assertIn("not a report", self.write(expect=2))
        self.assertEqual((self.report / "notes.txt").read_text(), "mine")


if __name__ == "__main__":
    unittest.main()
