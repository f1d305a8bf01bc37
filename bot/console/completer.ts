import type { ArgumentSpec, Asker, CommandService, CommandSpec } from '../../commands/service.ts';

/** What Node's readline takes: the lines that the last word may become, and that word. */
export type Completed = readonly [fitting: string[], word: string];

/** Completes what is typed in the terminal: commands, and what stands behind them. Never rejects. */
export async function completeLine(service: CommandService, asker: Asker, line: string): Promise<Completed> {
  const [, slash, name, rest] = /^(\/?)(\S*)\s*([\s\S]*)$/.exec(line) ?? ['', '', '', ''];
  if (!/\s/.test(line)) {
    const names = service.commands.map((command) => `${slash === '' ? '' : '/'}${command.name} `);
    return [names.filter((each) => each.startsWith(line.toLowerCase())), line];
  }
  const command = service.commands.find((each) => each.name === name.toLowerCase());
  const place = command === undefined ? undefined : argumentAt(command, rest);
  if (command === undefined || place === undefined) return [[], line];
  const { typed, argument } = place;
  const found = await service.complete({ asker, command: command.name, argument: argument.name, typed });
  // Only the last word is shown and filled in: whole rules would fill the screen.
  const at = typed.search(/\S*$/);
  const fitting = found.filter(({ value }) => value.startsWith(typed.slice(0, at))).map(({ value }) => value.slice(at));
  const word = typed.slice(at);
  // Readline fills in what all have in common: others than longer words would leave nothing of it.
  const longer = fitting.filter((each) => each.startsWith(word));
  return [longer.length > 0 ? longer : fitting, word];
}

/** Which argument the end of a text is in, and what of it is typed. A text argument takes all the rest. */
function argumentAt(command: CommandSpec, text: string): { argument: ArgumentSpec; typed: string } | undefined {
  let rest = text;
  for (const [index, argument] of command.args.entries()) {
    const isLast = index === command.args.length - 1;
    const end = rest.search(/\s/);
    if (argument.kind === 'text' || isLast || end < 0) return { argument, typed: rest };
    rest = rest.slice(end).trimStart();
  }
  return undefined;
}
