// Keeps the phones fresh and sends their forms without leaving the page. Everything works without it.
"use strict";

const page = document.body;
let known = page.dataset.state;
let asking = false;

async function refresh() {
  if (asking || document.hidden) return;
  asking = true;
  try {
    const answer = await fetch(`${page.dataset.live}?since=${encodeURIComponent(known)}`);
    if (answer.ok) show(await answer.json());
  } catch {
    // The demo has been stopped, or is busy: the next round tells.
  } finally {
    asking = false;
  }
}

function show(news) {
  say("now", news.now);
  say("where", news.progress ?? "");
  document.getElementById("progress").hidden = news.progress === null;
  say("tricks", news.tricks.join("; "));
  document.getElementById("planned").hidden = news.tricks.length === 0;
  known = news.state;
  for (const [id, phone] of Object.entries(news.phones ?? {})) {
    replace(`talk-${id}`, phone.talk);
    replace(`below-${id}`, phone.below);
    document.getElementById(`channel-${id}`).value = phone.channel;
  }
}

function say(id, text) {
  const place = document.getElementById(id);
  if (place.textContent !== text) place.textContent = text;
}

const shown = new Map();

// The server has escaped everything in `html`. A list that is open stays as it is until it is used.
function replace(id, html) {
  const place = document.getElementById(id);
  if (shown.get(id) === html || place.querySelector("details[open]")) return;
  if ([...place.querySelectorAll("audio")].some((sound) => !sound.paused)) return;
  const focused = place.contains(document.activeElement) ? focusKey(document.activeElement) : null;
  shown.set(id, html);
  place.innerHTML = html;
  if (focused) place.querySelector(focused)?.focus();
}

function focusKey(element) {
  return element.name && element.value
    ? `[name="${CSS.escape(element.name)}"][value="${CSS.escape(element.value)}"]`
    : null;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.hasAttribute("data-quiet")) return;
  event.preventDefault();
  const fields = new FormData(form, event.submitter);
  form.closest("details")?.removeAttribute("open");
  const text = form.querySelector("input[name=text]");
  if (text) text.value = "";
  if (form.classList.contains("mischief")) form.reset();
  form.closest(".phone")?.querySelector(".scroll").scrollTo(0, 0); // the newest is at the bottom
  const sent = fetch(form.action, { method: "POST", body: fields, headers: { "X-Live": "1" } });
  setTimeout(refresh, 60);
  await sent.catch(() => undefined);
  await refresh();
});

document.addEventListener("visibilitychange", refresh);
setInterval(refresh, 800);
