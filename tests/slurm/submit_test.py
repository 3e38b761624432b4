"""`praesepe submit` on a real SLURM: an array, an element queued again by a signal, one cancelled and submitted again."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "workflow/program"))
from program import MPI, ProgramTest  # noqa: E402
from same_numbers_test import bits, numbers  # noqa: E402

LOCAL_SLURM = pathlib.Path(__file__).with_name("local_slurm.sh")
ELEMENTS = 4


def setUpModule():
    if not shutil.which("sbatch") or not shutil.which("slurmctld", path=os.environ["PATH"] + ":/usr/sbin"):
        print("SLURM is not installed (slurm-wlm, munge): nothing was tested")
        sys.exit(77)
    global slurm_folder
    slurm_folder = tempfile.mkdtemp(prefix="slurm-")
    started = subprocess.run([LOCAL_SLURM, "start", slurm_folder], capture_output=True, text=True, check=True)
    os.environ["SLURM_CONF"] = started.stdout.split("'")[1]
    os.environ.update(MPI)


def tearDownModule():
    subprocess.run([LOCAL_SLURM, "stop", slurm_folder], check=True)
    shutil.rmtree(slurm_folder, ignore_errors=True)


def slurm(*arguments):
    return subprocess.run(arguments, capture_output=True, text=True, check=True).stdout


def states(job):
    """{array element or None: state} of a job, finished ones too."""
    lines = slurm("squeue", "-h", "-r", "-t", "all", "-j", str(job), "-o", "%K %T").splitlines()
    return {key: state for key, state in (line.split() for line in lines)}


def wait_for(condition, seconds=120):
    for _ in range(seconds * 10):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("nothing happened for a long time\n" + slurm("squeue", "-r", "-t", "all"))


class Submit(ProgramTest):
    def submit(self, *more):
        done = self.praesepe("submit", "line.toml", "-o", "results", "--array", ELEMENTS, "--time", "10", *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def job_numbers(self, text):
        words = text.replace(",", "").split()
        return int(words[2]), int(words[words.index("job", 3) + 1])

    def elements_at_work(self):
        """Elements that have begun a task."""
        marks = (self.folder / "results/running").glob("00000[0-9]")
        return sorted({int(mark.name) % ELEMENTS for mark in marks})

    def logs(self):
        return "".join(path.read_text() for path in (self.folder / "results/slurm").glob("*.log"))

    def test_dry_run_prints_scripts_and_leaves_nothing(self):
        text = self.submit("--dry-run", "--throttle", 2, "--partition", "long", "--ranks", 8)
        for line in ("#SBATCH --array=0-3%2", "#SBATCH --partition=long", "#SBATCH --requeue", "mpirun -n 8"):
            self.assertIn(line, text)
        self.assertFalse((self.folder / "results").exists())

    def test_tables_of_the_campaign_are_heard_and_mistakes_in_them_named(self):
        campaign = (self.folder / "line.toml").read_text()
        self.write("line.toml", campaign + '[slurm]\nprologue = ["module load hdf5"]\naccount = "stars"\n')
        text = self.submit("--dry-run")
        self.assertIn("module load hdf5", text)
        self.assertIn("#SBATCH --account=stars", text)
        self.write("line.toml", campaign + '[slurm]\npartitoin = "x"\n')
        done = self.praesepe("submit", "line.toml", "-o", "results", "--array", 2, "--dry-run")
        self.assertEqual(done.returncode, 2)
        self.assertIn("line.toml:11: slurm.partitoin", done.stderr)
        self.assertIn("slurm.partition", done.stderr)

    def test_an_array_with_a_requeued_and_a_cancelled_element(self):
        # Long enough to be met while they run: several seconds a task.
        campaign = (self.folder / "line.toml").read_text() + "[sampler]\ndraws = 100000\nimportance = false\n"
        self.write("line.toml", campaign)
        array, merge = self.job_numbers(self.submit("--ranks", 2 if shutil.which("mpirun") else 1))
        wait_for(lambda: len(self.elements_at_work()) == 2)
        first, second = self.elements_at_work()
        # SLURM may say for a moment that a job which has just begun is over already.
        signal = ["scancel", "--batch", "--signal=USR1", f"{array}_{first}"]
        wait_for(lambda: subprocess.run(signal, capture_output=True).returncode == 0)
        slurm("scancel", f"{array}_{second}")
        wait_for(lambda: set(states(array).values()) <= {"COMPLETED", "CANCELLED", "FAILED"})
        wait_for(lambda: set(states(merge).values()) <= {"COMPLETED", "FAILED"})
        self.assertEqual(set(states(merge).values()), {"COMPLETED"}, self.logs())
        again = slurm("scontrol", "show", "job", f"{array}_{first}")
        self.assertRegex(again, "Restarts=[1-9]")
        # What was cancelled: the same command submits it again, and finished tasks are not done twice.
        array, merge = self.job_numbers(self.submit())
        wait_for(lambda: set(states(merge).values()) <= {"COMPLETED", "FAILED"})
        self.assertEqual(set(states(merge).values()), {"COMPLETED"}, self.logs())
        self.assertTrue((self.folder / "results/report/index.html").exists())
        laptop = self.praesepe("run", "line.toml", "-o", "laptop", "--no-report")
        self.assertEqual(laptop.returncode, 0, laptop.stderr)
        one, other = numbers(self.folder / "laptop/posteriors.h5"), numbers(self.folder / "results/posteriors.h5")
        self.assertEqual(one.keys(), other.keys())
        for name, values in one.items():
            self.assertTrue(bits(values) == bits(other[name]), name)


if __name__ == "__main__":
    unittest.main()
