import { describe, it } from 'vitest';
import { expectSame } from './compare.ts';
import { readScript } from './script.ts';

/** Tapes on which the engine once did something else than the model, as the property tests shrank them. */
const FOUND: readonly (readonly [what: string, tape: string])[] = [
  [
    'computes a series whose bar begins after a late trade, wherever the price is',
    `0 set 0: aaausdt 1s not (close - open crosses above 0)
    0 set 1: aaausdt 1s (sma(3) > 100.3718281) and (close > open) rearm sma(3) crosses above 100.3718281
    0 aaausdt 100 x 1
    0 aaausdt 99 x 0
    0 aaausdt 98 x 0
    1 clock
    0.999 aaausdt 98 x 0
    1 aaausdt 98 x 0
    0.999 aaausdt 98 x 0
    1 clock
    1 aaausdt 99 x 0
    1 clock`,
  ],
  [
    'knows a series of an instrument that was not traded since its bars are kept by their first close',
    `0 bbbusdt 50 x 1
    316.021 clock
    316.021 set 0: aaausdt 5m (oi crosses above 10) or (oi > 9) gate not (bbbusdt.close - 5*oi > 0)
    600 clock
    600 fact oi aaausdt 10`,
  ],
  [
    'leaves a sum what it was in the bar in which it moved last, though that bar is not kept',
    `0 aaausdt 100 x 1
    296.008 fact liquidations aaausdt 0.125
    300 clock
    300 change 0: aaausdt 5m liquidations > 0.0625
    bars 5 aaausdt -2700,100,100,100,100,6.25,10`,
  ],
  [
    'begins a sum anew in the bar after the one in which it moved last, though that is not kept',
    `74.706 aaausdt 100 x 0
    159.453 fact liquidations aaausdt 0
    300 clock
    300 change 0: aaausdt 1m (volume < 1) and not (liquidations@5m < 0.0625)
    300 fact liquidations aaausdt 0.125`,
  ],
  [
    'makes an empty first bar of the price that the minutes before it left',
    `0 aaausdt 100 x 1
    300 clock
    300 change 0: aaausdt 5m sma(3) inside [100.3718281, 101.3718281]
    bars 5 aaausdt -300,99,106,99,104,31.25,10
    600 aaausdt 100 x 0`,
  ],
  [
    'knows what a fact was before its newest value where a rule is changed after that',
    `0 set 0: aaausdt 1m not (oi inside [10, 11])
    0 aaausdt 100 x 1
    0 fact oi aaausdt 10
    0 fact liquidations aaausdt 0
    0 change 0: aaausdt 1m (liquidations crosses above 0.0625) and not (oi inside [11, 12])
    0 fact liquidations aaausdt 0.125`,
  ],
  [
    'fires anew where what `rearm` says was true at the firing already, and is not later',
    `0 set 0: aaausdt 1m price > 100 rearm volume < 5
    0 aaausdt 99 x 1
    1 aaausdt 101 x 1
    2 aaausdt 101 x 6
    3 aaausdt 99 x 1
    4 aaausdt 101 x 1`,
  ],
  [
    'looks at the closes of a silence before a `for` on closed bars runs out',
    `0 set 0: aaausdt 1m close > 100 on close for 3m
    0 aaausdt 99 x 1
    60 aaausdt 101 x 1
    150 aaausdt 99 x 1
    600 aaausdt 99 x 1`,
  ],
  [
    'waits with a `for` on closed bars until the bars of its own instrument have come',
    `0 set 0: aaausdt 1m bbbusdt.close > 50 on close for 3m
    0 aaausdt 99 x 1
    0 bbbusdt 49 x 1
    60 bbbusdt 51 x 1
    120 bbbusdt 49 x 1
    600 aaausdt 99 x 1
    600 bbbusdt 49 x 1`,
  ],
  [
    'expires a rule whose end came while it was paused',
    `0 set 0: aaausdt 1m price > 100 for the next 1m
    0 aaausdt 99 x 1
    10 pause 0
    90 aaausdt 99 x 1
    95 resume 0
    100 aaausdt 101 x 1`,
  ],
  [
    'expires a rule that was paused over its end and is muted then',
    `0 set 0: aaausdt 1m price > 100 for the next 1m
    10 pause 0
    90 aaausdt 99 x 1
    95 pause 0 200
    100 aaausdt 101 x 1`,
  ],
  [
    'lets a `for` go where history says that the condition is not true',
    `0 set 0: aaausdt 1m ema(3) < 101 for 2m
    0 aaausdt 110 x 1
    60 aaausdt 110 x 1
    120 aaausdt 110 x 1
    180 aaausdt 80 x 1
    bars 1 aaausdt -180,1000,1000,1000,1000,1,1 -120,1000,1000,1000,1000,1,1 -60,1000,1000,1000,1000,1,1
    310 aaausdt 80 x 1`,
  ],
  [
    'names the value as it stands where bars have closed between the last trade and the end of a `for`',
    `0 set 0: aaausdt 1m sma(3) > 100.3718281 for 2m
    0 aaausdt 100 x 1
    120 aaausdt 100 x 0
    120.001 aaausdt 102 x 0
    240.001 aaausdt 102 x 0`,
  ],
  [
    'has followed the last trade of a bar in all parts of a sum when it closes',
    `0 set 0: aaausdt 1m 2 * atr(2) - atr(5) > 0.3718281 once for 1m
    0 aaausdt 100 x 1
    61 aaausdt 101 x 1
    122 aaausdt 100 x 1
    183 aaausdt 102 x 1
    241 aaausdt 104 x 0
    241 aaausdt 105 x 0
    302 aaausdt 105 x 0`,
  ],
  [
    'begins a new series from where its input stands, not from where somebody last looked at that',
    `0 set 0: aaausdt 1m close > 110
    0 aaausdt 100 x 1
    159 aaausdt 100 x 0
    240 aaausdt 98 x 0
    240 aaausdt 97 x 0
    240 set 1: aaausdt 1m bb(5, 2).width > 0.033718281
    240 aaausdt 97 x 0`,
  ],
  [
    'leaves a series between a close and the next trade where that of another rule is left, too',
    `0 set 0: aaausdt 1m price > 100
    0 aaausdt 100 x 1
    180 clock
    180 change 0: aaausdt 1m not (price > 100) rearm (sma(3) > 100.3718281) and (close > open)
    180 aaausdt 101 x 0`,
  ],
  [
    'joins the bar of a pair that one side had closed when the rule was saved',
    `0 aaausdt 100 x 1
    0 bbbusdt 50 x 1
    60 aaausdt 100 x 0
    60 set 0: aaausdt 1m not (aaausdt/bbbusdt inside [1.987436562, 2.007436562]) on close
    98 aaausdt 101 x 0
    120 aaausdt 101 x 0
    120 bbbusdt 50 x 0`,
  ],
  [
    'knows the close before that of a series made in between',
    `0 set 1: aaausdt 5m high > 200
    0 aaausdt 100 x 1
    600 aaausdt 100 x 0
    600 set 0: aaausdt 1m (low@5m > 100) or (price > 100) on close
    600 aaausdt 100 x 0
    600 aaausdt 101 x 0
    660 aaausdt 101 x 0`,
  ],
  [
    'knows when a bar of a pair begins, whichever side trades',
    `0 set 0: aaausdt 1m sma(bbbusdt/cccusdt, 3) < 2.4
    0 aaausdt 100 x 1
    0 bbbusdt 50 x 1
    0 cccusdt 20 x 1
    180 cccusdt 20 x 0
    180 bbbusdt 50 x 0
    180 cccusdt 24 x 0`,
  ],
  [
    'knows what was before the last trade where a longer bar was opened after it',
    `0 aaausdt 100 x 1
    0 bbbusdt 50 x 1
    0 bbbusdt 50 x 0
    0 set 0: aaausdt 5m (close > 100) and not (bbbusdt.high - bbbusdt.low inside [1, 2])
    0 aaausdt 101 x 0`,
  ],
  [
    'does not let a late trade close a longer bar that was opened after a newer one',
    `0 aaausdt 100 x 1
    30 aaausdt 100 x 1
    31 set 0: aaausdt 1m close@5m > 100
    20 aaausdt 101 x 1`,
  ],
  [
    'begins a rule from where its series stands, not from where somebody last looked at that',
    `0 aaausdt 100 x 1
    0 aaausdt 101 x 0
    0 set 0: aaausdt 15m close[1] > 100
    0 aaausdt 100 x 0
    0 set 1: aaausdt 1m close@15m < 101
    0 aaausdt 100 x 0`,
  ],
  [
    'closes bars when they end where a silence is too long for all of them to be kept',
    `0 set 0: aaausdt 1s sma(3) inside [100.3718281, 101.3718281] on close
    0 aaausdt 100 x 1
    2 aaausdt 101 x 0
    10005 aaausdt 101 x 0`,
  ],
  [
    'leaves a series on seconds alone where a trade comes too late for its open bar',
    `0 set 0: aaausdt 1s close > sma(4) + 0.3718281
    0 aaausdt 100 x 1
    3 clock
    2.999 aaausdt 100 x 0
    3 aaausdt 101 x 0`,
  ],
  [
    'tells no value before the first trade of a pair’s bar, however far one of the two has closed ahead of the other',
    `0 set 0: aaausdt 1m price < 1
    0 aaausdt 100 x 1
    0 bbbusdt 50 x 1
    0 cccusdt 20 x 1
    21.107 aaausdt 100 x 0
    179.99 aaausdt 100 x 0
    180 cccusdt 20 x 0
    180 aaausdt 100 x 0
    300 bbbusdt 50 x 0
    300 change 0: aaausdt 1m ((z(bbbusdt/cccusdt, 4) > 0.03718281) or (aaausdt/bbbusdt > 2.007436562)) and (close > open)
    300 aaausdt 100 x 0
    300 aaausdt 101 x 0`,
  ],
];

describe('the engine and the model agree: it', () => {
  it.each(FOUND)('%s', (_what, tape) => {
    expectSame(readScript(tape));
  });
});
