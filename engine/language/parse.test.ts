import { describe, expect, it } from 'vitest';
import { parseExpression, parseExpressions, parseRule, parseTarget } from './parse.ts';
import { describeRule, printExpr, printRule } from './print.ts';
import { testScope } from './test-scope.ts';

const canonical = (text: string, scope = testScope()): string => printRule(parseRule(text, scope));
/** The canonical text behind symbol and interval, without the default mode. */
const brief = (text: string): string =>
  canonical(text, testScope({ instrument: 'binance:btcusdt' }))
    .replace(/^binance:btcusdt 5m /, '')
    .replace(/ every 15m$/, '');

describe('parseRule', () => {
  // The examples of the design and of the manual; the canonical texts were written by hand.
  it.each([
    ['btcusdt z>2', 'binance:btcusdt 5m z(20) > 2 every 15m', 'btcusdt z > 2'],
    ['btc >70k', 'binance:btcusdt 5m price > 70000 every 15m', 'btcusdt price > 70,000'],
    [
      'eth 5m rsi<30 and close>ema(200)',
      'binance:ethusdt 5m rsi(14) < 30 and close > ema(200) every 15m',
      'ethusdt rsi < 30 and close > ema(200)',
    ],
    ['sol change(1h) > 5%', 'binance:solusdt 5m change(1h) > 5% every 15m', 'solusdt change(1h) > 5%'],
    ['sol +5% 1h', 'binance:solusdt 5m change(1h) > 5% every 15m', 'solusdt change(1h) > 5%'],
    [
      'btc ema(20) crosses above ema(50) on close once',
      'binance:btcusdt 5m ema(20) crosses above ema(50) once on close',
      'btcusdt ema(20) crosses above ema(50) once on close',
    ],
    [
      'z(btcusdt/ethusdt, 60) > 2 for 3m every 30m',
      'binance:btcusdt 5m z(close / binance:ethusdt.close, 60) > 2 every 30m for 3m',
      'z(btcusdt/ethusdt, 60) > 2 every 30m for 3m',
    ],
    [
      'btc rsi(14)@1h < 30 and rsi(14)@5m crosses above 30',
      'binance:btcusdt 5m rsi(14)@1h < 30 and rsi(14) crosses above 30 every 15m',
      'btcusdt rsi@1h < 30 and rsi crosses above 30',
    ],
    [
      'btc price leaves [60k, 70k] until 2026-12-31 "{symbol} left the range: {price}"',
      'binance:btcusdt 5m price leaves [60000, 70000] every 15m until 2026-12-31T23:00Z "{symbol} left the range: {price}"',
      'btcusdt price leaves [60k, 70k] until 2026-12-31 23:00 UTC "{symbol} left the range: {price}"',
    ],
    [
      'eth volume > 3*sma(volume, 20) or rsi > 70',
      'binance:ethusdt 5m volume > 3 * sma(volume, 20) or rsi(14) > 70 every 15m',
      'ethusdt volume > 3*sma(volume) or rsi > 70',
    ],
    ['btcusdt 5m z > 2 rearm 1.5', 'binance:btcusdt 5m z(20) > 2 rearm z(20) < 1.5', 'btcusdt z > 2 rearm 1.5'],
    ['ethusdt price > 3,000', 'binance:ethusdt 5m price > 3000 every 15m', 'ethusdt price > 3,000'],
  ])('reads %s', (text, expected, short) => {
    const rule = parseRule(text, testScope());
    expect(printRule(rule)).toBe(expected);
    expect(describeRule(rule)).toBe(short);
  });

  it('gives the whole tree with everything implied', () => {
    expect(parseRule('btc rsi<30', testScope())).toEqual({
      instrument: 'binance:btcusdt',
      interval: 300_000,
      condition: {
        kind: 'compare',
        op: '<',
        left: {
          kind: 'series',
          name: 'rsi',
          input: {
            kind: 'series',
            name: 'close',
            input: undefined,
            params: [],
            field: undefined,
            instrument: 'binance:btcusdt',
            interval: 300_000,
            span: [4, 7],
          },
          params: [{ kind: 'number', value: 14, span: [4, 7] }],
          field: undefined,
          instrument: 'binance:btcusdt',
          interval: 300_000,
          span: [4, 7],
        },
        right: { kind: 'number', value: 30, span: [8, 10] },
        span: [4, 10],
      },
      modes: {
        once: false,
        every: 900_000,
        onClose: false,
        hold: undefined,
        rearm: undefined,
        until: undefined,
        late: undefined,
        silent: false,
        message: undefined,
      },
    });
  });
});

describe('the symbol and the interval at the beginning', () => {
  it.each([
    ['btc z>2', 'binance:btcusdt 5m'],
    ['BTC/USDT z>2', 'binance:btcusdt 5m'],
    ['btc-usdt Z>2', 'binance:btcusdt 5m'],
    ['kraken:btcusdt z>2', 'kraken:btcusdt 5m'],
    ['binance-usdm:BTC/USDT z>2', 'binance-usdm:btcusdt 5m'],
    ['ccxt:kraken:btcusdt 1H z>2', 'ccxt:kraken:btcusdt 1h'],
    ['15m eth z>2', 'binance:ethusdt 15m'],
    ['eth 15m z>2', 'binance:ethusdt 15m'],
    ['eth 90s z>2', 'binance:ethusdt 90s'],
    ['eth/btc z>2', 'binance:ethbtc 5m'],
    ['btcusdt.p z>2', 'binance:btcusdt.p 5m'],
    ['1inch z>2', 'binance:1inchusdt 5m'],
    ['rsi<30 and ethusdt.rsi<30', 'binance:ethusdt 5m'],
    ['z(btcusdt/ethusdt, 60) > 2', 'binance:btcusdt 5m'],
    ['eth (z>2 or z<-2)', 'binance:ethusdt 5m'],
    ['eth not z>2', 'binance:ethusdt 5m'],
    ['eth(z>2 or z<-2)', 'binance:ethusdt 5m'],
    ['eth (60k) < price', 'binance:ethusdt 5m'],
    ['eth 15 min z>2', 'binance:ethusdt 15m'],
    ['4 hours eth z>2', 'binance:ethusdt 4h'],
  ])('%s is about %s', (text, head) => {
    expect(canonical(text).split(' ').slice(0, 2).join(' ')).toBe(head);
  });

  it('leaves a function that is named like a unit alone', () => {
    expect(canonical('eth min(open, close) > 5')).toBe('binance:ethusdt 5m min(open, close) > 5 every 15m');
    expect(() => canonical('eth 15 min(open, close) > 5')).toThrow();
  });

  it('falls back to the chat’s instrument', () => {
    expect(canonical('15m rsi<30', testScope({ instrument: 'sim:abc' }))).toBe('sim:abc 15m rsi(14) < 30 every 15m');
  });

  it('takes five million for a number where it is compared', () => {
    expect(canonical('5m < volume', testScope({ instrument: 'sim:abc' }))).toBe(
      'sim:abc 5m volume > 5000000 every 15m',
    );
    expect(canonical('btc 5m > 70k')).toBe('binance:btcusdt 5m price > 70000 every 15m');
    expect(canonical('btc volume > 5m')).toBe('binance:btcusdt 5m volume > 5000000 every 15m');
  });

  it('goes on with an expression where the symbol is part of one', () => {
    expect(canonical('btcusdt/ethusdt > 15')).toBe('binance:btcusdt 5m close / binance:ethusdt.close > 15 every 15m');
    expect(canonical('ethusdt.volume@1h > 15')).toBe('binance:ethusdt 5m volume@1h > 15 every 15m');
    expect(canonical('eth - btc > 5')).toBe('binance:ethusdt 5m close - binance:btcusdt.close > 5 every 15m');
  });
});

it('reads a stored text where every instrument is taken as it stands', () => {
  const text = 'gone:btcusdt 5m gone:ethusdt.rsi(14) > 50 and price / gone:ethusdt.close > 3 once';
  const trusting = testScope({
    resolve: (symbol) => (symbol.includes(':') ? symbol : undefined),
    now: Number.NEGATIVE_INFINITY,
  });
  expect(canonical(text, trusting)).toBe(text);
});

describe('conditions', () => {
  it.each([
    ['price above 70k', 'price > 70000'],
    ['price is below 70k', 'price < 70000'],
    ['price ≥ 70k', 'price >= 70000'],
    ['70k > price', 'price < 70000'],
    ['30 crosses above rsi', 'rsi(14) crosses below 30'],
    ['> 60k and < 70k', 'price > 60000 and price < 70000'],
    ['rsi > 30 and < 70', 'rsi(14) > 30 and rsi(14) < 70'],
    ['60k < price < 70k', 'price > 60000 and price < 70000'],
    ['crosses 70k', 'price crosses 70000'],
    ['rsi crosses below 30', 'rsi(14) crosses below 30'],
    ['enters [60k, 70k]', 'price enters [60000, 70000]'],
    ['price is inside [70k, 60k]', 'price inside [60000, 70000]'],
    ['rsi outside [ema(5), 70]', 'rsi(14) outside [ema(5), 70]'],
    ['rises 5% in 1h', 'change(1h) > 5%'],
    ['btc ethusdt falls by 5% in 2 hours', 'binance:ethusdt.change(2h) < -5%'],
    ['+5% 1h', 'change(1h) > 5%'],
    ['-2.5% in 15 min', 'change(15m) < -2.5%'],
    ['rises 5% in an hour', 'change(1h) > 5%'],
    ['+5% in a day', 'change(1d) > 5%'],
    ['-2.5% 2 hours', 'change(2h) < -2.5%'],
    ['-2% 1h or rsi +5% 1h', 'change(1h) < -2% or change(rsi(14), 1h) > 5%'],
    ['volume rises 300% in 1h30m', 'change(volume, 90m) > 300%'],
    ['rsi<30 && z>2 || !(z<1)', 'rsi(14) < 30 and z(20) > 2 or not z(20) < 1'],
    ['not not rsi<30', 'rsi(14) < 30'],
    ['change(volume, 3) > 150%', 'change(volume, 3) > 150%'],
  ])('%s means %s', (text, expected) => expect(brief(text)).toBe(expected));

  it.each([
    ['z>1 or z>2 and z>3', 'or(>1, and(>2, >3))'],
    ['z>1 and z>2 or z>3', 'or(and(>1, >2), >3)'],
    ['(z>1 or z>2) and z>3', 'and(or(>1, >2), >3)'],
    ['not z>1 and z>2', 'and(not(>1), >2)'],
    ['not (z>1 and z>2)', 'not(and(>1, >2))'],
    ['z>1 and (z>2 and z>3) and z>4', 'and(>1, >2, >3, >4)'],
    ['z>1 or (z>2 or z>3)', 'or(>1, >2, >3)'],
  ])('binds %s as %s', (text, expected) => {
    type Condition = ReturnType<typeof parseRule>['condition'];
    const shape = (condition: Condition): string => {
      if (condition.kind === 'not') return `not(${shape(condition.item)})`;
      if (condition.kind === 'and' || condition.kind === 'or')
        return `${condition.kind}(${condition.items.map(shape).join(', ')})`;
      return condition.kind === 'compare' && condition.right.kind === 'number'
        ? `${condition.op}${condition.right.value}`
        : '?';
    };
    expect(shape(parseRule(`btc ${text}`, testScope()).condition)).toBe(expected);
  });
});

describe('modes', () => {
  const modes = (text: string) => parseRule(`btc z > 2 ${text}`, testScope()).modes;

  it('come in any order', () => {
    expect(modes('silent "hi" for 5m on close every 1h')).toMatchObject({
      silent: true,
      message: 'hi',
      hold: 300_000,
      onClose: true,
      every: 3_600_000,
    });
  });

  it('leave a quarter of an hour between firings where nothing is said of it', () => {
    expect(modes('silent').every).toBe(900_000);
    for (const said of ['once', 'on close', 'for 5m', 'rearm 1']) expect(modes(said).every).toBeUndefined();
  });

  it('say how late it may still be told by itself', () => {
    expect(modes('late within 2h').late).toBe(7_200_000);
    expect(modes('once late within 90 min silent')).toMatchObject({ late: 5_400_000, silent: true });
    expect(modes('silent').late).toBeUndefined();
    expect(canonical('btc z > 2 silent late within 2h once')).toContain('once late within 2h silent');
  });

  it.each([
    ['until 2026-12-31', Date.UTC(2026, 11, 31, 23, 0)],
    ['until 2026-12-31 18:00', Date.UTC(2026, 11, 31, 17, 0)],
    ['until 2026-12-31T18:00Z', Date.UTC(2026, 11, 31, 18, 0)],
    ['until 2026-12-31T18:00:05.250Z', Date.UTC(2026, 11, 31, 18, 0, 5, 250)],
    ['until 2026-12-31T18:00+02:00', Date.UTC(2026, 11, 31, 16, 0)],
    ['for the next 7d', Date.UTC(2026, 0, 22, 12, 0)],
    ['for next 2 weeks', Date.UTC(2026, 0, 29, 12, 0)],
  ])('%s ends in time', (text, expected) => expect(modes(text).until).toBe(expected));

  it.each([
    ['z > 2 rearm 1.5', 'z(20) > 2 rearm z(20) < 1.5'],
    ['z < -2 rearm -1.5', 'z(20) < -2 rearm z(20) > -1.5'],
    ['z crosses above 2 rearm 1', 'z(20) crosses above 2 rearm z(20) < 1'],
    ['change(1h) > 5% rearm 2%', 'change(1h) > 5% rearm change(1h) < 2%'],
    ['price > 3,000 rearm 2,985', 'price > 3000 rearm price < 2985'],
    ['z > 2 rearm < 1', 'z(20) > 2 rearm z(20) < 1'],
    [
      'z > 2 and rsi > 70 rearm z < 1 and rsi < 60 silent',
      'z(20) > 2 and rsi(14) > 70 rearm z(20) < 1 and rsi(14) < 60 silent',
    ],
    ['close > ema(50) rearm ema(50)*0.99', 'close > ema(50) rearm close < ema(50) * 0.99'],
  ])('%s re-arms on the quiet side', (text, expected) => expect(brief(text)).toBe(expected));

  it('reads messages in any quotes, with escapes', () => {
    expect(modes('“so {price}”').message).toBe('so {price}');
    expect(modes(String.raw`"say \"hi\" \\ \n twice"`).message).toBe('say "hi" \\ \n twice');
    expect(modes("'{ethusdt.rsi(14)@1h} and { rsi }'").message).toBe('{binance:ethusdt.rsi(14)@1h} and {rsi}');
  });

  it('read back where the chat’s symbols are not known', () => {
    const text = canonical('btc z > 2 "{eth.rsi} {RSI(14)@5m} {rsi(7)} {btc/eth}"');
    expect(text).toBe(
      'binance:btcusdt 5m z(20) > 2 every 15m "{binance:ethusdt.rsi(14)} {rsi} {rsi(7)} {close / binance:ethusdt.close}"',
    );
    expect(canonical(text, testScope({ resolve: (symbol) => (symbol.includes(':') ? symbol : undefined) }))).toBe(text);
  });
});

describe('parseExpression', () => {
  const scope = testScope({ instrument: 'binance:btcusdt' });
  const home = { instrument: 'binance:btcusdt', interval: 300_000 };
  const print = (text: string): string => printExpr(parseExpression(text, scope), home);

  it.each([
    ['rsi(14)@1h', 'binance:btcusdt.rsi(14)@1h'],
    ['btcusdt/ethusdt', 'binance:btcusdt.close@5m / binance:ethusdt.close@5m'],
    ['eth', 'binance:ethusdt.close@5m'],
    ['ethusdt 1h rsi', 'binance:ethusdt.rsi(14)@1h'],
    ['eth 1h', 'binance:ethusdt.close@1h'],
    ['price', 'binance:btcusdt.price'],
    ['z(btcusdt/ethusdt, 60)@1h', 'z(binance:btcusdt.close / binance:ethusdt.close, 60)@1h'],
    ['sma(ethusdt.volume, 20)', 'binance:ethusdt.sma(volume, 20)@5m'],
    ['ethusdt.sma(volume, 20)', 'binance:ethusdt.sma(volume, 20)@5m'],
    ['atr(ethusdt, 7)', 'binance:ethusdt.atr(7)@5m'],
  ])('%s is the series %s', (text, expected) => expect(printExpr(parseExpression(text, scope))).toBe(expected));

  it('gives equal texts to what means the same', () => {
    for (const text of [
      'sma',
      'sma()',
      'sma(20)',
      'SMA(close, 20)',
      'sma(20, close)',
      'sma(length=20)',
      'ma(btcusdt, 20)',
      'sma(10+10)',
      'sma(price)',
    ]) {
      expect(print(text)).toBe('sma(20)');
    }
    for (const text of ['sma(20)@1h', '(sma)@1h', 'sma(close@1h, 20)', 'sma(close, 20)@1h'])
      expect(print(text)).toBe('sma(20)@1h');
    expect(print('highest(high, 5)')).toBe('highest(5)');
    expect(print('highest(close, 5)')).toBe('highest(close, 5)');
    expect(print('price[1]')).toBe('close[1]');
  });

  it('applies an interval to everything inside that has none', () => {
    expect(print('(rsi + rsi@5m)@1h')).toBe('rsi(14)@1h + rsi(14)');
    expect(print('sma(rsi(14)@5m, 3)@1h')).toBe('sma(rsi(14)@5m, 3)@1h');
    expect(print('sma(rsi(14)@1h, 3)@5m')).toBe('sma(rsi(14)@1h, 3)@5m');
    expect(print('sma(rsi(14)@1h, 3)')).toBe('sma(rsi(14), 3)@1h');
  });

  it('keeps a length of time as it is, whatever the interval', () => {
    expect(print('change(1h)')).toBe('change(1h)');
    expect(print('change(12)')).toBe('change(12)');
    expect(print('change(90s)')).toBe('change(90s)');
    expect(print('change(30d)@1d')).toBe('change(30d)@1d');
    expect(print('change(volume, 5m)')).toBe('change(volume, 5m)');
  });

  it.each([
    ['1 + 2 * 3', '1 + 2 * 3'],
    ['(close + 2) * 3', '(close + 2) * 3'],
    ['close - (open - low)', 'close - (open - low)'],
    ['close - open - low', 'close - open - low'],
    ['close / (open * low)', 'close / (open * low)'],
    ['2 ^ 3 ^ close', '2 ^ 3 ^ close'],
    ['(close ^ 2) ^ 3', '(close ^ 2) ^ 3'],
    ['-close ^ 2', '-close ^ 2'],
    ['(-close) ^ 2', '(-close) ^ 2'],
    ['2 ^ -close', '2 ^ -close'],
    ['-(close + open)', '-(close + open)'],
    ['--close', 'close'],
    ['close * -5', 'close * -5'],
    ['(-5) ^ close', '(-5) ^ close'],
    ['close[1][2]', 'close[3]'],
    ['close[0]', 'close'],
    ['(close - open)[2]', '(close - open)[2]'],
    ['max(open, close)[1]', 'max(open, close)[1]'],
    ['abs(log(sqrt(close)))', 'abs(log(sqrt(close)))'],
    ['macd', 'macd(12, 26, 9).macd'],
    ['macd@1h.histogram', 'macd(12, 26, 9).histogram@1h'],
    ['macd(signal=5).signal', 'macd(12, 26, 5).signal'],
    ['bb(30).upper[1]', 'bb(30, 2).upper[1]'],
    ['ethusdt.macd.signal', 'binance:ethusdt.macd(12, 26, 9).signal'],
    [
      '70k + 1.5m + 2b + 5% + 1_000 + 70,000 + $5 + 1e3 + .5',
      '70000 + 1500000 + 2000000000 + 0.05 + 1000 + 70000 + 5 + 1000 + 0.5',
    ],
    ['70K + 1.5M + 2B + 1T + 70k$', '70000 + 1500000 + 2000000000 + 1000000000000 + 70000'],
    ['close × 2 ÷ 3 − 1', 'close * 2 / 3 - 1'],
  ])('%s prints as %s', (text, expected) => expect(print(text)).toBe(expected));

  it.each([
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2', -4],
    ['10 - 4 - 3', 3],
    ['24 / 4 / 2', 3],
    ['2 + 3 * 4', 14],
    ['2 * 3 ^ 2', 18],
    ['2 ^ -1 * 4', 2],
    ['-(2 + 3) * 2', -10],
  ])('binds %s so that it is %d', (text, expected) => {
    type Tree = ReturnType<typeof parseExpression>;
    const value = (tree: Tree): number => {
      if (tree.kind === 'number') return tree.value;
      if (tree.kind === 'negate') return -value(tree.expr);
      if (tree.kind !== 'binary') return Number.NaN;
      const [a, b] = [value(tree.left), value(tree.right)];
      return { '+': a + b, '-': a - b, '*': a * b, '/': a / b, '^': a ** b }[tree.op];
    };
    expect(value(parseExpression(text, scope))).toBe(expected);
  });

  it('reads percentages as exactly what they are in decimals', () => {
    for (const [text, value] of [
      ['7%', 0.07],
      ['0.1%', 0.001],
      ['110%', 1.1],
      ['33.3 %', 0.333],
    ] as const) {
      expect(parseExpression(text, scope)).toMatchObject({ kind: 'number', value });
    }
  });
});

describe('parseExpressions', () => {
  it('separates by blanks and commas', () => {
    const exprs = parseExpressions('ema(20) ema(50), rsi bb ethusdt', testScope({ instrument: 'sim:abc' }));
    const texts = exprs.map((expr) => printExpr(expr, { instrument: 'sim:abc', interval: 300_000 }));
    expect(texts).toEqual(['ema(20)', 'ema(50)', 'rsi(14)', 'bb(20, 2).middle', 'binance:ethusdt.close']);
  });
});

describe('parseTarget', () => {
  it.each([
    ['ethusdt 5m rsi bb', 'binance:ethusdt', 300_000, 11],
    ['1h eth', 'binance:ethusdt', 3_600_000, 6],
    ['rsi', undefined, undefined, 0],
    ['', undefined, undefined, 0],
    ['btc/usdt', 'binance:btcusdt', undefined, 8],
  ])('%s', (text, instrument, interval, restAt) => {
    expect(parseTarget(text, testScope())).toEqual({ instrument, interval, restAt });
  });
});
