// Live events, by the protocol of the SDKs: a stream, its PB_CONNECT, then the topics.
import { make } from "../elements.js";
import { Caller } from "./caller.js";

const MOST = 200; // events that stay on the page
const form = document.getElementById("live");
const caller = new Caller(form);
const part = (name) => document.querySelector(`[data-${name}]`);
let stream = null;
let seen = 0;

form.addEventListener("submit", async (event) => {
    event.preventDefault();
    part("problem").hidden = true;
    try {
        const topics = form.elements.topics.value.split(/[\s,]+/).filter(Boolean);
        await connect(caller.name, topics);
    } catch (error) {
        fail(error.message);
    }
});
form.elements.close.addEventListener("click", () => close("Stopped."));
form.elements.clear.addEventListener("click", () => {
    seen = 0;
    part("count").textContent = seen;
    part("events").replaceChildren();
});

async function connect(name, topics) {
    await caller.token(name); // tells at once whether this account can be signed in
    close("Connecting…");
    const opened = (stream = new EventSource("/api/realtime"));
    form.elements.close.disabled = false;
    // after a cut the browser connects again, and gets another id
    opened.addEventListener("PB_CONNECT", async (event) => {
        const body = { clientId: JSON.parse(event.data).clientId, subscriptions: topics };
        const headers = { "Content-Type": "application/json", ...(await caller.headers(name)) };
        const options = { method: "POST", headers, credentials: "omit", body: JSON.stringify(body) };
        const response = await fetch("/api/realtime", options);
        if (opened !== stream) {
            return;
        }
        if (response.ok) {
            say(`Subscribed to ${topics.join(", ")} as ${name}.`);
        } else {
            close("Not connected.");
            fail(JSON.stringify(await response.json()));
        }
    });
    for (const topic of new Set(topics)) {
        opened.addEventListener(topic, (event) => show(topic, event));
    }
    opened.addEventListener("error", () => opened === stream && say("The connection is cut; trying again…"));
}

function close(state) {
    stream?.close();
    stream = null;
    form.elements.close.disabled = true;
    say(state);
}

function show(topic, event) {
    seen += 1;
    part("count").textContent = seen;
    const data = JSON.parse(event.data);
    const title = `${new Date().toLocaleTimeString()} · ${topic} · ${data.action || "message"} ${data.record?.id || ""}`;
    const content = make("pre", { className: "code t-pre", tabIndex: 0 }, JSON.stringify(data.record || data, null, 2));
    const list = part("events");
    list.prepend(make("li", {}, make("details", { open: seen === 1 }, make("summary", {}, title), content)));
    while (list.children.length > MOST) {
        list.lastChild.remove();
    }
}

function say(text) {
    part("state").textContent = text;
}

function fail(text) {
    part("problem").textContent = text;
    part("problem").hidden = false;
}
