"""Reference values for test/end-to-end/recorded-statistics.test.ts, printed as TypeScript.

Run beside the recorded history with python3-statsmodels and python3-scipy; the versions are printed with the values: numbers of the last
bars of two recordings of Binance, ETHBTC and LTCBTC, of five minutes.
"""
import gzip, pathlib, warnings
import numpy as np, scipy, statsmodels
import statsmodels.api as sm
from scipy import stats
from statsmodels.tsa.stattools import acf, adfuller, coint

warnings.filterwarnings('ignore')
HISTORY = pathlib.Path(__file__).resolve().parents[3] / 'shared' / 'history'
YEAR = 365 * 24 * 12


def bars(symbol, count):
    text = gzip.open(HISTORY / f'binance.{symbol}.5m.csv.gz', 'rt').read().strip().split('\n')
    rows = np.array([[float(cell) for cell in line.split(',')] for line in text[1:]])[-count:]
    return dict(zip(['start', 'open', 'high', 'low', 'close', 'volume'], rows.T))


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


def printed(name, values):
    body = ', '.join(f'{key}: {float(value)!r}' for key, value in values.items())
    print(f'const {name} = {{ {body} }};')


print(f'/** Printed by test/reference/recorded.py with numpy {np.__version__}, scipy {scipy.__version__}, statsmodels {statsmodels.__version__}. */')
printed('STATS', statistics('ETHBTC', 500))
printed('PAIR', pair('ETHBTC', 'LTCBTC', 500))
printed('ROBUST', robust('ETHBTC', 150))
print('const CORRELATION =', [float(value) for value in correlation(200)], ';')
