// What the benchmarks of pages share: people with a hosting that runs, PostgreSQL, the portal's memory.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export const portal = process.env.BENCH_PORTAL;
export const password = 'correct horse battery';

/** psql, kept open: a statement costs a line, not a process. */
export class Database {
  constructor() {
    this.psql = spawn('psql', ['-qXAt', '-v', 'ON_ERROR_STOP=1', '-h', process.env.BENCH_SOCKET, '-U', 'webhoster', 'webhoster'], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.waiting = [];
    createInterface(this.psql.stdout).on('line', line => { if (line === 'committed') this.waiting.shift()(); });
    this.psql.on('exit', code => { if (code) process.exit(code); });
  }

  run(sql) {
    this.psql.stdin.write(`${sql};\n\\echo committed\n`);
    return new Promise(resolve => this.waiting.push(resolve));
  }

  end() { this.psql.stdin.end(); }
}

const post = (path, body, token) => fetch(`${portal}/api/v1/${path}`, {
  method: 'POST', headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) }, body: JSON.stringify(body),
}).then(async answer => { if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`); return answer.json(); });

/** Sends a page's form as a browser does; gives the cookies. */
async function submit(path, fields) {
  const cookies = new Map();
  const keep = answer => { for (const cookie of answer.headers.getSetCookie()) cookies.set(...cookie.split(';')[0].split(/=(.*)/s)); return answer; };
  const header = () => [...cookies].map(([key, value]) => `${key}=${value}`).join('; ');
  const html = await keep(await fetch(`${portal}${path}`)).text();
  const hidden = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(m => [m[1], m[2]]);
  const body = new URLSearchParams([...hidden, ...Object.entries(fields)]);
  const answer = keep(await fetch(`${portal}${path}`, { method: 'POST', redirect: 'manual', headers: { Cookie: header() }, body }));
  if (answer.status !== 302) throw new Error(`${path} answered ${answer.status}`);
  return header();
}

/** Somebody who registers by the page and asks for a hosting by the API; gives their cookies. There is no worker: it stays as it is. */
export async function register(name) {
  const cookie = await submit('/register', { 'Input.Email': `${name}@example.org`, 'Input.Username': name, 'Input.Password': password });
  const { access_token } = await post('auth/login', { username: name, password });
  await post('host', {}, access_token);
  return cookie;
}

/** As the worker would have left all of them. */
export const allRun = database => database.run(`
  update operation_steps set status = 'done', started_at = now(), finished_at = now();
  update operations set status = 'succeeded', started_at = now() - interval '1 hour', finished_at = now() - interval '1 hour';
  update hostings set status = 'running', health = 'healthy'`);

/** MiB that the portal's process has resident. */
export const memory = () => Number(readFileSync(`/proc/${process.env.BENCH_PORTAL_PID}/status`, 'utf8').match(/^VmRSS:\s+(\d+)/m)[1]) / 1024;

export const quantile = (values, part) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))];
export const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
