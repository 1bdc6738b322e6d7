import { parseNginx } from '../../../../lib/controls/rules/proxy/nginx-file';
import { NginxVariables, type RequestVariables } from '../../../../lib/controls/rules/proxy/nginx-variables';

const FILE = String.raw`
map $uri $kind {
  /health health;
  "~^/API" wrong;
  "~*^/(?:api|v\d+)(?:/(?<rest>.*))?$" "api $rest";
  default $other;
}
map $request_method:$kind $other2 { "GET:health" yes; default ""; }
map $request_method $other { POST write; }
map $request_uri $path { "~^(?<before>[^?]*)" $before; }
geo $office { default ""; 203.0.113.0/24 office; 203.0.113.7/32 chief; 2001:db8::/32 six; }
geo $http_x_real_ip $peer { default 0; 10.0.0.0/8 1; }
map $client $twice { "~(?s)^a.b$" dot; default "${'$'}{scheme}-x"; }
`;
const variables = new NginxVariables(parseNginx(FILE));
const value = (name: string, request: RequestVariables) => variables.text(`$${name}`, request);

describe('variables of an nginx configuration', () => {
  it.each([
    ['kind', { uri: '/health' }, 'health', 'a text before any expression'],
    ['kind', { uri: '/HEALTH' }, 'health', 'a text in any case'],
    ['kind', { uri: '/API/x' }, 'wrong', 'the first expression that matches'],
    ['kind', { uri: '/v2/users' }, 'api users', 'what an expression names'],
    ['kind', { uri: '/v2' }, 'api ', 'a name that was not matched'],
    ['kind', { uri: '/', request_method: 'POST' }, 'write', 'another map by default'],
    ['kind', { uri: '/' }, '', 'nothing where nothing fits'],
    ['other2', { uri: '/health', request_method: 'GET' }, 'yes', 'two variables in one'],
    ['path', { request_uri: '/a?token=1' }, '/a', 'a part of another'],
    ['office', { remote_addr: '203.0.113.9' }, 'office', 'a network'],
    ['office', { remote_addr: '203.0.113.7' }, 'chief', 'the narrowest network'],
    ['office', { remote_addr: '2001:db8::1' }, 'six', 'a network of IPv6'],
    ['office', { remote_addr: '198.51.100.1' }, '', 'no network'],
    ['peer', { http_x_real_ip: '10.1.1.1' }, '1', 'a network by another variable'],
    ['twice', { client: 'a\nb' }, 'dot', 'flags at the head of an expression'],
    ['twice', { client: 'c', scheme: 'https' }, 'https-x', 'a variable in braces'],
  ] as [string, RequestVariables, string, string][])('$%s for %j is %j: %s', (name, request, expected) => {
    expect(value(name, request)).toBe(expected);
  });

  it('are empty where the request has no such header', () => {
    expect(value('http_origin', {})).toBe('');
  });

  it('are refused when nobody tells them, or two do', () => {
    expect(() => value('nobody', {})).toThrow('$nobody is told nowhere');
    expect(() => new NginxVariables(parseNginx('map $uri $a { }\nmap $args $a { }'))).toThrow(
      'line 2: $a is told twice',
    );
    expect(() => value('b', {})).toThrow();
  });

  it('are refused in a map that says what is not understood', () => {
    const read = (entries: string) => () => new NginxVariables(parseNginx(`map $uri $a { ${entries} }`));
    expect(read('hostnames; default 1;')).toThrow('line 1: hostnames is not understood');
    expect(read('include /tmp/more;')).toThrow('line 1: include is not understood');
    expect(read('/x 1 2;')).toThrow('line 1: /x has 2 values');
    expect(read('/x 1; /X 2;')).toThrow('line 1: /X is told twice');
    expect(read('default 1; default 2;')).toThrow('line 1: default is told twice');
  });
});
