import { isRule, type RuleControl } from '../../lib/controls/control';
import { controls } from '../../lib/controls/find';
import { proxyFileOf, sabotagesOfFile } from '../support/sabotage/proxy-file';
import { fileCampaign, fileSummary } from '../support/sabotage/proxy-file-campaign';
import { harmless } from '../support/sabotage/proxy-file-harmless';
import { renderedEnvironment } from '../support/sabotage/subject';
import { subjects } from '../support/sabotage/subjects';

const rules: readonly RuleControl[] = controls().filter(isRule);

describe.each(subjects.map((subject) => [subject.name, subject] as const))(
  'nginx.conf of %s, weakened',
  (name, subject) => {
    const result = fileCampaign(renderedEnvironment(subject.environment), rules, name === 'prod' ? 2 : 25);

    it('has nothing to refuse before', () => {
      expect(result.standing).toEqual([]);
    });

    it('is refused for everything that weakens it', () => {
      console.log(fileSummary(name, result));
      expect(result.judged).toBeGreaterThan(100);
      expect(result.survivors).toEqual([]);
    });
  },
);

describe('sabotages of a file', () => {
  const FILE = ['http {', '  gzip on;', '  map $uri $a {', '    "~*^/(?:b|c)$" 1;', '    default "";', '  }', '}'].join(
    '\n',
  );
  const made = sabotagesOfFile(FILE);

  it.each([
    ['removed', 'gzip on;', ''],
    ['switch turned', 'gzip on;', 'gzip off;'],
    ['alternative lost', '"~*^/(?:b|c)$" 1;', '"~*^/(?:b)$" 1;'],
    ['anchor lost', '"~*^/(?:b|c)$" 1;', '"~*/(?:b|c)$" 1;'],
    ['case counts', '"~*^/(?:b|c)$" 1;', '"~^/(?:b|c)$" 1;'],
    ['number to nothing', '"~*^/(?:b|c)$" 1;', '"~*^/(?:b|c)$" 0;'],
    ['nothing becomes something', 'default "";', 'default 1;'],
    ['variable replaced', 'map $uri $a {', 'map $http_x_other $a {'],
    ['added', 'http {', 'http { limit_req_dry_run on;'],
  ])('are %s', (kind, before, after) => {
    expect(made).toContainEqual(expect.objectContaining({ kind, before, after }));
  });

  it('take the block along with its opening', () => {
    expect(made.find(({ kind, line }) => kind === 'removed' && line === 3)?.text).toBe('http {\n  gzip on;\n}');
  });

  it('each change the file, and no two alike', () => {
    expect(new Set([FILE, ...made.map(({ text }) => text)]).size).toBe(made.length + 1);
  });

  it('are set aside with a reason where nobody is less safe', () => {
    const reasons = made.map(harmless).filter((why) => why !== undefined);
    expect(reasons).toContain('nginx’s own default.');
    expect(reasons.length).toBeLessThan(made.length / 10);
  });

  it('find the file of an environment, and put another in its place', () => {
    const [subject] = subjects;
    if (!subject) throw new Error('no subject');
    const file = proxyFileOf(renderedEnvironment(subject.environment));
    expect(file.text).toContain('server_name');
    expect(proxyFileOf(file.with('http { }')).text).toBe('http { }');
  });
});
