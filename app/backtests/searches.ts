import { availableParallelism } from 'node:os';
import type { RunningSearch, SearchAnswer, SearchPort, StrategySearch } from '../../commands/strategy-ports.ts';
import { TransportError } from '../../engine/errors.ts';
import { type SearchMaterial, sharedHistory, warmFrom } from '../../engine/strategies/search/material.ts';
import type { TriedSet } from '../../engine/strategies/search/search.ts';
import { LEAST_FOR_SPLITS, type SearchWindow, splitPeriod } from '../../engine/strategies/search/walk-forward.ts';
import type { Logger } from '../part-logger.ts';
import { createWorkerThread } from '../worker-thread.ts';
import { type GatherOptions, gather } from './gather.ts';
import { planSearch } from './search-plan.ts';
import type { SearchResults, SearchTask } from './search-worker.ts';

export interface SearchOptions extends GatherOptions {
  readonly log: Logger;
  /** As many as there are cores where it does not say. */
  readonly threads?: number;
  /** The module that computes, for tests. */
  readonly worker?: URL;
}

export interface Searches extends SearchPort {
  close(): Promise<void>;
}

/** How long all tries together may take, in ms. */
const PATIENCE_MS = 5 * 60_000;
/** A thread that nobody needs ends after this long, in ms. */
const IDLE_MS = 60_000;
/** Bars that are walked in one go: a second or two. */
const BARS_AT_ONCE = 40_000;
/** Searches of all chats that go on at the same time. */
const MOST_SEARCHES = 4;
/** Each lane of each search waits for one answer; what only starts a thread waits, too. */
const WAITING_LIMIT = 200;

/** Part of a candidate's sets, and how many of them there are in all. */
interface Chunk {
  readonly candidate: number;
  readonly first: number;
  readonly end: number;
}

class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** Searches for values of parameters in threads of its own, which start with the first. */
export function createSearches({ log, threads, worker, ...sources }: SearchOptions): Searches {
  const lanes = threads ?? availableParallelism();
  const pool = createWorkerThread<SearchTask, SearchResults[SearchTask['kind']]>({
    module: worker ?? new URL('./search-worker.ts', import.meta.url),
    ...{ what: 'the searches', clock: sources.clock, log, patienceMs: PATIENCE_MS, idleMs: IDLE_MS },
    ...{ waiting: WAITING_LIMIT, threads: lanes },
  });
  const running = new Map<string, { readonly id: string; readonly ownerId: string; readonly stop: AbortController }>();
  let count = 0;

  const ask = <Kind extends SearchTask['kind']>(task: SearchTask & { kind: Kind }): Promise<SearchResults[Kind]> =>
    pool.run(task) as Promise<SearchResults[Kind]>;

  async function run(
    search: StrategySearch,
    signal: AbortSignal,
    note: (tried: number) => void,
  ): Promise<SearchAnswer> {
    const plan = await planSearch(search);
    for (let i = 0; i < lanes; i++) pool.warm();
    const found = await gather(sources, plan);
    if (found.kind !== 'there') return found;
    const { interval } = search.candidates[0]!.strategy;
    const from = warmFrom(plan, found.history) ?? plan.to;
    const windows = splitPeriod(from, plan.to, interval, plan.longest);
    if (windows.length === 0) {
      const bars = Math.max(0, Math.floor((plan.to - from) / interval));
      return { kind: 'short', bars, wanted: LEAST_FOR_SPLITS };
    }
    const history = sharedHistory(found.history);
    const material = { from, to: windows.at(-1)!.to, history, told: found.told, funding: found.funding };
    const tried = await tryAll(search, { material, windows, walked: plan.walked }, signal, note);
    const reports = await Promise.all(
      search.candidates.map(({ strategy, sets }, i) =>
        ask({ kind: 'report', strategy, material, windows, tried: tried[i]!, sets: sets.length }),
      ),
    );
    return { kind: 'done', reports };
  }

  /** Each lane takes the next part until none is left. */
  async function tryAll(
    { candidates }: StrategySearch,
    { material, windows, walked }: { material: SearchMaterial; windows: readonly SearchWindow[]; walked: number },
    signal: AbortSignal,
    note: (tried: number) => void,
  ): Promise<readonly (readonly TriedSet[])[]> {
    const bars = ((material.to - material.from) / walked) * candidates[0]!.strategy.instruments.length;
    const size = Math.max(1, Math.floor(BARS_AT_ONCE / bars));
    const chunks = candidates.flatMap(({ sets }, candidate): readonly Chunk[] =>
      Array.from({ length: Math.ceil(sets.length / size) }, (_each, i) => {
        return { candidate, first: i * size, end: Math.min(sets.length, (i + 1) * size) };
      }),
    );
    const results = candidates.map(({ sets }) => new Array<TriedSet | undefined>(sets.length));
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let chunk = chunks[next++]; chunk !== undefined && !signal.aborted; chunk = chunks[next++]) {
        const { candidate, first, end } = chunk;
        const { strategy, sets } = candidates[candidate]!;
        const part = await ask({ kind: 'try', strategy, material, windows, sets: sets.slice(first, end) });
        part.forEach((each, i) => {
          results[candidate]![first + i] = each;
        });
        note(end - first);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    return results.map((all) => all.filter((each) => each !== undefined));
  }

  /** The answer, or that it was stopped or took too long, whatever a thread is at. */
  async function watched(
    search: StrategySearch,
    stop: AbortController,
    state: { tried: number },
  ): Promise<SearchAnswer> {
    const late = sources.clock.after(PATIENCE_MS, () => stop.abort('late'));
    const stopped = new Promise<never>((_resolve, reject) => {
      stop.signal.addEventListener('abort', () => reject(new Stopped()), { once: true });
    });
    try {
      const note = (tried: number): void => {
        state.tried += tried;
      };
      return await Promise.race([run(search, stop.signal, note), stopped]);
    } catch (cause) {
      if (cause instanceof Stopped)
        return stop.signal.reason === 'late' ? { kind: 'late' } : { kind: 'cancelled', tried: state.tried };
      if (cause instanceof TransportError) throw cause;
      log.warn({ err: cause }, 'a search could not be made');
      throw new TransportError('the search could not be made', { retryable: true, reason: 'unreachable', cause });
    } finally {
      late();
    }
  }

  return {
    start(chatKey, ownerId, search): RunningSearch | 'chat' | 'all' {
      if (running.has(chatKey)) return 'chat';
      if (running.size >= MOST_SEARCHES) return 'all';
      const id = String(++count);
      const stop = new AbortController();
      const state = { tried: 0 };
      running.set(chatKey, { id, ownerId, stop });
      const of = search.candidates.reduce((sum, { sets }) => sum + sets.length, 0);
      const done = watched(search, stop, state).finally(() => running.delete(chatKey));
      // Whoever asked may have gone meanwhile.
      done.catch(() => undefined);
      return { id, progress: () => ({ tried: state.tried, of }), done };
    },
    ownerOf(chatKey, id) {
      const found = running.get(chatKey);
      return found?.id === id ? found.ownerId : undefined;
    },
    cancel(chatKey, id) {
      const found = running.get(chatKey);
      if (found?.id !== id) return false;
      found.stop.abort('cancelled');
      return true;
    },
    async close() {
      for (const { stop } of running.values()) stop.abort('cancelled');
      await pool.close();
    },
  };
}
