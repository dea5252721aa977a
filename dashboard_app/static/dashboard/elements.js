// Making elements: make("button", {type: "button", onclick}, "Save").

/** Return an element with properties, ``data-``/``aria-`` attributes, and children or text. */
export function make(tag, properties = {}, ...children) {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(properties)) {
        if (value === undefined) {
            continue;
        }
        if (key.includes("-") || key === "for" || key === "role" || key === "list") {
            element.setAttribute(key, value);
        } else {
            element[key] = value;
        }
    }
    element.append(...children);
    return element;
}

/** Return one of the theme's icons, which says nothing to a screen reader. */
export function icon(name) {
    return make("span", { className: "material-symbols-outlined md-18", "aria-hidden": "true" }, name);
}

let made = 0;

/** Return an id that no other element of the page has. */
export function freshId(prefix) {
    made += 1;
    return `${prefix}-${made}`;
}

/** Call ``action`` once nothing has asked for ``delay`` milliseconds. */
export function calmly(action, delay) {
    let timer = 0;
    return (...args) => {
        clearTimeout(timer);
        timer = setTimeout(() => action(...args), delay);
    };
}
