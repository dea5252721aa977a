// The rules of rate limits as a table. The setting's own text, JSON, stays what is sent.
import { freshId, icon, make } from "./elements.js";

const LABELS = [
    "*:list", "*:view", "*:create", "*:update", "*:delete", "*:file", "*:auth", "*:authWithPassword",
    "*:authWithOTP", "*:requestOTP", "*:requestPasswordReset", "*:requestVerification", "/api/batch", "/api/",
];
const AUDIENCES = [["", "everyone"], ["@guest", "guests"], ["@auth", "who is signed in"]];
const FRESH = { label: "", audience: "", duration: 10, maxRequests: 100 };

const text = document.getElementById("rateLimits.rules");

function read() {
    try {
        const found = JSON.parse(text.value || "[]");
        return Array.isArray(found) ? found : null;
    } catch {
        return null;
    }
}

function write(rules) {
    text.value = JSON.stringify(rules, null, 2);
    text.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Return the table of ``rules``; each change is written. */
function table(rules, labels) {
    const body = make("tbody");
    const whole = (rule, key, name) => make("input", {
        type: "number", min: 1, step: 1, className: "ed-input", value: rule[key] ?? "", "aria-label": name,
        oninput: (event) => {
            rule[key] = Math.trunc(Number(event.target.value)) || 0;
            write(rules);
        },
    });
    const draw = () => body.replaceChildren(...rules.map((rule, at) => {
        const audience = make("select", {
            className: "ed-input", "aria-label": "Who", onchange: (event) => {
                rule.audience = event.target.value;
                write(rules);
            },
        }, ...AUDIENCES.map(([value, name]) => make("option", { value }, name)));
        audience.value = rule.audience || "";
        const label = make("input", {
            className: "ed-input code", value: rule.label || "", list: labels, autocomplete: "off", "aria-label": "What",
            oninput: (event) => {
                rule.label = event.target.value.trim();
                write(rules);
            },
        });
        const remove = make("button", {
            type: "button", className: "ed-icon", title: "Remove", "aria-label": `Remove ${rule.label || "this rule"}`,
            onclick: () => {
                rules.splice(at, 1);
                write(rules);
                draw();
            },
        }, icon("delete"));
        const cells = [label, whole(rule, "maxRequests", "Requests"), whole(rule, "duration", "Seconds"), audience, remove];
        return make("tr", {}, ...cells.map((cell) => make("td", {}, cell)));
    }));
    const add = make("button", {
        type: "button", className: "ed-button", onclick: () => {
            rules.push({ ...FRESH });
            write(rules);
            draw();
            body.querySelector("tr:last-child input").focus();
        },
    }, icon("add"), "Add a rule");
    draw();
    const heads = ["What", "Requests", "in seconds", "of", ""];
    const head = make("thead", {}, make("tr", {}, ...heads.map((word) => make("th", { scope: "col" }, word))));
    return make("div", { className: "ed-stack" }, make("table", { className: "t-table t-limits" }, head, body), add);
}

function edit() {
    const labels = freshId("labels");
    const place = make("div");
    const toggle = make("button", {
        type: "button", className: "ed-link", onclick: () => show(text.hidden),
    });
    const show = (isText) => {
        const rules = read();
        const asText = isText || !rules;
        text.hidden = !asText;
        place.hidden = asText;
        toggle.textContent = asText ? "Edit as a table" : "Edit as JSON";
        if (!asText) {
            place.replaceChildren(table(rules, labels));
        }
    };
    text.before(make("datalist", { id: labels }, ...LABELS.map((value) => make("option", { value }))), place);
    text.after(toggle);
    show(false);
}

if (text) {
    edit();
}
