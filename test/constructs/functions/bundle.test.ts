import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from '../../../lib/constructs/functions/bundle';

const LAMBDAS = readdirSync(join(__dirname, '..', '..', '..', 'lambda')).filter((name) => name !== 'common');
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe.each(LAMBDAS)('the bundle of %s', (name) => {
  const code = build(name);
  const text = Buffer.from(code).toString('utf8');

  it('is the same bytes each time', () => {
    expect(hash(build(name))).toBe(hash(code));
  });

  it('names no place on this machine', () => {
    expect(text).not.toContain(process.cwd());
    expect(text).not.toContain('sourceMappingURL');
  });

  it('exports a handler and leaves the AWS SDK to the runtime', () => {
    expect(text).toContain('handler');
    expect(text).not.toContain('smithy');
    expect(code.byteLength).toBeLessThan(200_000);
  });
});
