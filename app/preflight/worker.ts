import { type Trial, type TrialRequest, tryRule } from '../../engine/preflight/trial.ts';

/** Runs in a worker thread: a rule and its history in, what it would have done out. */
export default function tryInThread(request: TrialRequest): Trial | undefined {
  return tryRule(request);
}
