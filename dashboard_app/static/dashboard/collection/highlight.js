// Colours for rules and queries: a layer behind the textarea shows the same text, whose own letters
// are clear.

const RULE = new RegExp([
    "(?<comment>//[^\\n]*)",
    "(?<string>\"(?:\\\\.|[^\"\\\\])*\"?|'(?:\\\\.|[^'\\\\])*'?)",
    "(?<macro>@[\\w.:]+)",
    "(?<number>\\b\\d+(?:\\.\\d+)?\\b)",
    "(?<word>\\b(?:true|false|null)\\b)",
    "(?<call>\\b[a-zA-Z]\\w*(?=\\())",
    "(?<operator>&&|\\|\\||\\??(?:!=|!~|>=|<=|=|~|>|<))",
    "(?<field>[a-zA-Z_][\\w.:]*)",
].join("|"), "g");

/** Return ``[kind, text]`` pairs of a rule, or by other named groups; the rest has the kind ``""``. */
export function tokens(rule, kinds = RULE) {
    const found = [];
    let end = 0;
    for (const match of rule.matchAll(kinds)) {
        if (match.index > end) {
            found.push(["", rule.slice(end, match.index)]);
        }
        const [kind] = Object.entries(match.groups).find(([, text]) => text !== undefined);
        found.push([kind, match[0]]);
        end = match.index + match[0].length;
    }
    if (end < rule.length) {
        found.push(["", rule.slice(end)]);
    }
    return found;
}

/** Let ``text`` show its rule, or what ``kinds`` tells apart, in colours. */
export function highlight(text, kinds = RULE) {
    const layer = document.createElement("pre");
    layer.className = "ed-colours code";
    layer.setAttribute("aria-hidden", "true");
    const box = document.createElement("div");
    box.className = "ed-coloured";
    text.before(box);
    box.append(layer, text);
    const draw = () => {
        layer.replaceChildren(...tokens(text.value, kinds).map(([kind, part]) => {
            const span = document.createElement("span");
            span.className = kind ? `ed-is-${kind}` : "";
            span.textContent = part;
            return span;
        }));
        layer.append("\n");
        layer.scrollTop = text.scrollTop;
    };
    text.addEventListener("input", draw);
    text.addEventListener("scroll", () => { layer.scrollTop = text.scrollTop; });
    draw();
}
