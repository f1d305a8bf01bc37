import { describeVariables } from '../config.ts';

/** The text of `.env.example`: every variable with its default, commented out. */
export function envExample(): string {
  const head =
    '# All of it is optional. Without a token Bellwether runs as a demonstration on simulated prices.\n# A secret can also come from a file: TELEGRAM_TOKEN_FILE=/run/secrets/telegram\n';
  const items = describeVariables().map(
    ({ name, standard, about, sample }) => `\n# ${about}\n#${name}=${standard || sample}\n`,
  );
  return head + items.join('');
}
