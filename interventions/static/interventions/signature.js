"use strict";
// The signature is drawn with a finger, a pen or the mouse. Who cannot draw types the name, for which no script is needed.
const canvas = document.getElementById("signature-canvas");
const drawing = document.getElementById("signature-drawing");
const pen = canvas.getContext("2d");

function placeOf(event) {
  const box = canvas.getBoundingClientRect();
  return [((event.clientX - box.left) / box.width) * canvas.width, ((event.clientY - box.top) / box.height) * canvas.height];
}

function begin(event) {
  if (!event.isPrimary || event.button > 0) return;
  event.preventDefault();
  canvas.setPointerCapture(event.pointerId);
  const [x, y] = placeOf(event);
  pen.beginPath();
  pen.moveTo(x, y);
  // A touch alone is a dot.
  pen.lineTo(x, y);
  pen.stroke();
}

function draw(event) {
  if (!canvas.hasPointerCapture(event.pointerId)) return;
  // A fast finger makes more points than the screen shows pictures.
  const points = event.getCoalescedEvents?.() ?? [];
  for (const point of points.length ? points : [event]) pen.lineTo(...placeOf(point));
  pen.stroke();
}

function end(event) {
  if (!canvas.hasPointerCapture(event.pointerId)) return;
  canvas.releasePointerCapture(event.pointerId);
  drawing.value = canvas.toDataURL("image/png");
}

function clear() {
  pen.clearRect(0, 0, canvas.width, canvas.height);
  drawing.value = "";
}

// What was drawn before the form came back with an error.
function redraw() {
  const image = new Image();
  image.onload = () => pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  image.src = drawing.value;
}

document.getElementById("signature").hidden = false;
Object.assign(pen, { lineWidth: 5, lineCap: "round", lineJoin: "round", strokeStyle: "#10182b" });
canvas.addEventListener("pointerdown", begin);
canvas.addEventListener("pointermove", draw);
canvas.addEventListener("pointerup", end);
canvas.addEventListener("pointercancel", end);
document.getElementById("signature-clear").addEventListener("click", clear);
if (drawing.value) redraw();
