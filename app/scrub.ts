/** Takes secrets out of a text. */
export type Scrub = (text: string) => string;

const HIDDEN = '[secret]';

/**
 * Takes known secrets out, in every form in which they get into a text: as they are, within a URL, within JSON, and as
 * base64. For what people read: everything else stays as it is.
 */
export function createValueScrub(secrets: readonly string[]): Scrub {
  const forms = new Set<string>();
  for (const secret of secrets) {
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) forms.add(form);
    for (const kind of ['base64', 'base64url'] as const) forms.add(Buffer.from(secret).toString(kind));
    // Of Telegram's `123:ABC` the second half alone opens everything.
    const half = /^\d+:(.{16,})$/.exec(secret)?.[1];
    if (half !== undefined) forms.add(half);
  }
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return (text) =>
    longestFirst.reduce((rest, form) => (rest.includes(form) ? rest.replaceAll(form, HIDDEN) : rest), text);
}

/** What looks like a secret, whoever's it is. `$1` stays. */
const SHAPES: readonly RegExp[] = [
  // A value under a name that says so, however deep in JSON.
  /("[\w-]*(?:token|secret|password|passwd|authorization|cookie|api[-_]?key)"\s*:\s*")(?:[^"\\]|\\.)+/gi,
  /(\b(?:Bearer|Basic|Bot)\s+)[\w.~+/=-]{8,}/gi,
  // Telegram's in a path, its colon as it is or escaped.
  /(\/bot)\d+(?::|%3A)[\w-]+/gi,
  // Who has this path can write into a chat.
  /(\/hooks\/)[\w-]{16,}/gi,
  // Discord's answers go to an address that is its own password for 15 minutes.
  /(\/(?:interactions|webhooks)\/\d+\/)[\w.-]{16,}/gi,
  /([?&][\w-]*(?:token|secret|password|signature|jwt|api[-_]?key)=)[^&\s"'\\]+/gi,
  /(:\/\/[^\s/:@"']*:)[^\s/@"']+(?=@)/g,
];

/** Takes out known secrets, and what looks like one: for the log and for the operator's terminal. */
export function createScrub(secrets: readonly string[]): Scrub {
  const byValue = createValueScrub(secrets);
  return (text) => SHAPES.reduce((rest, shape) => rest.replace(shape, `$1${HIDDEN}`), byValue(text));
}
