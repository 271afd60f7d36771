// A press with Ctrl, Cmd or Shift opens another tab or window, with the page that the button's form names.
function leaveToBrowser(event) {
  const isModified = event.ctrlKey || event.metaKey || event.shiftKey;
  if (isModified && event.target.closest?.("form[method=get] button[hx-get]")) event.stopPropagation();
}

document.addEventListener("click", leaveToBrowser, true);
