import { asObject, type EnvironmentView, type Json, type Template } from '../../../../lib/controls/view';
import { type Edit, type Sabotage, TEMPLATE } from '../sabotage';

/** Changes of a template outside its resources. */
export function templateChanges(view: EnvironmentView): readonly Sabotage[] {
  return Object.entries(view.templates).flatMap(([stack, template]) => [
    ...sections(stack, template),
    ...parameters(stack, template),
    ...outputs(stack, template),
    ...leaks(stack, view),
  ]);
}

function change(stack: string, path: readonly string[], kind: string, to?: Json): Sabotage {
  const edit: Edit = { at: [stack, ...path], to };
  return {
    id: `${stack}/${path.join('.')}: ${kind}: ${JSON.stringify(to) ?? 'nothing'}`,
    kind,
    stack,
    logicalId: path.slice(0, 2).join('.'),
    type: TEMPLATE,
    path: path.join('.'),
    change: `${kind} → ${JSON.stringify(to) ?? 'nothing'}`,
    after: to,
    edits: [edit],
  };
}

/** Sections that decide while a stack is deployed. */
function sections(stack: string, template: Template): readonly Sabotage[] {
  return [
    change(stack, ['Conditions'], 'section added', { Never: { 'Fn::Equals': ['a', 'b'] } }),
    change(stack, ['Transform'], 'section added', 'AWS::LanguageExtensions'),
    change(stack, ['Mappings'], 'section added', { By: { region: { value: 'x' } } }),
    change(stack, ['Hooks'], 'section added', { Deploy: { Type: 'AWS::CodeDeploy::BlueGreen' } }),
    ...(template.Rules === undefined ? [] : [change(stack, ['Rules'], 'section removed')]),
    change(stack, ['Rules', 'Sabotage'], 'rule added', {
      Assertions: [{ Assert: { 'Fn::Equals': ['a', 'a'] } }],
    }),
  ];
}

/** Parameters: values that somebody else gives, later. */
function parameters(stack: string, template: Template): readonly Sabotage[] {
  return [
    change(stack, ['Parameters', 'Sabotage'], 'parameter added', { Type: 'String', Default: 'x' }),
    ...Object.entries(template.Parameters ?? {}).flatMap(([name, parameter]) => [
      change(stack, ['Parameters', name, 'Default'], 'default changed', '/sabotaged'),
      change(stack, ['Parameters', name, 'Type'], 'type changed', 'AWS::SSM::Parameter::Value<List<String>>'),
      ...Object.keys(parameter)
        .filter((key) => key.startsWith('Allowed'))
        .map((key) => change(stack, ['Parameters', name, key], 'bounds removed')),
    ]),
  ];
}

/** What a stack tells others: it goes, leads to a neighbour of the same kind, or to nobody's. */
function outputs(stack: string, template: Template): readonly Sabotage[] {
  const all = Object.entries(template.Outputs ?? {});
  return all.flatMap(([name, { Value, Export }]) => {
    const others = all.filter(([other, each]) => other !== name && formOf(each.Value) === formOf(Value));
    const [first] = others;
    const last = others.at(-1);
    const neighbours = [first, ...(last === first ? [] : [last])].flatMap((each) => (each ? [each[1].Value] : []));
    return [
      change(stack, ['Outputs', name], 'output removed'),
      change(stack, ['Outputs', name, 'Value'], 'output foreign', 'arn:aws:iam::999999999999:role/foreign'),
      change(stack, ['Outputs', name, 'Value'], 'output literal', 'named-here'),
      ...neighbours.map((to) => change(stack, ['Outputs', name, 'Value'], 'output swapped', to)),
      ...(Export ? [change(stack, ['Outputs', name, 'Export', 'Name'], 'export renamed', 'sabotaged')] : []),
    ];
  });
}

/** A reference, an attribute by its name, or a text: what may stand in for another. */
function formOf(value: Json): string {
  const { Ref: reference, 'Fn::GetAtt': attribute } = asObject(value);
  if (reference !== undefined) return 'Ref';
  return Array.isArray(attribute) ? String(attribute[1]) : JSON.stringify(Object.keys(asObject(value)));
}

/** A secret's value where everybody reads it who may look at the stack. */
function leaks(stack: string, view: EnvironmentView): readonly Sabotage[] {
  return view
    .ofType('AWS::SecretsManager::Secret')
    .filter((secret) => secret.stack === stack)
    .map(({ logicalId }) =>
      change(stack, ['Outputs', `Leak${logicalId}`], 'secret told by an output', {
        Value: { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: logicalId }, ':SecretString}}']] },
      }),
    );
}
