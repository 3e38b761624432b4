"""What may happen to a folder of results: two writers at once, damaged and foreign shards, a full disk, no permission."""

import json
import os
import resource
import shutil
import signal
import subprocess
import unittest

from program import MPI, PROGRAM, ProgramTest
from same_numbers_test import bits, numbers


def small_files_only():
    """A disk that is full after 64 KiB, as far as this process can tell."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))


def nobody():
    """Permissions do not bind root."""
    if os.geteuid() == 0:
        os.setgid(65534)
        os.setuid(65534)


class Folder(ProgramTest):
    def run_campaign(self, *more, folder="results", status=0):
        done = self.praesepe("run", "line.toml", "-o", folder, "--no-report", "--quiet", *more)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def numbers(self, folder="results"):
        return {name: bits(values) for name, values in numbers(self.folder / folder / "posteriors.h5").items()}

    def shard(self, task):
        return self.folder / "results/shards" / f"{task:06}.h5"

    def test_two_processes_on_one_folder(self):
        self.run_campaign(folder="alone")
        together = [subprocess.Popen([PROGRAM, "run", "line.toml", "-o", "results", "--no-report", "--quiet"],
                                     cwd=self.folder, env=os.environ | MPI) for _ in range(2)]
        self.assertEqual([process.wait() for process in together], [0, 0])
        self.assertEqual(self.numbers(), self.numbers("alone"))
        self.assertEqual(self.praesepe("verify", "results").returncode, 0)
        self.assertEqual(list((self.folder / "results/running").iterdir()), [])

    def test_a_gathered_file_may_be_named_by_its_folder(self):
        self.run_campaign()
        by_file, by_folder = self.praesepe("summary", "results/posteriors.h5"), self.praesepe("summary", "results")
        self.assertEqual(by_folder.returncode, 0, by_folder.stderr)
        self.assertEqual(by_folder.stdout, by_file.stdout)
        elsewhere = self.praesepe("summary", ".")
        self.assertEqual((elsewhere.returncode, elsewhere.stderr.count("\n")), (2, 1), elsewhere.stderr)

    def test_damaged_shards_are_named_and_their_tasks_run_again(self):
        self.run_campaign()
        whole, times = self.numbers(), {task: self.shard(task).stat().st_mtime_ns for task in range(6)}
        with open(self.shard(1), "r+b") as file:
            file.truncate(1000)
        with open(self.shard(4), "r+b") as file:
            file.seek(file.seek(0, 2) // 2)
            byte = file.read(1)[0]
            file.seek(-1, 1)
            file.write(bytes([byte ^ 4]))
        verified = self.praesepe("verify", "results")
        self.assertEqual(verified.returncode, 1)
        for name in ("000001.h5", "000004.h5"):
            self.assertIn(name, verified.stderr)
        merged = self.praesepe("merge", "results", "-o", "merged.h5")
        self.assertEqual(merged.returncode, 2)
        self.assertFalse((self.folder / "merged.h5").exists())
        self.run_campaign()
        self.assertEqual(self.numbers(), whole)
        changed = [task for task in range(6) if self.shard(task).stat().st_mtime_ns != times[task]]
        self.assertEqual(changed, [1, 4])

    def test_a_shard_of_another_campaign_is_refused(self):
        self.run_campaign()
        self.run_campaign("--set", "campaign.seed=8", folder="other")
        shutil.copy(self.folder / "other/shards/000002.h5", self.shard(2))
        verified = self.praesepe("verify", "results")
        self.assertEqual(verified.returncode, 1)
        self.assertIn("another campaign", verified.stderr)
        merged = self.praesepe("merge", "results", "-o", "merged.h5")
        self.assertEqual(merged.returncode, 2)
        self.assertIn("000002.h5", merged.stderr)

    def test_a_gap_is_refused_unless_allowed(self):
        self.run_campaign()
        self.shard(3).unlink()
        self.assertEqual(self.praesepe("merge", "results", "-o", "merged.h5").returncode, 2)
        done = self.praesepe("merge", "results", "-o", "merged.h5", "--allow-missing")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(list(numbers(self.folder / "merged.h5")["task/status"]), [0, 0, 0, 4, 0, 0])
        bytes_before = (self.folder / "merged.h5").read_bytes()
        self.praesepe("merge", "results", "-o", "merged.h5", "--allow-missing")
        self.assertEqual((self.folder / "merged.h5").read_bytes(), bytes_before)

    def test_a_full_disk_ends_the_run_and_loses_nothing(self):
        self.run_campaign("--tasks", "0-2")
        full = self.praesepe("run", "line.toml", "-o", "results", "--quiet", preexec_fn=small_files_only)
        self.assertEqual(full.returncode, 1)
        self.assertRegex(full.stderr, r"shards/\.000003\..*File too large\n")
        self.assertEqual(len(list((self.folder / "results/shards").glob("*"))), 3)
        self.run_campaign()
        self.run_campaign(folder="alone")
        self.assertEqual(self.numbers(), self.numbers("alone"))

    def test_a_full_file_system_ends_the_run_and_loses_nothing(self):
        disk = self.folder / "disk"
        disk.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", disk], capture_output=True).returncode:
            self.skipTest("a small file system cannot be mounted here")
        try:
            full = self.praesepe("run", "line.toml", "-o", "disk/results", "--quiet", "--no-report")
            self.assertEqual(full.returncode, 1)
            self.assertIn("No space left on device", full.stderr)
            published = len(list((disk / "results/shards").glob("*")))
            self.assertTrue(0 < published < 6, published)
            shutil.copytree(disk / "results", self.folder / "results")
        finally:
            subprocess.run(["umount", disk], check=True)
        self.assertEqual(self.praesepe("verify", "results").returncode, 0)
        self.run_campaign()
        self.run_campaign(folder="alone")
        self.assertEqual(self.numbers(), self.numbers("alone"))

    def test_a_read_only_folder_is_refused_before_anything_runs(self):
        self.run_campaign("--tasks", "0-2")
        before = {path: path.stat().st_mtime_ns for path in self.folder.rglob("*")}
        self.folder.chmod(0o755)
        for path in [self.folder / "results", *(self.folder / "results").rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        for folder in ("results", "new"):
            self.folder.chmod(0o555)
            refused = self.praesepe("run", "line.toml", "-o", folder, "--quiet", preexec_fn=nobody)
            self.folder.chmod(0o755)
            self.assertEqual(refused.returncode, 2, refused.stderr)
            self.assertIn(f"{folder}: cannot be written: Permission denied", refused.stderr)
        self.assertEqual({path: path.stat().st_mtime_ns for path in self.folder.rglob("*")}, before)

    def test_status_agrees_with_the_truth_during_a_run(self):
        settings = ["--set", "campaign.replicates=20", "--no-report", "--quiet"]
        process = subprocess.Popen([PROGRAM, "run", "line.toml", "-o", "results", *settings], cwd=self.folder,
                                   stderr=subprocess.DEVNULL)
        looks = 0
        while process.poll() is None:
            before = len(list((self.folder / "results/shards").glob("*.h5")))
            done = self.praesepe("status", "results", "--json")
            if done.returncode != 0:
                continue  # there is no campaign yet
            after = len(list((self.folder / "results/shards").glob("*.h5")))
            state = json.loads(done.stdout)
            self.assertEqual(state["total"], 60)
            self.assertTrue(before <= state["done"] <= after, (before, state["done"], after))
            self.assertEqual(state["done"] + state["running"] + state["waiting"], 60)
            self.assertLessEqual(state["running"], os.cpu_count())
            looks += 1
        self.assertGreater(looks, 3)
        state = json.loads(self.praesepe("status", "results", "--json").stdout)
        self.assertEqual((state["done"], state["running"], state["eta_seconds"]), (60, 0, 0.0))

    def test_status_shows_the_parts_of_an_array(self):
        self.run_campaign("--shard", "1/4")
        state = json.loads(self.praesepe("status", "results", "--json").stdout)
        self.assertEqual([(part["done"], part["total"]) for part in state["shards"]], [(0, 2), (2, 2), (0, 1), (0, 1)])
        text = self.praesepe("status", "results").stdout
        self.assertIn(f"1/4 [{'#' * 40}] 2/2", text)
        self.assertIn(f"2/4 [{'.' * 40}] 0/1", text)


if __name__ == "__main__":
    unittest.main()
