import { each, everyTier, type Finding, fixture, type RuleControl, shown } from '../control';
import { asList, asObject, type EnvironmentView, type JsonObject } from '../view';

const TYPE = 'AWS::ECS::TaskDefinition';
const settings = { PGSSLMODE: 'verify-full', PGSSLROOTCERT: '/etc/breakwater/rds-ca.pem' };
const task = (environment: Readonly<Record<string, string>>, secrets: readonly string[] = ['PGHOST', 'PGPASSWORD']) =>
  ({
    Task: {
      Type: TYPE,
      Properties: {
        ContainerDefinitions: [
          {
            Name: 'app',
            Environment: Object.entries(environment).map(([Name, Value]) => ({ Name, Value })),
            Secrets: secrets.map((Name) => ({
              Name,
              ValueFrom: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:x',
            })),
          },
        ],
      },
    },
  }) as const;

/** What is wrong with one container that has a database's address or password. */
function faults(container: JsonObject, index: number, view: EnvironmentView): Omit<Finding, 'resource'>[] {
  const variables = new Map(
    asList(container.Environment).map((entry) => [asObject(entry).Name, view.text(asObject(entry).Value)]),
  );
  const names = [...variables.keys(), ...asList(container.Secrets).map((entry) => asObject(entry).Name)];
  if (
    !names.some((name) =>
      /^PG(HOST|HOSTADDR|PASSWORD|SERVICE)$|^(DATABASE|SQLALCHEMY_DATABASE)_UR[IL]$/.test(String(name)),
    )
  )
    return [];
  const wanted = [
    ['PGSSLMODE', (value?: string) => value === 'verify-full', 'verify-full'],
    ['PGSSLROOTCERT', (value?: string) => /^\/[\w./-]+\.pem$|^system$/.test(value ?? ''), 'the file of the CA'],
  ] as const;
  return wanted
    .filter(([name, holds]) => !holds(variables.get(name)))
    .map(([name, , expected]) => ({
      location: `Properties.ContainerDefinitions.${index}.Environment`,
      found: `${name} ${shown(variables.get(name))} in container ${shown(container.Name)}`,
      expected,
    }));
}

export const control: RuleControl = {
  id: 'database-client-verifies',
  title: 'Every client of the database verifies its certificate and its name',
  holds: ['D02/enforce'],
  tiers: everyTier,
  why: 'TLS without verification talks to whoever answers: an address taken over inside the network reads every password.',
  remedy: 'Leave PGSSLMODE=verify-full and PGSSLROOTCERT in the container that has PGHOST.',
  // What it guards stands somewhere in a list, beside what others guard: no path names it.
  protects: [],
  check: each(TYPE, (resource, view) =>
    asList(resource.properties.ContainerDefinitions).flatMap((each, index) => faults(asObject(each), index, view)),
  ),
  fixtures: {
    pass: [
      fixture('verifies', task(settings)),
      fixture('a container that has no database', task({ LOG_LEVEL: 'INFO' }, [])),
    ],
    refuse: [
      fixture('encrypts without verifying', task({ ...settings, PGSSLMODE: 'require' })),
      fixture('nothing said', task({})),
      fixture('no CA', task({ PGSSLMODE: 'verify-full' })),
    ],
  },
};
