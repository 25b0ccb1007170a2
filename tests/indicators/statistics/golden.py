"""Golden values for the statistics, from SciPy.

Run in this folder, where SciPy is installed (written with SciPy 1.17.1, NumPy 2):

    python3 golden.py > golden.json

Each case is { "of": function, "args": [...], "value": number | [numbers] }; tests/indicators/statistics/golden.test.ts
calls our function of that name with those arguments and compares.
"""
import json
import sys

import numpy as np
import scipy
from scipy import optimize, special, stats

cases = []


def add(of, args, value):
    value = [float(v) for v in value] if np.ndim(value) else float(value)
    cases.append({"of": of, "args": args, "value": value})


rng = np.random.default_rng(20260101)

for x in (0.1, 0.5, 1.5, 2.0, 3.7, 14.9, 15.0, 171.2, 1e4, 3.3e6):
    add("lnGamma", [x], special.gammaln(x))
for a in (0.1, 0.5, 1, 4.5, 30, 700, 1e5):
    for q in (1e-8, 0.001, 0.025, 0.5, 0.975, 0.9999):
        x = special.gammaincinv(a, q)
        add("inverseGamma", [a, q], x)
        add("inverseGammaUpper", [a, q], special.gammainccinv(a, q))
        if x > 1e-300:
            add("incompleteGamma", [a, float(x) * 1.1], [special.gammainc(a, x * 1.1), special.gammaincc(a, x * 1.1)])
for a, b in ((0.2, 0.3), (0.5, 0.5), (1, 1), (2, 9), (40, 3), (300, 5000), (1e5, 2e4), (0.7, 9e4)):
    for q in (1e-8, 0.001, 0.025, 0.5, 0.975, 0.9999):
        x = special.betaincinv(a, b, q)
        add("inverseBeta", [a, b, q], x)
        if 1e-300 < x < 0.9:
            add("incompleteBeta", [a, b, float(x) * 1.05], special.betainc(a, b, x * 1.05))
for z in (-8, -1.5, 0, 0.3, 1.96, 5, 20):
    add("normalUpper", [z], stats.norm.sf(z))
for q in (1e-12, 1e-5, 0.001, 0.025, 0.3, 0.5, 0.8):
    add("normalQuantileUpper", [q], stats.norm.isf(q))

for t in (-3, 0.5, 2.2, 40):
    for df in (1, 5, 11, 300):
        add("studentUpper", [t, df], stats.t.sf(t, df))
for q in (1e-6, 0.001, 0.025, 0.4):
    for df in (1, 5, 11, 300):
        add("studentQuantileUpper", [q, df], stats.t.isf(q, df))

for x, n in ((0, 1), (0, 12), (1, 1), (3, 10), (7, 400), (250, 500), (999, 1000), (40, 90_000)):
    for level in (0.9, 0.95, 0.998):
        r = stats.binomtest(x, n)
        for of, method in (("clopperPearson", "exact"), ("wilson", "wilson")):
            ci = r.proportion_ci(level, method)
            add(of, [x, n, level], [ci.low, ci.high])
    add("binomialUpper", [x, n, 0.03], stats.binom.sf(x - 1, n, 0.03))
    add("binomialLower", [x, n, 0.03], stats.binom.cdf(x, n, 0.03))
for q in (0.001, 0.025, 0.5, 0.975):
    for n, p in ((5, 0.5), (80, 0.1), (4000, 0.02)):
        add("binomialQuantile", [q, n, p], stats.binom.ppf(q, n, p))

for x in (0, 1, 4, 25, 800):
    for level in (0.9, 0.95, 0.998):
        t = (1 - level) / 2
        low = 0 if x == 0 else stats.chi2.ppf(t, 2 * x) / 2
        add("poissonLimits", [x, level], [low, stats.chi2.isf(t, 2 * x + 2) / 2])
    add("poissonUpper", [x, 6.5], stats.poisson.sf(x - 1, 6.5))
    add("poissonLower", [x, 6.5], stats.poisson.cdf(x, 6.5))


def funnel(kind, target, size, level):
    """Spiegelhalter 2005, appendix A.1.1."""
    d = stats.binom(size, target) if kind == "share" else stats.poisson(size * target)
    out = []
    for q in ((1 - level) / 2, (1 + level) / 2):
        r = d.ppf(q)
        alpha = (d.cdf(r) - q) / (d.cdf(r) - d.cdf(r - 1))
        y = (r - alpha) / size
        out.append(max(0, min(1, y) if kind == "share" else y))
    return out


for size in (5, 40, 300):
    for level in (0.95, 0.998):
        add("funnelShare", [0.12, size, level], funnel("share", 0.12, size, level))
        add("funnelRatio", [1.0, size, level], funnel("ratio", 1.0, size, level))

for n in (6, 30, 250):
    for q in (0.5, 0.9):
        t = 0.025
        # The largest l with P(B <= l - 1) <= t, and the smallest h with P(B >= h) <= t.
        low = max([l for l in range(0, n + 1) if stats.binom.cdf(l - 1, n, q) <= t])
        high = min([h for h in range(1, n + 2) if stats.binom.sf(h - 1, n, q) <= t])
        exact = stats.binom.cdf(high - 1, n, q) - stats.binom.cdf(low - 1, n, q)
        add("quantileRanks", [n, q, 0.95], [low, high, exact])
values = [float(v) for v in np.round(rng.lognormal(3, 1, 41), 3)]
for q in (0.5, 0.9, 0.25):
    add("quantile", [values, q], np.quantile(values, q))

p = [float(v) for v in np.round(rng.uniform(0, 1, 40) ** 3, 6)]
add("qValues", [p], stats.false_discovery_control(p))


def fit(loss, start):
    best = optimize.minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-13, "maxiter": 10_000})
    return np.exp(best.x)


ns = [int(n) for n in rng.integers(20, 400, 25)]
xs = [int(stats.binom.rvs(n, stats.beta.rvs(6, 40, random_state=rng), random_state=rng)) for n in ns]
ab = fit(lambda t: -np.sum(stats.betabinom.logpmf(xs, ns, *np.exp(t))), np.log([2, 10]))
add("fitBeta", [xs, ns], ab)
es = [float(e) for e in np.round(rng.uniform(2, 60, 25), 2)]
os = [int(stats.poisson.rvs(e * stats.gamma.rvs(8, scale=1 / 8, random_state=rng), random_state=rng)) for e in es]
sr = fit(
    lambda t: -np.sum(stats.nbinom.logpmf(os, np.exp(t[0]), np.exp(t[1]) / (np.exp(t[1]) + np.array(es)))), np.log([5, 5])
)
add("fitGamma", [os, es], sr)
for x, n in ((0, 10), (9, 30), (100, 400)):
    d = stats.beta(x + 6, n - x + 40)
    add("shrinkShare", [x, n, 6, 40], [d.mean(), d.ppf(0.025), d.ppf(0.975), d.sf(0.2)])
    g = stats.gamma(x + 8, scale=1 / (n / 5 + 8))
    add("shrinkRatio", [x, n / 5, 8, 8], [g.mean(), g.ppf(0.025), g.ppf(0.975), g.sf(1.2)])

chances = [float(v) for v in np.round(rng.uniform(0.02, 0.5, 60), 4)]
pb = np.array([1.0])
for c in chances:
    pb = np.convolve(pb, [1 - c, c])
add("poissonBinomial", [chances], pb)
strata = [[40, 12, 9], [25, 5, 20], [7, 7, 3], [60, 20, 30], [3, 1, 1]]
mh = np.array([1.0])
for total, officer, declarant in strata:
    mh = np.convolve(mh, stats.hypergeom(total, officer, declarant).pmf(np.arange(0, min(officer, declarant) + 1)))
add("stratifiedCount", [strata], mh)

a = [float(v) for v in np.round(rng.lognormal(2, 1, 18), 1)]
b = [float(v) for v in np.round(rng.lognormal(2.4, 1, 35), 1)]
add("rankSumLower", [a, b], stats.mannwhitneyu(a, b, alternative="less", method="asymptotic").pvalue)
add("rankSumLower", [[1, 2, 2, 3, 9, 9], [2, 3, 4, 9, 12]], stats.mannwhitneyu([1, 2, 2, 3, 9, 9], [2, 3, 4, 9, 12], alternative="less", method="asymptotic").pvalue)
benford = [41, 24, 20, 15, 11, 12, 9, 8, 80]
share = np.log10(1 + 1 / np.arange(1, 10))
chi = stats.chisquare(benford, share * sum(benford))
add("benfordCounts", [benford], [chi.statistic, chi.pvalue])

json.dump({"scipy": scipy.__version__, "numpy": np.__version__, "cases": cases}, sys.stdout, indent=0)
sys.stdout.write("\n")
