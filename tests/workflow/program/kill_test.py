"""Killed at any moment, resumed in any way: nothing is lost, nothing is done twice, the numbers are the same.

    kill_test.py            a cheap campaign, a few kills
    kill_test.py --clusters a campaign of 24 clusters, twenty kills (long)
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
import unittest

from program import MPI, PROGRAM, ProgramTest
from same_numbers_test import bits, numbers

CLUSTERS = """
[campaign]
study = "globular"
seed = 5
replicates = 12
[grid]
phi0 = [5.0, 8.0]
[observe]
stars = 200
[sampler]
warmup = 200
"""


def children(process):
    """Process ids of the ranks under an mpirun."""
    listed = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True)
    return [int(pid) for pid in listed.stdout.split()]


class Kill(ProgramTest):
    kills = 6
    tasks = 24

    def setUp(self):
        super().setUp()
        self.choice = random.Random(20230801)
        self.write("line.toml", (self.folder / "line.toml").read_text().replace("replicates = 2", "replicates = 8"))
        if "--clusters" in sys.argv:
            self.write("line.toml", CLUSTERS)
            self.kills = 20
        self.moments = {"under way": 0, "publishing": 0}

    def start(self, ranks, fault=None):
        environment = os.environ | MPI | ({"PRAESEPE_FAULT": fault} if fault else {})
        launcher = ["mpirun", "--oversubscribe", "-n", str(ranks)] if ranks > 1 else []
        return subprocess.Popen([*launcher, PROGRAM, "run", "line.toml", "-o", "killed", "--no-report", "--quiet"],
                                cwd=self.folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                start_new_session=True)

    def kill(self, process, victim):
        ranks = children(process)
        if victim == "rank" and ranks:
            os.kill(self.choice.choice(ranks), signal.SIGKILL)
        elif victim == "launcher":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:  # Open MPI's launcher can lock itself up in its own end, its ranks being gone
            process.kill()
            process.wait()
        while any(self.works_here(pid) for pid in os.listdir("/proc") if pid.isdigit()):
            time.sleep(0.05)  # ranks outlive a killed mpirun for a moment, and may only just have begun

    def works_here(self, pid):
        try:
            return os.path.samefile(f"/proc/{pid}/exe", PROGRAM) and os.path.samefile(f"/proc/{pid}/cwd", self.folder)
        except OSError:  # gone, or somebody else's
            return False

    def start_and_kill(self, ranks, fault, patience):
        """By a fault at its place, else by us after `patience` seconds; notes what was going on."""
        process = self.start(ranks, fault)
        try:
            status = process.wait(timeout=patience)
            if status not in (0, 3):
                self.assertIsNotNone(fault, f"a run that nobody disturbed ended with status {status}")
                self.moments["publishing" if fault.startswith(("publish", "gather")) else "under way"] += 1
        except subprocess.TimeoutExpired:
            self.kill(process, self.choice.choice(["rank", "launcher", "everything"]))
            self.moments["under way"] += any((self.folder / "killed/running").iterdir())

    def published(self):
        return {path.name: path.stat().st_mtime_ns for path in (self.folder / "killed/shards").glob("*.h5")}

    def test_kills_at_any_moment(self):
        begin = time.monotonic()
        whole = self.praesepe("run", "line.toml", "-o", "whole", "--no-report")
        self.assertIn(whole.returncode, (0, 3), whole.stderr)
        duration = time.monotonic() - begin
        faults = ["publish:1", "chain:40", "publish:3", "chain:200", "task:2"]
        for k in range(self.kills):
            before = self.published() if k else {}
            fault = faults[k // 2 % len(faults)] if k % 2 else None
            self.start_and_kill(ranks=1 + k % 3, fault=fault, patience=duration if fault else
                                self.choice.uniform(0.02, 0.25) * duration * 4 / self.kills)
            after = self.published()
            self.assertLessEqual(before.items(), after.items(), "a published task was run or written again")
            verified = self.praesepe("verify", "killed")
            self.assertEqual(verified.returncode, 0, verified.stderr)
        # on a machine whose load changes, a run may have come to its end before it was killed
        (self.folder / "killed/posteriors.h5").unlink(missing_ok=True)
        self.start_and_kill(ranks=2, fault="gather:1", patience=duration)
        if "--clusters" in sys.argv:
            self.assertGreaterEqual(self.moments["under way"], 10)
            self.assertGreaterEqual(self.moments["publishing"], 3)
        self.assertFalse((self.folder / "killed/posteriors.h5").exists())
        last = self.praesepe("run", "line.toml", "-o", "killed", "--no-report")
        self.assertEqual(last.returncode, whole.returncode, last.stderr)
        one, other = numbers(self.folder / "whole/posteriors.h5"), numbers(self.folder / "killed/posteriors.h5")
        self.assertEqual(one.keys(), other.keys())
        for name, values in one.items():
            self.assertTrue(bits(values) == bits(other[name]), name)
        self.assertEqual(list((self.folder / "killed/running").iterdir()), [])
        log = [json.loads(line) for line in (self.folder / "killed/log.jsonl").read_text().splitlines()]
        done = [event["task"] for event in log if event["event"] == "task"]
        self.assertEqual(len(done), len(set(done)))


class Crash(ProgramTest):
    def test_a_task_that_crashes_three_times_is_recorded_and_the_rest_goes_on(self):
        environment = os.environ | MPI | {"PRAESEPE_FAULT": "task:1:11"}
        for attempt in range(3):
            done = subprocess.run([PROGRAM, "run", "line.toml", "-o", "results", "--threads", "1", "--quiet"],
                                  cwd=self.folder, env=environment, capture_output=True)
            self.assertEqual(done.returncode, -signal.SIGSEGV)
        done = self.praesepe("run", "line.toml", "-o", "results", "--quiet")
        self.assertEqual(done.returncode, 3)
        self.assertIn("task 0: crashed: crashed in 3 attempts, the last time by signal 11", done.stderr)
        state = json.loads(self.praesepe("status", "results", "--json").stdout)
        self.assertEqual((state["done"], state["failed"]), (6, 1))

    def test_a_stopped_task_goes_on_where_it_was(self):
        settings = ["--set", "sampler.draws=20000", "--set", "grid.w0=[0.9]", "--set", "grid.m=[1.0]",
                    "--set", "grid.exclude=[]", "--set", "campaign.replicates=1", "--no-report", "--quiet"]
        whole = self.praesepe("run", "line.toml", "-o", "whole", *settings)
        self.assertEqual(whole.returncode, 0, whole.stderr)
        stops = 0
        for _ in range(100):
            fault = f"chain:30:{int(self.signals[stops % 2])}"  # at the 30th look at the journal
            done = subprocess.run([PROGRAM, "run", "line.toml", "-o", "stopped", *settings], cwd=self.folder,
                                  env=os.environ | {"PRAESEPE_FAULT": fault}, stderr=subprocess.DEVNULL)
            if done.returncode == 0:
                break
            self.assertEqual(done.returncode, 75)
            stops += 1
        self.assertGreater(stops, 1)  # both signals
        one, other = numbers(self.folder / "whole/posteriors.h5"), numbers(self.folder / "stopped/posteriors.h5")
        for name, values in one.items():
            self.assertTrue(bits(values) == bits(other[name]), name)

    signals = [signal.SIGTERM, signal.SIGUSR1]


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv if argument != "--clusters"]
    unittest.main(argv=arguments + (["Kill"] if "--clusters" in sys.argv else []))
