"""What astropy writes we read, and what we write astropy reads: all digits, units, 64-bit integers and missing cells.

Usage: astropy_check.py COPY_CATALOGUE      (exit status 77: astropy is not installed)
"""
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
    from astropy.io import fits
    from astropy.table import MaskedColumn, Table
except ImportError:
    sys.exit(77)

COPY = sys.argv[1]


def example():
    rng = np.random.default_rng(1)
    n = 50
    table = Table()
    table["SOURCE_ID"] = MaskedColumn(2**62 + np.arange(n), mask=np.arange(n) == 4, fill_value=-99)
    table["designation"] = [f"Gaia DR3 {i}, 'x' \"y\"" for i in range(n)]
    table["ra"] = rng.uniform(0, 360, n)
    table["dec"] = rng.uniform(-90, 90, n)
    table["parallax"] = MaskedColumn(rng.normal(size=n), mask=np.arange(n) % 7 == 0, dtype="f8")
    table["parallax_error"] = rng.uniform(0.1, 1, n)
    table["pmra"] = rng.normal(size=n).astype("f4")
    table["pmra_error"] = np.full(n, 0.25, "f4")
    table["flag"] = rng.uniform(size=n) < 0.5
    table["visits"] = rng.integers(0, 100, n).astype("i2")
    table["counts"] = rng.integers(2**31, 2**32, n).astype("u4")
    table["vector"] = rng.normal(size=(n, 3))
    table["random_index"] = 2**60 + rng.integers(0, 1000, n)
    for name, unit in {"ra": "deg", "dec": "deg", "parallax": "mas", "parallax_error": "mas", "pmra": "mas/yr",
                       "pmra_error": "mas yr-1"}.items():
        table[name].unit = unit
        table[name].description = "Barycentric: a rather long description, with {braces} and 'quotes', of " + name
    table.meta["comments"] = ["a comment"]
    return table


def check(copy, original):
    assert copy.colnames == ["source_id", "ra", "dec", "parallax", "parallax_error", "pmra", "pmra_error", "visits",
                             "counts"], copy.colnames
    assert copy["source_id"].dtype.kind == "i" and copy["source_id"].dtype.itemsize == 8
    assert np.array_equal(np.ma.filled(copy["source_id"], -1), np.ma.filled(original["SOURCE_ID"], -1))
    for name in copy.colnames[1:]:
        expected = np.ma.filled(np.ma.masked_array(original[name]).astype("f8"), np.nan)
        assert np.array_equal(np.ma.filled(copy[name], np.nan), expected, equal_nan=True), name


def copy(source, target):
    result = subprocess.run([COPY, source, target], capture_output=True, text=True)
    assert result.returncode == 0, (str(source), str(target), result.returncode, result.stderr)


def main():
    table = example()
    scalars = [name for name in table.colnames if name != "vector"]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        original = table.copy()
        original["SOURCE_ID"] = original["SOURCE_ID"].filled(-1)
        table.write(folder / "blank.ecsv", format="ascii.ecsv")
        table.write(folder / "comma.ecsv", format="ascii.ecsv", delimiter=",")
        table[scalars].write(folder / "plain.csv", format="ascii.csv")
        table.write(folder / "masked.fits")
        fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(np.zeros((5, 5))), fits.table_to_hdu(table)]).writeto(
            folder / "third.fits.gz")
        for source in ["blank.ecsv", "comma.ecsv", "plain.csv", "masked.fits", "third.fits.gz"]:
            for extension in ["csv", "csv.gz", "ecsv", "fits", "fits.gz"]:
                target = folder / f"copy.{extension}"
                copy(folder / source, target)
                ascii_format = {"csv": "ascii.csv", "csv.gz": "ascii.csv", "ecsv": "ascii.ecsv"}
                read = Table.read(target, format=ascii_format.get(extension, "fits"))
                if not extension.startswith("csv"):
                    assert str(read["pmra"].unit) == "mas / yr" and str(read["ra"].unit) == "deg"
                # A float32 printed as text is another double than the float32 itself.
                if source.endswith("csv"):
                    for name in ["pmra", "pmra_error"]:
                        read[name] = np.asarray(read[name]).astype("f4")
                check(read, table)


main()
