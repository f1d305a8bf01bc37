import type { PictureRequest } from '../charts/request.ts';
import type { CommandContext } from './command.ts';
import type { Picture } from './message.ts';

/** A picture of an analysis. Undefined where nobody wants one or it cannot be drawn: the words stand for themselves. */
export async function deskPicture(
  { charts, log, withoutPictures = false }: Pick<CommandContext, 'charts' | 'log' | 'withoutPictures'>,
  request: PictureRequest,
  alt: string,
): Promise<Picture | undefined> {
  if (withoutPictures) return undefined;
  try {
    return { png: await charts.render(request), alt, key: JSON.stringify(request) };
  } catch (error) {
    log.warn({ err: error, alt }, 'an analysis is told without its picture');
    return undefined;
  }
}
