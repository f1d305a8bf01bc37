import { type Asker, type ChatAddress, chatKey } from './service.ts';

/**
 * What somebody is in a chat. `owner`: named by ADMINS, or at the machine. `admin`: of this chat. `reader`: sees a channel
 * without being able to write there. `blocked`: shut out by one of the first two.
 */
export type Role = 'owner' | 'admin' | 'member' | 'reader' | 'blocked';

/**
 * Who may do something. `members`: whoever may write in the chat. `own`: of these the one whose alert, name or offer it is,
 * and the chat's admins. `admins`: the chat's. `owner`: those that ADMINS names, and whoever sits at the machine.
 */
export type Permission = 'members' | 'own' | 'admins' | 'owner';

/**
 * Whether a role is enough. Everything that is not said here is refused, also a permission that nobody declared.
 * @param isTheirs whether what it is about is the asker's
 */
export function allows(role: Role, permission: Permission | undefined, isTheirs = true): boolean {
  switch (permission) {
    case 'members':
      return role === 'owner' || role === 'admin' || role === 'member';
    case 'own':
      return role === 'owner' || role === 'admin' || (role === 'member' && isTheirs);
    case 'admins':
      return role === 'owner' || role === 'admin';
    case 'owner':
      return role === 'owner';
    default:
      return false;
  }
}

const ORDER: readonly Permission[] = ['members', 'own', 'admins', 'owner'];

/** The one of two that lets fewer through. */
export const stricter = (a: Permission, b: Permission): Permission => (ORDER.indexOf(a) < ORDER.indexOf(b) ? b : a);

/** What a role is made of. */
export interface Standing {
  readonly asker: Asker;
  /** Users that ADMINS names. */
  readonly owners: ReadonlySet<string>;
  readonly block: 'here' | 'everywhere' | undefined;
}

/** The console and the status page are open to whoever runs the program, and to nobody else. */
const isAtTheMachine = ({ address }: Asker): boolean => address.platform === 'console' || address.platform === 'page';

/** An owner cannot be blocked; an admin of a chat cannot be blocked by its other admins. */
export function roleOf({ asker, owners, block }: Standing): Role {
  if (isAtTheMachine(asker) || owners.has(asker.userId)) return 'owner';
  if (block === 'everywhere') return 'blocked';
  if (asker.isChatAdmin) return 'admin';
  if (block === 'here') return 'blocked';
  return asker.chatKind === 'channel' ? 'reader' : 'member';
}

/** What blocks, counts and votes are kept by: the chat, whichever of its topics somebody writes in. */
export function placeOf({ platform, chat }: ChatAddress): string {
  return chatKey({ platform, chat });
}

/** Why something is refused, in one sentence. @param what it is that only some may do: `change its settings` */
export function refusalOf(role: Role, permission: Permission | undefined, what = 'do that'): string {
  if (role === 'blocked') return 'You are blocked: I do nothing for you here until an admin lifts that.';
  if (role === 'reader') return `Only this channel’s admins may ${what}.`;
  switch (permission) {
    case 'own':
      return `Only its owner or an admin may ${what}.`;
    case 'admins':
      return `Only this chat’s admins may ${what}.`;
    case 'owner':
      return `Only those that ADMINS names may ${what}.`;
    default:
      return 'That is open to nobody.';
  }
}
