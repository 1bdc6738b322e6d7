import { print } from '../../lib/review/print';

describe('print', () => {
  it('puts short values on a line and breaks the rest by key', () => {
    const value = {
      Tags: [{ Key: 'a', Value: 'b' }],
      Key: { 'Fn::GetAtt': ['Key', 'Arn'] },
      Deep: { x: { y: { z: 1 } } },
    };
    expect(print(value)).toBe(
      [
        '{',
        '  "Tags": [{ "Key": "a", "Value": "b" }],',
        '  "Key": { "Fn::GetAtt": ["Key", "Arn"] },',
        '  "Deep": {',
        '    "x": { "y": { "z": 1 } }',
        '  }',
        '}',
      ].join('\n'),
    );
  });

  it('takes a function for the one value that it gives', () => {
    const joined = { 'Fn::Join': ['', [{ Ref: 'Group' }, '-001']] };
    expect(print({ Dimensions: [{ Name: 'Node', Value: joined }] })).toBe(
      '{\n  "Dimensions": [{ "Name": "Node", "Value": { "Fn::Join": ["", [{ "Ref": "Group" }, "-001"]] } }]\n}',
    );
  });

  it('breaks what is too long for a line', () => {
    const words = Array.from({ length: 12 }, (_, index) => `a word of some length ${index}`);
    expect(print({ words }).split('\n')).toHaveLength(words.length + 4);
  });

  it.each([[{}], [[]], [{ empty: {}, list: [], nothing: null, text: 'a "quoted" line\n' }]])(
    'says the same as JSON does: %j',
    (value) => {
      expect(JSON.parse(print(value))).toEqual(value);
    },
  );
});
