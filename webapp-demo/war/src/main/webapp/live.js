"use strict";
// The start page without reloading: forms by fetch, and what the servers do by server-sent events. Without it the page's forms work as
// forms do.
(() => {
  const cluster = document.getElementById("cluster");
  const said = document.getElementById("said");
  const COLOURS = 6;
  const STATES = {
    up: "running", paused: "paused", down: "dead", starting: "starting", silent: "does not answer"
  };
  let key = null;
  document.getElementById("without-script").hidden = true;

  const say = text => { said.textContent = text; };

  const element = (name, options = {}, ...children) => {
    const made = document.createElement(name);
    for (const [attribute, value] of Object.entries(options)) {
      if (value !== null) made.setAttribute(attribute, value);
    }
    made.append(...children);
    return made;
  };

  /* ---- the session ---- */

  // One after the other: a form's number comes from the answer to the one before.
  let sending = false;

  const send = async (form, button) => {
    if (sending) return;
    sending = true;
    const body = new URLSearchParams(new FormData(form));
    if (button && button.name) body.set(button.name, button.value);
    try {
      const answer = await fetch(form.action, { method: "POST", body, redirect: "follow", credentials: "same-origin" });
      if (!answer.ok) {
        say(`The answer was ${answer.status}: nobody knows whether this was kept. Click again, the same click never counts twice.`);
        return;
      }
      show(new DOMParser().parseFromString(await answer.text(), "text/html"));
      say("");
    } catch {
      say("No answer: the server died while it had the request. Click again, the same click never counts twice.");
    } finally {
      sending = false;
    }
  };

  // Takes over what another answer shows, and leaves the focus where it is.
  const show = page => {
    const mine = page.getElementById("mine");
    if (!mine) {
      say("That was no page of this application.");
      return;
    }
    const focused = document.activeElement && document.activeElement.id;
    const product = document.getElementById("product").value;
    document.getElementById("mine").replaceWith(mine);
    document.getElementById("answer").replaceWith(page.getElementById("answer"));
    document.getElementById("product").value = product;
    addAuto();
    if (focused) document.getElementById(focused)?.focus();
  };

  document.addEventListener("submit", event => {
    if (event.target.hasAttribute("data-live")) {
      event.preventDefault();
      send(event.target, event.submitter);
    }
  });

  /* ---- clicks by themselves, so that one can watch what a kill does ---- */

  let auto = null;

  const addAuto = () => {
    const button = element("button", { type: "button", class: "small", id: "auto", "aria-pressed": String(auto !== null) }, "Click by itself");
    button.addEventListener("click", () => {
      if (auto === null) {
        auto = setInterval(() => send(document.getElementById("click").form, null), 700);
      } else {
        clearInterval(auto);
        auto = null;
      }
      button.setAttribute("aria-pressed", String(auto !== null));
    });
    document.querySelector(".clicking").append(button);
  };
  addAuto();

  /* ---- the servers ---- */

  const order = async (action, name, button) => {
    button.disabled = true;
    const answer = await fetch(`${cluster.dataset.console}/${action}`, {
      method: "POST", headers: { "X-Demo-Key": key, "Content-Type": "text/plain" }, body: name
    }).catch(() => null);
    if (!answer || !answer.ok) {
      say(answer ? `${name}: ${await answer.text()}` : "The demo command does not answer.");
    }
  };

  const BUTTONS = {
    kill: ["Kill", name => `kill -9 ${name}`, "small kill"],
    pause: ["Pause", name => `Pause ${name}`, "small"],
    resume: ["Resume", name => `Resume ${name}`, "small"],
    restart: ["Start again", name => `Start ${name} again`, "small"]
  };

  const possible = state => ({
    up: ["kill", "pause"], silent: ["kill", "pause"], paused: ["resume", "kill"], down: ["restart"], starting: []
  })[state] || [];

  // Changes only what has changed: a button that has the focus, or is about to be clicked, stays.
  const server = (list, each, colour) => {
    const id = `server-${each.name}`;
    let item = document.getElementById(id);
    if (!item) {
      item = element("li", { id },
        element("span", { class: "badge", "aria-hidden": "true" }, colour === null ? "●" : String.fromCharCode(65 + colour)),
        element("div", {}, element("p", { class: "name" }, each.name), 
          element("p", { class: "state" }, element("span", {}), element("span", { class: "members" }))),
        element("div", { class: "buttons" }));
      list.append(item);
    }
    item.querySelector(".members").textContent = each.members === null ? ""
      : each.members === 1 ? " · sees no other member" : ` · sees ${each.members} members, itself included`;
    if (item.dataset.state === each.state && item.dataset.pid === String(each.pid)) return;
    if (item.dataset.state) say(`${each.name}: ${STATES[each.state] || each.state}`);
    item.dataset.state = each.state;
    item.dataset.pid = each.pid;
    item.className = `server ${each.state}${colour === null ? "" : ` n${colour}`}`;
    item.querySelector(".state").firstChild.replaceChildren(
      element("b", {}, STATES[each.state] || each.state), ` · port ${each.port} · process ${each.pid}`);
    item.querySelector(".buttons").replaceChildren(...possible(each.state).map(action => {
      const [text, label, look] = BUTTONS[action];
      const button = element("button", { type: "button", class: look, "aria-label": label(each.name), "data-action": action }, text);
      button.addEventListener("click", () => order(action, each.name, button));
      return button;
    }));
  };

  const bytes = number => number >= 10000 ? `${(number / 1000).toFixed(1)} kB` : `${Math.round(number)} B`;
  const ratio = (part, whole, text) => whole > 0 ? text(part / whole) : "–";

  const tiles = counters => {
    const shown = [
      ["near-cache", "of the reads found this node's copy up to date", ratio(counters.hits, counters.reads, x => `${Math.round(100 * x)} %`)],
      ["trips", "store round trips per request", ratio(counters.trips, counters.requests, x => x.toFixed(2))],
      ["bytes", "of attributes moved per request", ratio(counters.bytes, counters.requests, bytes)],
      ["failovers", "requests that a second server answered", counters.failovers === null ? "–" : String(counters.failovers)],
      ["requests", "requests", String(counters.requests)]
    ];
    const list = document.getElementById("counters");
    for (const [id, what, figure] of shown) {
      const value = document.getElementById(`counter-${id}`);
      if (!value) {
        list.append(element("div", {}, element("dt", {}, what), element("dd", { id: `counter-${id}` }, figure)));
      } else if (value.textContent !== figure) {
        value.textContent = figure;
      }
    }
  };

  const update = state => {
    for (const part of document.querySelectorAll(".needs-script")) part.hidden = false;
    state.nodes.forEach((node, i) => server(document.getElementById("nodes"), node, i % COLOURS));
    document.getElementById("stores-part").hidden = state.stores.length === 0;
    state.stores.forEach(store => server(document.getElementById("stores"), store, null));
    const note = document.getElementById("store-note");
    if (note.textContent !== state.note) note.textContent = state.note;
    tiles(state.counters);
  };

  const events = new EventSource(`${cluster.dataset.console}/events`);
  let lost = false;
  events.addEventListener("key", event => { key = event.data; });
  events.addEventListener("state", event => {
    if (lost) say("");
    lost = false;
    update(JSON.parse(event.data));
  });
  events.addEventListener("error", () => {
    if (!lost) say("The demo command does not tell the state of the servers at the moment.");
    lost = true;
  });
})();
