import type { TextSpan } from './message.ts';
import type { Person } from './ports.ts';

const MOST = 20;

/** A line that calls people: `For Ann, Bob and Cem.` Nothing where there is nobody. */
export function peopleWords(people: readonly Person[]): readonly TextSpan[] {
  if (people.length === 0) return [];
  const shown = people.slice(0, MOST);
  const spans: TextSpan[] = ['\nFor '];
  shown.forEach(({ userId, name }, i) => {
    const isLast = i === shown.length - 1 && people.length <= MOST;
    if (i > 0) spans.push(isLast ? ' and ' : ', ');
    spans.push({ mention: userId, name: name === '' ? 'somebody' : name });
  });
  if (people.length > MOST) spans.push(` and ${people.length - MOST} more`);
  return [...spans, '.'];
}
