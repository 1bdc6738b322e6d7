import { CloudAssembly, type CloudFormationStackArtifact, UNKNOWN_REGION } from 'aws-cdk-lib/cx-api';
import { imageFoldersBeside } from './controls/gate/image-folders';
import { EnvironmentView, type ImageFolder, type StackPlace, type Template, type TierOf } from './controls/view';

/** The environments of an assembly on disk, as rendered. Stages that `tierOf` does not know are no environments. */
export function viewsOf(assemblyFolder: string, tierOf: TierOf): readonly EnvironmentView[] {
  const byStage = new Map<string, Record<string, Template>>();
  const images = new Map<string, ImageFolder>();
  const places = new Map<string, StackPlace>();
  for (const stack of new CloudAssembly(assemblyFolder).stacksRecursively) {
    const [stage = '', ...rest] = stack.hierarchicalId.split('/');
    byStage.set(stage, { ...byStage.get(stage), [rest.join('/')]: stack.template as Template });
    places.set(stack.hierarchicalId, placeOf(stack));
    for (const [hash, folder] of imageFoldersBeside(stack.templateFullPath)) images.set(hash, folder);
  }
  return [...byStage].flatMap(([stage, templates]) => {
    const tier = tierOf(stage);
    const inStage = (stack: string) => places.get(`${stage}/${stack}`);
    return tier ? [new EnvironmentView(stage, tier, templates, { images, placeOf: inStage })] : [];
  });
}

/** Where an assembly says that a stack goes. */
export const placeOf = ({ stackName: name, environment: { region } }: CloudFormationStackArtifact): StackPlace =>
  region === UNKNOWN_REGION ? { name } : { name, region };
