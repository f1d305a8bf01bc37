import type { RuleText } from '../language/ast.ts';
import type { Bar, FactEvent, MarketEvent } from '../market/events.ts';
import { createNaiveMarket } from './market.ts';
import { createNaiveRule, type NaiveFiring, type NaiveRule } from './rule.ts';

const MINUTE = 60_000;

/** The engine as its page tells it, without any of its code: everything is asked anew at every trade and every close. */
export function createModel() {
  const market = createNaiveMarket();
  const rules = new Map<string, NaiveRule>();
  let out: NaiveFiring[] = [];
  let now = 0;

  /** What time brings about up to `ts`, in order. What looks at closed bars waits for those that end before. */
  function runDue(ts: number): void {
    for (;;) {
      let first: NaiveRule | undefined;
      for (const rule of rules.values()) {
        if (!(rule.next <= ts) || !(rule.next < (first?.next ?? Number.POSITIVE_INFINITY))) continue;
        if (!rule.onClose || [...rule.instruments].every((id) => market.nextEnd(id) >= rule.next)) first = rule;
      }
      if (first === undefined) return;
      first.due();
    }
  }

  function lookAt(id: string, onClose: boolean, ts: number, tradeId: string | undefined): void {
    for (const rule of rules.values()) {
      if (rule.onClose === onClose && rule.instruments.has(id)) rule.look(ts, tradeId);
    }
  }

  function advance(id: string, ts: number): void {
    market.advance(id, ts, { before: runDue, after: (end) => lookAt(id, true, end, undefined) });
  }

  function setRule(id: string, text: RuleText, ts: number, inherit: boolean): void {
    const inherits = inherit ? rules.get(id)?.life : undefined;
    rules.delete(id);
    rules.set(
      id,
      createNaiveRule(id, text, ts, market, inherits, (firing) => void out.push(firing)),
    );
  }

  /** A minute that was missed, as four prices in their likely order: the extreme nearer to the open comes first. */
  function walk(id: string, { start, open, high, low, close, volume, trades }: Bar): void {
    advance(id, start);
    runDue(start);
    const extremes = open - low <= high - open ? [low, high] : [high, low];
    [open, ...extremes, close].forEach((price, i) => {
      const ts = start + Math.floor((i * (MINUTE - 1)) / 3);
      advance(id, ts);
      runDue(ts);
      market.take(id, ts, price, i < 3 ? 0 : volume, i < 3 ? 1 : trades - 3);
      lookAt(id, false, ts, undefined);
    });
    now = Math.max(now, start + MINUTE);
    advance(id, start + MINUTE);
    runDue(start + MINUTE);
  }

  function learn(instrument: string, interval: number, bars: readonly Bar[]): void {
    const { openStart = Number.NaN } = market.instrument(instrument).tracks.get(MINUTE) ?? {};
    if (interval === MINUTE && bars[0].start >= openStart) {
      for (const bar of bars) walk(instrument, bar);
      return;
    }
    if (!market.instrument(instrument).tracks.has(interval)) return;
    market.learn(instrument, interval, bars);
    for (const rule of rules.values()) if (rule.instruments.has(instrument)) rule.settle();
  }

  /** A fact is known from the moment on at which it is told, whatever time it speaks of. */
  function tell({ name, instrument, ts, value }: FactEvent): void {
    const at = Math.max(ts, now);
    if (!market.tell(name, instrument, ts, at, value)) return;
    now = at;
    runDue(at);
    for (const rule of rules.values()) if (!rule.onClose) rule.look(at, undefined);
  }

  function step(event: MarketEvent): void {
    switch (event.type) {
      case 'trade':
        now = Math.max(now, event.ts);
        advance(event.instrument, event.ts);
        runDue(event.ts);
        if (market.take(event.instrument, event.ts, event.price, event.size))
          lookAt(event.instrument, false, event.ts, event.id);
        break;
      case 'clock':
        now = Math.max(now, event.ts);
        for (const id of market.instruments.keys()) advance(id, event.ts);
        runDue(event.ts);
        break;
      case 'bars':
        learn(event.instrument, event.interval, event.bars);
        break;
      case 'rule-set':
        setRule(event.rule.id, event.rule.text, event.ts, event.inherits !== undefined);
        break;
      case 'rule-remove':
        rules.delete(event.ruleId);
        break;
      case 'rule-pause':
        rules.get(event.ruleId)?.pause(event.until);
        break;
      case 'rule-break':
        // What is delisted fires no more; the tapes have none.
        rules.delete(event.ruleId);
        break;
      case 'rule-resume':
        rules.get(event.ruleId)?.resume(event.ts);
        break;
      case 'fact':
        tell(event);
        break;
      case 'facts':
      case 'fact-gap':
      case 'book':
      case 'instrument-forget':
      case 'gap':
      // Strategies have a model of their own: a hand's reckoning of each template.
      case 'strategy-set':
      case 'strategy-remove':
    }
  }

  return {
    market,
    rules,
    apply(event: MarketEvent): readonly NaiveFiring[] {
      out = [];
      step(event);
      return out;
    },
  };
}
