// In the shell's frame, before anything is drawn: the colors that the shell gave an earlier page (frame_theme.js), and no
// scroll bar of its own where the shell makes the frame as high as the page.
try {
  const root = document.documentElement;
  const taken = JSON.parse(sessionStorage.getItem("shell-theme"));
  if (taken) root.dataset.sized = "";
  for (const [name, value] of Object.entries(taken ?? {})) {
    if (name !== "color-scheme") root.style.setProperty(name, value);
    else if (!value.includes(" ")) root.dataset.theme = value;
  }
} catch {
  // A browser that keeps nothing here.
}
