// Help with a rule while it is typed: what may come next, and what is wrong with it.
import { combobox, replaceWord, wordAt } from "../combobox.js";
import { calmly, make } from "../elements.js";
import { highlight } from "./highlight.js";

const MODIFIERS = [":isset", ":length", ":each", ":lower", ":changed"];
const MOST = 12;

/** Complete and check the rule in ``text``; ``place`` holds it. */
export function attach(text, place, context) {
    const said = make("p", { className: "ed-error", role: "status", hidden: true });
    combobox(text, place, { offer: () => offered(text, context), take: (word) => replaceWord(text, word) });
    place.append(said);
    highlight(text);

    const check = calmly(async () => {
        const rule = text.value.trim();
        const error = rule ? await context.checkRule(rule) : "";
        if (rule === text.value.trim()) {
            said.textContent = error;
            said.hidden = !error;
            text.setAttribute("aria-invalid", String(Boolean(error)));
        }
    }, 300);

    text.addEventListener("input", check);
}

/** Return what the word before the cursor may become, nothing if it is whole. */
export function offered(text, context) {
    const { word } = wordAt(text);
    const found = word ? choices(word, context).slice(0, MOST) : [];
    return found.length === 1 && found[0] === word ? [] : found;
}

/** Return the words that ``typed`` may become, one step of a path at a time. */
export function choices(typed, context) {
    const colon = typed.lastIndexOf(":");
    if (colon > 0) {
        const end = typed.slice(colon);
        return MODIFIERS.filter((item) => item.startsWith(end)).map((item) => typed.slice(0, colon) + item);
    }
    const dot = typed.lastIndexOf(".");
    const head = typed.slice(0, dot + 1);
    const start = typed.slice(dot + 1).toLowerCase();
    return next(head, context)
        .filter((item) => item.toLowerCase().startsWith(start) && item.toLowerCase() !== start)
        .map((item) => head + item);
}

function next(head, context) {
    const { collections, words } = context.data;
    if (head === "") {
        return [...context.ownFields().map((field) => field.name), ...words];
    }
    if (head === "@collection.") {
        return collections.map((item) => `${item.name}.`);
    }
    const begins = words.filter((word) => word !== head && word.startsWith(head));
    if (begins.length) {
        return begins.map((word) => word.slice(head.length));
    }
    const [path, fields] = fieldsAt(head, context);
    return walk(path, fields, context).map((field) => field.name);
}

/** Return the steps that are left and the fields that they begin at. */
function fieldsAt(head, context) {
    const steps = head.split(".").slice(0, -1);
    const { collections } = context.data;
    if (head.startsWith("@request.auth.")) {
        const auth = collections.filter((item) => item.type === "auth").flatMap((item) => item.fields);
        const named = new Map(auth.map((field) => [field.name, field]));
        const own = ["collectionId", "collectionName"].map((name) => ({ name }));
        return [steps.slice(2), [...named.values(), ...own]];
    }
    if (head.startsWith("@request.body.")) {
        return [steps.slice(2), context.ownFields()];
    }
    if (head.startsWith("@collection.")) {
        const name = steps[1].split(":")[0];
        return [steps.slice(2), collections.find((item) => item.name === name)?.fields || []];
    }
    return [steps, head.startsWith("@") ? [] : context.ownFields()];
}

function walk(path, fields, context) {
    let here = fields;
    for (const step of path) {
        const field = here.find((item) => item.name === step);
        here = context.data.collections.find((item) => item.id === field?.target)?.fields || [];
    }
    return here;
}
