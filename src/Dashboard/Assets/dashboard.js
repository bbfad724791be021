// The dashboard's one script. Without it every page, filter, dialog and write works by links and forms.
(() => {
  'use strict';
  const $ = (s, r = document) => r.querySelector(s), $$ = (s, r = document) => [...r.querySelectorAll(s)];
  const root = document.documentElement, body = document.body;

  // Theme: as the system says, until it is chosen; the server renders the choice from a cookie, so that no page flashes.
  const dark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  for (const b of $$('[data-theme-switch]')) b.addEventListener('click', () => {
    root.dataset.theme = dark() ? 'light' : 'dark';
    document.cookie = `theme=${root.dataset.theme};path=/;max-age=31536000;samesite=lax`;
  });

  // Toasts: four seconds, eight with something to undo; not while they are being read.
  function leave(toast) {
    let left = $('form', toast) ? 8000 : 4000, since = 0, timer;
    const run = () => { since = Date.now(); timer = setTimeout(() => toast.remove(), left); };
    const hold = () => { clearTimeout(timer); left -= Date.now() - since; };
    toast.addEventListener('pointerenter', hold); toast.addEventListener('pointerleave', run);
    toast.addEventListener('focusin', hold); toast.addEventListener('focusout', run);
    run();
  }
  function say(text) {
    const toast = document.createElement('div'); toast.className = 'toast'; toast.append(text);
    $('.toasts')?.append(toast); leave(toast);
  }
  $$('[data-toast]').forEach(leave);
  // What was done stands in the address once; a reload must not say it again.
  if (new URLSearchParams(location.search).has('done')) history.replaceState(null, '', location.pathname);

  document.addEventListener('click', async e => {
    const b = e.target.closest('button, a'); if (!b) return;
    if (b.dataset.copy || b.dataset.copyFrom) {
      const text = b.dataset.copy === 'here' ? location.href : b.dataset.copy || $('#' + b.dataset.copyFrom).textContent;
      try { await navigator.clipboard.writeText(text); say('Copied.'); } catch { say('The browser did not allow it; select and copy it yourself.'); }
    }
    if ('table' in b.dataset) {
      const card = b.closest('.card'), on = b.getAttribute('aria-pressed') !== 'true';
      b.setAttribute('aria-pressed', on);
      const box = $('figure > div', card); box.className = on ? 'tw tall' : 'vh';
      if (on) box.tabIndex = 0; else box.removeAttribute('tabindex');
      for (const x of $$('figure > svg', card)) x.toggleAttribute('hidden', on);
    }
  });
  document.addEventListener('change', e => { if ('submit' in e.target.dataset) e.target.form.submit(); });
  document.addEventListener('keydown', e => {
    if (e.key === '/' && !/INPUT|TEXTAREA|SELECT/.test(e.target.tagName) && !e.ctrlKey && !e.metaKey) { e.preventDefault(); $('#find')?.focus(); }
  });

  // Dialogs are pages; here they become modal, and the address of the page is where Escape leads.
  for (const d of $$('dialog[data-dialog]')) {
    const focus = $('[autofocus], [aria-invalid="true"]', d);
    d.removeAttribute('open'); d.showModal(); focus?.focus();
    d.addEventListener('cancel', e => { e.preventDefault(); location.assign(d.dataset.back); });
  }
  // Preview: the page under the dialog with the fields as they are being typed. A form that was refused has its own address, not that of the page.
  for (const form of $$('form[data-preview]:not([data-preview=""])')) {
    let timer, asked = 0;
    form.addEventListener('input', e => {
      if (e.target.name === 'reason') return;
      clearTimeout(timer);
      timer = setTimeout(async () => {
        const mine = ++asked, fields = new URLSearchParams(new FormData(form));
        for (const name of ['form_token', 'version', 'reason']) fields.delete(name);
        // A secret stays out of addresses; that one was typed is enough for a preview.
        for (const s of $$('[data-secret="on"]', form)) { fields.delete(s.name); if (s.value) fields.set(s.name + '_typed', '1'); }
        fields.set(form.dataset.preview, '1');
        const page = await fetchPage(form.closest('dialog').dataset.back + '?' + fields).catch(() => null);
        const fresh = page && $('.preview', page);
        if (fresh && mine === asked) $('.preview', form).replaceWith(fresh);
      }, 250);
    });
  }

  async function fetchPage(address) {
    const answer = await fetch(address, { headers: { Accept: 'text/html' } });
    if (!answer.ok) return null;
    return new DOMParser().parseFromString(await answer.text(), 'text/html');
  }

  // Chart read-out: reads the row of the chart's own table.
  for (const fig of $$('figure[data-slots]')) readOut(fig);
  function readOut(fig) {
    const svg = $$(':scope > svg', fig)[1], rows = $$('tbody tr', fig), heads = $$('thead th', fig).map(h => h.textContent);
    const tip = document.createElement('div'); tip.className = 'tip'; tip.hidden = true; tip.setAttribute('aria-hidden', 'true'); fig.append(tip);
    svg.addEventListener('pointermove', e => {
      const box = svg.getBoundingClientRect(), i = Math.floor((e.clientX - box.left) / box.width * +fig.dataset.slots), row = rows[i];
      tip.hidden = !row; if (!row) return;
      const title = document.createElement('b'); title.textContent = $('th', row).textContent;
      tip.replaceChildren(title, ...$$('td', row).map((td, k) => { const d = document.createElement('div'), l = document.createElement('span'), v = document.createElement('span'); l.textContent = heads[k + 1]; v.textContent = td.textContent; d.append(l, v); return d; }));
      const x = e.clientX - fig.getBoundingClientRect().left;
      tip.style.left = (x + 16 + tip.offsetWidth > fig.clientWidth ? x - tip.offsetWidth - 16 : x + 16) + 'px';
    });
    svg.addEventListener('pointerleave', () => { tip.hidden = true; });
  }

  // Times: relative ones once a minute, countdowns once a second.
  const span = s => s < 60 ? `${s} s` : s < 3600 ? `${Math.floor(s / 60)} min` : s < 172800 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86400)} days`;
  setInterval(() => { for (const t of $$('time[data-ago]')) { const s = Math.floor((Date.now() - Date.parse(t.dateTime)) / 1000); if (s < 604800) t.textContent = s < 5 ? 'just now' : span(s) + ' ago'; } }, 20000);
  setInterval(() => { for (const t of $$('time[data-count]')) { const s = Math.floor((Date.parse(t.dateTime) - Date.now()) / 1000); t.textContent = s > 0 ? span(s) : 'expired'; } }, 1000);

  if (!('live' in body.dataset)) return;

  // Live: spend is patched in place; what needs the server's judgment (forecasts, order, lists) is asked for again, seldom.
  const badge = $('#live'), main = $('#main'), whole = body.dataset.whole === 'on';
  const looks = { ok: ['ok', 'OK'], warning: ['warning', 'Warning'], critical: ['critical', 'Critical'], emergency: ['emergency', 'Emergency'], exceeded: ['exceeded', 'Exceeded'] };
  let source, lostAt = 0, refreshTimer, refreshAt = 0, moved = 0, fresh = 0;
  document.addEventListener('pointermove', () => { moved = Date.now(); }, { passive: true });

  function state(name, words) { badge.dataset.state = name; badge.lastElementChild.textContent = words; main.classList.toggle('is-stale', name !== 'on' && lostAt > 0); }

  function amount(value) {
    const v = Math.abs(value), sign = value < 0 ? '\u2212' : '';
    if (v === 0) return whole ? '0' : '0.00';
    if (v >= 10 && whole) return sign + v.toLocaleString('en-US', { maximumFractionDigits: 0 });
    if (v >= 1) return sign + v.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    return sign + v.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: Math.min(9, Math.max(2, Math.ceil(-Math.log10(v)) + 1)) });
  }
  function write(el, text) {
    if (el.textContent === text) return;
    el.textContent = text; el.classList.remove('flash'); void el.offsetWidth; el.classList.add('flash');
  }
  function bar(svg, w) {
    const at = x => w.limit > 0 ? Math.min(1000, Math.max(0, x) / w.limit * 80) : x > 0 ? 1000 : 0;
    const spent = at(w.spent), held = Math.max(0, Math.min(100, at(w.spent + w.held)) - Math.min(100, spent));
    const set = (c, a, v) => $(c, svg)?.setAttribute(a, v + '%');
    set('.spent', 'width', Math.min(80, spent).toFixed(2)); set('.beyond', 'width', Math.min(20, Math.max(0, spent - 80)).toFixed(2));
    set('.held', 'x', Math.min(100, spent).toFixed(2)); set('.held', 'width', held.toFixed(2));
    const status = w.status === 'exceeded' && svg.classList.contains('st-soft') ? 'soft' : (looks[w.status] || looks.warning)[0];
    svg.setAttribute('class', svg.getAttribute('class').replace(/st-\w+/, 'st-' + status));
  }
  function chip(el, w) {
    const soft = 'soft' in el.dataset && w.status === 'exceeded';
    const [name, word] = soft ? ['soft', 'Over soft limit'] : looks[w.status] || ['warning', w.status[0].toUpperCase() + w.status.slice(1)];
    el.className = 'chip st-' + name; $('use', el).setAttribute('href', '#i-' + name); write(el.lastElementChild, word);
  }
  function spend(e) {
    for (const el of $$('[data-cc]')) {
      if (el.dataset.cc !== e.cost_center) continue;
      const { f, p } = el.dataset;
      if (!p) { if (f in e) write(el, (el.dataset.sym || '') + amount(e[f])); continue; }
      const w = e.budgets.find(b => b.period === p && !b.user && b.limit !== undefined);
      if (!w) continue;
      if (!f) bar(el, w); else if (f === 'status') chip(el, w); else write(el, (el.dataset.sym || '') + amount(w[f]));
    }
    const strip = $('[data-fresh]');
    if (strip && !e.cost_center.includes('/')) { fresh++; strip.hidden = false; $('[data-fresh-count]').textContent = 'New records'; }
  }

  // At most once a second, and only when somebody looks.
  function refreshIn(ms) {
    const at = Math.max(Date.now() + ms, refreshAt + 1000);
    if (refreshTimer && refreshTimer.at <= at) return;
    clearTimeout(refreshTimer?.id);
    refreshTimer = { at, id: setTimeout(refresh, at - Date.now()) };
  }
  async function refresh() {
    refreshTimer = null; refreshAt = Date.now();
    if (document.hidden || $('dialog[open]')) return;
    const page = await fetchPage(body.dataset.address || location.href).catch(() => null);
    if (!page) return;
    if ($('[data-door]', page)) { location.reload(); return; }
    for (const part of $$('[data-part]')) {
      const other = $(`[data-part="${part.dataset.part}"]`, page);
      if (!other || other.innerHTML === part.innerHTML) continue;
      // What somebody reads, types in or has opened does not move under their eyes.
      if (part.contains(document.activeElement) && document.activeElement !== part) continue;
      if ('calm' in part.dataset && part.matches(':hover') && Date.now() - moved < 5000) { refreshIn(5000); continue; }
      if ($('details[open], figure > .tw', part)) continue;
      part.replaceChildren(...other.childNodes);
      $$('figure[data-slots]', part).forEach(readOut);
    }
  }

  function connect() {
    source = new EventSource('/v1/events?decisions=' + !!body.dataset.decisions);
    source.onopen = () => { if (lostAt) refreshIn(0); lostAt = 0; state('on', 'Live'); };
    source.onerror = () => { lostAt ||= Date.now(); if (source.readyState === EventSource.CLOSED) setTimeout(connect, 5000); };
    source.addEventListener('spend', e => { spend(JSON.parse(e.data)); refreshIn(60000); });
    source.addEventListener('alert', () => refreshIn(300));
    source.addEventListener('budget', () => refreshIn(100));
    source.addEventListener('decision', () => { if (body.dataset.decisions) refreshIn(0); });
  }
  setInterval(() => {
    if (!lostAt) return;
    const s = Math.floor((Date.now() - lostAt) / 1000);
    if (s >= 60) state('off', 'Not live: reload to update');
    else if (s >= 3) state('late', `Last update ${s} s ago, reconnecting`);
  }, 1000);
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) { source?.close(); source = null; } else if (!source) { connect(); refreshIn(0); }
  });
  addEventListener('pagehide', () => source?.close());
  if (!document.hidden) connect();
})();
