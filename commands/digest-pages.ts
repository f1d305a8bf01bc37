import type { FiringContext } from './firing-message.ts';
import type { Message } from './message.ts';

/** What a page of all that was told in one message has room for. */
const PAGE = 20;

/** One page of what a digest tells: `where` says which it is, where there are more, and the buttons lead to the others. */
export function digestPage<T>(
  { button }: Pick<FiringContext, 'button'>,
  items: readonly T[],
  deliveryId: string,
  page: number,
): { readonly shown: readonly T[]; readonly where: string } & Pick<Message, 'buttons'> {
  const pages = Math.max(1, Math.ceil(items.length / PAGE));
  const at = Math.min(Math.max(0, Math.floor(page) || 0), pages - 1);
  const buttons = [
    ...(at > 0 ? [button('◀', 'dgp', [deliveryId, String(at - 1)])] : []),
    ...(at < pages - 1 ? [button('▶', 'dgp', [deliveryId, String(at + 1)])] : []),
  ];
  return {
    shown: items.slice(at * PAGE, (at + 1) * PAGE),
    where: pages === 1 ? '' : `, page ${at + 1} of ${pages}`,
    ...(buttons.length > 0 ? { buttons: [buttons] } : {}),
  };
}
