import type { Check } from './check';

/** Certificate and zone must be able to serve the name: in this region, this account, this domain. */
export const domainPlace: Check = ({ domain, region, account }) => {
  if ('hostedZone' in domain) {
    const { name } = domain.hostedZone;
    return domain.name === name || domain.name.endsWith(`.${name}`)
      ? []
      : [
          {
            path: ['domain', 'name'],
            expected: `${name} or a name below it, since that is the hosted zone`,
            example: `app.${name}`,
          },
        ];
  }
  const [, , , at, owner] = domain.certificateArn.split(':');
  const path = ['domain', 'certificateArn'];
  const moved = (index: number, part: string): string => domain.certificateArn.split(':').with(index, part).join(':');
  return [
    ...(at === region
      ? []
      : [
          {
            path,
            expected: `a certificate in ${region}: a load balancer uses those of its own region`,
            example: moved(3, region),
          },
        ]),
    ...(account === undefined || owner === account
      ? []
      : [{ path, expected: `a certificate of account ${account}`, example: moved(4, account) }]),
  ];
};
