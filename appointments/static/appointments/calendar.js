"use strict";
// The calendar of appointments: where its cards may go, and how it says what was refused.

// The calendar, the day and the minutes since midnight at which the card would stand.
function placeAt(slot, event, grip) {
  const box = slot.querySelector(".cards").getBoundingClientRect();
  const share = (event.clientY - grip - box.top) / box.height;
  const minute = minuteAt(document.getElementById("planner"), share, Number(slot.dataset.step));
  const place = { day: slot.dataset.day, minute };
  return slot.dataset.calendar ? { ...place, calendar: slot.dataset.calendar } : place;
}

function clock(minute) {
  return [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

// "Dr Martin, 25 Nov 19:00: Not within the opening hours. Not at a start that is offered."
function sentences(told) {
  const text = told.errors.map((one) => (/[.!?]$/.test(one) ? one : `${one}.`)).join(" ");
  return told.place ? `${told.place}: ${text}` : text;
}

// Where a rule would be passed over: its name, and the way to the form that asks for a reason.
function refused(told) {
  say("board-refused", sentences(told));
  if (!told.url) return;
  const link = document.createElement("a");
  link.href = told.url;
  link.textContent = document.getElementById("planner").dataset.allTheSame;
  document.getElementById("board-refused").append(link);
}

dragCards({
  id: "planner",
  card: "appointment",
  link: ".shift",
  focused: "a",
  slots: "td.slot",
  edge: "top",
  grip: (card, event) => event.clientY - card.getBoundingClientRect().top,
  placeAt,
  clock,
  done: (told) => say("board-said", told.message),
  refused,
});
