import type { RuleState, SavedRule } from './rule.ts';

const NUMBER = /^(0|[1-9]\d*)$/;

/** The state that a stored one goes on with. */
export function stateBeneath({ state, beneath, truth, pendingSince }: SavedRule): RuleState {
  if (state !== 'stale') return state;
  if (beneath !== undefined) return beneath;
  return pendingSince !== undefined ? 'pending' : truth ? 'fired' : 'armed';
}

/** Of ids that a venue counts up; of others nobody knows. */
export function isLaterId(id: string, than: string): boolean {
  if (!NUMBER.test(id) || (than !== '' && !NUMBER.test(than))) return false;
  return id.length === than.length ? id > than : id.length > than.length;
}
