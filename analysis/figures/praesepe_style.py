"""How every figure looks: sizes, colours safe for colour-blind readers, symbols and units of the known parameters."""

import math

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

# Okabe & Ito (2008): told apart with every common kind of colour blindness, and in grey.
BLUE, ORANGE, GREEN, RED, BLACK, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#000000", "#8a8a8a"
CHAIN_COLOURS = [BLUE, ORANGE, GREEN, "#CC79A7", "#56B4E9", RED, "#F0E442", BLACK]
STATUS_NAMES = ["converged", "not converged", "failed", "crashed", "missing"]
MISSING = 4  # the status of a task that has not run
STATUS_COLOURS = [BLUE, ORANGE, RED, BLACK, GREY]
STATUS_MARKERS = ["o", "s", "X", "P", "|"]

COLUMN, PAGE = 3.5, 7.2  # width of a journal's column and page, inch

SYMBOLS = {
    "phi0": r"$\Phi_0$", "g": r"$g$", "log10_mass": r"$\log_{10} M$", "mass": r"$M$", "log10_rh": r"$\log_{10} r_\mathrm{h}$",
    "half_mass_radius": r"$r_\mathrm{h}$", "ra": r"$\alpha_\mathrm{c}$", "dec": r"$\delta_\mathrm{c}$",
    "parallax": r"$\varpi$", "pmra": r"$\mu_{\alpha*}$", "pmdec": r"$\mu_\delta$", "radial_velocity": r"$v_\mathrm{r}$",
    "distance": r"$d$", "tidal_radius": r"$r_\mathrm{t}$", "velocity_scale": r"$s$", "central_density": r"$\rho_0$",
    "x": r"$x$", "y": r"$y$", "z": r"$z$", "u": r"$u$", "v": r"$v$", "w": r"$w$", "dxyz": r"$\sigma_{xyz}$",
    "duvw": r"$\sigma_{uvw}$", "age": r"$t$", "weight": r"$w$", "mh": r"$[\mathrm{M/H}]$", "log_age": r"$\log_{10} t$",
    "av": r"$A_V$", "rv": r"$R_V$", "field_fraction": r"$f_\mathrm{field}$", "binary_fraction": r"$f_\mathrm{bin}$",
    "cluster_fraction": r"$f_\mathrm{cl}$", "m": r"$m$", "b": r"$b$", "ln_s_out": r"$\ln\,\sigma_\mathrm{out}$",
    "w0": r"$w_0$", "mu_r": r"$\mu_r$", "ln_std_r": r"$\ln\,\sigma_r$", "observe.stars": r"$N$",
    "observe.sigma": r"$\sigma$",
}
UNITS = {"Msun": r"$M_\odot$", "mas/yr": r"mas yr$^{-1}$", "km/s": r"km s$^{-1}$", "Msun/pc^3": r"$M_\odot$ pc$^{-3}$",
         "Msun/pc3": r"$M_\odot$ pc$^{-3}$", "Msun/pc^2": r"$M_\odot$ pc$^{-2}$", "log10(Msun)": r"$M_\odot$",
         "log10(pc)": "pc", "ln(kpc)": "kpc", "1": ""}


def use():
    """Sets matplotlib's defaults for a figure in print."""
    plt.rcParams.update({
        "font.size": 8, "axes.titlesize": 8, "axes.labelsize": 8, "xtick.labelsize": 7, "ytick.labelsize": 7,
        "legend.fontsize": 7, "legend.frameon": False, "font.family": "DejaVu Sans", "mathtext.fontset": "dejavusans",
        "axes.linewidth": 0.6, "xtick.direction": "in", "ytick.direction": "in", "xtick.top": True, "ytick.right": True,
        "xtick.major.width": 0.6, "ytick.major.width": 0.6, "lines.linewidth": 1.0, "axes.formatter.useoffset": False,
        "axes.formatter.limits": (-4, 5), "figure.dpi": 100, "savefig.dpi": 200, "svg.hashsalt": "praesepe",
        "pdf.fonttype": 42,
    })


def symbol(name):
    """The parameter's symbol; a name with a component index gets it as a subscript; an unknown name stays as it is."""
    if name in SYMBOLS:
        return SYMBOLS[name]
    stem, _, index = name.rpartition("_")
    if stem in SYMBOLS and index.isdigit():
        return SYMBOLS[stem] + rf"$_{{,{index}}}$"
    return name


def unit(text):
    return UNITS.get(text, text)


def label(name, unit_text):
    """Axis label: symbol and unit, `log10 M / Msun` for logarithms, `symbol (unit)` otherwise."""
    pretty = unit(unit_text)
    if not pretty:
        return symbol(name)
    return f"{symbol(name)} / {pretty}" if name.startswith(("log", "ln_")) else f"{symbol(name)} ({pretty})"


def plain_label(name, unit_text):
    return f"{name} ({unit_text})" if unit_text not in ("", "1") else name


def panels(count, square=False, share_x=True):
    """A figure of `count` equal panels over a page, at most five a line, and their axes."""
    columns = min(5, count)
    lines = math.ceil(count / columns)
    width = PAGE if columns > 2 else COLUMN
    height = lines * width / columns * (1.0 if square else 0.8)
    figure, grid = plt.subplots(lines, columns, sharex=share_x, sharey=True, squeeze=False, layout="constrained",
                                figsize=(width, height + 0.4))
    for axes in list(grid.flat)[count:]:
        axes.set_visible(False)
    return figure, list(grid.flat)[:count]


def legend_above(figure, axes):
    """The legend of one panel for all, in a line above them."""
    line = 0.22 / figure.get_size_inches()[1]
    figure.get_layout_engine().set(rect=(0, 0, 1, 1 - line))
    figure.legend(*axes.get_legend_handles_labels(), loc="upper center", ncols=4, fontsize=7, borderaxespad=0.1)


def save(figure, path):
    """PDF, SVG or PNG by the name's ending, without the date so that the same numbers give the same file."""
    metadata = {"pdf": {"CreationDate": None}, "svg": {"Date": None}}.get(str(path).rpartition(".")[2])
    figure.savefig(path, metadata=metadata)


def close(figure):
    plt.close(figure)
