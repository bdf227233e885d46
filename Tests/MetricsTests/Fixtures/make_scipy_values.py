#!/usr/bin/env python3
"""Writes scipy_values.json: SciPy's rank correlations and ranks of fixed data, most of it with ties.

  make_scipy_values.py    (needs numpy and scipy)
"""

import json
import os

import numpy
import scipy
from scipy import stats


def cases():
    """Names and pairs of lists."""
    generator = numpy.random.default_rng(20240501)
    yield "two values", [1, 2], [5, 3]
    yield "no ties", [1, 2, 3, 4, 5], [5, 6, 7, 8, 7.5]
    yield "ties in one list", [1, 2, 2, 3], [1, 2, 3, 4]
    yield "ties in both lists", [12, 2, 1, 12, 2], [1, 4, 7, 1, 0]
    yield "the same pairs twice", [1, 1, 2, 2, 3, 3], [4, 4, 6, 6, 5, 5]
    yield "constant", [3, 3, 3, 3], [1, 2, 3, 4]
    yield "both constant", [3, 3, 3], [1, 1, 1]
    yield "reversed", list(range(10)), list(range(10, 0, -1))
    for size in (10, 101, 1500):
        truth = generator.normal(80, 4, size)
        noisy = truth + generator.normal(0, 3, size)
        yield f"normal, {size}", truth, noisy
        yield f"rounded, {size}", numpy.round(truth), numpy.round(noisy)
        yield f"few levels, {size}", generator.integers(0, 3, size), generator.integers(0, 4, size)
    large = generator.normal(0, 1, 60)
    yield "far from zero", large + 1e8, numpy.round(large * 4) + 1e8
    yield "huge", large * 1e200, (large + generator.normal(0, 1, 60)) * 1e200
    yield "tiny", large * 1e-200, (large + generator.normal(0, 1, 60)) * 1e-200


def number(value):
    """A JSON number; NaN as null."""
    return None if numpy.isnan(value) else float(value)


def main():
    numpy.seterr(all="ignore")
    written = {"scipy": scipy.__version__, "cases": []}
    for name, x, y in cases():
        x, y = numpy.asarray(x, float), numpy.asarray(y, float)
        written["cases"].append(
            {
                "name": name,
                "x": x.tolist(),
                "y": y.tolist(),
                "ranks": stats.rankdata(x).tolist(),
                "pearson": number(stats.pearsonr(x, y).statistic),
                "spearman": number(stats.spearmanr(x, y).statistic),
                "kendall": number(stats.kendalltau(x, y).statistic),
            }
        )
    generator = numpy.random.default_rng(7)
    x = numpy.round(generator.normal(0, 2, 40))
    y = numpy.round(x + generator.normal(0, 2, 40))
    interval = stats.bootstrap(
        (x, y),
        lambda x, y: stats.spearmanr(x, y).statistic,
        paired=True,
        vectorized=False,
        method="percentile",
        n_resamples=50_000,
        rng=numpy.random.default_rng(1),
    ).confidence_interval
    written["bootstrap"] = {
        "x": x.tolist(),
        "y": y.tolist(),
        "low": interval.low,
        "high": interval.high,
    }
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scipy_values.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(written, file, indent=None, separators=(",", ":"))
        file.write("\n")


if __name__ == "__main__":
    main()
