// Rich text for fields of the type ``editor``, by HugeRTE. What is sent is the textarea's HTML: it is
// touched only when somebody writes, and HTML that the editor would not give back as it is stays HTML.
import { calmly, freshId, make } from "../elements.js";
import { chooseMedia } from "./media_picker.js";
import { isSame } from "./same_html.js";

const { hugerte } = globalThis;

const LANGUAGES = {
    bash: "Shell", c: "C", cpp: "C++", csharp: "C#", css: "CSS", dart: "Dart", go: "Go", java: "Java",
    javascript: "JavaScript", kotlin: "Kotlin", markup: "HTML, XML", php: "PHP", python: "Python", ruby: "Ruby",
    rust: "Rust", sql: "SQL", swift: "Swift", typescript: "TypeScript",
};

const SETTINGS = {
    menubar: false,
    branding: false,
    elementpath: false,
    plugins: "autolink autoresize codesample directionality fullscreen image link lists media table wordcount",
    toolbar: "styles | bold italic forecolor backcolor removeformat | alignleft aligncenter alignright | "
        + "bullist numlist | link insertmedia table codesample | ltr rtl | undo redo fullscreen",
    toolbar_mode: matchMedia("(max-width: 40rem)").matches ? "sliding" : "wrap",
    min_height: 240,
    max_height: 700,
    autoresize_bottom_margin: 16,
    browser_spellcheck: true,
    contextmenu: false, // the browser's own, which knows spelling
    codesample_languages: Object.entries(LANGUAGES).map(([value, text]) => ({ value, text })),
    // nothing of others runs here: what is embedded is shown as a box
    media_live_embeds: false,
    media_alt_source: false,
    media_poster: false,
    // what is there stays as it is
    relative_urls: false,
    convert_fonts_to_spans: false,
    entities: "160,nbsp",
    allow_unsafe_link_target: true,
    allow_html_in_named_anchor: true,
    sandbox_iframes: false,
    automatic_uploads: false,
    image_advtab: true,
    image_caption: true,
    image_title: true,
    table_default_attributes: {},
};

const isDark = () => document.documentElement.classList.contains("dark");

function editText(area) {
    const label = document.querySelector(`label[for="${CSS.escape(area.id)}"]`);
    // the editor writes into a text of its own: the form's is ours alone
    const own = make("textarea", { id: freshId("rich") });
    const box = make("div", { className: "r-rich r-waiting" }, own);
    const says = make("p", { className: "ed-help" });
    const toggle = make("button", { type: "button", className: "ed-link", hidden: true });
    area.before(box);
    area.after(says, toggle);
    const convertsUrls = "convertUrls" in area.dataset;
    let editor = null;
    let stored = area.value; // what ``loaded`` stands for
    let loaded = "";

    /** Let the editor show the text; return whether it would give it back. */
    const load = () => {
        stored = area.value;
        editor.setContent(stored);
        editor.undoManager.reset();
        loaded = editor.getContent();
        return isSame(loaded, convertsUrls ? stored.replaceAll(`="${location.origin}/`, '="/') : stored);
    };
    const show = (isText) => {
        box.classList.remove("r-waiting");
        box.hidden = !isText;
        area.hidden = isText;
        toggle.hidden = false;
        toggle.textContent = isText ? "Edit as HTML" : "Edit as text";
        if (isText) {
            editor.execCommand("mceAutoResize", false, undefined, { skip_focus: true });
        }
    };
    const write = () => {
        if (!editor || box.hidden) {
            return;
        }
        const content = editor.getContent();
        const html = content === loaded ? stored : content;
        if (html !== area.value) {
            area.value = html;
            area.dispatchEvent(new Event("input", { bubbles: true }));
        }
    };
    toggle.addEventListener("click", () => {
        write();
        says.textContent = "";
        if (box.hidden && !load()) {
            says.textContent = "Some of this HTML is not known to the editor. It stays until you write something here.";
        }
        show(box.hidden);
    });
    area.form?.addEventListener("formdata", (event) => {
        write();
        event.formData.set(area.name, area.value);
    });
    hugerte.init({
        ...SETTINGS,
        target: own,
        convert_urls: convertsUrls,
        skin: isDark() ? "oxide-dark" : "oxide",
        content_css: isDark() ? "dark" : "default",
        iframe_aria_text: label?.textContent.trim() || area.name,
        file_picker_types: "image media",
        file_picker_callback: async (callback, value, { filetype }) => {
            const kinds = filetype === "image" ? ["image"] : ["video", "audio"];
            const found = await chooseMedia(area.dataset.media, kinds, area.dataset.collection);
            if (found) {
                callback(found.url);
            }
        },
        setup: (made) => {
            offerMedia(made, area.dataset);
            made.addShortcut("meta+s", "Save", () => {
                write();
                dispatchEvent(new KeyboardEvent("keydown", { key: "s", ctrlKey: true }));
            });
            made.on("input change undo redo", calmly(write, 200));
            made.on("blur", write);
            made.on("PreInit", () => keepSizes(made));
            made.on("init", () => {
                editor = made;
                label?.addEventListener("click", () => editor.focus());
                const isKept = load();
                if (!isKept) {
                    says.textContent = "This HTML has parts that the editor does not know, so it is shown as it is.";
                }
                show(isKept);
            });
        },
    });
}

/** A film without a size has none afterwards either; the box that stands for it needs one. */
function keepSizes(editor) {
    const usual = { width: "300", height: "150" };
    const mark = (name) => `data-no-${name}`;
    editor.parser.addNodeFilter("iframe,video", (nodes) => {
        for (const node of nodes) {
            for (const name of Object.keys(usual)) {
                node.attr(mark(name), node.attr(name) ? null : "1");
            }
        }
    });
    editor.serializer.addAttributeFilter("data-mce-object", (nodes) => {
        for (const node of nodes) {
            for (const [name, size] of Object.entries(usual)) {
                const kept = `data-mce-p-${mark(name)}`;
                if (node.attr(kept) && node.attr(name) === size) {
                    node.attr(name, null);
                }
                node.attr(kept, null);
            }
        }
    });
}

function offerMedia(editor, { media, collection }) {
    const insert = (html) => editor.insertContent(html);
    const fromRecord = async () => {
        const found = await chooseMedia(media, ["image", "audio", "video"], collection);
        editor.focus();
        if (found) {
            insert(embedded(found));
        }
    };
    const fromDisk = () => {
        const input = make("input", { type: "file", accept: "image/*" });
        input.addEventListener("change", () => {
            const reader = new FileReader();
            reader.addEventListener("load", () => insert(embedded({ kind: "image", url: reader.result })));
            reader.readAsDataURL(input.files[0]);
        });
        input.click();
    };
    const items = [
        ["File of a record…", fromRecord],
        ["Picture by its address…", () => editor.execCommand("mceImage")],
        ["Picture from this device, kept in the text…", fromDisk],
        ["Video or other media by its address…", () => editor.execCommand("mceMedia")],
    ];
    editor.ui.registry.addMenuButton("insertmedia", {
        icon: "image",
        tooltip: "Pictures and media",
        fetch: (show) => show(items.map(([text, onAction]) => ({ type: "menuitem", text, onAction }))),
    });
}

function embedded({ kind, url, name = "" }) {
    const made = {
        image: () => make("img", { src: url, alt: "" }),
        audio: () => make("audio", { controls: true, src: url }),
        video: () => make("video", { controls: true, width: 300 }, make("source", { src: url })),
    }[kind]();
    if (kind === "video") {
        made.append(make("a", { href: url }, name));
    }
    return made.outerHTML;
}

/** Give the editors the colours that the page has by now. */
function recolour() {
    const skin = isDark() ? "oxide-dark" : "oxide";
    const content = isDark() ? "dark" : "default";
    for (const page of [document, ...hugerte.get().map((editor) => editor.getDoc())]) {
        for (const link of page.querySelectorAll("link[href*='/hugerte/skins/']")) {
            link.href = link.href
                .replace(/skins\/ui\/[^/]+/, `skins/ui/${skin}`)
                .replace(/skins\/content\/[^/]+/, `skins/content/${content}`);
        }
    }
}

addEventListener("load", () => {
    document.querySelectorAll("textarea[data-rich]").forEach(editText);
    new MutationObserver(recolour).observe(document.documentElement, { attributeFilter: ["class"] });
});
