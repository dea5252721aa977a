// The console: asks which rule decides, sends the request itself, shows both.
import { make } from "../elements.js";
import { Caller } from "./caller.js";

const form = document.getElementById("console");
const caller = new Caller(form);
const part = (name) => document.querySelector(`[data-${name}]`);

form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(true);
});
form.elements.explain.addEventListener("click", () => form.reportValidity() && run(false));
form.elements.method.addEventListener("change", showBody);
showBody();

function showBody() {
    const hasNone = ["GET", "DELETE"].includes(form.elements.method.value);
    part("body").hidden = hasNone;
    part("files").hidden = hasNone;
}

async function run(sends) {
    const problem = part("problem");
    problem.hidden = true;
    part("answer").hidden = true;
    form.elements.send.disabled = true;
    try {
        const asked = read();
        // first: afterwards the record may be another, or gone
        await explain(asked);
        if (sends) {
            await send(asked);
        }
    } catch (error) {
        problem.textContent = error.message;
        problem.hidden = false;
    } finally {
        form.elements.send.disabled = false;
    }
}

function read() {
    const { method, url, body, headers, files, file_field } = form.elements;
    const asked = { as: caller.name, method: method.value, url: url.value.trim(), headers: {}, body: null, files: [] };
    if (!asked.url.startsWith("/api/")) {
        throw new Error("The path begins with /api/.");
    }
    for (const line of headers.value.split("\n").filter((item) => item.trim())) {
        const at = line.indexOf(":");
        if (at < 1) {
            throw new Error(`No header: ${line}`);
        }
        asked.headers[line.slice(0, at).trim()] = line.slice(at + 1).trim();
    }
    if (!part("body").hidden && body.value.trim()) {
        try {
            asked.body = JSON.parse(body.value);
        } catch (error) {
            throw new Error(`The body is no JSON: ${error.message}`);
        }
    }
    if (!part("files").hidden && files.files.length) {
        asked.files = [...files.files];
        asked.field = file_field.value.trim();
        if (!asked.field) {
            throw new Error("Name the field that the files are for.");
        }
    }
    return asked;
}

// --- the rule ----------------------------------------------------------------------------------

async function explain(asked) {
    const { files: _, ...told } = asked;
    const response = await caller.post(form.dataset.explain, JSON.stringify(told));
    part("verdict").hidden = false;
    const shown = response.ok
        ? (await response.json()).verdicts.map(shownVerdict)
        : [make("p", {}, "This request cannot be explained.")];
    part("verdicts").replaceChildren(...shown);
}

function shownVerdict({ title, says, rule, parts, notes }) {
    const lines = [make("p", {}, says)];
    if (title) {
        lines.unshift(make("h3", { className: "code c-item" }, title));
    }
    if (rule) {
        lines.push(make("pre", { className: "code t-pre", tabIndex: 0 }, rule));
    }
    if (parts.length) {
        lines.push(make("ul", { className: "c-parts" }, ...parts.map(shownPart)));
    }
    if (notes.length) {
        lines.push(make("ul", { className: "ed-help" }, ...notes.map((note) => make("li", {}, note))));
    }
    return make("div", {}, ...lines);
}

function shownPart(item) {
    const line = make("div", { className: "c-part" });
    if (item.joiner) {
        line.append(make("span", { className: "code ed-quiet" }, item.joiner));
    }
    line.append(mark(item), make("span", { className: "code" }, item.text));
    const inner = item.parts.length
        ? [make("ul", { className: "c-parts" }, ...item.parts.map(shownPart))]
        : [];
    return make("li", {}, line, ...inner);
}

function mark(item) {
    if (item.matching !== null) {
        return make("span", {}, `${item.matching} pass`);
    }
    if (item.passes === null) {
        return make("span", { className: "ed-quiet" }, item.why || "not asked");
    }
    return item.passes
        ? make("span", { className: "c-yes" }, "✓ true")
        : make("span", { className: "c-no" }, "✗ false");
}

// --- the request -------------------------------------------------------------------------------

async function send(asked) {
    const headers = { ...asked.headers, ...(await caller.headers(asked.as)) };
    const options = { method: asked.method, headers, credentials: "omit", cache: "no-store" };
    if (asked.files.length) {
        options.body = multipart(asked);
    } else if (asked.body !== null) {
        headers["Content-Type"] = "application/json";
        options.body = JSON.stringify(asked.body);
    }
    const began = performance.now();
    const response = await fetch(asked.url, options);
    const text = await shownBody(response);
    const took = Math.round(performance.now() - began);
    part("status").textContent = `${response.status} ${response.statusText}, ${took} ms`;
    part("headers").textContent = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
    part("content").textContent = text;
    part("answer").hidden = false;
}

function multipart({ body, field, files }) {
    const made = new FormData();
    made.append("@jsonPayload", JSON.stringify(body || {}));
    for (const file of files) {
        made.append(field, file);
    }
    return made;
}

async function shownBody(response) {
    const type = response.headers.get("Content-Type") || "";
    if (type.startsWith("application/json")) {
        return JSON.stringify(await response.json(), null, 2);
    }
    if (type.startsWith("text/event-stream")) {
        await response.body.cancel();
        return "A stream of events: see Live events.";
    }
    if (type.startsWith("text/")) {
        return response.text();
    }
    const bytes = (await response.arrayBuffer()).byteLength;
    return bytes ? `${bytes} bytes of ${type || "no type"}` : "No content.";
}
