import type { FileSabotage } from './proxy-file';

/** What a change of the file may do without anybody being less safe or less available. */
interface Harmless {
  readonly only: (sabotage: FileSabotage) => boolean;
  readonly why: string;
}

const PASSIVE = /^(image\/(?!svg)|audio\/|video\/|font\/)\S+( \S+)*;/;

/** Changes that may answer where nothing was answered before. */
const INVENTED = new Set(['nothing becomes something', 'variable replaced']);
/** What is said to named origins alone. */
const UNSHARED =
  /\$(cors_(methods|headers|seconds|exposed|origin)|vary|vary_of_api)\b|^location \/ if \(\$preflight = answered\)|^if \(\$preflight = answered\)|^http add_header Access-Control-|^map \$named_origin \$preflight_answer default/;

/** Alternatives that another one holds as well. */
const TWICE = [
  ['thumbs\\.db|', ''],
  ['|un~', ''],
  ['|7z|backup)', '|7z)'],
] as const;

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
        (kind === 'alternative lost' && TWICE.some(([part, rest]) => before.replace(part, rest) === after))),
    why: 'Another part of the expression refuses the same: hidden files in any folder, every .db, every name that ends in ~, every .backup.',
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
    only: ({ kind, before, block }) => kind === 'moved' && block.startsWith('map') && isSame(before),
    why: 'Both expressions say the same.',
  },
  {
    only: ({ kind, before, block }) => kind === 'moved' && block === 'map $uri $limited_path' && isApart(before),
    why: 'No login lies below the API: no address fits both.',
  },
  {
    only: ({ kind, before, after }) =>
      kind === 'part lost' &&
      before.startsWith('add_header Content-Security-Policy') &&
      LOADED.every((name) => before.includes(name) === after.includes(name)),
    why: 'Without a source of its own a kind of content has the default, which is narrower.',
  },
  {
    only: ({ block, kind, before, text }) =>
      !text.includes('map $http_origin $named_origin {\n    "http') &&
      !INVENTED.has(kind) &&
      (kind === 'added'
        ? /^map \$(named_origin \$preflight_answer|cors_origin \$cors_exposed|sent_http_vary \$vary) /.test(before)
        : UNSHARED.test(`${block} ${before}`)),
    why: 'No other origin is named, so nobody hears these answers; where one is, they are judged.',
  },
  {
    only: ({ block, kind, before }) =>
      kind === 'number raised' && block === 'map $upstream_connect_time $app_unreached' && before === '"-" 1;',
    why: 'True is whatever is neither empty nor 0.',
  },
  {
    only: ({ kind, block }) => /^number (raised|to nothing)$/.test(kind) && block === 'map $request_method $reads',
    why: 'Limits ask only whether there is a word: a request that reads counts by the hour.',
  },
  {
    only: ({ kind, block, before }) =>
      kind === 'removed' && block.startsWith('location = ') && before === 'access_log /dev/stdout access if=$unwell;',
    why: 'More lines in the log, and none less.',
  },
];

/** What a policy must keep: all but the sources of single kinds of content. */
const LOADED = ['default-src', 'base-uri', 'form-action', 'frame-ancestors', 'object-src', 'script-src'];

/** Two entries of a map, such as `"~^/a" 1; "~^/b" 1;`. */
const ENTRIES = /^("~[^"]*") (.*); ("~[^"]*") (.*);$/;

function isSame(before: string): boolean {
  const [, , one, , two] = ENTRIES.exec(before) ?? [];
  return one !== undefined && one === two;
}

function isApart(before: string): boolean {
  const [, one = '', , two = ''] = ENTRIES.exec(before) ?? [];
  const pathsOf = (key: string) => /\(\?:([^()]*)\)/.exec(key)?.[1]?.split('|') ?? [];
  return pathsOf(one).every((path) => pathsOf(two).every((other) => path !== other && !path.startsWith(`${other}/`)));
}

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
