import { type Path, written } from './mistakes/mistake';
import type { Environment } from './schema';

/** A value that only stands for a real one. */
export interface Placeholder {
  /** Such as `contacts.critical[0]`. */
  readonly path: string;
  readonly value: string;
}

/** How a placeholder is recognised, and what to write instead. */
interface Kind {
  readonly looks: RegExp;
  readonly instead: string;
  readonly example: string;
}

const kinds: readonly Kind[] = [
  // Names that nobody can register or receive mail at (RFC 2606, RFC 6761).
  {
    looks: /@([a-z0-9-]+\.)*(example\.(com|org|net)|[a-z0-9-]+\.(test|example|invalid))$/i,
    instead: 'the address of a mailbox that somebody reads',
    example: 'oncall@your-company.com',
  },
  {
    looks: /^([a-z0-9-]+\.)*(example\.(com|org|net)|[a-z0-9-]+\.(test|example|invalid))(:\d+)?$/i,
    instead: 'a name under a domain of yours',
    example: 'app.your-company.com',
  },
  // Networks that documents may use and nobody has (RFC 5737, RFC 3849).
  {
    looks: /^(192\.0\.2|198\.51\.100|203\.0\.113)\.|^2001:0?db8:/i,
    instead: 'the network that your people come from, as a web site sees it',
    example: 'what curl https://checkip.amazonaws.com prints, and /32',
  },
  {
    looks: /^sha256:0{64}$/,
    instead: 'the digest of an image that was pushed',
    example: 'what docker push prints after digest:',
  },
  {
    looks: /^Z0123456789ABCDEFGHIJ$/,
    instead: 'the id of your hosted zone',
    example: 'what aws route53 list-hosted-zones prints',
  },
  {
    looks: /^arn:aws[a-z-]*:acm:[a-z0-9-]+:(\d{12}:certificate\/00000000-|(123456789012|111122223333):)/,
    instead: 'the ARN of your certificate',
    example: 'what aws acm list-certificates prints',
  },
  {
    looks: /^example\//,
    instead: 'owner and name of your repository',
    example: 'your-company/app-deployment',
  },
  {
    looks: /^\+1\d{3}55501\d\d$/,
    instead: 'a telephone that somebody answers',
    example: 'the number of your rota, in international form',
  },
  {
    looks: /^(123456789012|111122223333|(\d)\2{11})$/,
    instead: 'your account',
    example: 'what aws sts get-caller-identity prints',
  },
];

/** Values of these fields are the app's own or argued text, not facts about the world. */
const NOT_FACTS = new Set(['exceptions', 'reason', 'purpose', 'command']);

/**
 * Placeholders left in an environment. While it has no account they are shown in a banner; once it has one they are
 * refused, since an alarm that is sent to example.com wakes nobody (row R08).
 */
export function placeholders(environment: Environment): readonly Placeholder[] {
  return placeholdersIn(environment).map(({ path, value }) => ({ path: written(path), value }));
}

/** A placeholder with its path as a list, and what to write instead. */
export interface PlacedPlaceholder {
  readonly path: Path;
  readonly value: string;
  readonly instead: string;
  /** One that would do, or the command that prints it. */
  readonly example: string;
}

/** The same for the parser. */
export function placeholdersIn(value: unknown, path: Path = []): readonly PlacedPlaceholder[] {
  if (typeof value === 'string') {
    const kind = kinds.find(({ looks }) => looks.test(hostOf(value)));
    return kind ? [{ path, value, instead: kind.instead, example: kind.example }] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  const entries: [PropertyKey, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries
    .filter(([key]) => !NOT_FACTS.has(String(key)))
    .flatMap(([key, inner]) => placeholdersIn(inner, [...path, key]));
}

/** The part of a URL that names a machine; any other text as it is. */
const hostOf = (value: string): string => /^[a-z]+:\/\/([^/?#]+)/i.exec(value)?.[1] ?? value;
