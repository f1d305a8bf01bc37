/** A program that is asked as its page asks it. */
export interface PageConsole {
  get<T = Record<string, number>>(path: string): Promise<T>;
  /** What a command answers. */
  ask(text: string): Promise<Answer>;
  /** The same as one reads it. */
  say(text: string): Promise<string>;
  /** The numbers that an answer of the desk is made of. @throws Error where there is no file */
  numbers<T>(line: string): Promise<T>;
}

interface Answer {
  readonly text: readonly (string | Readonly<Record<string, string>>)[];
  readonly file?: { readonly url: string; readonly name: string };
  readonly picture?: object;
}

/** @param portOf where it listens on this machine, once it does */
export function pageConsole(portOf: () => number): PageConsole {
  const urlOf = (path: string): string => `http://127.0.0.1:${portOf()}/${path}`;

  async function get<T>(path: string): Promise<T> {
    return (await (await fetch(urlOf(path))).json()) as T;
  }

  async function ask(text: string): Promise<Answer> {
    const response = await fetch(urlOf('api/console'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text }),
    });
    const { messages } = (await response.json()) as { messages: Answer[] };
    return messages[0];
  }

  const readable = ({ text }: Answer): string =>
    text.map((span) => (typeof span === 'string' ? span : Object.values(span)[0])).join('');

  return {
    get,
    ask,
    say: async (text) => readable(await ask(text)),
    async numbers<T>(line: string) {
      const answer = await ask(`/export ${line} json`);
      if (answer.file === undefined) throw new Error(`no file of ${line}: ${readable(answer)}`);
      return get<T>(answer.file.url);
    },
  };
}
