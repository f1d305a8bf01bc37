import { corrected, type FailureDetails } from './failure.ts';
import type { Token } from './tokens.ts';

/** Whether somebody compares for being the same. */
export const isEquality = ({ kind, text }: Token): boolean => kind === 'op' && ['=', '==', '!='].includes(text);

/** A value that moves is hardly ever equal to a level: what would be right is that it passes it. */
export function equalityDetails(text: string, { text: sign, span }: Token): FailureDetails {
  const meant = sign === '!=' ? ['>', '<'] : ['crosses'];
  const suggestions = meant.map((each) => corrected(text, span, each));
  return { hint: 'values are compared with > or <, or with crosses', suggestions };
}
