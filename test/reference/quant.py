"""Reference values for engine/quant, printed as TypeScript.

Run with python3-statsmodels, python3-scipy and python3-sklearn; the versions are printed with the values. The inputs are made here and in
engine/quant/reference-inputs.ts by the same integer recipe, so that both have the same bits.
"""
import json, sys, warnings
import numpy as np, scipy, sklearn, statsmodels
import statsmodels.api as sm
from scipy import optimize, stats
from scipy.cluster.hierarchy import average
from scipy.spatial.distance import squareform
from sklearn.metrics import adjusted_rand_score, silhouette_score
from statsmodels.tsa.stattools import acf, adfuller, coint
from statsmodels.stats.multitest import multipletests

warnings.filterwarnings('ignore')


def uniforms(seed):
    state = seed
    while True:
        state = (1664525 * state + 1013904223) % 2**32
        yield state / 2**32


def normals(seed, count):
    draw = uniforms(seed)
    out = []
    for _ in range(count):
        total = 0.0
        for _ in range(12):
            total += next(draw)
        out.append(total - 6.0)
    return np.array(out)


def walk(seed, count, start=100.0):
    out, at = [], start
    for step in normals(seed, count):
        at = at + step * 0.5
        out.append(at)
    return np.array(out)


def reverting(seed, count, pull):
    out, at = [], 0.0
    for step in normals(seed, count):
        at = at - at * pull + step
        out.append(at)
    return np.array(out)


def garch(seed, count, omega, alpha, beta):
    out, variance = [], omega / (1 - alpha - beta)
    for z in normals(seed, count):
        r = z * np.sqrt(variance)
        out.append(r)
        variance = omega + alpha * r * r + beta * variance
    return np.array(out)


x = walk(1, 400)
noise = reverting(2, 400, 0.2)
y = 20.0 + 1.5 * x + noise
odd = y.copy()
odd[::25] += 30.0
ret = garch(5, 2000, 0.05, 0.1, 0.85)
values = {}


def put(name, value):
    values[name] = value


put('moments', [np.mean(noise), np.std(noise, ddof=1), stats.skew(noise), stats.kurtosis(noise)])
put('jarqueBera', [float(v) for v in stats.jarque_bera(noise)])
ols = sm.OLS(y, sm.add_constant(x)).fit()
put('line', [ols.params[1], ols.params[0], ols.bse[1], ols.bse[0], ols.rsquared])
cols = sm.add_constant(np.column_stack([x, noise, walk(7, 400)]))
multi = sm.OLS(odd, cols).fit()
put('columns', [*multi.params, *multi.bse, multi.ssr])
rlm = sm.RLM(odd, sm.add_constant(x), M=sm.robust.norms.HuberT()).fit(maxiter=500, tol=1e-13)
put('huber', [rlm.params[1], rlm.params[0]])
for name, series in [('walk', x), ('noise', noise), ('short', noise[:30])]:
    stat, p, lags, used, *_ = adfuller(series)
    put(f'adf {name}', [stat, p, lags, used])
stat, p, lags, used, *_ = adfuller(noise, maxlag=3)
put('adf three', [stat, p, lags, used])
for name, (a, b) in [('pair', (y, x)), ('apart', (walk(7, 400), x))]:
    stat, p, _ = coint(a, b)
    put(f'coint {name}', [stat, p])
delta = np.diff(noise)
put('halfLife', -np.log(2) / sm.OLS(delta, sm.add_constant(noise[:-1])).fit().params[1])
put('acf', [float(v) for v in acf(noise, nlags=5, fft=False)[1:]])
put('normal', [[v, float(stats.norm.cdf(v))] for v in [-8.0, -3.0, -1.0, -0.3, 0.0, 0.4, 1.0, 2.5, 5.0]])
put('quantile', [[v, float(stats.norm.ppf(v))] for v in [1e-9, 0.001, 0.025, 0.2, 0.5, 0.7, 0.975, 0.9999]])

# Chan's filter, written out with matrices.
P, R, beta = np.zeros((2, 2)), None, np.zeros(2)
Vw, Ve = 1e-4 / (1 - 1e-4) * np.eye(2), 1e-3
for t in range(len(y)):
    R = P + (Vw if t > 0 else 0)
    F = np.array([x[t], 1.0])
    q = F @ R @ F + Ve
    e = y[t] - F @ beta
    K = R @ F / q
    beta = beta + K * e
    P = R - np.outer(K, F) @ R
put('kalman', [beta[0], beta[1], e, float(np.sqrt(q))])

rows = [walk(20, 200), walk(21, 200)]
rows += [rows[0] + normals(22, 200), rows[1] + normals(23, 200), walk(24, 200)]
corr = np.corrcoef(np.array(rows))
put('correlations', [float(v) for v in corr.flatten()])
dist = np.sqrt(np.maximum(0, (1 - corr) / 2))
np.fill_diagonal(dist, 0)
put('linkage', [[float(v) for v in row] for row in average(squareform(dist, checks=False))])
put('silhouette', [float(silhouette_score(dist, cut, metric='precomputed')) for cut in ([0, 1, 0, 1, 1], [0, 1, 0, 1, 2], [0, 0, 1, 1, 2])])
put('rand', [float(adjusted_rand_score(a, b)) for a, b in (([0, 0, 1, 1, 2, 2], [1, 1, 1, 0, 2, 2]), ([0, 1, 0, 1, 1], [0, 0, 1, 1, 1]), ([0, 0, 1, 1], [1, 1, 0, 0]))])
ps = [0.01, 0.04, 0.03, 0.005, 0.5, 0.2, 0.9, 0.041]
put('benjamini', [float(v) for v in multipletests(ps, method='fdr_bh')[1]])


def minus(theta, r):
    omega, alpha, beta = theta
    if omega <= 0 or alpha < 0 or beta < 0 or alpha + beta >= 1:
        return 1e10
    v, total = np.var(r), 0.0
    for value in r:
        total += 0.5 * (np.log(2 * np.pi) + np.log(v) + value * value / v)
        v = omega + alpha * value * value + beta * v
    return total


centred = ret - np.mean(ret)
best = min((optimize.minimize(minus, s, args=(centred,), method='Nelder-Mead',
                              options={'xatol': 1e-10, 'fatol': 1e-10, 'maxiter': 20000, 'maxfev': 20000})
            for s in [[0.05, 0.05, 0.9], [0.1, 0.15, 0.8]]), key=lambda r: r.fun)
put('garch', [*best.x, -best.fun])
put('versions', f'numpy {np.__version__}, scipy {scipy.__version__}, statsmodels {statsmodels.__version__}, scikit-learn {sklearn.__version__}')
json.dump(values, sys.stdout, indent=1, default=float)
