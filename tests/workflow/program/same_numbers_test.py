"""The same campaign gives the same bits however it is run: threads, ranks, shards, kills, restarts, more replicates."""

import json
import signal
import subprocess
import time
import unittest

import h5py
import numpy

from program import PROGRAM, ProgramTest

GROUPS = ["posterior", "sample_stats", "truth", "summary", "task"]
FREE = {"wall_time", "cpu_time", "attempts", "host"}
MPIRUN = ["mpirun", "--oversubscribe", "-n", "2"]
CLUSTER = """
[campaign]
study = "globular"
[observe]
stars = 10
[sampler]
warmup = 30
draws = 20
"""


def numbers(path):
    with h5py.File(path) as file:
        return {f"{group}/{name}": data[()] for group in GROUPS for name, data in file[group].items()
                if name not in FREE}


def bits(values):
    """What compares to the last bit, also where it is not a number."""
    return values.tolist() if values.dtype == object else (values.shape, values.tobytes())


class SameNumbers(ProgramTest):
    def run_campaign(self, folder, *more, launcher=()):
        done = self.praesepe("run", "line.toml", "-o", folder, "--no-report", *more, launcher=launcher)
        self.assertEqual(done.returncode, 0, done.stderr)
        return numbers(self.folder / folder / "posteriors.h5")

    def assert_same(self, a, b):
        self.assertEqual(a.keys(), b.keys())
        for name, values in a.items():
            self.assertEqual(bits(numpy.asarray(values)), bits(numpy.asarray(b[name])), name)

    def test_threads_and_ranks(self):
        alone = self.run_campaign("alone", "--threads", 1)
        self.assert_same(alone, self.run_campaign("threads", "--threads", 3))
        self.assert_same(alone, self.run_campaign("rank", launcher=[*MPIRUN[:-1], "1"]))
        self.assert_same(alone, self.run_campaign("ranks", launcher=MPIRUN))
        with h5py.File(self.folder / "ranks/posteriors.h5") as file:
            runs = json.loads(file.attrs["runs"])
        self.assertEqual([(run["ranks"], run["threads"]) for run in runs], [(2, 1)])

    def test_more_threads_than_chains(self):
        """One task of a catalogue so large that threads share its stars; and what they do is counted."""
        self.write("cluster.toml", CLUSTER)
        settings = ["observe.stars=1500", "sampler.importance=false", "sampler.warmup=20"]
        settings += [f"prior.{name}=fixed({value})" for name, value in
                     {"g": 2, "ra": 60, "dec": 45, "parallax": 1, "pmra": 4, "pmdec": 5, "radial_velocity": 30}.items()]
        more = [word for setting in settings for word in ("--set", setting)]

        def run(folder, threads):
            done = self.praesepe("run", "cluster.toml", "-o", folder, "--no-report", "--threads", threads, *more)
            self.assertIn(done.returncode, (0, 3), done.stderr)  # there may be too few draws
            path = self.folder / folder / "posteriors.h5"
            with h5py.File(path) as file:
                return numbers(path), file["task/cpu_time"][0]

        alone, seconds = run("alone", 1)
        shared, seconds_shared = run("shared", 8)
        self.assert_same(alone, shared)
        # each of four workers looks for modes by itself, and two threads do what one did
        self.assertGreater(seconds_shared, 0.5 * seconds)

    def test_latents_drawn_and_sampled(self):
        """On 1 or 2 ranks; and drawing them leaves the posterior as it is."""
        self.write("cluster.toml", CLUSTER)

        def run(folder, *settings, launcher=()):
            more = [word for setting in settings for word in ("--set", setting)]
            done = self.praesepe("run", "cluster.toml", "-o", folder, "--no-report", *more, launcher=launcher)
            self.assertEqual(done.returncode, 3, done.stderr)  # far too few draws
            groups = ["posterior"] + (["latents"] if settings else [])
            with h5py.File(self.folder / folder / "posteriors.h5") as file:
                return {f"{group}/{name}": data[()] for group in groups for name, data in file[group].items()}

        plain = run("plain")
        for method in ("collapsed", "full"):
            settings = ["output.latents=3", f'sampler.method="{method}"']
            alone = run(f"{method}-alone", *settings)
            self.assertEqual(alone["latents/distance"].shape, (3, 1, 10))
            self.assertTrue(numpy.isfinite(alone["latents/radial_velocity"]).all())
            self.assert_same(alone, run(f"{method}-ranks", *settings, launcher=MPIRUN))
            same = numpy.array_equal(alone["posterior/phi0"], plain["posterior/phi0"])
            self.assertEqual(same, method == "collapsed")

    def test_shards_then_merge(self):
        whole = self.run_campaign("whole")
        for i in range(2):
            done = self.praesepe("run", "line.toml", "-o", "parts", "--shard", f"{i}/2")
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertFalse((self.folder / "parts/posteriors.h5").exists())
        self.assertEqual(self.praesepe("merge", "parts", "-o", "merged.h5").returncode, 0)
        self.assert_same(whole, numbers(self.folder / "merged.h5"))

    def test_resuming_after_a_kill(self):
        whole = self.run_campaign("whole")
        process = subprocess.Popen([PROGRAM, "run", "line.toml", "-o", "killed", "--threads", "1", "--no-report"],
                                   cwd=self.folder)
        while not list((self.folder / "killed/shards").glob("*.h5")) and process.poll() is None:
            time.sleep(0.002)
        process.kill()
        process.wait()
        self.assert_same(whole, self.run_campaign("killed"))

    def test_more_replicates(self):
        self.run_campaign("grown")
        more = self.run_campaign("grown", "--set", "campaign.replicates=3")
        self.assert_same(self.run_campaign("anew", "--set", "campaign.replicates=3"), more)
        log = [json.loads(line) for line in (self.folder / "grown/log.jsonl").read_text().splitlines()]
        self.assertEqual(sorted(e["task"] for e in log if e["event"] == "task"), [0, 1, 2, 2, 3, 4, 5, 5, 8])

    def test_another_campaign_is_refused_unless_fresh(self):
        self.run_campaign("results")
        done = self.praesepe("run", "line.toml", "-o", "results", "--set", "sampler.draws=500")
        self.assertEqual(done.returncode, 2)
        self.assertIn("sampler.draws (1000, now 500)", done.stderr)
        done = self.praesepe("run", "line.toml", "-o", "results", "--set", "campaign.seed=8", "--fresh", "--no-report")
        self.assertIn(done.returncode, (0, 3), done.stderr)
        self.assertEqual(len(list(self.folder.glob("results.old-*"))), 1)

    def test_a_signal_leaves_work_for_the_next_run(self):
        replicates = ["--set", "campaign.replicates=40"]
        process = subprocess.Popen([PROGRAM, "run", "line.toml", "-o", "stopped", "--no-report", "--quiet", *replicates],
                                   cwd=self.folder, stderr=subprocess.DEVNULL)
        while not list((self.folder / "stopped/shards").glob("*.h5")):
            time.sleep(0.002)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(), 75)
        state = json.loads(self.praesepe("status", "stopped", "--json").stdout)
        self.assertEqual(state["total"], 120)
        self.assertEqual(state["running"], 0)
        self.assertGreater(state["waiting"], 0)


if __name__ == "__main__":
    unittest.main()
