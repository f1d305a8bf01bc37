import type { MarketHost } from '../app/market-host.ts';
import { createRulesHost, type RulesHostOptions } from '../app/rules-host.ts';
import { systemClock } from '../app/system-clock.ts';
import { breathe } from '../db/breathe.ts';
import { createRuleStore } from '../db/rules.ts';
import { createTempDatabase, quietLog } from '../db/temp-database.ts';
import type { Engine } from '../engine/engine.ts';
import { createRandom } from '../test/doubles/random.ts';
import type { BenchRow } from './row.ts';
import { INSTRUMENTS, marketOf, ruleText, T0 } from './rules.ts';
import { storeRules } from './stored-rules.ts';

const RULES = 50_000;
/** The market around the rules: what they look at is there already. */
type Around = Pick<MarketHost, 'apply' | 'hold' | 'now' | 'onEvent' | 'onRefused' | 'need'>;

function marketAround(engine: Engine): Around {
  return {
    apply: (event) => engine.apply(event),
    hold: () => () => {},
    now: () => T0,
    onEvent() {},
    onRefused() {},
    need() {},
  };
}

/** Processor time since then, in ms: a machine that does other things besides counts only what is ours. */
function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

/** Between two looks at the processor's time, in ms: a look takes a while itself. */
const LOOK_MS = 5;

/**
 * How long the thread was away from its event loop at most, in ms: of a turn counts the time that passed, or where that is less the
 * processor time of the whole process since some moment before it. Either is more than what the thread itself worked: other programs
 * take time, and so do threads that help.
 */
export function watchTurns(): { stop(): number } {
  let longest = 0;
  let [cpu, lookedAt, turnedAt] = [process.cpuUsage(), performance.now(), performance.now()];
  let next: NodeJS.Immediate;
  const look = (): void => {
    const now = performance.now();
    if (now - lookedAt > LOOK_MS || now - turnedAt > longest) {
      const used = process.cpuUsage();
      const worked = (used.user - cpu.user + used.system - cpu.system) / 1000;
      longest = Math.max(longest, Math.min(worked, now - turnedAt));
      [cpu, lookedAt] = [used, now];
    }
    turnedAt = now;
  };
  const turn = (): void => {
    look();
    next = setImmediate(turn);
  };
  next = setImmediate(turn);
  return {
    stop() {
      clearImmediate(next);
      // The turn that is still running, too.
      look();
      return longest;
    },
  };
}

/** 50,000 stored rules until all of them are armed, beside a market of 1000 instruments. */
export async function benchLoad(): Promise<readonly BenchRow[]> {
  const temp = await createTempDatabase();
  try {
    const random = createRandom(17);
    await storeRules(temp.database, RULES, (k) => ruleText(k, random));
    const engine = marketOf();
    const host = createRulesHost({
      engine,
      market: marketAround(engine),
      rules: createRuleStore(temp.database),
      clock: systemClock,
      log: quietLog,
    } as unknown as RulesHostOptions);
    await breathe();
    const turns = watchTurns();
    const [from, begun] = [process.cpuUsage(), performance.now()];
    await host.load();
    const [worked, passed] = [cpuMs(from) / 1000, (performance.now() - begun) / 1000];
    const longestMs = turns.stop();
    let armed = 0;
    for (let k = 1; k <= RULES; k++) if (engine.rule(String(k))?.ready) armed++;
    const name = `${RULES.toLocaleString('en')} rules from the database, ${INSTRUMENTS} instruments`;
    return [
      {
        name: `${name}: ${armed.toLocaleString('en')} armed`,
        // Where other programs take time, the processor time says more of what it takes, though threads that help count in it.
        figure: `${Math.min(worked, passed).toFixed(1)} s (${passed.toFixed(1)} s passed, ${worked.toFixed(1)} s of processor time with the collector's threads)`,
        wanted: 'at most 5 s',
      },
      {
        name: 'longest the thread was held up by that',
        figure: `${Math.round(longestMs)} ms`,
        wanted: 'at most 50 ms',
      },
    ];
  } finally {
    await temp.drop();
  }
}
