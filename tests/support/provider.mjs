// SPDX-License-Identifier: Apache-2.0
// A real, certified OpenID Connect provider (npm oidc-provider) on loopback, for tests/api/oidc.py: `node provider.mjs FOLDER_OF_ITS_PACKAGE
// PORT CLIENT_JSON`. Whoever signs in as "zoe" is zoe@ville.example; "unverified-…" has an address that nobody verified.
// POST /test/rotate replaces its keys.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [folder, port, client] = process.argv.slice(2);
const path = createRequire(folder + '/').resolve('oidc-provider');
const { Provider } = await import(pathToFileURL(path));

const pair = (kind, options, alg) => ({
  ...generateKeyPairSync(kind, options).privateKey.export({ format: 'jwk' }),
  alg, use: 'sig', kid: randomBytes(6).toString('hex'),
});
const person = (id) => ({
  sub: id, email: `${id}@Ville.example`, email_verified: !id.startsWith('unverified-'), given_name: id[0].toUpperCase() + id.slice(1),
  usual_name: 'Martin', siret: '21310555400017', idp_id: '71144ab3-ee1a-4401-b7b3-79b44f7daeeb', acr: 'eidas1', amr: ['pwd'],
});
const configuration = () => ({
  jwks: { keys: [pair('rsa', { modulusLength: 2048 }, 'RS256'), pair('ec', { namedCurve: 'P-256' }, 'ES256')] },
  clients: [JSON.parse(client)],
  cookies: { keys: [randomBytes(16).toString('hex')] },
  pkce: { required: () => true },
  features: { jwtUserinfo: { enabled: true }, claimsParameter: { enabled: true } },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], given_name: ['given_name'], usual_name: ['usual_name'], siret: ['siret'],
    idp_id: ['idp_id'], acr: null, amr: null },
  findAccount: (_, id) => ({ accountId: id, claims: () => person(id) }),
});

let provider;
const renew = () => { provider = new Provider(`http://127.0.0.1:${port}`, configuration()); };
renew();
createServer((request, response) => {
  if (request.method === 'POST' && request.url === '/test/rotate') {
    renew();
    return response.end('rotated');
  }
  return provider.callback()(request, response);
}).listen(Number(port), '127.0.0.1', () => console.log('listening'));
