import type { Message } from '../../commands/message.ts';
import type { Lanes } from './lanes.ts';
import type { Sender, Standing } from './sender.ts';

/** The lane of everything that changes one message. */
export const laneOf = ({ target, messageId }: Pick<Standing, 'target' | 'messageId'>): string =>
  `press ${target.chat_id}/${messageId}`;

/** Changes a message that was shown into what it becomes when more is known. Returns at once; meanwhile its buttons work. */
export function showLater(
  { lanes, sender }: { readonly lanes: Lanes; readonly sender: Sender },
  standing: Standing,
  shown: Message,
): void {
  if (shown.later === undefined) return;
  const lane = laneOf(standing);
  void lanes.run(`later ${lane}`, async () => {
    let { hasPhoto } = standing;
    for (let next = await shown.later?.(); next !== undefined; next = await next.later?.()) {
      const message = next;
      await lanes.run(lane, async () => void (await sender.edit({ ...standing, hasPhoto }, message)));
      hasPhoto ||= message.picture !== undefined;
    }
  });
}
