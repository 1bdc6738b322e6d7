import { eachOf } from '../mistakes/guarded';
import type { Check } from './check';

const SQLITE = /^(file:|sqlite)|\.(db|sqlite3?)$/i;
const LOOPBACK = /(^|[/@])(localhost|127\.\d+\.\d+\.\d+|\[::1\]|0\.0\.0\.0|host\.docker\.internal)(:|\/|$)/i;
const UNFILLED = /^(change[-_ ]?me.*|replace[-_ ]?me.*|your[-_ ].+|<.+>|x{3,}|todo|tbd|\.{3})$/i;
const DATABASE_URL = /^postgres(ql)?(\+[a-z0-9_]+)?:\/\/\/?(\?.*)?$/;

const fallbacks: readonly { readonly found: RegExp; readonly expected: string; readonly example: string }[] = [
  {
    found: SQLITE,
    expected: "no SQLite: the container's disk is read-only and each copy would have data of its own",
    example: 'postgresql+psycopg://',
  },
  {
    found: LOOPBACK,
    expected: 'no address of this machine: nothing else runs beside the app',
    example: 'https://api.example.com',
  },
  { found: UNFILLED, expected: 'a real value: this one stands for a value that nobody filled in', example: 'json' },
];

/** Values that work on a laptop and mislead in the cloud (row C15). */
export const developmentFallbacks: Check = ({ app: { variables } }) =>
  eachOf(Object.keys(variables), (name) => {
    const value = (variables[name] ?? '').trim();
    const path = ['app', 'variables', name];
    const fallback = fallbacks.find(({ found }) => found.test(value));
    if (fallback) return [{ path, expected: fallback.expected, example: fallback.example }];
    const database = /^(DATABASE_UR[IL]|SQLALCHEMY_DATABASE_UR[IL])$/.test(name);
    return database && !DATABASE_URL.test(value)
      ? [
          {
            path,
            expected: "a driver alone: the kit's PG… variables say host, user, password and database",
            example: 'postgresql+psycopg://',
          },
        ]
      : [];
  });
