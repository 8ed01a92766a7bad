// Lighthouse on the landing page, the sign-in and a dashboard, as a phone and as a desk; the median of three runs. Called by
// `./webhoster bench lighthouse`. Fails below what was promised.
import { existsSync } from 'node:fs';
import lighthouse, { desktopConfig } from 'lighthouse';
import puppeteer from 'puppeteer-core';
import { allRun, Database, password, portal, register } from './portal.mjs';

const runs = Number(process.env.BENCH_RUNS ?? 3);
const promised = { performance: 90, accessibility: 95, 'best-practices': 95 };
const name = 'lighthouse';

await register(name);
const database = new Database();
await allRun(database);
database.end();

const browser = await puppeteer.launch({
  executablePath: ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync), args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
const page = await browser.newPage();
const median = values => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
let below = 0;

/** Also what cost points, from the last run. */
async function measure(path, look, config) {
  const scores = Object.fromEntries(Object.keys(promised).map(key => [key, []]));
  const faults = new Map();
  let again = 3;
  for (let n = 0; n < runs; n++) {
    const { lhr } = await lighthouse(`${portal}${path}`, { onlyCategories: Object.keys(promised), disableStorageReset: path === '/dashboard', logLevel: 'error' }, config, page);
    // Chromium's trace now and then begins too late.
    if (lhr.runtimeError?.code === 'NO_NAVSTART' && again-- > 0) {
      n--;
      continue;
    }
    if (lhr.runtimeError) throw new Error(`${path}: ${lhr.runtimeError.message}`);
    for (const [key, category] of Object.entries(lhr.categories)) {
      scores[key].push(Math.round(category.score * 100));
      for (const { id, weight } of category.auditRefs) {
        const audit = lhr.audits[id];
        if (weight && audit.score !== null && audit.score < .9) faults.set(id, [audit.title, audit.displayValue, ...(audit.details?.items ?? []).map(item => item.value)].filter(Boolean).join(': '));
      }
    }
  }
  const medians = Object.entries(scores).map(([key, values]) => [key, median(values)]);
  below += medians.filter(([key, score]) => score < promised[key]).length;
  console.log(`${`${path} (${look})`.padEnd(24)} ${medians.map(([key, score]) => `${key} ${score}`).join('   ')}`);
  for (const [id, text] of faults) console.log(`    ${id}: ${text}`);
}

for (const [look, config] of [['desk', desktopConfig], ['phone', undefined]]) {
  for (const path of ['/', '/login']) await measure(path, look, config);
}
await page.goto(`${portal}/login`);
await page.type('#name', name);
await page.type('#password', password);
await Promise.all([page.waitForNavigation(), page.click('.auth button[type=submit]')]);
for (const [look, config] of [['desk', desktopConfig], ['phone', undefined]]) await measure('/dashboard', look, config);

await browser.close();
console.log(below ? `${below} below what was promised.` : 'All as promised.');
process.exit(below ? 1 : 0);
