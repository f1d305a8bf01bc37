import { expect, it } from 'vitest';
import { createJoinedReads } from './joined-reads.ts';

const NAMES = new Map([
  ['1', 'one'],
  ['2', 'two'],
  ['3', 'three'],
]);

function reads() {
  const asked: (readonly string[])[] = [];
  const read = createJoinedReads(async (ids) => {
    asked.push(ids);
    if (ids.includes('bad')) throw new Error('unreadable');
    return new Map([...NAMES].filter(([id]) => ids.includes(id)));
  });
  return { asked, read };
}

it('asks once for what is wanted in one moment, and gives each its own', async () => {
  const { asked, read } = reads();
  expect(await Promise.all([read('2'), read('1'), read('2'), read('9')])).toEqual(['two', 'one', 'two', undefined]);
  expect(asked).toEqual([['2', '1', '9']]);
});

it('asks again for what is wanted later, also while an answer is under way', async () => {
  const { asked, read } = reads();
  const first = read('1');
  await Promise.resolve();
  await Promise.resolve();
  expect(await Promise.all([first, read('3')])).toEqual(['one', 'three']);
  expect(asked).toEqual([['1'], ['3']]);
});

it('tells all of them where it could not be read, and goes on', async () => {
  const { read } = reads();
  const outcome = await Promise.allSettled([read('1'), read('bad')]);
  expect(outcome.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await read('1')).toBe('one');
});
