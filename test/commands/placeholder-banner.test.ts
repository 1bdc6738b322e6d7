import { bannerOf } from '../../lib/placeholder-banner';
import { environmentOf } from '../support/environments';

describe('the banner of placeholders', () => {
  it('says in short lines how many there are and where, once for environments that are alike', () => {
    const lines = (bannerOf([environmentOf('development'), environmentOf('production')]) ?? '').split('\n');
    expect(lines[1]).toMatch(/^ {2}dev, prod: \d+ in app, domain, adminNetworks, contacts, pipeline$/);
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('counts each environment that differs by itself', () => {
    const other = environmentOf('production', { adminNetworks: ['8.8.8.0/24'] });
    const lines = (bannerOf([environmentOf('development'), other]) ?? '').split('\n');
    expect(lines[2]).toMatch(/^ {2}prod: \d+ in app, domain, contacts, pipeline$/);
  });

  it('is not there when nothing stands for a real value', () => {
    expect(bannerOf([])).toBeUndefined();
  });
});
