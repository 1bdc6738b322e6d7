import type { PartName } from './map';

export const HTTPS = '443';
const POSTGRESQL = '5432';
/** Parts that call other parts and services of AWS. */
export const callers = ['service', 'tasks', 'functions'] as const;

/** Who may reach whom over TCP, by port. Both ends of each must allow it. */
export const between: readonly (readonly [from: PartName, to: PartName, port: string])[] = [
  ['loadBalancer', 'service', '8443'],
  ...callers.map((from) => [from, 'database', POSTGRESQL] as const),
  ['database', 'database', POSTGRESQL],
  ['service', 'cache', '6379'],
  ['tasks', 'cache', '6379'],
  ...callers.map((from) => [from, 'endpoints', HTTPS] as const),
];

/** Ports at which the internet reaches a part. */
export const fromInternet: Partial<Record<PartName, readonly string[]>> = { loadBalancer: [HTTPS, '80'] };

/** Submission of mail, by STARTTLS and by TLS; AWS asks for a request before it opens port 25. */
const MAIL = ['465', '587', '2465', '2587'];
/** Ports at which a part reaches the internet. */
export const toInternet: Partial<Record<PartName, readonly string[]>> = {
  service: [HTTPS, ...MAIL],
  tasks: [HTTPS, ...MAIL],
  functions: [HTTPS],
};
