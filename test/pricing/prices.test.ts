import { instanceClasses } from '../../lib/config/database-sizes';
import { freeTypes } from '../../lib/pricing/free';
import { cacheNodes, databaseInstances, PRICES_AS_OF, prices } from '../../lib/pricing/prices';

const everyPrice = { ...prices, ...databaseInstances, ...cacheNodes };

describe('price table', () => {
  it('is dated and names the page of every figure', () => {
    expect(PRICES_AS_OF).toMatch(/^20\d\d-(0[1-9]|1[0-2])$/);
    for (const price of Object.values(everyPrice)) {
      expect(price.usd).toBeGreaterThan(0);
      expect(price.source).toMatch(/^https:\/\/aws\.amazon\.com\/[a-z0-9/-]+\/pricing\/([a-z-]+\/)?$/);
    }
  });

  it.each(instanceClasses)('has a price for database class %s, which a configuration may name', (name) => {
    expect(databaseInstances[`db.${name}`]?.usd).toBeGreaterThan(0);
  });

  it('says why each free type is free', () => {
    for (const [type, why] of Object.entries(freeTypes)) {
      expect(type).toMatch(/^(AWS::[A-Za-z0-9]+|Custom)::[A-Za-z0-9]+$/);
      expect(why).not.toBe('');
    }
  });
});
