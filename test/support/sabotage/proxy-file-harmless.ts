import type { FileSabotage } from './proxy-file';

/** What a change of the file may do without anybody being less safe or less available. */
interface Harmless {
  readonly only: (sabotage: FileSabotage) => boolean;
  readonly why: string;
}

const PASSIVE = /^(image\/(?!svg)|audio\/|video\/|font\/)\S+( \S+)*;/;

/** Every entry is read by reviewers: keep it narrow and say why. */
const HARMLESS: readonly Harmless[] = [
  { only: ({ before }) => /^pcre_jit (on|off);$/.test(before), why: 'How fast expressions run.' },
  {
    only: ({ block, before, after }) =>
      block === 'types' && PASSIVE.test(before) && (after === '' || PASSIVE.test(after)),
    why: 'Pictures, sounds, films and letters under no type of their own are downloads; nothing of them runs.',
  },
  {
    only: ({ kind, block, before }) => kind === 'removed' && block.startsWith('map') && before === 'default "";',
    why: 'nginx’s own default.',
  },
  {
    only: ({ kind, block, before, text, line, after }) =>
      kind === 'added' &&
      block === 'http' &&
      before.startsWith('map') &&
      `default ${/"~" ((?:"[^"]*"|[^;])*);/.exec(after)?.[1]};` === defaultOf(text, line),
    why: 'An expression that fits everything and says what the default says.',
  },
  {
    only: ({ block, before, after }) =>
      block === 'map $uri $limited_path' && before === 'default other;' && ['', 'default "";'].includes(after),
    why: 'A word that no other map asks for: whatever it is, the request counts by the hour.',
  },
  {
    only: ({ block, before, kind, after }) =>
      (block === 'map $limited $limit_pause' || (block === 'http' && before === 'map $limited $limit_pause {')) &&
      (kind === 'nothing becomes something' || after.endsWith('"~" 1;')),
    why: 'Asked for refusals of a limit only, and each of those has its own entry.',
  },
  {
    only: ({ kind, block }) => kind === 'anchor lost' && block === 'map $binary_remote_addr $client',
    why: 'An address has four bytes or sixteen: the expression fits the same ones.',
  },
  {
    only: ({ kind, before, after }) =>
      kind === 'anchor lost' && before.replace('"~^', '"~') === after && /^"~\^(\.\{\d+\}"|\(\?<\w+>\[\^)/.test(before),
    why: 'Fits from the first letter on, anchored or not.',
  },
  {
    only: ({ kind, block, before, after }) =>
      block === 'map $uri $blocked' &&
      ((kind === 'anchor lost' && before.replace('"~*^', '"~*') === after) ||
        (kind === 'alternative lost' && before.replace('thumbs\\.db|', '') === after)),
    why: 'Another part of the expression refuses the same: hidden files in any folder, and every .db.',
  },
  {
    only: ({ kind, block }) => kind === 'moved' && block === 'map $request_uri $blocked_target',
    why: 'A target that is both is refused either way.',
  },
  {
    only: ({ kind, block, before }) =>
      kind === 'moved' &&
      /^location (\/|@app|\^~ \S+)$/.test(block) &&
      /^if \(\$(blocked|preflight|ambient_credentials)/.test(before),
    why: 'nginx asks conditions before it does anything else, and each refusal has a reason of its own.',
  },
  {
    only: ({ block, before, text }) =>
      /\$cache_by_(name|status)\b/.test(`${block} ${before}`) && !text.includes('location ^~ '),
    why: 'No static files: whatever the status, nothing may be kept.',
  },
  {
    only: ({ block, kind, before }) =>
      kind === 'number raised' && block === 'map $upstream_connect_time $app_unreached' && before === '"-" 1;',
    why: 'True is whatever is neither empty nor 0.',
  },
  {
    only: ({ kind, block, before }) =>
      kind === 'removed' && block.startsWith('location = ') && before === 'access_log /dev/stdout access if=$unwell;',
    why: 'More lines in the log, and none less.',
  },
];

/** The default of the map that a line opens. */
function defaultOf(text: string, line: number): string | undefined {
  const entries = text.split('\n').slice(line);
  return entries
    .slice(
      0,
      entries.findIndex((each) => each.trim() === '}'),
    )
    .map((each) => each.trim())
    .find((each) => each.startsWith('default '));
}

/** Why a change of the file is no weakening; nothing when it is one. */
export const harmless = (sabotage: FileSabotage): string | undefined =>
  HARMLESS.find(({ only }) => only(sabotage))?.why;
