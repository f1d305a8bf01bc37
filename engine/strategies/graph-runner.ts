import { Engine } from '../engine.ts';
import { barAt } from '../market/bar-history.ts';
import { MINUTE } from '../market/interval.ts';
import { learn } from '../preflight/replay.ts';
import { RUN_ID, type StrategyRun, type StrategyRunner } from './runner.ts';

/** The engine as it runs live, which every strategy can be run by. */
export function graphRunner({ text, plan, history, from }: StrategyRun): StrategyRunner {
  const engine = new Engine();
  engine.apply({ type: 'strategy-set', ts: from, strategy: { id: RUN_ID, text } });
  for (const part of history) learn((event) => engine.apply(event), plan, part, from);
  return {
    apply: (event) => engine.apply(event),
    minute: (instrument, columns, at) =>
      engine.apply({ type: 'bars', instrument, interval: MINUTE, bars: [barAt(columns, at)] }),
    view: () => engine.strategy(RUN_ID)!,
    narrow: (_instrument, calm) => {
      calm.until = Number.NEGATIVE_INFINITY;
    },
  };
}
