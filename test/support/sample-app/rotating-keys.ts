import { setTimeout as sleep } from 'node:timers/promises';
import type { SampleApp } from '../../../lib/commands/try/sample-app';
import type { Browser } from './browser';
import { type RotatedKeys, rotatedKeys } from './rotated-keys';

/**
 * What the sample application promises about keys that rotate.
 *
 * @param start starts it with further variables
 * @param browser a client without cookies
 */
export function keepsSessionsWhileKeysRotate(
  start: (variables: Readonly<Record<string, string>>) => Promise<SampleApp>,
  browser: (to: SampleApp) => Browser,
): void {
  describe('keys that rotate', () => {
    const inUse = (keys: Readonly<Record<string, string>>) =>
      start({ ...keys, JWT_SECRET_KEY: keys.SECRET_KEY?.toLowerCase() ?? '' });
    const user = async (client: Browser) =>
      (JSON.parse((await client.ask('/api/whoami')).text) as { user: string | null }).user;
    /** Signs in where the first keys are in use, and asks with the same cookies where the later ones are. */
    const seen = async (first: Readonly<Record<string, string>>, later: Readonly<Record<string, string>>) => {
      const [before, now] = [await inUse(first), await inUse(later)];
      try {
        const client = browser(before);
        await client.json('/login', before.account);
        expect(await user(client)).toBe('operator');
        const same = browser(now);
        for (const [name, value] of client.cookies) same.cookies.set(name, value);
        const found = await user(same);
        // What it answered is signed by the new key.
        return { found, again: await user(same) };
      } finally {
        await Promise.all([before.stop(), now.stop()]);
      }
    };

    it('keep a session through its grace, end it afterwards, and at once when they are compromised', async () => {
      const { before, within, past, compromised } = await rotatedKeys();
      expect(await seen(before, within)).toEqual({ found: 'operator', again: 'operator' });
      expect(await seen(before, past)).toEqual({ found: null, again: null });
      expect(await seen(before, compromised)).toEqual({ found: null, again: null });
    });

    it('end a session while the app runs, when its grace does', async () => {
      const { before, within } = await rotatedKeys();
      const [fallback] = JSON.parse(within.SECRET_KEY_FALLBACKS) as { until: string }[];
      const until = new Date(Math.ceil(Date.now() / 1000) * 1000 + 4_000);
      const ending = JSON.stringify([{ ...fallback, until: `${until.toISOString().slice(0, 19)}Z` }]);
      const [first, later] = [await inUse(before), await inUse({ ...within, SECRET_KEY_FALLBACKS: ending })];
      try {
        const client = browser(first);
        await client.json('/login', first.account);
        const ask = () => {
          const same = browser(later);
          for (const [name, value] of client.cookies) same.cookies.set(name, value);
          return user(same);
        };
        expect(await ask()).toBe('operator');
        await sleep(until.getTime() - Date.now() + 50);
        expect(await ask()).toBeNull();
      } finally {
        await Promise.all([first.stop(), later.stop()]);
      }
    });

    it('sign tokens for programs, in the same way', async () => {
      const { before, within, past, compromised } = await rotatedKeys();
      const asTokens = ({ SECRET_KEY, SECRET_KEY_FALLBACKS }: RotatedKeys['within']) => ({
        JWT_SECRET_KEY: SECRET_KEY,
        JWT_SECRET_KEY_FALLBACKS: SECRET_KEY_FALLBACKS,
      });
      const issuing = await start(asTokens(before));
      const client = browser(issuing);
      const { token: forged } = JSON.parse((await client.json('/login', issuing.account)).text) as { token: string };
      expect((await client.json('/api/token', {})).status).toBe(403);
      const answer = await client.json('/api/token', {}, { 'X-CSRF-Token': forged });
      const { token } = JSON.parse(answer.text) as { token: string };
      expect((await browser(issuing).json('/api/token', {})).status).toBe(401);
      await issuing.stop();
      const bearer = async (keys: RotatedKeys['within'], given = token) => {
        const app = await start(asTokens(keys));
        const { text } = await browser(app).ask('/api/whoami', { headers: { Authorization: `Bearer ${given}` } });
        await app.stop();
        return (JSON.parse(text) as { user: string | null }).user;
      };
      expect(await bearer(before)).toBe('operator');
      expect(await bearer(within)).toBe('operator');
      expect(await bearer(within, `${token.slice(0, -4)}AAAA`)).toBeNull();
      expect(await bearer(past)).toBeNull();
      expect(await bearer(compromised)).toBeNull();
    });
  });
}
