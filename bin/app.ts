import '../lib/withdraw-earlier';

import { buildApp } from '../lib/app';
import { environmentNames, loadEnvironments } from '../lib/config/parse';
import { commandLineContext } from '../lib/context';
import { bannerOf } from '../lib/placeholder-banner';
import { run } from '../lib/run';

run(() => {
  const environments = loadEnvironments(environmentNames(commandLineContext().env));
  const banner = bannerOf(environments);
  if (banner) console.error(banner);
  return buildApp(environments, { concluded: true });
});
