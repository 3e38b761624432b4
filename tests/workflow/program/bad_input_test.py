"""Whatever is wrong with an input: one line that names the place, exit status 2, and nothing half-written."""

import unittest

from program import CAMPAIGN, CATALOGUE, ProgramTest


class BadInput(ProgramTest):
    def assert_refused(self, *arguments, says, launcher=()):
        before = sorted(self.folder.rglob("*"))
        done = self.praesepe(*arguments, launcher=launcher)
        self.assertEqual(done.returncode, 2, done.stderr + done.stdout)
        self.assertEqual(len(done.stderr.strip().splitlines()), 1, done.stderr)
        for text in says:
            self.assertIn(text, done.stderr)
        self.assertEqual(sorted(self.folder.rglob("*")), before)

    def refuse_campaign(self, text, *says):
        self.assert_refused("run", self.write("bad.toml", text), "-o", "results", says=says)

    def refuse_catalogue(self, text, *says, name="bad.csv"):
        self.assert_refused("infer", "line-outliers", self.write(name, text), "-o", "out.h5", says=[name, *says])

    def test_malformed_toml(self):
        self.refuse_campaign("[campaign]\nstudy = \n", "bad.toml:2")

    def test_an_unknown_key_is_met_with_the_nearest_known_one(self):
        self.refuse_campaign(CAMPAIGN.replace("replicates", "replicats"), "bad.toml:5", "campaign.replicats",
                             "campaign.replicates")
        self.refuse_campaign(CAMPAIGN + "[observe]\npoint = 3\n", "observe.point", "observe.points")
        self.refuse_campaign(CAMPAIGN + "[field]\nstars = 3\n", "[field]", "unknown section")

    def test_an_unknown_study_lists_the_studies(self):
        self.refuse_campaign(CAMPAIGN.replace("line-outliers", "line"), "bad.toml:3", "line-outliers")

    def test_a_wrong_type(self):
        self.refuse_campaign(CAMPAIGN.replace("seed = 7", 'seed = "seven"'), "bad.toml:4", "campaign.seed")

    def test_a_value_outside_the_range_of_the_model(self):
        self.refuse_campaign(CAMPAIGN.replace("0.9, 0.6", "1.9, 0.6"), "bad.toml:7", "truth.w0")
        self.refuse_campaign(CAMPAIGN + "[observe]\npoints = 2.5\n", "bad.toml:11", "observe.points")

    def test_a_bad_prior(self):
        self.refuse_campaign(CAMPAIGN + '[prior]\nm = "uniform(2, 1)"\n', "bad.toml:11", "prior.m")
        self.refuse_campaign(CAMPAIGN + '[prior]\nm = "uniform(1, F_c)"\n', "bad.toml:11", "prior.m")

    def test_truths_in_another_order_than_labels(self):
        self.refuse_campaign('[campaign]\nname = "two"\nstudy = "association"\nseed = 1\n[model]\ngroups = 2\n'
                             "[truth]\ngroup_0_age = 30.0\ngroup_1_age = 20.0\n", "truth.group_0_age", "group_1_age", "ascend")

    def test_a_truth_given_twice(self):
        self.refuse_campaign(CAMPAIGN + "[truth]\nm = 2.0\n", "truth.m", "grid.m")

    def test_usage(self):
        self.assert_refused("rum", says=['"run"'])
        self.assert_refused("run", "line.toml", says=["--output"])
        self.assert_refused("run", "line.toml", "-o", "results", "--tasks", "3-99", says=["--tasks 3-99", "0-5"])
        self.assert_refused("run", "line.toml", "-o", "results", "--shard", "3/3", says=["--shard 3/3"])

    def test_one_rank_speaks_for_all(self):
        self.assert_refused("run", self.write("bad.toml", "[campaign\n"), "-o", "results", says=["bad.toml:1"],
                            launcher=["mpirun", "-q", "--oversubscribe", "-n", "2"])

    def test_a_file_that_is_not_there(self):
        self.assert_refused("run", "none.toml", "-o", "results", says=["none.toml"])
        self.assert_refused("infer", "line-outliers", "none.csv", "-o", "out.h5", says=["none.csv"])

    def test_a_missing_column(self):
        self.refuse_catalogue(CATALOGUE.replace("y_err", "error"), "y_err")

    def test_a_cell_that_is_no_number(self):
        self.refuse_catalogue(CATALOGUE + "11,twelve,0.5\n", "row 11", "column y")

    def test_a_missing_cell(self):
        self.refuse_catalogue(CATALOGUE + "11,nan,0.5\n", "row 11", "column y")

    def test_an_error_that_is_not_positive(self):
        self.refuse_catalogue(CATALOGUE + "11,12,0\n", "row 11", "y_err")
        self.refuse_catalogue(CATALOGUE + "11,12,-0.5\n", "row 11", "y_err")

    def test_an_empty_file(self):
        self.refuse_catalogue("")
        self.refuse_campaign("", "bad.toml")

    def test_a_truncated_fits_file(self):
        self.refuse_catalogue(b"SIMPLE  =                    T", name="bad.fits")

    def test_a_model_without_its_parameters_or_with_an_unknown_table(self):
        self.assert_refused("model", "globular", "--phi0", "5", says=["--g is missing"])
        self.assert_refused("model", "globular", "--table", "virail", says=["virail", "virial or accuracy"])

    def test_memberships_that_cannot_be_written(self):
        self.write("good.csv", CATALOGUE)
        self.write("parallaxes.csv", "parallax,parallax_error\n1.0,0.1\n1.1,0.1\n")
        self.assert_refused("infer", "line-outliers", "good.csv", "-o", "out.h5", "--stars", "members.txt",
                            says=["members.txt"])
        self.assert_refused("infer", "cluster-distance", "parallaxes.csv", "-o", "out.h5", "--stars", "members.csv",
                            says=["members.csv", "cluster-distance", "no mixture"])

    def test_a_model_that_cannot_be(self):
        campaign = '[campaign]\nstudy = "line-outliers"\n[model]\n'
        self.write("many.toml", campaign + "outliers = 9\n")
        self.assert_refused("plan", "many.toml", says=["many.toml:4", "model.outliers", "from 1 to 5"])
        self.write("word.toml", campaign + 'outliers = "two"\n')
        self.assert_refused("plan", "word.toml", says=["word.toml:4", "model.outliers", "number"])
        self.write("typed.toml", campaign + "outlier = 2\n")
        self.assert_refused("plan", "typed.toml", says=["model.outlier", "model.outliers"])
        self.write("prior.toml", campaign + 'outliers = 2\n[prior]\noutlier_weight_0 = "uniform(0, 1)"\n')
        self.assert_refused("plan", "prior.toml", says=["prior.outlier_weight", "dirichlet"])

    def test_an_output_that_cannot_be_written(self):
        self.write("file", "")
        self.write("good.csv", CATALOGUE)
        self.assert_refused("run", "line.toml", "-o", "file/results", says=["file/results"])
        self.assert_refused("infer", "line-outliers", "good.csv", "-o", "file/out.h5", says=["file/out.h5"])


if __name__ == "__main__":
    unittest.main()
