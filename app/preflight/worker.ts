import { type Trial, type TrialRequest, tryRule } from '../../engine/preflight/trial.ts';

/** Runs in a worker thread: a rule and its history in, what it would have done out. Without a rule it only starts the thread. */
export default function tryInThread(request: TrialRequest | null): Trial | undefined {
  return request === null ? undefined : tryRule(request);
}
