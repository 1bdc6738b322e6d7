import type { Check } from './check';

/** Tasks without a way to the internet can't reach a mail server there. */
export const egressReachesMail: Check = ({ app, network }) =>
  app.mail === undefined || network.egress !== 'none'
    ? []
    : [
        {
          path: ['network', 'egress'],
          expected: `nat or nat-per-zone, since app.mail names a server on the internet (${app.mail.host})`,
          example: 'nat-per-zone',
        },
      ];
