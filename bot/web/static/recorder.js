// Records a text in the page and puts what was spoken where a chosen file would be: the same form
// then sends it. Without this script, or without a microphone, a file can still be chosen.
"use strict";

// Ogg goes out as it is, WebM is wrapped anew by the server; MP4 is what Safari has (AAC)
const KINDS = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4;codecs=mp4a.40.2"];
const SOUND = { channelCount: 1, echoCancellation: true, noiseSuppression: true };
const BITS = 32000; // a second: a clear voice, and two minutes are half a megabyte

const form = document.querySelector("form.recorder");
const kind = window.MediaRecorder && KINDS.find((one) => MediaRecorder.isTypeSupported(one));
const part = (name) => form.querySelector(`.${name}`);

let recorder = null;
let heard = null; // what is played to her before she uses it
let began = 0;
let ticking = 0;

function say(text) {
  part("state").textContent = text;
}

function show(...names) {
  for (const name of ["record", "stop", "again", "use"]) part(name).hidden = !names.includes(name);
}

async function start() {
  heard?.pause();
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: SOUND });
  } catch {
    say("The microphone cannot be used: allow it for this page, or choose a file.");
    return;
  }
  const pieces = [];
  recorder = new MediaRecorder(stream, { mimeType: kind, audioBitsPerSecond: BITS });
  recorder.addEventListener("dataavailable", (event) => pieces.push(event.data));
  recorder.addEventListener("stop", () => {
    stream.getTracks().forEach((track) => track.stop());
    keep(new Blob(pieces, { type: kind }));
  });
  recorder.start();
  began = Date.now();
  show("stop");
  part("stop").focus();
  say("Recording. Speak now.");
  ticking = setInterval(tick, 250);
}

function tick() {
  const seconds = Math.floor((Date.now() - began) / 1000);
  part("stop").textContent = `Stop (${seconds} s)`;
  if (seconds >= Number(form.dataset.longest)) stop();
}

function stop() {
  clearInterval(ticking);
  if (recorder?.state === "recording") recorder.stop();
}

function keep(sound) {
  const chosen = new DataTransfer();
  chosen.items.add(new File([sound], "recording", { type: kind }));
  form.elements.file.files = chosen.files;
  if (heard) URL.revokeObjectURL(heard.src);
  heard = new Audio(URL.createObjectURL(sound));
  heard.addEventListener("ended", () => say("Played. Use it, or record it again."));
  part("record").textContent = "Record again";
  part("record").classList.remove("main"); // what to do next is to use it
  show("record", "again", "use");
  part("again").focus();
  const seconds = Math.max(1, Math.round((Date.now() - began) / 1000));
  say(`Recorded ${seconds} seconds. Play it before you use it.`);
}

function play() {
  heard.currentTime = 0;
  heard.play();
  say("Playing.");
}

// Said here before a large file is sent over a slow line for nothing
function check() {
  const file = form.elements.file.files[0];
  const large = file && file.size > Number(form.dataset.most);
  form.elements.file.setCustomValidity(large ? "It is larger than 1 MB: please choose a smaller file." : "");
}

if (form) {
  form.elements.file.addEventListener("change", check);
  if (kind && navigator.mediaDevices) {
    part("live").hidden = false;
    show("record");
    part("record").addEventListener("click", start);
    part("stop").addEventListener("click", stop);
    part("again").addEventListener("click", play);
  } else if (window.MediaRecorder) {
    part("live").hidden = false;
    show();
    say("This browser cannot record what WhatsApp plays: please choose a file.");
  }
}
