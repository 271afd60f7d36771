// Where this script came from is where the stand-in is: its API, its card fields and its challenges.
const HOME = new URL(document.currentScript.src).origin;

function framed(path, parameters) {
  const address = new URL(path, HOME);
  for (const [name, value] of Object.entries({ origin: window.location.origin, ...parameters })) {
    if (value) address.searchParams.set(name, value);
  }
  return address.href;
}
