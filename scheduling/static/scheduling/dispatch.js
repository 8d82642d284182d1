"use strict";
// The dispatch board: where its cards may go, by week or by day.
const QUARTER = 15;

function board() { return document.getElementById("board"); }

// The row, the day and, on a day's board, the minutes since midnight at which the card would stand.
function placeAt(slot, event, grip) {
  const place = { resource: slot.dataset.resource };
  if (!place.resource) return place;
  place.day = slot.dataset.day || board().dataset.day;
  if (board().dataset.view !== "day") return place;
  const box = slot.getBoundingClientRect();
  place.minute = minuteAt(board(), (event.clientX - grip - box.left) / box.width, QUARTER);
  return place;
}

function clock(minute) {
  const data = board().dataset;
  const moment = new Date(Date.parse(data.midnight) + minute * 60000);
  return moment.toLocaleTimeString("en-GB", { timeZone: data.zone, hour: "2-digit", minute: "2-digit" });
}

dragCards({
  id: "board",
  card: "job",
  link: ".open",
  focused: ".open",
  slots: "[data-resource]",
  edge: "left",
  grip: (card, event) => (card.closest(".waiting") ? 0 : event.clientX - card.getBoundingClientRect().left),
  placeAt,
  clock,
  done: (told) => say(told.is_warning ? "board-warned" : "board-said", told.message),
  refused: (told) => say("board-refused", told.errors.join(" ")),
});
