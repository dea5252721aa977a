// One control for one JSON value, by its kind: {label, help, kind, …} and a value -> an element.
import { freshId, make } from "../elements.js";
import { preview } from "./mail.js";
import { attach } from "./rule_input.js";

/**
 * Return the element of a control. ``changed`` gets each new value.
 * ``context``: {data, ownFields()} of the editor.
 */
export function input(control, value, changed, context) {
    const maker = makers[control.kind] || makers.json;
    const id = freshId("control");
    const { element, after, isWide, isInline } = maker(value, changed, context, control, id);
    const label = make("label", { className: "ed-label", for: id }, control.label);
    const parts = isInline ? [make("div", { className: "ed-inline" }, element, label)] : [label, element];
    if (control.help) {
        parts.push(make("p", { className: "ed-help", id: `${id}-help` }, control.help));
        element.setAttribute("aria-describedby", `${id}-help`);
    }
    if (after) {
        parts.push(after);
    }
    return make("div", { className: isWide ? "ed-control ed-wide" : "ed-control" }, ...parts);
}

function box(id, properties) {
    return make("input", { id, className: "ed-input", autocomplete: "off", ...properties });
}

function area(id, text, taken, rows = 2) {
    return make("textarea", {
        id, rows, value: text, className: "ed-input code grows", spellcheck: false,
        oninput: (event) => taken(event.target.value),
    });
}

const makers = {
    flag(value, changed, _context, _control, id) {
        const element = make("input", {
            id, type: "checkbox", checked: Boolean(value), className: "ed-check",
            onchange: () => changed(element.checked),
        });
        return { element, isInline: true };
    },

    whole(value, changed, _context, _control, id) {
        const element = box(id, {
            type: "number", step: 1, value: value || "", placeholder: "0",
            oninput: () => changed(Math.trunc(Number(element.value)) || 0),
        });
        return { element };
    },

    number(value, changed, _context, _control, id) {
        const element = box(id, {
            type: "number", step: "any", value: value ?? "",
            oninput: () => changed(element.value === "" ? null : Number(element.value)),
        });
        return { element };
    },

    text(value, changed, _context, _control, id) {
        const element = box(id, { value: value || "", oninput: () => changed(element.value) });
        return { element };
    },

    lines(value, changed, _context, _control, id) {
        const split = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);
        return { element: area(id, (value || []).join("\n"), (text) => changed(split(text))) };
    },

    code(value, changed, _context, _control, id) {
        return { element: area(id, value || "", changed, 4), isWide: true };
    },

    /** The text of a mail, whose subject stands beside it. */
    mail(value, changed, context, control, id) {
        const element = area(id, value || "", changed, 4);
        const button = make("button", {
            type: "button", className: "ed-link", hidden: !context.data.id,
            onclick: () => preview({ subject: control.sibling("subject") || "", body: element.value }, context),
        }, "Preview");
        return { element, after: button, isWide: true };
    },

    json(value, changed, _context, _control, id) {
        const element = area(id, JSON.stringify(value ?? null, null, 2), (text) => {
            try {
                changed(JSON.parse(text));
                element.setCustomValidity("");
            } catch {
                element.setCustomValidity("This is not JSON.");
            }
        });
        return { element, isWide: true };
    },

    collection(value, changed, { data }, control, id) {
        const element = make("select", {
            id, className: "ed-input", onchange: () => changed(element.value),
        });
        element.append(make("option", { value: "" }, "Choose one"));
        for (const item of data.collections) {
            if (item.type !== "view" || item.id === value) {
                element.append(make("option", { value: item.id }, item.name));
            }
        }
        element.value = value || "";
        element.disabled = Boolean(control.isFixed);
        return { element };
    },

    "own field"(value, changed, { ownFields }, _control, id) {
        const element = make("select", {
            id, className: "ed-input", onchange: () => changed(element.value),
        });
        element.append(make("option", { value: "" }, "Nowhere"));
        for (const field of ownFields()) {
            element.append(make("option", { value: field.name }, field.name));
        }
        element.value = value || "";
        return { element };
    },

    "rule text"(value, changed, context, _control, id) {
        const element = area(id, value || "", changed, 1);
        return { element: withHelp(element, context), isWide: true };
    },

    /** null, "" or an expression. */
    rule(value, changed, context, _control, id) {
        const text = area(id.concat("-text"), value || "", () => tell(), 1);
        const who = make(
            "select", { id, className: "ed-input", onchange: () => tell() },
            make("option", { value: "nobody" }, "Superusers only"),
            make("option", { value: "anyone" }, "Everyone"),
            make("option", { value: "some" }, "Everyone for whom this is true:"),
        );
        who.value = value ? "some" : value === "" ? "anyone" : "nobody";
        const shown = withHelp(text, context);
        const tell = () => {
            shown.hidden = who.value !== "some";
            changed(who.value === "nobody" ? null : who.value === "anyone" ? "" : text.value);
        };
        shown.hidden = who.value !== "some";
        text.setAttribute("aria-label", "Expression");
        return { element: make("div", { className: "ed-stack" }, who, shown), isWide: true };
    },

    /** OAuth2 providers: a list of objects, each known by its name. */
    providers(value, changed, context, control, id) {
        const list = make("div", { className: "ed-stack" });
        const providers = structuredClone(value || []);
        const known = new Map(control.known.map((item) => [item.name, item.label]));
        const tell = () => changed(providers);
        const draw = () => {
            list.replaceChildren();
            for (const provider of providers) {
                list.append(oneProvider(provider, known.get(provider.name), tell, context, () => {
                    providers.splice(providers.indexOf(provider), 1);
                    tell();
                    draw();
                }));
            }
            const choice = make("select", { id, className: "ed-input" }, make("option", { value: "" }, "Add a provider"));
            for (const [name, label] of known) {
                if (!providers.some((item) => item.name === name)) {
                    choice.append(make("option", { value: name }, label));
                }
            }
            choice.onchange = () => {
                providers.push({ name: choice.value, clientId: "", clientSecret: "" });
                tell();
                draw();
                list.querySelector("details:last-of-type").open = true;
                list.querySelector("details:last-of-type input").focus();
            };
            list.append(choice);
        };
        draw();
        const redirect = new URL("/api/oauth2-redirect", location.origin).href;
        const address = make("p", { className: "ed-help" }, "Redirect address: ", make("code", {}, redirect), " ");
        address.append(make("button", {
            type: "button", className: "ed-link", "data-copy": redirect,
        }, "Copy"));
        return { element: make("div", { className: "ed-stack" }, list, address), isWide: true };
    },
};

const PROVIDER_CONTROLS = [
    { name: "clientId", kind: "text", label: "Client id" },
    { name: "clientSecret", kind: "text", label: "Client secret", help: "Empty keeps what is stored." },
    { name: "displayName", kind: "text", label: "Shown as" },
    { name: "authURL", kind: "text", label: "Authorization address", help: "Empty for the usual one." },
    { name: "tokenURL", kind: "text", label: "Token address" },
    { name: "userInfoURL", kind: "text", label: "Profile address" },
    { name: "extra", kind: "json", label: "More settings" },
];

function oneProvider(provider, label, tell, context, remove) {
    const body = make("div", { className: "ed-grid" });
    for (const control of PROVIDER_CONTROLS) {
        body.append(input(control, provider[control.name], (value) => {
            if (control.name === "clientSecret" && value === "") {
                delete provider.clientSecret;
            } else {
                provider[control.name] = value;
            }
            tell();
        }, context));
    }
    const button = make("button", { type: "button", className: "ed-link ed-danger", onclick: remove }, "Remove");
    return make("details", { className: "ed-card" }, make("summary", {}, label || provider.name), body, button);
}

function withHelp(text, context) {
    const wrapper = make("div", { className: "ed-stack" }, text);
    attach(text, wrapper, context);
    return wrapper;
}

