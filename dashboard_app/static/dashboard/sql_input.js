// Help with SQL while it is typed: colours, and the tables, columns and keywords that may come next.
import { highlight } from "./collection/highlight.js";
import { combobox } from "./combobox.js";
import { make } from "./elements.js";

const MOST = 12;
const KEYWORDS = `
    SELECT FROM WHERE JOIN LEFT INNER CROSS ON GROUP BY ORDER HAVING LIMIT OFFSET AS AND OR NOT IN IS NULL LIKE
    BETWEEN EXISTS DISTINCT CASE WHEN THEN ELSE END UNION ALL EXCEPT INTERSECT ASC DESC WITH RECURSIVE VALUES
    INSERT INTO UPDATE SET DELETE CREATE TABLE INDEX UNIQUE VIEW DROP ALTER ADD COLUMN RENAME TO EXPLAIN
    RETURNING USING CAST COLLATE OVER PARTITION FILTER ESCAPE CONFLICT DO NOTHING EXCLUDED TRUE FALSE
`.trim().split(/\s+/);
const FUNCTIONS = `
    COUNT SUM AVG MIN MAX TOTAL COALESCE IFNULL NULLIF IIF ABS ROUND LENGTH LOWER UPPER TRIM SUBSTR REPLACE
    INSTR PRINTF DATE TIME DATETIME STRFTIME JULIANDAY GROUP_CONCAT JSON_EXTRACT JSON_ARRAY_LENGTH JSON_EACH
    JSON_OBJECT JSON_GROUP_ARRAY ROW_NUMBER RANK LAG LEAD
`.trim().split(/\s+/);

const TOKENS = new RegExp([
    "(?<comment>--[^\\n]*|/\\*[^]*?(?:\\*/|$))",
    "(?<string>'(?:''|[^'])*'?)",
    "(?<field>\"[^\"]*\"?|`[^`]*`?|\\[[^\\]\\n]*\\]?)",
    "(?<number>\\b\\d+(?:\\.\\d+)?\\b)",
    `(?<macro>\\b(?:${KEYWORDS.join("|")})\\b)`,
    "(?<call>\\b[a-zA-Z_]\\w*(?=\\())",
    "(?<operator>\\|\\||->>?|[<>!=]=?|<>|[-+*/%])",
].join("|"), "gi");
/** A name, with or without quotes. */
const NAME = "[\"`\\[]?(\\w+)[\"`\\]]?";
const SOURCE = new RegExp(`\\b(?:from|join|into|update)\\s+${NAME}(?:\\s+(?:as\\s+)?${NAME})?`, "gi");
const FURTHER = new RegExp(`^\\s*,\\s*${NAME}(?:\\s+(?:as\\s+)?${NAME})?`, "i");
const BEFORE_TABLE = /\b(?:from|join|into|update|table)\s+["`[]?$/i;

/** What stands for the word that is being typed. */
const TYPED = "_";

/** Complete the SQL in ``text``, which is put into a box below ``place``; ``tables()`` returns ``[{name, columns}]``. */
export function attach(text, place, tables) {
    const box = make("div", { className: "ed-at-caret" });
    text.before(box);
    box.append(text);
    highlight(text, TOKENS);
    combobox(text, box, {
        isEager: false,
        offer: (isAsked) => offered(text.value, text.selectionStart, tables(), isAsked),
        take: (word) => {
            const { start } = wordBefore(text.value.slice(0, text.selectionStart));
            text.setRangeText(word, start, text.selectionStart, "end");
            text.dispatchEvent(new Event("input", { bubbles: true }));
        },
        move: (list) => {
            const { left, top } = caret(text);
            list.style.top = `${top + 4}px`;
            list.style.left = `${Math.max(0, Math.min(left, box.clientWidth - list.offsetWidth))}px`;
        },
    });
}

/**
 * Return the words that may stand at ``at`` in ``sql``, nothing if the one there is whole.
 * Without a word there are only some if somebody asks.
 */
export function offered(sql, at, tables, isAsked = false) {
    const before = sql.slice(0, at);
    const last = tokensOf(before).at(-1);
    if (last && last.end === at && isOpen(last)) {
        return [];
    }
    const { word, owner } = wordBefore(before);
    if (!word && !owner && !isAsked) {
        return [];
    }
    const start = word.toLowerCase();
    const head = owner ? `${owner}.` : "";
    const fits = (name) => name.toLowerCase().startsWith(start);
    const begin = before.slice(0, before.length - word.length);
    const sources = sourcesOf(`${begin}${TYPED}${sql.slice(at)}`);
    const found = [...new Set(candidates(begin, word, owner, sources, tables))].filter(fits);
    const isWhole = found.length === 1 && found[0].toLowerCase() === start;
    return isWhole ? [] : found.slice(0, MOST).map((name) => head + name);
}

function candidates(begin, word, owner, sources, tables) {
    const byName = new Map(tables.map((table) => [table.name.toLowerCase(), table]));
    const columnsOf = (name) => byName.get(name.toLowerCase())?.columns || [];
    if (owner) {
        return columnsOf(sources.get(owner.toLowerCase()) || owner);
    }
    const names = tables.map((table) => table.name);
    if (BEFORE_TABLE.test(begin)) {
        return names;
    }
    const isLower = word !== "" && word === word.toLowerCase();
    const written = (list) => (isLower ? list.map((item) => item.toLowerCase()) : list);
    return [
        ...[...sources.values()].flatMap(columnsOf),
        ...sources.keys(),
        ...written(KEYWORDS),
        ...names,
        ...written(FUNCTIONS).map((name) => `${name}(`),
    ];
}

/** Return which table each name in FROM, JOIN, INTO and UPDATE stands for. */
function sourcesOf(sql) {
    const found = new Map();
    const note = ([, table, alias]) => {
        const isAlias = alias && alias !== TYPED && !KEYWORDS.includes(alias.toUpperCase());
        found.set((isAlias ? alias : table).toLowerCase(), table);
    };
    for (const match of sql.matchAll(SOURCE)) {
        note(match);
        let rest = sql.slice(match.index + match[0].length);
        for (let more = rest.match(FURTHER); more; more = rest.match(FURTHER)) {
            note(more);
            rest = rest.slice(more[0].length);
        }
    }
    found.delete(TYPED);
    return found;
}

function wordBefore(before) {
    const [, owner = "", word] = before.match(/(?:(\w+)\.)?(\w*)$/);
    return { owner, word, start: before.length - word.length - (owner ? owner.length + 1 : 0) };
}

function tokensOf(sql) {
    return [...sql.matchAll(TOKENS)].map((match) => ({
        text: match[0],
        end: match.index + match[0].length,
        kind: Object.entries(match.groups).find(([, text]) => text !== undefined)[0],
    }));
}

/** Whether what is typed belongs to a comment or a string. */
function isOpen({ kind, text }) {
    if (kind === "comment") {
        return text.startsWith("--") || !text.endsWith("*/");
    }
    return kind === "string" && (text.length === 1 || !text.endsWith("'"));
}

/** Return where the cursor of ``text`` stands, in pixels from its corner: the lower edge of its line. */
function caret(text) {
    const style = getComputedStyle(text);
    const mirror = make("div", { className: "ed-mirror", "aria-hidden": "true" });
    for (const name of ["font", "letterSpacing", "lineHeight", "padding", "borderWidth", "boxSizing", "tabSize"]) {
        mirror.style[name] = style[name];
    }
    mirror.style.width = `${text.offsetWidth}px`;
    const mark = make("span", {}, "\u200b");
    mirror.append(text.value.slice(0, text.selectionStart), mark);
    text.parentElement.append(mirror);
    const found = { left: mark.offsetLeft, top: mark.offsetTop + mark.offsetHeight - text.scrollTop };
    mirror.remove();
    return found;
}
