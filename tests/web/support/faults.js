// What would leave a screen reader without words or a way.
() => {
  const found = [];
  const say = (fault, each) => found.push(fault + ': ' + each.outerHTML.slice(0, 120));
  const all = (selector) => [...document.querySelectorAll(selector)];
  const isShown = (each) => each.checkVisibility({ visibilityProperty: true });
  const ids = all('[id]').map((each) => each.id);
  for (const id of new Set(ids.filter((id, place) => ids.indexOf(id) !== place))) found.push('id twice: ' + id);
  if (!document.documentElement.lang) found.push('no language');
  if (!document.title) found.push('no title');
  if (all('h1').length !== 1) found.push('not one h1');
  if (all('main').length !== 1) found.push('not one main');
  let last = 0;
  for (const each of all('h1, h2, h3, h4')) {
    const level = Number(each.tagName[1]);
    if (level > last + 1) say('heading skips a level', each);
    last = level;
  }
  for (const each of all('a[href], button, summary').filter(isShown)) if (!(each.innerText.trim() || each.ariaLabel)) say('no name', each);
  for (const each of all('input:not([type=hidden]), select')) if (!each.labels.length || !each.labels[0].innerText.trim()) say('no label', each);
  for (const each of all('table')) if (!each.caption) say('no caption', each);
  for (const each of all('th')) if (!each.scope) say('no scope', each);
  for (const each of all('svg')) if (!each.closest('[aria-hidden=true]') && each.getAttribute('role') !== 'img') say('picture without words', each);
  for (const each of all('[role=img], nav, [role=region], [role=group]')) if (!each.ariaLabel && !each.getAttribute('aria-labelledby')) say('no label', each);
  for (const each of all('[aria-labelledby]')) if (!document.getElementById(each.getAttribute('aria-labelledby'))) say('label is missing', each);
  return found;
}
