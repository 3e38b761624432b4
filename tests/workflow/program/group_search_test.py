"""The search for the number of groups: the same by ranks and threads, and after a stop from where it was."""

import unittest

from program import ProgramTest

CAMPAIGN = """
[campaign]
study = "association"
seed = 5
[observe]
stars = 60
"""


class GroupSearch(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("group.toml", CAMPAIGN)
        self.assertEqual(self.praesepe("simulate", "group.toml", "--task", 0, "-o", "stars.csv").returncode, 0)

    def search(self, *more, launcher=()):
        return self.praesepe("model", "association", "--catalogue", "stars.csv", "--components", 2, *more,
                             launcher=launcher)

    def test_ranks_find_what_one_process_finds(self):
        alone = self.search("--table", "components")
        self.assertEqual(alone.returncode, 0, alone.stderr)
        rows = [line.split(",") for line in alone.stdout.splitlines()]
        self.assertEqual([row[0] for row in rows], ["groups", "1", "2", "2"])
        self.assertEqual(sorted(row[1] for row in rows[1:]), ["A", "A", "B"])
        ranks = self.search("--table", "components", launcher=["mpirun", "--oversubscribe", "-n", "3"])
        self.assertEqual((ranks.returncode, ranks.stdout), (0, alone.stdout), ranks.stderr)

    def test_goes_on_where_it_was_stopped(self):
        whole = self.search("--resume", "search.txt")
        self.assertEqual(whole.returncode, 0, whole.stderr)
        journal = (self.folder / "search.txt").read_bytes()
        lines = journal.splitlines(keepends=True)
        self.assertGreater(len(lines), 4)
        self.write("search.txt", b"".join(lines[:3]) + lines[3][:20])
        self.assertEqual(self.search("--resume", "search.txt").stdout, whole.stdout)
        self.assertEqual((self.folder / "search.txt").read_bytes(), journal)

    def test_does_not_take_up_another_search(self):
        self.search("--resume", "search.txt")
        for launcher in [], ["mpirun", "--oversubscribe", "-n", "2"]:
            other = self.search("--resume", "search.txt", "--set", "field.components=0", launcher=launcher)
            self.assertEqual(other.returncode, 2, other.stderr)
            self.assertEqual(other.stderr.count("search.txt: is not of this search"), 1, other.stderr)

    def test_names_the_tables_there_are(self):
        done = self.search("--table", "ages")
        self.assertEqual(done.returncode, 2)
        self.assertIn("expected groups or components", done.stderr)


if __name__ == "__main__":
    unittest.main()
