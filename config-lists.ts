import { isIP } from 'node:net';
import { z } from 'zod';

/** What stands between commas. */
export const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  );

/** A name or an address of a machine, as a browser writes it in `Host`. */
const HOST = /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/;

/** Names that could be in `Host` or a URL: others would never match. @param sample as the message names one */
export const hosts = (sample: string) =>
  list
    .transform((names) => names.map((name) => name.toLowerCase()))
    .superRefine((names, check) => {
      const wrong = names.filter((name) => !HOST.test(name) && isIP(name.replace(/^\[|\]$/g, '')) === 0);
      if (wrong.length === 0) return;
      const named = wrong.map((name) => JSON.stringify(name)).join(' and ');
      const message = `must be a list of names like ${sample}, without http://, port and path, which ${named} ${wrong.length === 1 ? 'is' : 'are'} not`;
      check.addIssue({ code: 'custom', message });
    });

/** Venues are named in any case; a file is named as it is. */
export const feedName = (name: string): string =>
  /^tape:/i.test(name) ? `tape:${name.slice('tape:'.length)}` : name.toLowerCase();
