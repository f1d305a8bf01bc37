import { z } from 'zod';
import { issueWords } from '../issue-words.ts';

const symbols = z.array(z.string().min(1).max(64)).max(200);

const RequestSchema = z.discriminatedUnion(
  'action',
  [
    z.object({
      action: z.literal('subscribe'),
      /** `btcusdt`, `binance:btcusdt`, or `*` for everything. */
      symbols,
      /** `latest`: at most four times a second, the newest of each instrument. */
      trades: z.enum(['all', 'latest']).optional(),
    }),
    z.object({ action: z.literal('unsubscribe'), symbols }),
    /** The messages of the page's console; refused to whoever may not use it. */
    z.object({ action: z.literal('console') }),
    z.object({ action: z.literal('ping') }),
  ],
  {
    error: (issue) => (issue.code === 'invalid_union' ? 'must be subscribe, unsubscribe, console or ping' : undefined),
  },
);

export type StreamRequest = z.infer<typeof RequestSchema>;

/** What a client sent, or why it cannot be read. */
export function parseStreamRequest(
  text: string,
): StreamRequest | { readonly action: 'unreadable'; readonly reason: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { action: 'unreadable', reason: 'This is not JSON.' };
  }
  const parsed = RequestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  return { action: 'unreadable', reason: issueWords(parsed.error, json) };
}
