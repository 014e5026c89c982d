// The code of a mailed link stands behind "#", which no browser sends to anyone; it is used when a person presses the button, so
// that a mail scanner that opens every link uses nothing up.
const $ = id => document.getElementById(id);
const words = $('words').dataset;
const slug = new URLSearchParams(location.search).get('space');
const [what, token] = location.hash.slice(1).split('=');
history.replaceState(null, '', location.pathname + location.search);

let begun = false;
function show(id) {
  for (const section of document.querySelectorAll('section')) section.hidden = section.id !== id;
  const heading = $(id).querySelector('h1');
  document.title = heading.textContent + ' — ' + $('brand').textContent;
  if (begun) heading.focus();
  begun = true;
}

async function ask(method, path, body) {
  const headers = { 'X-Requested-With': 'fetch', 'Accept': 'application/json' };
  if (body) headers['Content-Type'] = 'application/json';
  const reply = await fetch('/api/v1' + path, { method, headers, body: body && JSON.stringify(body) }).catch(() => null);
  const text = reply ? await reply.text().catch(() => '') : '';
  try {
    return { status: reply ? reply.status : 0, json: text ? JSON.parse(text) : null };
  } catch { // a proxy's own page
    return { status: 502, json: null };
  }
}

// One press, one request.
async function busy(button, work) {
  if (button.getAttribute('aria-disabled')) return;
  button.setAttribute('aria-disabled', 'true');
  await work();
  button.removeAttribute('aria-disabled');
}

function complain(field, text) {
  const error = $(field.id + '-error');
  error.textContent = text || '';
  error.hidden = !text;
  field.setAttribute('aria-invalid', !!text);
  if (text) field.focus();
}

const why = status => status === 429 ? words.often : words.down;

async function welcome() {
  const me = await ask('GET', '/me');
  if (me.status !== 200) return show('enter');
  $('who').textContent = me.json.name ? me.json.name + ' (' + me.json.email + ')' : me.json.email;
  await invite();
  show('in');
}

// What was offered to this person waits here for their answer, the older first.
async function invite(answered) {
  const reply = await ask('GET', '/me/invitations');
  const offers = reply.status === 200 ? reply.json.items : [];
  $('offers').querySelector('ul').replaceChildren(...offers.map(offer));
  $('offers').hidden = offers.length === 0;
  if (answered) (offers.length ? $('offers').querySelector('h2') : $('in').querySelector('h1')).focus();
}

function offer(it) {
  const item = document.createElement('li'), said = document.createElement('p');
  const text = (it.hands_over ? words.handed : words.offered).replace('{0}', () => it.invited_by || it.organisation).replace('{1}', () => it.organisation);
  said.id = 'offer-' + it.id;
  said.textContent = text;
  item.append(said, ...['accept', 'decline'].map(answer => {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = answer === 'accept' ? '' : 'plain';
    button.textContent = words[answer];
    button.setAttribute('aria-describedby', said.id);
    button.onclick = () => busy(button, async () => {
      const reply = await ask('POST', '/invitations/' + it.id + '/' + answer);
      const error = $('offers-error'), good = reply.status >= 200 && reply.status < 300, gone = reply.status === 404 || reply.status === 409;
      error.textContent = good ? '' : gone ? words.gone : why(reply.status);
      error.hidden = good;
      if (good) await invite(true);
    });
    return button;
  }));
  return item;
}

async function use(path, code, then, otherwise) {
  const reply = await ask('POST', '/sign-in/' + path, path === 'link' ? { token: code, cookie: true } : { token: code });
  if (reply.status >= 200 && reply.status < 300) return then();
  otherwise(reply.status);
}

function failed(status) {
  if (status === 401) return show('spent');
  tell(status === 429 || status === 0 || status >= 500 ? 'other' : 'identity');
}

function tell(kind) {
  const kinds = [...document.querySelectorAll('[data-kind]')];
  const known = kinds.some(p => p.dataset.kind === kind) ? kind : 'other';
  for (const p of kinds) p.hidden = p.dataset.kind !== known;
  show('trouble');
}

$('by-mail').onsubmit = event => {
  event.preventDefault();
  const email = $('email');
  email.value = email.value.trim();
  complain(email, email.checkValidity() ? '' : words.address);
  if (!email.checkValidity()) return;
  busy(event.target.querySelector('button'), async () => {
    const reply = await ask('POST', '/sign-in', slug ? { email: email.value, space: slug } : { email: email.value });
    if (reply.status !== 202) return complain(email, reply.status === 422 ? words.address : why(reply.status));
    $('sent-to').textContent = email.value;
    show('sent');
  });
};

$('by-code').onsubmit = event => {
  event.preventDefault();
  const code = $('code');
  busy(event.target.querySelector('button'), () => use('link', code.value.trim(), welcome, status =>
    complain(code, status === 401 || status === 422 ? words.code : why(status))));
};

$('use-link').onclick = event => busy(event.target, () => use('link', token, welcome, failed));
$('use-address').onclick = event => busy(event.target, () => use('address', token, () => show('proved'), failed));
$('leave').onclick = event => busy(event.target, async () => {
  const reply = await ask('DELETE', '/session');
  if (reply.status === 204 || reply.status === 401) show('out');
  else tell('other');
});
for (const button of document.querySelectorAll('[data-to]')) button.onclick = () => show(button.dataset.to);

function provider(way) {
  const button = document.createElement('button'), title = way.title[document.documentElement.lang] || way.title.fr || way.title.en || way.name;
  button.type = 'button';
  button.textContent = (words.with + ' ' + title) + (way.available ? '' : ' ' + words.away);
  button.disabled = !way.available;
  button.onclick = () => busy(button, async () => {
    const reply = await ask('POST', '/sign-in/oidc/' + encodeURIComponent(way.name), { return_to: location.pathname + location.search });
    if (reply.status === 200) location.assign(reply.json.location);
    else tell(reply.status === 503 ? 'provider' : 'other');
  });
  const item = document.createElement('li');
  item.append(button);
  return item;
}

async function providers() {
  const reply = await ask('GET', '/sign-in/ways');
  const ways = reply.status === 200 ? reply.json.ways.filter(way => way.kind === 'oidc') : [];
  $('providers').querySelector('ul').append(...ways.map(provider));
  $('providers').hidden = ways.length === 0;
}

// Reached from a funder's space (?space=its-address), the page has its name, its logo and its four colours.
async function dress(slug) {
  const reply = await ask('GET', '/spaces?slug=' + encodeURIComponent(slug));
  const space = reply.status === 200 && reply.json.items[0];
  if (!space) return;
  const root = document.documentElement, title = space.title[root.lang] || space.title.fr || space.title.en;
  document.title = document.title.replace($('brand').textContent, title);
  $('brand').textContent = title;
  for (const [name, colour] of Object.entries(space.colours)) root.style.setProperty('--' + name.replace('_', '-'), colour);
  if (Object.keys(space.colours).length) root.style.colorScheme = 'only light';
  if (!space.logo) return;
  $('logo').src = '/api/v1/spaces/' + space.id + '/logo';
  $('logo').hidden = false;
  document.querySelector('.brand svg').remove();
}

if (slug) dress(slug);
providers();
if (what === 'sign-in' && token) show('ask');
else if (what === 'address' && token) show('address');
else if (what === 'trouble' && token) tell(token);
else if (what) show('spent');
else welcome();
