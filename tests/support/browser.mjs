// SPDX-License-Identifier: Apache-2.0
// A real browser (Debian's Chromium) for tests/support/browser.py: `node browser.mjs FOLDER_OF_PACKAGES`, one JSON order a line in, one
// answer a line out. Nothing but loopback is asked for.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const packages = createRequire(process.argv[2] + '/');
const { chromium } = packages('playwright-core');
const axe = readFileSync(packages.resolve('axe-core/axe.min.js'), 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: ['--no-sandbox', '--disable-gpu', '--disable-quic',
  '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] });
const pages = new Map();

async function open({ lang, width, dark, script }) {
  const context = await browser.newContext({ locale: lang, viewport: { width, height: 900 }, colorScheme: dark ? 'dark' : 'light', javaScriptEnabled: script });
  const page = await context.newPage(), id = String(pages.size + 1);
  page.troubles = [];
  await page.route(url => url.hostname !== '127.0.0.1', route => route.abort());
  await page.exposeFunction('policyBroken', what => page.troubles.push(what));
  await page.addInitScript(() => addEventListener('securitypolicyviolation', e => window.policyBroken(`policy: ${e.violatedDirective} ${e.blockedURI}`)));
  page.on('pageerror', error => page.troubles.push(`script: ${error.message}`));
  page.on('console', message => { if (/Content.Security.Policy|Refused to/i.test(message.text())) page.troubles.push(`console: ${message.text()}`); });
  page.setDefaultTimeout(8000);
  pages.set(id, page);
  return id;
}

const orders = {
  goto: (page, url) => page.goto(url).then(reply => reply && reply.status()),
  press: (page, key) => page.keyboard.press(key),
  type: (page, text) => page.keyboard.type(text),
  wait: (page, selector) => page.locator(selector).first().waitFor(),
  heading: (page, text) => page.locator('h1:visible', { hasText: text }).first().waitFor(),
  // As somebody without a mouse gets there: by Tab alone, within as many steps as a short page has.
  async tab(page, selector) {
    for (let steps = 0; steps < 25; steps++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate(s => document.activeElement?.matches(s), selector)) return true;
    }
    throw new Error(`${selector} is not reached by Tab`);
  },
  focus: page => page.evaluate(() => { const at = document.activeElement; return { tag: at.tagName, id: at.id, text: at.textContent }; }),
  outlined: page => page.evaluate(() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2; }),
  text: page => page.evaluate(() => document.body.innerText),
  title: page => page.title(),
  url: page => page.url(),
  lang: page => page.evaluate(() => document.documentElement.lang),
  fetch: (page, path) => page.evaluate(async p => { const r = await fetch(p); return { status: r.status, json: await r.json().catch(() => null) }; }, path),
  scripts_see: page => page.evaluate(() => document.cookie),
  style: (page, [selector, name]) => page.locator(selector).first().evaluate((at, n) => getComputedStyle(at)[n], name),
  wide: page => page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
  small: page => page.evaluate(() => [...document.querySelectorAll('button, input, a')].filter(e => e.offsetParent)
    .map(e => e.getBoundingClientRect()).filter(r => r.height < 44 || r.width < 44).length),
  async axe(page) {
    await page.evaluate(axe);
    const found = await page.evaluate(only => axe.run(document, { runOnly: only }), rules);
    return { passes: found.passes.length, violations: found.violations.map(v => `${v.id}: ${v.nodes.map(n => n.html).join(' ; ')}`),
      unsure: found.incomplete.map(v => `${v.id}: ${v.nodes.map(n => n.html).join(' ; ')}`) };
  },
  shot: (page, path) => page.screenshot({ path, fullPage: true }),
  troubles: page => page.troubles,
  close: page => page.context().close(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { order, page, value } = JSON.parse(line);
  try {
    const answer = order === 'open' ? await open(value) : await orders[order](pages.get(page), value);
    console.log(JSON.stringify({ answer: answer ?? null }));
  } catch (error) {
    console.log(JSON.stringify({ error: error.message }));
  }
}
await browser.close();
