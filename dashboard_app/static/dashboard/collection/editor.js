// The editor of a collection. The form's own texts (JSON of fields and options) stay what is sent;
// this shows them as controls, helps with rules, and says before saving what will change.
import { make } from "../elements.js";
import { FieldList } from "./field_list.js";
import { attach as attachSql } from "../sql_input.js";
import { input } from "./inputs.js";
import { attach } from "./rule_input.js";
import { confirmChanges } from "./confirm.js";
import { buildIndexes } from "./indexes.js";

const data = JSON.parse(document.getElementById("editor-data")?.textContent || "null");
const form = document.getElementById("collection_form");
const urls = document.getElementById("editor-urls")?.dataset;

const context = {
    data,
    ownFields() {
        const fields = read("fields", []);
        const names = fields.map((field) => ({ name: field.name, target: field.collectionId })).filter((field) => field.name);
        return names.some((field) => field.name === "id") ? names : [{ name: "id" }, ...names];
    },
    async checkRule(rule) {
        const body = new FormData();
        for (const name of ["csrfmiddlewaretoken", "name", "fields", "viewQuery"]) {
            body.set(name, form.elements[name]?.value || "");
        }
        body.set("rule", rule);
        body.set("id", data.id);
        body.set("type", data.type);
        const response = await fetch(urls.checkRule, { method: "POST", body });
        return response.ok ? (await response.json()).error : "";
    },
};

if (data && urls) {
    context.testMail = `${urls.testMail}?of=${encodeURIComponent(data.id)}#test-mail`;
    context.previewMail = async (subject, body) => {
        const sent = new FormData();
        sent.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
        sent.set("id", data.id);
        sent.set("subject", subject);
        sent.set("body", body);
        const response = await fetch(urls.previewMail, { method: "POST", body: sent });
        return response.ok ? response.json() : { subject: "There is no preview", html: "" };
    };
}

function read(name, otherwise) {
    try {
        return JSON.parse(form.elements[name]?.value || "") ?? otherwise;
    } catch {
        return otherwise;
    }
}

/** Put ``element`` in the place of the form's text, which can still be shown as JSON. */
function replace(name, element, reread) {
    const text = form.elements[name];
    const button = make("button", {
        type: "button", className: "ed-link ed-switch",
        onclick: () => {
            text.hidden = !text.hidden;
            element.hidden = !element.hidden;
            button.textContent = text.hidden ? "Edit as JSON" : "Edit with controls";
            if (text.hidden) {
                reread();
            }
        },
    }, "Edit as JSON");
    text.hidden = true;
    text.setAttribute("aria-label", `${name} as JSON`);
    text.before(element);
    text.after(button);
    return button;
}

function write(name, value) {
    const text = form.elements[name];
    text.value = JSON.stringify(value, null, 2);
    text.dispatchEvent(new Event("input", { bubbles: true }));
}

function editFields() {
    if (!form.elements.fields) {
        return;
    }
    const list = new FieldList(read("fields", []), (fields) => write("fields", fields), context);
    const isReadable = Array.isArray(read("fields", null));
    const button = replace("fields", list.element, () => list.set(read("fields", [])));
    if (!isReadable) {
        button.click(); // what was sent is no JSON: it has to be mended as text
    }
}

function at(value, path) {
    return path.reduce((inner, step) => inner?.[step], value);
}

function put(value, path, given) {
    const last = path[path.length - 1];
    let inner = value;
    for (const step of path.slice(0, -1)) {
        inner[step] ??= {};
        inner = inner[step];
    }
    inner[last] = given;
}

function editOptions() {
    if (!form.elements.options || !data.sections.length) {
        return;
    }
    const place = make("div", { className: "ed-stack" });
    const draw = () => {
        const options = read("options", {});
        place.replaceChildren(...data.sections.map((section) => {
            const grid = make("div", { className: "ed-grid" });
            for (const control of section.controls) {
                const own = { ...control, sibling: (name) => at(options, [...control.path.slice(0, -1), name]) };
                grid.append(input(own, at(options, control.path), (given) => {
                    put(options, control.path, given);
                    write("options", options);
                }, context));
            }
            const says = section.says ? [make("p", { className: "ed-help" }, section.says)] : [];
            return make("details", { className: "ed-card" }, make("summary", {}, section.title), ...says, grid);
        }));
    };
    draw();
    replace("options", place, draw);
}

function helpWithRules() {
    for (const text of form.querySelectorAll("textarea[name$=_expression]")) {
        attach(text, text.parentElement, context);
    }
    for (const who of form.querySelectorAll("select[name$=_who]")) {
        const text = form.elements[who.name.replace(/_who$/, "_expression")];
        const place = text.closest(".ed-stack");
        const show = () => { place.hidden = who.value !== "some"; };
        who.addEventListener("change", show);
        show();
    }
}

/** The query of a view names collections and their fields. */
function helpWithQuery() {
    const query = form.elements.viewQuery;
    if (query) {
        attachSql(query, query.parentElement, () => data.collections
            .filter((item) => item.id !== data.id)
            .map(({ name, fields }) => ({ name, columns: fields.map((field) => field.name) })));
    }
}

function changeType() {
    const choice = form.querySelector("[data-type-choice]");
    choice?.addEventListener("change", () => { location.search = `?type=${choice.value}`; });
}

if (data && form) {
    editFields();
    editOptions();
    helpWithRules();
    helpWithQuery();
    if (form.elements.indexes) {
        buildIndexes(form.elements.indexes, context, () => form.elements.name.value || "collection");
    }
    changeType();
    if (data.id) {
        confirmChanges(form, `${urls.changes}?id=${encodeURIComponent(data.id)}`);
    }
}
