import { normalise } from '../../lib/review/normalise';

const HASH = 'a1'.repeat(32);

describe('normalise', () => {
  it('gives the same for the same resources in another order', () => {
    const one = { Resources: { B: { Type: 'T', Properties: { y: 1, x: { b: 1, a: 2 } } }, A: { Type: 'T' } } };
    const other = { Resources: { A: { Type: 'T' }, B: { Properties: { x: { a: 2, b: 1 }, y: 1 }, Type: 'T' } } };
    expect(JSON.stringify(normalise(one))).toBe(JSON.stringify(normalise(other)));
  });

  it('keeps the order of lists, which may mean something', () => {
    const template = { Resources: { A: { Type: 'T', Properties: { Rules: ['b', 'a'] } } } };
    expect(normalise(template)).toEqual(template);
  });

  it('puts first what is read first', () => {
    const resource = {
      Properties: { a: 1 },
      DeletionPolicy: 'Retain',
      Type: 'T',
      Metadata: { 'Breakwater::Alarm': {} },
    };
    const text = JSON.stringify(normalise({ Outputs: { o: { Value: 1 } }, Resources: { A: resource } }));
    expect(text).toBe(
      '{"Resources":{"A":{"Type":"T","Metadata":{"Breakwater::Alarm":{}},"DeletionPolicy":"Retain","Properties":{"a":1}}},' +
        '"Outputs":{"o":{"Value":1}}}',
    );
  });

  it("masks asset hashes wherever they stand, and never an image's digest", () => {
    const digest = `repository/app@sha256:${HASH}`;
    const template = {
      Resources: {
        A: {
          Type: 'T',
          Properties: { Key: `${HASH}.zip`, Image: { 'Fn::Sub': `\${AWS::AccountId}/assets:${HASH}` }, digest },
        },
      },
    };
    expect(normalise(template)).toEqual({
      Resources: {
        A: {
          Type: 'T',
          Properties: {
            Key: '<asset-hash>.zip',
            Image: { 'Fn::Sub': '${AWS::AccountId}/assets:<asset-hash>' },
            digest,
          },
        },
      },
    });
  });

  it('drops what the CDK adds for itself, and sections that are empty without it', () => {
    expect(
      normalise({
        Resources: {
          CDKMetadata: {
            Type: 'AWS::CDK::Metadata',
            Properties: { Analytics: 'v2' },
            Condition: 'CDKMetadataAvailable',
          },
          A: { Type: 'T', Metadata: { 'aws:cdk:path': 'prod/data/A', 'aws:asset:path': '/somewhere/asset' } },
        },
        Conditions: { CDKMetadataAvailable: {} },
        Parameters: { BootstrapVersion: { Type: 'String' }, Release: { Type: 'String' } },
        Rules: { CheckBootstrapVersion: {} },
      }),
    ).toEqual({ Parameters: { Release: { Type: 'String' } }, Resources: { A: { Type: 'T' } } });
  });

  it('keeps exceptions and alarm rows in sight', () => {
    const Metadata = {
      'Breakwater::Exceptions': [{ finding: 'X', reason: 'r' }],
      'Breakwater::Alarm': { rows: ['A06'] },
    };
    const template = { Resources: { A: { Type: 'T', Metadata: { ...Metadata, 'aws:cdk:path': 'p' } } } };
    expect(normalise(template)).toEqual({ Resources: { A: { Type: 'T', Metadata } } });
  });
});
