// Whether two pieces of HTML say the same: what cannot be seen, and how it is written, is left out.

const BLOCKS = new Set([
    "ADDRESS", "ARTICLE", "ASIDE", "AUDIO", "BLOCKQUOTE", "DD", "DETAILS", "DIV", "DL", "DT", "FIGCAPTION",
    "FIGURE", "FOOTER", "FORM", "H1", "H2", "H3", "H4", "H5", "H6", "HEADER", "HR", "IFRAME", "LI", "MAIN", "NAV",
    "OBJECT", "OL", "P", "PRE", "SECTION", "SOURCE", "SUMMARY", "TABLE", "TBODY", "TD", "TFOOT", "TH", "THEAD",
    "TR", "UL", "VIDEO", "CAPTION", "COLGROUP", "COL",
]);
/** Blocks that may stand in a line of text. */
const EMBEDDED = new Set(["AUDIO", "IFRAME", "OBJECT", "VIDEO"]);
const FLAGS = new Set([
    "allowfullscreen", "async", "autoplay", "checked", "controls", "default", "defer", "disabled", "loop", "muted",
    "nomodule", "novalidate", "open", "playsinline", "readonly", "required", "reversed", "selected",
]);
const FILLED = new Set(["BLOCKQUOTE", "DIV", "H1", "H2", "H3", "H4", "H5", "H6", "LI", "P", "TD", "TH"]);
const ALIASES = { b: "strong", i: "em", strike: "s" };
const VERBATIM = new Set(["PRE", "TEXTAREA", "SCRIPT", "STYLE"]);

export function isSame(one, other) {
    return canonical(one) === canonical(other);
}

/** Return HTML in one way of writing: attributes by name, no space at the edges of blocks. */
export function canonical(html) {
    const { body } = new DOMParser().parseFromString(html, "text/html");
    wrapLooseText(body);
    const found = [...body.childNodes].map((node) => written(node, false)).join("").trim();
    return found === "<p></p>" ? "" : found;
}

/** Text beside blocks is a paragraph, as every editor makes it one. */
function wrapLooseText(body) {
    let open = null;
    for (const node of [...body.childNodes]) {
        if ((isBlock(node) && !EMBEDDED.has(node.nodeName)) || node.nodeType === Node.COMMENT_NODE) {
            open = null;
        } else if (open || node.nodeType !== Node.TEXT_NODE || node.data.trim()) {
            if (!open) {
                open = body.ownerDocument.createElement("p");
                node.before(open);
            }
            open.append(node);
        }
    }
}

function isBlock(node) {
    return BLOCKS.has(node?.nodeName);
}

function written(node, isVerbatim) {
    if (node.nodeType === Node.TEXT_NODE) {
        return isVerbatim ? JSON.stringify(node.data) : text(node);
    }
    if (node.nodeType !== Node.ELEMENT_NODE) {
        return `<!--${node.data}-->`;
    }
    const tag = node.nodeName.toLowerCase();
    const name = ALIASES[tag] || tag;
    const inner = VERBATIM.has(node.nodeName) || isVerbatim;
    let content = [...node.childNodes].map((child) => written(child, inner)).join("");
    if (FILLED.has(node.nodeName) && (content === "\u00a0" || content === "<br></br>")) {
        content = ""; // what an editor puts into an empty block
    }
    return `<${name}${attributes(node)}>${content}</${name}>`;
}

function text(node) {
    let found = node.data.replace(/[ \t\n\r\f]+/g, " ");
    const { previousSibling: before, nextSibling: after, parentNode: parent } = node;
    if (before ? isBlock(before) || before.nodeName === "BR" : isBlock(parent)) {
        found = found.replace(/^ /, "");
    }
    if (after ? isBlock(after) || after.nodeName === "BR" : isBlock(parent)) {
        found = found.replace(/ $/, "");
    }
    return found;
}

function attributes(element) {
    return [...element.attributes]
        .map(({ name, value }) => [name, FLAGS.has(name) ? "" : value])
        .map(([name, value]) => [name, name === "style" ? style(value) : value])
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, value]) => ` ${name}=${JSON.stringify(value)}`)
        .join("");
}

function style(value) {
    return value
        .split(/;(?![^(]*\))/)
        .map((part) => part.trim().replace(/\s*:\s*/, ":").replace(/\s+/g, " "))
        .filter(Boolean)
        .sort()
        .join(";");
}
