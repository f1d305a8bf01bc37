import type { MarketHost } from '../app/market-host.ts';
import { createRulesHost, type RulesHostOptions } from '../app/rules-host.ts';
import { systemClock } from '../app/system-clock.ts';
import { breathe } from '../db/breathe.ts';
import { createChatStore } from '../db/chats.ts';
import { insertRows } from '../db/insert-rows.ts';
import type { Database } from '../db/open.ts';
import { createRuleStore } from '../db/rules.ts';
import { createTempDatabase, quietLog } from '../db/temp-database.ts';
import type { Engine } from '../engine/engine.ts';
import { parseRule } from '../engine/language/parse.ts';
import { printRule } from '../engine/language/print.ts';
import { createRandom } from '../test/doubles/random.ts';
import type { BenchRow } from './row.ts';
import { INSTRUMENTS, marketOf, ruleText, scope, T0 } from './rules.ts';

const RULES = 50_000;
const CHATS = 2_000;
const AT_ONCE = 500;

/** Chats and armed rules of the usual mix, as a run before has left them. */
async function store(database: Database): Promise<void> {
  const chats = createChatStore(database);
  for (let c = 0; c < CHATS; c++) {
    const settings = { venue: undefined, interval: scope.interval, quote: 'usdt', timeZone: 'UTC', locale: 'en' };
    await chats.ensure({ key: `console:${c}`, title: '', kind: 'private', ...settings });
  }
  const random = createRandom(17);
  const saved = JSON.stringify({ state: 'armed', since: T0, truth: false, watchesFrom: T0, firings: 0 });
  for (let k = 0; k < RULES; k += AT_ONCE) {
    const rows = Array.from({ length: AT_ONCE }, (_, i) => {
      const rule = parseRule(ruleText(k + i, random), scope);
      const number = Math.floor((k + i) / CHATS) + 1;
      return [number, `console:${(k + i) % CHATS}`, 'console:1', printRule(rule), rule.instrument, 'armed', saved, T0];
    });
    const into = 'rules (number, chat_key, owner_id, text, instrument, state, saved, created_at)';
    await database.client.batch([...insertRows(into, rows, '')], 'write');
  }
}

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
  const turn = (): void => {
    const now = performance.now();
    if (now - lookedAt > LOOK_MS || now - turnedAt > longest) {
      const used = process.cpuUsage();
      const worked = (used.user - cpu.user + used.system - cpu.system) / 1000;
      longest = Math.max(longest, Math.min(worked, now - turnedAt));
      [cpu, lookedAt] = [used, now];
    }
    turnedAt = now;
    next = setImmediate(turn);
  };
  next = setImmediate(turn);
  return {
    stop() {
      clearImmediate(next);
      return longest;
    },
  };
}

/** 50,000 stored rules until all of them are armed, beside a market of 1000 instruments. */
export async function benchLoad(): Promise<readonly BenchRow[]> {
  const temp = await createTempDatabase();
  try {
    await store(temp.database);
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
    const from = process.cpuUsage();
    await host.load();
    const seconds = cpuMs(from) / 1000;
    const longestMs = turns.stop();
    let armed = 0;
    for (let k = 1; k <= RULES; k++) if (engine.rule(String(k))?.ready) armed++;
    const name = `${RULES.toLocaleString('en')} rules from the database, ${INSTRUMENTS} instruments`;
    return [
      {
        name: `${name}: ${armed.toLocaleString('en')} armed`,
        figure: `${seconds.toFixed(1)} s of processor time`,
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
