"""Reference values for test/end-to-end/recorded-statistics.test.ts, printed as the module recorded-values.ts beside it.

Run beside the recorded history with python3-statsmodels, python3-scipy and python3-sklearn; the versions are printed with the values: numbers
of the last bars of two recordings of Binance, ETHBTC and LTCBTC, of five minutes, and of LTCETH, one over the other.
"""
import gzip, itertools, json, pathlib, warnings
import numpy as np, scipy, sklearn, statsmodels
import statsmodels.api as sm
from scipy import optimize, stats
from scipy.cluster.hierarchy import average
from scipy.spatial.distance import squareform
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score
from statsmodels.stats.multitest import multipletests
from statsmodels.tsa.stattools import acf, adfuller, coint

warnings.filterwarnings('ignore')
HISTORY = pathlib.Path(__file__).resolve().parents[3] / 'shared' / 'history'
HOUR = 3_600_000
YEAR = 365 * 24 * 12
SYMBOLS = ('ETHBTC', 'LTCBTC', 'LTCETH')


def bars(symbol, count):
    if symbol == 'LTCETH':
        one, other = bars('LTCBTC', count), bars('ETHBTC', count)
        return {'start': one['start'], 'close': np.round(one['close'] / other['close'], 8)}
    text = gzip.open(HISTORY / f'binance.{symbol}.5m.csv.gz', 'rt').read().strip().split('\n')
    rows = np.array([[float(cell) for cell in line.split(',')] for line in text[1:]])[-count:]
    return dict(zip(['start', 'open', 'high', 'low', 'close', 'volume'], rows.T))


def hours(symbol, count):
    """Whole hours; the last one has not ended when the recording does."""
    b = bars(symbol, 10_000)
    hour = b['start'] // HOUR
    named = np.unique(hour)[:-1][-count:]
    return {
        'start': named * HOUR,
        'open': np.array([b['open'][hour == each][0] for each in named]),
        'close': np.array([b['close'][hour == each][-1] for each in named]),
        'volume': np.array([b['volume'][hour == each].sum() for each in named]),
    }


def hurst(path):
    """Generalised Hurst exponent, q = 2, over 1 to 16 steps."""
    lags = np.array([1, 2, 4, 8, 16])
    squares = [np.mean((path[lag:] - path[:-lag]) ** 2) for lag in lags]
    return np.polyfit(np.log(lags), np.log(squares), 1)[0] / 2


def statistics(symbol, count):
    b = bars(symbol, count)
    close = b['close']
    returns = np.diff(np.log(close))
    fall = close / np.maximum.accumulate(close) - 1
    typical = (b['high'] + b['low'] + close) / 3
    return {
        'last': close[-1],
        'mean': close.mean(),
        'high': b['high'].max(),
        'low': b['low'].min(),
        'change': close[-1] / b['open'][0] - 1,
        'deviation': returns.std(ddof=1),
        'volatility': returns.std(ddof=1) * np.sqrt(YEAR),
        'skew': stats.skew(returns),
        'kurtosis': stats.kurtosis(returns),
        'vwap': np.average(typical, weights=b['volume']),
        'z': stats.zscore(close)[-1],
        'drawdown': fall[-1],
        'maxDrawdown': fall.min(),
        'autocorrelation': acf(returns, nlags=1, fft=False)[1],
        'hurst': hurst(np.log(close)),
    }


def pair(a, b, count):
    y, x = bars(a, count)['close'], bars(b, count)['close']
    line = sm.OLS(y, sm.add_constant(x)).fit()
    huber = sm.RLM(y, sm.add_constant(x), M=sm.robust.norms.HuberT(1.345)).fit(maxiter=500, tol=1e-12)
    spread = line.resid
    adf = adfuller(spread, regression='c', autolag='AIC')
    granger = coint(y, x, trend='c', autolag='aic')
    back = sm.OLS(np.diff(spread), sm.add_constant(spread[:-1])).fit()
    return {
        'hedgeRatio': line.params[1],
        'hedgeError': line.bse[1],
        'intercept': line.params[0],
        'r2': line.rsquared,
        'huberRatio': huber.params[1],
        'correlation': stats.pearsonr(np.diff(np.log(y)), np.diff(np.log(x)))[0],
        'spread': spread[-1],
        'z': stats.zscore(spread)[-1],
        'adfStatistic': adf[0],
        'adfPValue': adf[1],
        'adfLags': adf[2],
        'grangerStatistic': granger[0],
        'grangerPValue': granger[1],
        'halfLife': -np.log(2) / back.params[1],
    }


def robust(symbol, length):
    """Robust z of the last bar against `length` bars before it: return, volume and range."""
    b = bars(symbol, length + 2)
    columns = {
        'return': np.diff(np.log(b['close'])),
        'volume': np.log(b['volume'][1:]),
        'range': np.log(np.log(b['high'] / b['low'])[1:]),
    }
    return {
        name: (xs[-1] - np.median(xs[:-1])) / stats.median_abs_deviation(xs[:-1], scale='normal')
        for name, xs in columns.items()
    }


def correlation(count):
    """Of the newest `count` returns, and of as many before."""
    y, x = (np.diff(np.log(bars(symbol, 2 * count + 1)['close'])) for symbol in ('ETHBTC', 'LTCBTC'))
    return [stats.pearsonr(y[-count:], x[-count:])[0], stats.pearsonr(y[:count], x[:count])[0]]


def pairs(count):
    """Engle and Granger both ways; the way that says less counts."""
    found = {}
    closes = {symbol: bars(symbol, count)['close'] for symbol in SYMBOLS}
    for a, b in itertools.combinations(SYMBOLS, 2):
        tests = {(y, x): coint(closes[y], closes[x], trend='c', autolag='aic')[1] for y, x in ((a, b), (b, a))}
        (y, x), p = max(tests.items(), key=lambda each: each[1])
        line = sm.OLS(closes[y], sm.add_constant(closes[x])).fit()
        spread = line.resid
        back = sm.OLS(np.diff(spread), sm.add_constant(spread[:-1])).fit().params[1]
        found[f'{y} {x}'] = {'pValue': p, 'hedgeRatio': line.params[1], 'halfLife': -np.log(2) / back, 'z': stats.zscore(spread)[-1]}
    for each, q in zip(found.values(), multipletests([each['pValue'] for each in found.values()], method='fdr_bh')[1]):
        each['qValue'] = q
    return found


def cluster(count):
    returns = np.array([np.diff(np.log(bars(symbol, count + 1)['close'])) for symbol in SYMBOLS])
    corr = np.corrcoef(returns)
    dist = np.sqrt(np.maximum(0, (1 - corr) / 2))
    np.fill_diagonal(dist, 0)
    tree = average(squareform(dist, checks=False))
    # Of three leaves the first join is one group, the leaf that is left the other.
    group = [0 if leaf in tree[0][:2] else 1 for leaf in range(3)]
    market = stats.zscore(returns, axis=1).mean(axis=0)
    features = np.array([[
        np.log(row.std()), row.mean() / row.std(), stats.skew(row), np.arcsinh(stats.kurtosis(row)),
        acf(row, nlags=1, fft=False)[1], stats.pearsonr(row, market)[0],
    ] for row in returns])
    points = stats.zscore(features, axis=0)
    means = KMeans(n_clusters=2, n_init=10, random_state=1).fit(points)
    chance = np.mean([adjusted_rand_score(group, list(each)) >= adjusted_rand_score(group, means.labels_) - 1e-12
                      for each in itertools.permutations(means.labels_)])
    largest = max((0, 1), key=lambda k: (means.labels_ == k).sum())
    return {
        'matrix': corr.tolist(),
        'heights': tree[:, 2].tolist(),
        'silhouette': silhouette_score(dist, group, metric='precomputed'),
        'within': corr[tuple(int(each) for each in tree[0][:2])],
        'members': [symbol for symbol, k in zip(SYMBOLS, means.labels_) if k == largest],
        'center': means.cluster_centers_[largest].tolist(),
        'agreement': adjusted_rand_score(group, means.labels_),
        'agreementP': chance,
    }


def volatility(symbol, count):
    b = bars(symbol, count)
    o, h, l, c = (b[name] for name in ('open', 'high', 'low', 'close'))
    returns = np.diff(np.log(c))
    n = len(returns)
    gaps, bodies = np.log(o[1:] / c[:-1]), np.log(c[1:] / o[1:])
    up, down = np.log(h[1:] / o[1:]), np.log(l[1:] / o[1:])
    k = 0.34 / (1.34 + (n + 1) / (n - 1))
    rogers = np.mean(up * (up - bodies) + down * (down - bodies))
    weighted = returns[0] ** 2
    for value in returns[1:]:
        weighted = 0.94 * weighted + 0.06 * value ** 2
    centred = returns - returns.mean()

    def variances(theta):
        out = [centred.var()]
        for value in centred:
            out.append(theta[0] + theta[1] * value ** 2 + theta[2] * out[-1])
        return np.array(out)

    def minus(theta):
        omega, alpha, beta = theta[0] * centred.var(), theta[1], theta[2]
        if omega <= 0 or alpha < 0 or beta < 0 or alpha + beta >= 1:
            return 1e10
        v = variances([omega, alpha, beta])[:-1]
        return 0.5 * np.sum(np.log(2 * np.pi) + np.log(v) + centred ** 2 / v)

    best = min((optimize.minimize(minus, start, method='Nelder-Mead', options={'xatol': 1e-10, 'fatol': 1e-10, 'maxiter': 20000, 'maxfev': 20000})
                for start in ([0.05, 0.05, 0.9], [0.1, 0.15, 0.75], [0.4, 0.2, 0.4])), key=lambda found: found.fun).x
    omega, alpha, beta = best[0] * centred.var(), best[1], best[2]
    path, total, ahead = variances([omega, alpha, beta])[-1], 0.0, []
    for _ in range(288):
        total += path
        ahead.append(np.sqrt(total))
        path = omega + (alpha + beta) * path
    return {
        'closeToClose': returns.std(ddof=1),
        'parkinson': np.sqrt(np.mean(np.log(h / l) ** 2) / (4 * np.log(2))),
        'garmanKlass': np.sqrt(np.mean(0.5 * np.log(h / l) ** 2 - (2 * np.log(2) - 1) * np.log(c / o) ** 2)),
        'yangZhang': np.sqrt(gaps.var(ddof=1) + k * bodies.var(ddof=1) + (1 - k) * rogers),
        'weighted': np.sqrt(weighted),
        'alpha': alpha,
        'beta': beta,
        'ahead': [ahead[step - 1] for step in (1, 5, 10)],
        'day': ahead[-1],
    }


def season(symbol):
    """Of each hour of the day, over days with at least 20 of their hours."""
    b = hours(symbol, 2_000)
    returns = np.diff(np.log(b['close']), prepend=np.log(b['open'][0]))
    day, slot = b['start'] // (24 * HOUR), (b['start'] // HOUR % 24).astype(int)
    whole = [each for each in np.unique(day) if (day == each).sum() >= 20]
    table = np.full((len(whole), 24), np.nan)
    for row, each in enumerate(whole):
        table[row, slot[day == each]] = returns[day == each]

    def told(values, off):
        values, off = (xs[~np.isnan(xs)] for xs in (values, off))
        low, high = stats.t.interval(0.95, len(values) - 1, values.mean(), stats.sem(values))
        return {'mean': values.mean(), 'low': low, 'high': high, 'pValue': stats.ttest_1samp(off, 0).pvalue}

    sizes, roots = np.abs(table), np.sqrt(np.abs(table))
    relative = lambda values: values / np.nanmean(values, axis=1, keepdims=True)
    found = {'move': [], 'size': []}
    for hour in range(24):
        others = np.nanmean(np.delete(table, hour, axis=1), axis=1)
        found['move'].append(told(table[:, hour], table[:, hour] - others))
        found['size'].append(told(relative(sizes)[:, hour], relative(roots)[:, hour] - 1))
    for tests in found.values():
        for test, p in zip(tests, multipletests([test['pValue'] for test in tests], method='fdr_bh')[1]):
            test['pValue'] = p
    return {'days': len(whole), **found}


def summary(symbol):
    b = hours(symbol, 721)
    close = b['close'][::-24][::-1]
    volumes = b['volume'][::-1]
    days = [volumes[24 * day:24 * (day + 1)].sum() for day in range(len(close) - 1)]
    usual = np.diff(np.log(b['close'])).std(ddof=1)
    growth = {days: np.log(b['close'][-1] / b['close'][-1 - 24 * days]) for days in (1, 7)}
    return {
        'move': np.mean(np.abs(close[1:] / close[:-1] - 1)),
        'lastVolume': days[0],
        'volume': days[0] / np.mean(days[1:]),
        'changes': [np.expm1(each) for each in growth.values()],
        'deviations': [each / usual / np.sqrt(24 * days) for days, each in growth.items()],
    }


def compare(count):
    closes = {symbol: hours(symbol, count)['close'] for symbol in SYMBOLS[:2]}
    returns = {symbol: close[1:] / close[:-1] - 1 for symbol, close in closes.items()}
    n, year = count - 1, 365 * 24
    sharpe = {symbol: row.mean() / row.std(ddof=1) for symbol, row in returns.items()}
    (a, b), rho = sharpe.values(), stats.pearsonr(*returns.values())[0]
    statistic = (a - b) / np.sqrt((2 - 2 * rho + (a ** 2 + b ** 2 - 2 * a * b * rho ** 2) / 2) / n)
    return {
        **{symbol: {
            'change': close[-1] / close[0] - 1,
            'volatility': np.diff(np.log(close)).std(ddof=1) * np.sqrt(year),
            'sharpe': sharpe[symbol] * np.sqrt(year),
            'sharpeError': np.sqrt((1 + sharpe[symbol] ** 2 / 2) / n * year),
            'maxDrawdown': np.min(close / np.maximum.accumulate(close) - 1),
        } for symbol, close in closes.items()},
        'pValue': 2 * stats.norm.sf(abs(statistic)),
    }


def movers(symbol):
    """The last hour, twelve bars, and the twenty hours before."""
    b = bars(symbol, 12 * 21 + 1)
    growth = np.diff(np.log(b['close'][::12]))
    volume = b['volume'][1:].reshape(21, 12).sum(axis=1)
    return {
        'change': np.expm1(growth[-1]),
        'deviations': growth[-1] / stats.median_abs_deviation(growth[:-1], scale='normal'),
        'surge': volume[-1] / np.median(volume[:-1]),
    }


def printed(name, values):
    print(f'export const {name} = {json.dumps(values, default=float)} as const;')


print(f'/** Printed by test/reference/recorded.py with numpy {np.__version__}, scipy {scipy.__version__}, statsmodels {statsmodels.__version__}, scikit-learn {sklearn.__version__}. */')
printed('STATS', statistics('ETHBTC', 500))
printed('PAIR', pair('ETHBTC', 'LTCBTC', 500))
printed('ROBUST', robust('ETHBTC', 150))
printed('CORRELATION', correlation(200))
printed('PAIRS', pairs(500))
printed('CLUSTER', cluster(200))
printed('VOLATILITY', volatility('ETHBTC', 500))
printed('SEASON', season('ETHBTC'))
printed('SUMMARY', summary('ETHBTC'))
printed('COMPARE', compare(200))
printed('MOVERS', {symbol: movers(symbol) for symbol in SYMBOLS[:2]})
