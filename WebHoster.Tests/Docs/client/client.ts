// As somebody would write it who has nothing but the description: every name, type and status below is checked against it.
import createClient from 'openapi-fetch';
import type { components, paths } from './api.js';

declare const process: { env: Record<string, string | undefined> };

const { PORTAL = '', NAME = '', PASSWORD = '' } = process.env;
const api = createClient<paths>({ baseUrl: PORTAL });

function only<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (answer.data === undefined) throw new Error(`${answer.response.url} ${answer.response.status} ${JSON.stringify(answer.error)}`);
  return answer.data;
}

only(await api.POST('/api/v1/auth/register', { body: { email: `${NAME}@example.com`, username: NAME, password: PASSWORD } }));
const { access_token } = only(await api.POST('/api/v1/auth/login', { body: { username: NAME, password: PASSWORD } }));
api.use({ onRequest: ({ request }) => request.headers.set('Authorization', `Bearer ${access_token}`) });

const created = only(await api.POST('/api/v1/host', { body: {} })).data;
if (created.ssh_private_key == null) throw new Error('no key');
const hosting: components['schemas']['HostingResource'] = only(await api.GET('/api/v1/hostings/{id}', { params: { path: { id: created.id } } })).data;
const operations = only(await api.GET('/api/v1/operations', { params: { query: { kind: 'create', limit: 5 } } }));
const refused = await api.POST('/api/v1/ssh-keys', { body: { name: 'laptop', public_key: 'none' } });

export function mistakes() {
  // @ts-expect-error: a password is needed
  void api.POST('/api/v1/auth/login', { body: { username: NAME } });
  // @ts-expect-error: there is no such kind
  void api.GET('/api/v1/operations', { params: { query: { kind: 'undo' } } });
  // @ts-expect-error: nor such a member
  return hosting.slugs;
}

console.log(hosting.slug, hosting.status, operations.data[0]?.kind, operations.page.limit, refused.error?.errors?.public_key?.length);
