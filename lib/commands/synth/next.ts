import type { Environment } from '../../config/schema';

/** What to type next for an environment that passed; lines that begin with # explain the others, in a shell too. */
export function nextFor({ app, name, account, region, backupRegion }: Environment): string[] {
  if (account === undefined)
    return [`set account and your own values in lib/config/environments/${name}.ts`, 'npm start'];
  const regions = [...new Set([region, backupRegion])].map((each) => `aws://${account}/${each}`);
  const release = `--parameters ${app.name}-${name}-service:Release=$(git rev-parse HEAD)`;
  return [
    '# once, by an administrator (README.md, Deploy):',
    `npx cdk bootstrap ${regions.join(' ')}`,
    `npx cdk deploy '${name}/pipeline/*'`,
    '# each time:',
    `npx cdk diff '${name}/*'`,
    `npx cdk deploy '${name}/*' ${release}`,
  ];
}
