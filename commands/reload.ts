import { ConfigError, UserError } from '../engine/errors.ts';
import type { Command } from './command.ts';
import type { TextSpan } from './message.ts';
import type { ReloadReport } from './ports.ts';

export const reload: Command = {
  name: 'reload',
  summary: 'Reads the settings again',
  usage: '/reload',
  permission: 'owner',
  restricted: 'have the settings read again',
  examples: ['/reload'],
  details:
    'For those that ADMINS names, and for whoever sits at the machine. Tells what changed, and what needs a restart.',
  args: [],
  slow: false,
  private: true,
  async run(context) {
    if (context.reload === undefined) return { text: ['My settings cannot be read again here.'], private: true };
    try {
      return { text: reportText(await context.reload()), private: true };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw new UserError('reload-refused', `Nothing was changed: ${error.message}.`, { cause: error });
    }
  },
};

function reportText({ changed, needRestart }: ReloadReport): readonly TextSpan[] {
  if (changed.length === 0 && needRestart.length === 0) return ['Nothing has changed.'];
  const lines = changed.flatMap(({ name, from, to }): TextSpan[] => ['\n', { code: name }, ` ${from} → ${to}`]);
  const head: readonly TextSpan[] =
    changed.length === 0 ? ['Nothing is different yet.'] : [{ bold: 'Changed' }, ...lines];
  if (needRestart.length === 0) return head;
  const names = needRestart.flatMap((name, i): TextSpan[] => [...(i === 0 ? [] : [', ']), { code: name }]);
  return [...head, '\n', { bold: 'Needs a restart' }, ': ', ...names];
}
