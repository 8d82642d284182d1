"use strict";
// The calendar's dragging. What may be done is the server's to say: a card moves only once it has agreed.
let held = null;

function planner() { return document.getElementById("planner"); }

function say(id, text) {
  for (const name of ["board-said", "board-refused"]) document.getElementById(name).textContent = name === id ? text : "";
}

// The calendar, the day and the minutes since midnight at which the card would stand.
function placeAt(slot, y) {
  const box = slot.querySelector(".cards").getBoundingClientRect();
  const first = Number(planner().dataset.first), last = Number(planner().dataset.last);
  const step = Number(slot.dataset.step);
  const minute = first + ((y - held.offset - box.top) / box.height) * (last - first);
  const place = { day: slot.dataset.day, minute: Math.min(Math.max(Math.round(minute / step) * step, first), last - step) };
  return slot.dataset.calendar ? { ...place, calendar: slot.dataset.calendar } : place;
}

function clock(minute) {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

function unmark() {
  document.querySelectorAll(".is-target").forEach((one) => one.classList.remove("is-target"));
  document.getElementById("board-mark")?.remove();
}

function mark(slot, place) {
  unmark();
  slot.classList.add("is-target");
  const line = document.createElement("span");
  line.id = "board-mark";
  line.textContent = clock(place.minute);
  const { first, last } = planner().dataset;
  line.style.top = `${((place.minute - first) / (last - first)) * 100}%`;
  slot.append(line);
}

async function refresh(appointment) {
  const scroll = document.querySelector(".board-scroll");
  const [left, top] = [scroll?.scrollLeft, scroll?.scrollTop];
  const answer = await fetch(location.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  planner().replaceWith(page.getElementById("planner"));
  document.querySelector(".board-scroll")?.scrollTo(left, top);
  document.querySelector(`[data-appointment="${appointment}"] a`)?.focus({ preventScroll: true });
}

// "Dr Martin, 25 Nov 19:00: Not within the opening hours. Not at a start that is offered."
function sentences(told) {
  const text = told.errors.map((one) => (/[.!?]$/.test(one) ? one : `${one}.`)).join(" ");
  return told.place ? `${told.place}: ${text}` : text;
}

// Where a rule would be passed over: its name, and the way to the form that asks for a reason.
function refuse(told) {
  say("board-refused", sentences(told));
  if (!told.url) return;
  const link = document.createElement("a");
  link.href = told.url;
  link.textContent = planner().dataset.allTheSame;
  document.getElementById("board-refused").append(link);
}

async function send(card, place) {
  const body = new FormData(document.getElementById("board-token"));
  body.append("version", card.dataset.version);
  for (const [name, value] of Object.entries(place)) body.append(name, value);
  card.classList.add("is-sent");
  try {
    const address = new URL(card.querySelector(".shift").href).pathname.replace(/move\/$/, "drop/");
    const answer = await fetch(address, { method: "POST", body });
    const told = await answer.json();
    if (answer.status === 409 || answer.ok) await refresh(card.dataset.appointment);
    if (answer.ok) say("board-said", told.message);
    else refuse(told);
  } catch {
    say("board-refused", planner().dataset.failed);
  } finally {
    card.classList.remove("is-sent");
  }
}

document.addEventListener("dragstart", (event) => {
  const card = event.target.closest?.(".job[draggable=true]");
  if (!card) return;
  held = { card, offset: event.clientY - card.getBoundingClientRect().top };
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.dataset.appointment);
  card.classList.add("is-held");
});

document.addEventListener("dragover", (event) => {
  const slot = held && event.target.closest?.("td.slot");
  if (!slot) return;
  event.preventDefault();
  mark(slot, placeAt(slot, event.clientY));
});

document.addEventListener("drop", (event) => {
  const slot = held && event.target.closest?.("td.slot");
  if (!slot) return;
  event.preventDefault();
  send(held.card, placeAt(slot, event.clientY));
});

document.addEventListener("dragend", () => {
  held?.card.classList.remove("is-held");
  held = null;
  unmark();
});
