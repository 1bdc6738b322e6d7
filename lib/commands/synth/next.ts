import type { Environment } from '../../config/schema';

/**
 * What to type next for an environment that passed; lines that begin with # explain the others, in a shell too.
 *
 * @param regions where its stacks stand
 */
export function nextFor({ app, name, account, backupRegion }: Environment, regions: readonly string[]): string[] {
  if (account === undefined)
    return [`set account and your own values in lib/config/environments/${name}.ts`, 'npm start'];
  const places = [...new Set([...regions, backupRegion])].map((each) => `aws://${account}/${each}`);
  const byHand = [...app.secrets.map((secret) => secret.name), ...(app.mail ? ['the mail login'] : [])];
  const release = `--parameters ${app.name}-${name}-service:Release=$(git rev-parse HEAD)`;
  return [
    '# once, by an administrator (README.md, Deploy):',
    `npx cdk bootstrap ${places.join(' ')}`,
    `npx cdk deploy '${name}/pipeline/*'`,
    // The application's stack is refused while one of them is empty, and a refused first one is tedious to take away.
    ...(byHand.length === 0
      ? []
      : [`npx cdk deploy ${name}/data`, `# now fill ${byHand.join(', ')} (README.md, Secrets to fill by hand)`]),
    '# each time:',
    `npx cdk diff '${name}/*'`,
    `npx cdk deploy '${name}/*' ${release}`,
  ];
}
