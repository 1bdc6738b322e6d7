import type { Json } from '../../../../lib/controls/view';
import { isIntrinsic, type Mutation, type SiteGenerator } from '../site';

const isText = (value: Json): value is string => typeof value === 'string';

/** Something is put before, after or around what a container runs. */
export const commandsWrapped: SiteGenerator = ({ value, key, path, resource }) => {
  if (resource.type !== 'AWS::ECS::TaskDefinition' || !/^(Command|EntryPoint)$/.test(key)) return [];
  if (isText(value)) return scripts(value);
  if (!Array.isArray(value) || isIntrinsic(value) || path.at(-1) !== key) return [];
  const words = value as readonly Json[];
  const [first, ...others] = words;
  return [
    { kind: 'shell around a command', to: ['sh', '-c', 'evil; exec "$@"', 'sh', ...words] },
    { kind: 'word after a command', to: [...words, '/tmp/evil'] },
    ...(isText(first as Json)
      ? [
          { kind: 'program of the same name', to: [`/tmp/${String(first).split('/').at(-1)}`, ...others] },
          { kind: 'option before the others', to: [first as Json, '-i', ...others] },
        ]
      : []),
  ];
};

/** Longer texts are scripts. */
function scripts(text: string): readonly Mutation[] {
  if (!/[\s;]/.test(text)) return [];
  return text.includes('\n')
    ? [
        { kind: 'line before a script', to: `import evil\n${text}` },
        { kind: 'line after a script', to: `${text}\nimport evil` },
      ]
    : [
        { kind: 'call before a script', to: `evil; ${text}` },
        { kind: 'failure that counts as success', to: `${text} || true` },
      ];
}
