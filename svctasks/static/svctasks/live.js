"use strict";
// A part of the page is shown anew each second, as long as what it tells of goes on.
const EVERY = 1000;

const pause = () => new Promise((done) => setTimeout(done, EVERY));
const goesOn = (part) => part.querySelector("[data-active]") !== null;

async function latest(part) {
  const answer = await fetch(part.dataset.live, { headers: { Accept: "text/html" } });
  // Logged out meanwhile, or no longer there.
  if (answer.redirected || !answer.ok) return null;
  return answer.text();
}

async function follow(part) {
  if (!goesOn(part)) return;
  while (goesOn(part)) {
    await pause();
    let text;
    try {
      text = await latest(part);
    } catch {
      continue;
    }
    if (text === null) return;
    part.innerHTML = text;
  }
  // The page's buttons are those of a state that is over.
  if (part.dataset.then === "reload") location.reload();
}

for (const part of document.querySelectorAll("[data-live]")) follow(part);
