import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadEnvironments } from '../../lib/config/parse';
import { renderNginxConf } from '../../lib/constructs/proxy/nginx-conf';
import type { EnvironmentView } from '../../lib/controls/view';
import { type Estimate, estimate } from '../../lib/pricing/estimate';
import { drift, driftText } from '../../lib/review/drift';
import { reviewable, TEMPLATES_FOLDER, type TemplateFiles, written } from '../../lib/review/files';
import { viewsOf } from '../../lib/views';
import { render } from '../support/render';

const PROJECT = resolve(__dirname, '..', '..');
/** Lines: the data stack, with all that rotates, has the most. */
const LONGEST_FILE = 4000;

let views: readonly EnvironmentView[];
let files: TemplateFiles;
let outdir: string;

beforeAll(() => {
  outdir = mkdtempSync(join(tmpdir(), 'breakwater-shipped-'));
  try {
    render(outdir);
    const tiers = new Map(loadEnvironments().map(({ name, tier }) => [name, tier]));
    views = viewsOf(outdir, (stage) => tiers.get(stage));
    files = reviewable(outdir);
  } finally {
    rmSync(outdir, { recursive: true });
  }
});

describe('reviewable templates', () => {
  it('are those that the code renders', () => {
    expect(driftText(drift(written(TEMPLATES_FOLDER), files))).toBeUndefined();
  });

  it('have a file for each stack of each environment', () => {
    const stacks = views.flatMap(({ name, templates }) =>
      Object.keys(templates).map((stack) => `${name}/${stack}.json`),
    );
    expect(stacks.length).toBeGreaterThan(0);
    expect([...files.keys()]).toEqual(expect.arrayContaining(stacks));
  });

  it("have the configuration of each environment's proxy beside them, as its image has it", () => {
    for (const environment of loadEnvironments()) {
      expect(files.get(`${environment.name}/proxy/nginx.conf`)).toBe(renderNginxConf(environment));
    }
  });

  it('are short enough to read in a pull request', () => {
    for (const [path, text] of files) {
      expect({ path, fits: text.split('\n').length <= LONGEST_FILE }).toEqual({ path, fits: true });
    }
  });

  it('name no folder of the machine that rendered them', () => {
    for (const [path, text] of files) {
      const named = [PROJECT, outdir].filter((place) => text.includes(place));
      expect({ path, named }).toEqual({ path, named: [] });
    }
  });
});

describe('estimated cost', () => {
  const costOf = (name: string): Estimate => {
    const view = views.find((each) => each.name === name);
    if (!view) throw new Error(`no environment ${name}`);
    return estimate(view);
  };

  it('has a price, or a reason to be free, for every resource', () => {
    for (const view of views)
      expect({ of: view.name, unpriced: estimate(view).unpriced }).toEqual({ of: view.name, unpriced: [] });
  });

  it('of dev is below $90 a month', () => {
    expect(costOf('dev').total).toBeLessThan(90);
    expect(costOf('dev').total).toBeGreaterThan(30);
  });

  it('of prod is within the budget that its file states', () => {
    const [prod] = loadEnvironments(['prod']);
    expect(costOf('prod').total).toBeLessThan(prod?.budget.monthlyUsd ?? 0);
  });

  it('grows with the tier', () => {
    expect(costOf('dev').total).toBeLessThan(costOf('staging').total);
    expect(costOf('staging').total).toBeLessThan(costOf('prod').total);
  });
});
