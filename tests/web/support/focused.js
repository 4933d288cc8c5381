// Where the focus is: a description, whether it can be seen, and whether the browser marks it; null: nowhere.
() => {
  const each = document.activeElement;
  if (each === document.body) return null;
  const box = each.getBoundingClientRect();
  const style = getComputedStyle(each);
  const seen = box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return [each.id || each.getAttribute('href') || each.name || each.tagName, seen, style.outlineStyle !== 'none'];
}
