"use strict";
// Dragging cards to another place of a board. What may be done is the server's to say: a card moves only once it has agreed.
let held = null;

function say(id, text) {
  for (const line of document.querySelectorAll("#board-said, #board-warned, #board-refused")) {
    line.textContent = line.id === id ? text : "";
  }
}

// At this share of the board's length, to the nearest step: minutes since midnight.
function minuteAt(board, share, step) {
  const first = Number(board.dataset.first), last = Number(board.dataset.last);
  const minute = first + share * (last - first);
  return Math.min(Math.max(Math.round(minute / step) * step, first), last - step);
}

function unmark() {
  document.querySelectorAll(".is-target").forEach((one) => one.classList.remove("is-target"));
  document.getElementById("board-mark")?.remove();
}

// id: of the board, which is drawn anew after each drop
// card: the name of the card's number, as in data-job
// link: the card's link to the form that does the same, at an address beside "drop/"
// focused: the link that has the focus when all is done
// slots: where a card may be dropped
// edge: the side from which minutes are counted, "top" or "left"
// grip(card, event): how far from that side of the card it is held
// placeAt(slot, event, grip): what to send, and its minute, if any, as a line is drawn there
// clock(minute): in words
// done(told), refused(told): what to say
function dragCards({ id, card, link, focused, slots, edge, grip, placeAt, clock, done, refused }) {
  const board = () => document.getElementById(id);

  function mark(slot, place) {
    unmark();
    slot.classList.add("is-target");
    if (place.minute === undefined) return;
    const { first, last } = board().dataset;
    const line = document.createElement("span");
    line.id = "board-mark";
    line.textContent = clock(place.minute);
    line.style[edge] = `${((place.minute - first) / (last - first)) * 100}%`;
    slot.append(line);
  }

  async function refresh(number) {
    const scroll = document.querySelector(".board-scroll");
    const [left, top] = [scroll?.scrollLeft, scroll?.scrollTop];
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    board().replaceWith(page.getElementById(id));
    document.querySelector(".board-scroll")?.scrollTo(left, top);
    document.querySelector(`[data-${card}="${number}"] ${focused}`)?.focus({ preventScroll: true });
  }

  async function send(moved, place) {
    const body = new FormData(document.getElementById("board-token"));
    body.append("version", moved.dataset.version);
    for (const [name, value] of Object.entries(place)) body.append(name, value);
    moved.classList.add("is-sent");
    try {
      const address = new URL("../drop/", moved.querySelector(link).href).pathname;
      const answer = await fetch(address, { method: "POST", body });
      const told = await answer.json();
      if (answer.status === 409 || answer.ok) await refresh(moved.dataset[card]);
      (answer.ok ? done : refused)(told);
    } catch {
      say("board-refused", board().dataset.failed);
    } finally {
      moved.classList.remove("is-sent");
    }
  }

  const slotOf = (event) => held && event.target.closest?.(slots);

  document.addEventListener("dragstart", (event) => {
    const moved = event.target.closest?.(".job[draggable=true]");
    if (!moved) return;
    held = { card: moved, grip: grip(moved, event) };
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", moved.dataset[card]);
    moved.classList.add("is-held");
  });

  document.addEventListener("dragover", (event) => {
    const slot = slotOf(event);
    if (!slot) return;
    event.preventDefault();
    mark(slot, placeAt(slot, event, held.grip));
  });

  document.addEventListener("drop", (event) => {
    const slot = slotOf(event);
    if (!slot) return;
    event.preventDefault();
    send(held.card, placeAt(slot, event, held.grip));
  });

  document.addEventListener("dragend", () => {
    held?.card.classList.remove("is-held");
    held = null;
    unmark();
  });
}
