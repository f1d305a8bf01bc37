import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RuleStateChange } from '../db/rule-changes.ts';
import { createBriefStates } from './brief-states.ts';

const change = (
  ruleId: string,
  from: RuleStateChange['from'],
  to: RuleStateChange['to'],
  since = 0,
): RuleStateChange => ({
  ...{ ruleId, ts: since, from, to, cause: `${from} to ${to}` },
  saved: { state: to === 'stale' ? from : to, since, watchesFrom: 0, truth: false, firings: 0 } as never,
});

it('holds back a rule that is blind, and tells it when it has been so for 15 s', () => {
  const brief = createBriefStates();
  const blind = change('1', 'armed', 'stale');
  expect(brief.take([blind], 1_000)).toEqual([]);
  expect(brief.dueAt()).toBe(16_000);
  expect(brief.release(15_999)).toEqual([]);
  expect(brief.release(16_000)).toEqual([blind]);
  expect([brief.size(), brief.dueAt()]).toEqual([0, undefined]);
});

it('makes of a short blindness a change of what is stored that no history tells', () => {
  const brief = createBriefStates();
  brief.take([change('1', 'armed', 'stale')], 0);
  const back = change('1', 'stale', 'armed', 5);
  expect(brief.take([back], 5)).toEqual([]);
  expect(brief.release()).toEqual([{ ...back, from: 'armed', isQuiet: true }]);
});

it('lets what else happens to a rule take what was held back along, in its order', () => {
  const brief = createBriefStates();
  const blind = change('1', 'armed', 'stale');
  brief.take([blind], 0);
  const muted = change('1', 'stale', 'muted');
  expect(brief.take([muted], 1)).toEqual([blind, muted]);
  brief.take([change('2', 'armed', 'stale'), change('2', 'stale', 'armed')], 2);
  const fired = change('2', 'armed', 'fired');
  expect(brief.take([fired], 3)).toEqual([fired]);
  expect(brief.size()).toBe(0);
});

it('holds nothing back of a rule that is gone', () => {
  const brief = createBriefStates();
  brief.take([change('1', 'armed', 'stale')], 0);
  brief.forget('1');
  expect(brief.release()).toEqual([]);
});

it('ends with each rule’s last state, told later by 15 s at most, in a history without holes', () => {
  const step = fc.record({
    rule: fc.constantFrom('1', '2'),
    to: fc.constantFrom('armed', 'stale', 'fired', 'muted' as const),
    wait: fc.integer({ min: 0, max: 9_000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const brief = createBriefStates();
      const written: RuleStateChange[] = [];
      const now = new Map<string, RuleStateChange['from']>();
      let at = 0;
      for (const { rule, to, wait } of steps) {
        for (const due = at + wait; at < due; at = Math.min(due, at + 1_000)) written.push(...brief.release(at));
        const from = now.get(rule) ?? 'armed';
        if (from === to) continue;
        now.set(rule, to);
        written.push(...brief.take([change(rule, from, to, at)], at));
        expect(brief.dueAt() ?? Number.POSITIVE_INFINITY).toBeGreaterThan(at - 1_000);
      }
      written.push(...brief.release());
      for (const [rule, last] of now) {
        const mine = written.filter(({ ruleId }) => ruleId === rule);
        expect(mine.at(-1)?.to ?? 'armed').toBe(last);
        const told = mine.filter(({ isQuiet }) => isQuiet !== true);
        for (let i = 1; i < told.length; i++) expect(told[i].from).toBe(told[i - 1].to);
      }
    }),
  );
});
