import { beforeEach, describe, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../test/doubles/manual-clock.ts';
import { createSubscriptions, type Subscriptions } from './subscriptions.ts';
import type { Requests, Route } from './venue.ts';

let time: ManualClock;
let wanted: Set<string>;
let confirmed: string[];
let retries: number[];

beforeEach(() => {
  time = createManualClock(0);
  [wanted, confirmed, retries] = [new Set(), [], []];
});

type Limits = Pick<Route, 'batch' | 'maxTopics' | 'maxChars'>;

function make(limits: Partial<Limits> = {}, requests: Partial<Requests> = {}): Subscriptions {
  return createSubscriptions({
    clock: time.clock,
    route: { batch: 10, maxTopics: 100, ...limits },
    requests: { message: (method, names, id) => `${id} ${method} ${names.join(' ')}`, ...requests },
    wanted,
    onSubscribed: (names) => confirmed.push(...names),
    retryIn: (ms) => retries.push(ms),
  });
}

/** Everything that it has to say now. */
function said(subscriptions: Subscriptions): string[] {
  const texts: string[] = [];
  for (let text = subscriptions.nextMessage(); text !== undefined; text = subscriptions.nextMessage()) texts.push(text);
  return texts;
}

const want = (...names: string[]) => {
  for (const name of names) wanted.add(name);
};

describe('what is asked', () => {
  it('keeps to the number of topics, their characters and their group in one message, and to the room on the socket', () => {
    want('t:aa', 't:bb', 't:cc', 'b:aa', 't:dd', 't:ee');
    const group = (name: string) => name[0];
    expect(said(make({ maxChars: 12, maxTopics: 5 }, { group }))).toEqual([
      '1 subscribe t:aa t:bb t:cc',
      '2 subscribe b:aa',
      '3 subscribe t:dd',
    ]);
  });

  it('waits for each answer where the venue does not say what it answers', () => {
    want('a', 'b');
    const subscriptions = make({ batch: 1 }, { oneAtATime: true });
    expect(said(subscriptions)).toEqual(['1 subscribe a']);
    subscriptions.answered({});
    expect(said(subscriptions)).toEqual(['2 subscribe b']);
  });

  it('has a topic begun anew by leaving it first', () => {
    want('a', 'b');
    const subscriptions = make();
    said(subscriptions);
    subscriptions.answered({ id: 1 });
    subscriptions.renew('a');
    expect(said(subscriptions)).toEqual(['2 unsubscribe a']);
    subscriptions.answered({ id: 2 });
    expect(said(subscriptions)).toEqual(['3 subscribe a']);
    subscriptions.answered({ id: 3 });
    expect(confirmed).toEqual(['a', 'b', 'a']);
    expect(said(subscriptions)).toEqual([]);
  });
});

describe('what is answered', () => {
  it('takes one answer for a request, by its number', () => {
    want('a', 'b');
    const subscriptions = make({ batch: 1 });
    said(subscriptions);
    expect(subscriptions.answered({ id: 9 })).toBe(false);
    expect(subscriptions.answered({ id: 2 })).toBe(true);
    expect(confirmed).toEqual(['b']);
    expect(subscriptions.settled()).toBe(false);
    subscriptions.answered({ id: 1 });
    expect(subscriptions.settled()).toBe(true);
  });

  it('takes an answer for each topic, with or without the number of the request', () => {
    want('a', 'b', 'c');
    const subscriptions = make();
    said(subscriptions);
    subscriptions.answered({ names: ['b'] });
    subscriptions.answered({ id: 1, names: ['a'] });
    expect(confirmed).toEqual(['b', 'a']);
    expect(subscriptions.settled()).toBe(false);
    subscriptions.answered({ id: 1, names: ['c'], refusal: 'no' });
    expect(subscriptions.active('c')).toBe(false);
    expect(subscriptions.answered({ names: ['nobody asked'] })).toBe(false);
  });

  it('takes a list of all that the socket carries', () => {
    want('a', 'b');
    const subscriptions = make({ batch: 1 });
    said(subscriptions);
    subscriptions.answered({ all: ['a'] });
    expect(confirmed).toEqual(['a']);
    subscriptions.answered({ all: ['a', 'b'] });
    expect(confirmed).toEqual(['a', 'b']);
    wanted.delete('a');
    expect(said(subscriptions)).toEqual(['3 unsubscribe a']);
    subscriptions.answered({ all: ['b'] });
    expect(subscriptions.active('a')).toBe(false);
    expect(subscriptions.settled()).toBe(true);
  });

  it('asks once more for what such a list leaves out of a request, then takes it for refused', () => {
    want('a', 'b', 'c');
    const subscriptions = make({}, { oneAtATime: true });
    said(subscriptions);
    subscriptions.answered({ all: ['a', 'c'] });
    expect(confirmed).toEqual(['a', 'c']);
    expect(said(subscriptions)).toEqual(['2 subscribe b']);
    subscriptions.answered({ all: ['a', 'c'] });
    expect([...subscriptions.refused().keys()]).toEqual(['b']);
    expect([subscriptions.settled(), subscriptions.oldestWaitMs()]).toEqual([true, 0]);
  });

  it('takes an answer that names nothing for the oldest request', () => {
    want('a', 'b');
    const subscriptions = make({ batch: 1 });
    said(subscriptions);
    subscriptions.answered({ refusal: 'no such thing' });
    expect(subscriptions.refused().get('a')?.why).toBe('no such thing');
    subscriptions.answered({});
    expect(confirmed).toEqual(['b']);
    expect(subscriptions.oldestWaitMs()).toBe(0);
  });
});

describe('what is refused', () => {
  it('asks for the topics of a refused batch one by one, and for a refused one later and later', async () => {
    want('a', 'bad', 'c');
    const subscriptions = make();
    said(subscriptions);
    subscriptions.answered({ id: 1, refusal: 'no' });
    expect(subscriptions.nextMessage()).toBe('2 subscribe a');
    expect(subscriptions.nextMessage()).toBe('3 subscribe bad');
    expect(subscriptions.nextMessage()).toBe('4 subscribe c');
    subscriptions.answered({ id: 2 });
    subscriptions.answered({ id: 3, refusal: 'no' });
    subscriptions.answered({ id: 4 });
    expect(confirmed).toEqual(['a', 'c']);
    expect([subscriptions.settled(), [...subscriptions.refused().keys()]]).toEqual([true, ['bad']]);
    await time.advance(59_999);
    expect(said(subscriptions)).toEqual([]);
    await time.advance(1);
    expect(said(subscriptions)).toEqual(['5 subscribe bad']);
    expect(subscriptions.settled()).toBe(true);
    subscriptions.answered({ id: 5, refusal: 'no' });
    expect(retries).toEqual([60_000, 120_000]);
    await time.advance(120_000);
    said(subscriptions);
    subscriptions.answered({ id: 6 });
    expect([subscriptions.active('bad'), subscriptions.refused().size]).toEqual([true, 0]);
  });

  it('takes a confirmation that comes after a refusal which named nothing, whatever that was taken for', () => {
    want('a', 'bad', 'c', 'worse');
    const subscriptions = make({}, { oneAtATime: true });
    expect(said(subscriptions)).toEqual(['1 subscribe a bad c worse']);
    subscriptions.answered({ refusal: 'no bad' });
    expect(subscriptions.answered({ names: ['c'] })).toBe(true);
    expect(said(subscriptions)).toEqual(['2 subscribe a']);
    // It was of `worse` in the first request.
    subscriptions.answered({ refusal: 'no worse' });
    expect([...subscriptions.refused().keys()]).toEqual(['a']);
    expect(subscriptions.answered({ names: ['a'] })).toBe(true);
    expect([confirmed, subscriptions.refused().size]).toEqual([['c', 'a'], 0]);
    expect(said(subscriptions)).toEqual(['3 subscribe bad']);
    subscriptions.answered({ refusal: 'no bad' });
    subscriptions.nextMessage();
    subscriptions.answered({ refusal: 'no worse' });
    expect([subscriptions.settled(), [...subscriptions.refused().keys()]]).toEqual([true, ['bad', 'worse']]);
    expect(subscriptions.answered({ names: ['d'] })).toBe(false);
  });
});
