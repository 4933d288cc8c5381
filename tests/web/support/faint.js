// WCAG 2.1 §1.4.3: text against what lies behind it, 4.5:1, large text 3:1.
() => {
  const parse = (colour) => { const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number); return [r, g, b, a]; };
  const over = ([r, g, b, a], [x, y, z]) => [r * a + x * (1 - a), g * a + y * (1 - a), b * a + z * (1 - a)];
  const behind = (each) => {
    if (!each) return [255, 255, 255];
    const colour = parse(getComputedStyle(each).backgroundColor);
    return colour[3] === 1 ? colour.slice(0, 3) : over(colour, behind(each.parentElement));
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((part) => part / 255).map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const faint = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const each = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !each.checkVisibility({ visibilityProperty: true })) continue;
    const style = getComputedStyle(each);
    const back = behind(each);
    const [one, two] = [light(over(parse(style.color), back)), light(back)].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (two + 0.05);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) faint.add(ratio.toFixed(2) + ' ' + each.className + ' ' + walker.currentNode.data.trim().slice(0, 40));
  }
  return [...faint];
}
