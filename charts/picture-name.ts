import type { PictureRequest } from './request.ts';

/** What a picture is of, for a log. */
export const nameOf = (request: PictureRequest): string => ('kind' in request ? request.title : request.symbol);
