// Rich text for fields of the type ``editor``, by Trix. What is sent is the textarea's HTML: it is
// touched only when somebody writes, and HTML that Trix would not give back as it is stays HTML.
(() => {
    "use strict";
    const { blockAttributes } = globalThis.Trix.config;
    Object.assign(blockAttributes.default, { tagName: "p", breakOnReturn: true });
    for (const level of [2, 3]) {
        blockAttributes[`heading${level}`] = {
            tagName: `h${level}`, terminal: true, breakOnReturn: true, group: false,
        };
    }

    const SAME = { b: "strong", i: "em", s: "del", strike: "del" };

    /** Return HTML as a browser reads it, without what cannot be seen. */
    function plain(html) {
        const { body } = new DOMParser().parseFromString(html, "text/html");
        const same = body.innerHTML.replace(/<(\/?)(b|i|s|strike)>/g, (_, end, tag) => `<${end}${SAME[tag]}>`);
        return same.replaceAll("&nbsp;", " ").replace(/>\s+</g, "><").replace(/\s+/g, " ").trim();
    }

    function button(attribute, text, title) {
        const made = document.createElement("button");
        Object.assign(made, { type: "button", className: "trix-button", textContent: text, title, tabIndex: -1 });
        made.dataset.trixAttribute = attribute;
        return made;
    }

    function editText(area) {
        const box = document.createElement("div");
        box.className = "r-rich";
        box.hidden = true; // what is typed before the editor is ready would be lost
        const editor = document.createElement("trix-editor");
        const label = document.querySelector(`label[for="${CSS.escape(area.id)}"]`)?.textContent.trim();
        const says = document.createElement("p");
        says.className = "ed-help";
        const toggle = document.createElement("button");
        Object.assign(toggle, { type: "button", className: "ed-link" });
        area.before(box);
        box.append(editor);
        area.after(says, toggle);
        let isLoading = true;

        const load = () => {
            isLoading = true;
            editor.editor.loadHTML(area.value);
            isLoading = false;
            return plain(editor.value) === plain(area.value);
        };
        const show = (isText) => {
            box.hidden = !isText;
            area.hidden = isText;
            toggle.textContent = isText ? "Edit as HTML" : "Edit as text";
        };
        toggle.addEventListener("click", () => {
            if (box.hidden && !load()) {
                says.textContent = "Some of this HTML is not known to the editor. It stays until you write something here.";
            }
            show(box.hidden);
        });
        editor.addEventListener("trix-initialize", () => {
            const toolbar = editor.toolbarElement;
            toolbar.querySelector("[data-trix-attribute=heading1]")?.replaceWith(
                button("heading2", "H2", "Heading"), button("heading3", "H3", "Smaller heading"),
            );
            toolbar.querySelector("[data-trix-button-group=file-tools]")?.remove();
            if (label) {
                editor.setAttribute("aria-label", label);
            }
            const isKept = load();
            if (!isKept) {
                says.textContent = "This HTML has parts that the editor does not know, so it is shown as it is.";
            }
            show(isKept);
            editor.editor.element.blur();
        });
        editor.addEventListener("trix-file-accept", (event) => event.preventDefault());
        editor.addEventListener("trix-change", () => {
            if (!isLoading && !box.hidden) {
                area.value = editor.value;
                area.dispatchEvent(new Event("input", { bubbles: true }));
            }
        });
    }

    addEventListener("load", () => document.querySelectorAll("textarea[data-rich]").forEach(editText));
})();
