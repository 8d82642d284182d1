"use strict";
// The board's dragging. What may be done is the server's to say: a card moves only once it has agreed.
const QUARTER = 15;
let held = null;

function board() { return document.getElementById("board"); }

function say(id, text) {
  for (const name of ["board-said", "board-warned", "board-refused"]) document.getElementById(name).textContent = name === id ? text : "";
}

// The row, the day and, on a day's board, the minutes since midnight at which the card would stand.
function placeAt(slot, x) {
  const data = board().dataset;
  const place = { resource: slot.dataset.resource };
  if (!place.resource) return place;
  place.day = slot.dataset.day || data.day;
  if (data.view !== "day") return place;
  const box = slot.getBoundingClientRect();
  const first = Number(data.first), last = Number(data.last);
  const minute = first + ((x - held.offset - box.left) / box.width) * (last - first);
  place.minute = Math.min(Math.max(Math.round(minute / QUARTER) * QUARTER, first), last - QUARTER);
  return place;
}

function clock(minute) {
  const data = board().dataset;
  const moment = new Date(Date.parse(data.midnight) + minute * 60000);
  return moment.toLocaleTimeString("en-GB", { timeZone: data.zone, hour: "2-digit", minute: "2-digit" });
}

function unmark() {
  document.querySelectorAll(".is-target").forEach((one) => one.classList.remove("is-target"));
  document.getElementById("board-mark")?.remove();
}

function mark(slot, place) {
  unmark();
  slot.classList.add("is-target");
  if (place.minute === undefined) return;
  const data = board().dataset;
  const line = document.createElement("span");
  line.id = "board-mark";
  line.textContent = clock(place.minute);
  line.style.left = `${((place.minute - data.first) / (data.last - data.first)) * 100}%`;
  slot.append(line);
}

async function refresh(job) {
  const scroll = document.querySelector(".board-scroll");
  const [left, top] = [scroll?.scrollLeft, scroll?.scrollTop];
  const answer = await fetch(location.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  board().replaceWith(page.getElementById("board"));
  document.querySelector(".board-scroll")?.scrollTo(left, top);
  document.querySelector(`[data-job="${job}"] .open`)?.focus({ preventScroll: true });
}

async function send(card, place) {
  const body = new FormData(document.getElementById("board-token"));
  body.append("version", card.dataset.version);
  for (const [name, value] of Object.entries(place)) body.append(name, value);
  card.classList.add("is-sent");
  try {
    const address = new URL(card.querySelector(".open").href).pathname.replace(/plan\/$/, "drop/");
    const answer = await fetch(address, { method: "POST", body });
    const told = await answer.json();
    if (answer.status === 409 || answer.ok) await refresh(card.dataset.job);
    if (answer.ok) say(told.is_warning ? "board-warned" : "board-said", told.message);
    else say("board-refused", told.errors.join(" "));
  } catch {
    say("board-refused", board().dataset.failed);
  } finally {
    card.classList.remove("is-sent");
  }
}

document.addEventListener("dragstart", (event) => {
  const card = event.target.closest?.(".job[draggable=true]");
  if (!card) return;
  const isWaiting = card.closest(".waiting") !== null;
  held = { card, offset: isWaiting ? 0 : event.clientX - card.getBoundingClientRect().left };
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.dataset.job);
  card.classList.add("is-held");
});

document.addEventListener("dragover", (event) => {
  const slot = held && event.target.closest?.("[data-resource]");
  if (!slot) return;
  event.preventDefault();
  mark(slot, placeAt(slot, event.clientX));
});

document.addEventListener("drop", (event) => {
  const slot = held && event.target.closest?.("[data-resource]");
  if (!slot) return;
  event.preventDefault();
  send(held.card, placeAt(slot, event.clientX));
});

document.addEventListener("dragend", () => {
  held?.card.classList.remove("is-held");
  held = null;
  unmark();
});
