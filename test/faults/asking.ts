import type { Rig } from './rig.ts';

interface Part {
  readonly name?: string;
  readonly venue?: string;
  readonly state: string;
  readonly detail?: string;
}

/** What `/readyz` answers, as far as a fault shows in it. */
export interface Readiness {
  readonly state: string;
  readonly database: { readonly detail?: string };
  readonly feeds: readonly Part[];
  readonly platforms: readonly Part[];
}

export async function readiness(rig: Rig): Promise<Readiness> {
  const url = await rig.program().started;
  return (await (await fetch(`${url}/readyz`)).json()) as Readiness;
}

/** Of one gauge or counter in `/metrics`. */
export async function metric(rig: Rig, name: string): Promise<number> {
  const url = await rig.program().started;
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

/** Somebody asks in the private chat 1001. @returns what is answered there next, without its formatting */
export async function ask({ telegram }: Rig, command: string): Promise<string> {
  const from = telegram.calls.length;
  telegram.say(command, { userId: 1001 });
  const isAnswer = (text: string | undefined) => text !== undefined && !text.startsWith('🔔');
  const answer = await telegram.waitFor(
    (call) => telegram.calls.indexOf(call) >= from && call.method === 'sendMessage' && isAnswer(call.text),
  );
  return answer.text!;
}
