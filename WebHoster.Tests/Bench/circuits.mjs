// Open dashboards, each of another person, speaking the protocol of Blazor's circuits: what one costs in memory, and how long a
// change of its row takes to its render batch. Called by `./webhoster bench circuits`.
import { HttpTransportType, HubConnectionBuilder, LogLevel } from '@microsoft/signalr';
import { MessagePackHubProtocol } from '@microsoft/signalr-protocol-msgpack';
import { allRun, Database, memory, portal, quantile, register, sleep } from './portal.mjs';

const count = Number(process.env.BENCH_CIRCUITS ?? 500);
const single = 200;

/** Blazor's own name for MessagePack. */
class Blazorpack extends MessagePackHubProtocol {
  name = 'blazorpack';
  version = 1;
}

class Dashboard {
  constructor(name) { this.name = name; }

  async open() {
    const html = await (await fetch(`${portal}/dashboard`, { headers: { Cookie: this.cookie } })).text();
    const marker = JSON.parse(html.match(/<!--Blazor:(\{[^>]*?"type":"server"[^>]*?\})-->/)[1]);
    const state = html.match(/<!--Blazor-Server-Component-State:(.*?)-->/)?.[1] ?? '';
    this.hub = new HubConnectionBuilder()
      .withUrl(`${portal}/_blazor`, { transport: HttpTransportType.WebSockets, skipNegotiation: true, headers: { Cookie: this.cookie } })
      .withHubProtocol(new Blazorpack()).withServerTimeout(600_000).configureLogging(LogLevel.Error).build();
    this.hub.on('JS.RenderBatch', id => {
      this.seen?.(performance.now());
      if (!this.isStuck) this.hub.send('OnRenderCompleted', id, null);
    });
    this.hub.on('JS.BeginInvokeJS', task => { if (task) this.hub.send('EndInvokeJSFromDotNet', task, true, `[${task},true,null]`); });
    for (const nothing of ['JS.AttachComponent', 'JS.EndInvokeDotNet', 'JS.EndUpdateRootComponents', 'JS.SavePersistedState']) this.hub.on(nothing, () => {});
    this.hub.on('JS.Error', error => { throw new Error(`${this.name}: ${error}`); });
    await this.hub.start();
    if (!await this.hub.invoke('StartCircuit', `${portal}/`, `${portal}/dashboard`, '[]', state)) throw new Error(`${this.name}: no circuit`);
    const first = this.next();
    await this.hub.send('UpdateRootComponents', JSON.stringify({ batchId: 1, operations: [{ type: 'add', ssrComponentId: 1, marker }] }), state);
    await first;
  }

  /** The moment of the next batch. */
  next() { return new Promise(resolve => { this.seen = time => { this.seen = null; resolve(time); }; }); }
}

const database = new Database();

/** Changes the health of these people's hostings. */
const turn = names => database.run(`
  update hostings set health = case health when 'healthy' then 'no_http' else 'healthy' end where slug in (${names.map(name => `'${name}'`).join()})`);

/** The milliseconds from a statement's start until each of the pages has its batch. */
async function change(pages) {
  const seen = pages.map(page => page.next());
  const start = performance.now();
  turn(pages.map(page => page.name));
  return Promise.all(seen.map(moment => Promise.race([moment.then(time => time - start), sleep(30_000).then(() => Infinity)])));
}

const print = (what, times) =>
  console.log(`${what.padEnd(58)} p50 ${quantile(times, .5).toFixed(0).padStart(5)} ms   p99 ${quantile(times, .99).toFixed(0).padStart(5)} ms   slowest ${Math.max(...times).toFixed(0).padStart(5)} ms`);

// Several at once: a password's hash takes its time on purpose.
const dashboards = Array.from({ length: count }, (_, n) => new Dashboard(`bench${n}`));
const all = (list, work, lanes = 4) => Promise.all(Array.from({ length: lanes }, async (_, lane) => {
  for (let n = lane; n < list.length; n += lanes) await work(list[n]);
}));
await all(dashboards, async page => { page.cookie = await register(page.name); });
await allRun(database);

// The first pages pay for the program's own warming up: they are measured apart.
const warm = Math.min(20, count);
await all(dashboards.slice(0, warm), page => page.open());
for (let n = 0; n < 20; n++) await change([dashboards[n % warm]]);
await sleep(2000);
const before = memory();
const opened = performance.now();
await all(dashboards.slice(warm), page => page.open());
const took = (performance.now() - opened) / 1000;
await sleep(5000);
const after = memory();
console.log(`${count} dashboards open, ${((count - warm) / took).toFixed(0)} a second`);
console.log(`memory of the portal: ${before.toFixed(0)} MiB with ${warm}, ${after.toFixed(0)} MiB with ${count}: ${((after - before) * 1024 / (count - warm)).toFixed(0)} KiB for each`);

const some = () => dashboards[Math.floor(Math.random() * (count - 1)) + 1];
const singles = [];
for (let n = 0; n < single; n++) singles.push(...await change([some()]));
print(`${single} changes, one after the other`, singles);
const everybody = [];
for (let n = 0; n < 3; n++) everybody.push(...await change(dashboards));
print(`a change of all ${count} at once, three times`, everybody);

// One that neither reads nor answers: it is sent to until its buffers are full, while the others are measured.
const stuck = dashboards[0];
stuck.isStuck = true;
stuck.hub.connection.transport._webSocket._socket.pause();
const beside = [];
for (let n = 0; n < single; n++) {
  turn([stuck.name]);
  beside.push(...await change([some()]));
}
print(`${single} changes, beside a page that takes nothing any more`, beside);

database.end();
// All at once is a load that no install has: how long it takes is told above.
const late = [...singles, ...beside].filter(time => time >= 1000).length;
console.log(late ? `${late} came after more than a second.` : 'Each single change within a second.');
process.exit(late ? 1 : 0);
