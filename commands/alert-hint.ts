import type { Message, TextSpan } from './message.ts';

const EXAMPLES = ['z > 2', 'rsi < 30', '+5% 1h'];

/** How to set an alert on something: `subject` is a symbol, or a symbol and an interval. */
export function alertHint(subject: string): Message {
  const lines = EXAMPLES.flatMap((example): TextSpan[] => ['\n', { code: `/alert ${subject} ${example}` }]);
  return { text: ['Type what should happen, for example', ...lines], private: true };
}
