import { list, settings, text, whole } from '../../../lambda/common/settings';

const wanted = {
  name: text('NAME'),
  days: whole('DAYS', 1, 30),
  secrets: list('SECRETS', 'arn:one,arn:two'),
};

it('reads each variable as what it is', () => {
  expect(settings(wanted, { NAME: 'ums', DAYS: '7', SECRETS: 'one, two' })).toEqual({
    name: 'ums',
    days: 7,
    secrets: ['one', 'two'],
  });
});

it('names every variable that is missing or wrong, at once', () => {
  expect(() => settings(wanted, { DAYS: '31', SECRETS: 'one,,two' })).toThrow(
    "Environment variables: NAME is not set; expected some text. DAYS is '31'; expected a whole number from 1 to 30, " +
      "for example 1. SECRETS is 'one,,two'; expected texts with commas between them, for example arn:one,arn:two.",
  );
});

it.each(['', ' ', '0', '-1', '1.5', '1e1', '0x1', 'seven'])('takes %j for no number of days', (DAYS) => {
  expect(() => settings({ days: whole('DAYS', 1, 30) }, { DAYS })).toThrow('DAYS');
});
