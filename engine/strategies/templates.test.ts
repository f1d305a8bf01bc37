import { describe, expect, it } from 'vitest';
import { parseStrategy } from '../language/strategy.ts';
import { printStrategy } from '../language/strategy-print.ts';
import { testScope } from '../language/test-scope.ts';
import { formatInterval } from '../market/interval.ts';
import { needsOther, TEMPLATES, templateText } from './templates.ts';

describe.each(TEMPLATES)('the template $name', (template) => {
  const { name, interval } = template;
  const text = `${name} on eth, sol ${formatInterval(interval)} ${templateText(template, 'btcusdt')}`;

  it('is a strategy of both sides whose parameters lie in their ranges, and reads back as it is printed', () => {
    const strategy = parseStrategy(text, testScope());
    expect(strategy.interval).toBe(interval);
    expect(strategy.long && strategy.short && strategy.stop).toBeDefined();
    for (const { value, low, high } of strategy.params) {
      expect(value).toBeGreaterThan(low!);
      expect(value).toBeLessThan(high!);
    }
    const printed = printStrategy(strategy);
    expect(printStrategy(parseStrategy(printed, testScope()))).toBe(printed);
    expect(printed.includes('btcusdt')).toBe(needsOther(template));
  });
});

it('no two templates have one name', () => {
  expect(new Set(TEMPLATES.map(({ name }) => name)).size).toBe(8);
});
