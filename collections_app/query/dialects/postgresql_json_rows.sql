-- SQLite's JSON functions that go over what is in JSON: tables of it, changes, groups, comparisons. Made after
-- those of postgresql_json.sql.

-- --- tables ----------------------------------------------------------------------------------------
--
-- None is strict, so that PostgreSQL writes them out and computes only the columns that are asked for.

CREATE OR REPLACE FUNCTION holdall_key_step(key text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN key ~ '^[A-Za-z][A-Za-z0-9]*$' THEN '.' || key ELSE '."' || key || '"' END
$$;

-- What a list or object is made of, in order.
CREATE OR REPLACE FUNCTION holdall_children(
    value json, OUT place bigint, OUT key text, OUT step text, OUT item json
) RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT items.place, (items.place - 1)::text, '[' || (items.place - 1)::text || ']', items.item
    FROM json_array_elements(CASE json_typeof(value) WHEN 'array' THEN value ELSE '[]' END)
        WITH ORDINALITY AS items(item, place)
    UNION ALL
    SELECT pairs.place, pairs.key, holdall_key_step(pairs.key), pairs.item
    FROM json_each(CASE json_typeof(value) WHEN 'object' THEN value ELSE '{}' END)
        WITH ORDINALITY AS pairs(key, item, place)
$$;

CREATE OR REPLACE FUNCTION holdall_children(
    value jsonb, OUT place bigint, OUT key text, OUT step text, OUT item jsonb
) RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT items.place, (items.place - 1)::text, '[' || (items.place - 1)::text || ']', items.item
    FROM jsonb_array_elements(CASE jsonb_typeof(value) WHEN 'array' THEN value ELSE '[]' END)
        WITH ORDINALITY AS items(item, place)
    UNION ALL
    SELECT row_number() OVER (ORDER BY pairs.key COLLATE "C"), pairs.key,
        holdall_key_step(pairs.key), pairs.value
    FROM jsonb_each(CASE jsonb_typeof(value) WHEN 'object' THEN value ELSE '{}' END) AS pairs
$$;

CREATE OR REPLACE FUNCTION holdall_json_items(
    list jsonb, start text DEFAULT '$', OUT key text, OUT value text, OUT type text,
    OUT atom text, OUT id bigint, OUT parent bigint, OUT fullkey text, OUT path text
) RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT found.key, holdall_json_scalar(found.item), holdall_type_of(found.item::jsonb),
        CASE WHEN jsonb_typeof(found.item) NOT IN ('array', 'object')
            THEN holdall_json_scalar(found.item) END,
        found.place, NULL::bigint, start || found.step, start
    FROM (
        SELECT child.place, child.key, child.step, child.item
        FROM holdall_children(list #> holdall_steps(start)) AS child
        UNION ALL
        SELECT 0, NULL, '', list #> holdall_steps(start)
        WHERE jsonb_typeof(list #> holdall_steps(start)) NOT IN ('array', 'object')
    ) AS found
$$;

CREATE OR REPLACE FUNCTION holdall_json_items(
    list json, start text DEFAULT '$', OUT key text, OUT value text, OUT type text,
    OUT atom text, OUT id bigint, OUT parent bigint, OUT fullkey text, OUT path text
) RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT found.key, holdall_json_scalar(found.item), holdall_type_of(found.item::jsonb),
        CASE WHEN json_typeof(found.item) NOT IN ('array', 'object')
            THEN holdall_json_scalar(found.item) END,
        found.place, NULL::bigint, start || found.step, start
    FROM (
        SELECT child.place, child.key, child.step, child.item
        FROM holdall_children(list #> holdall_steps(start)) AS child
        UNION ALL
        SELECT 0, NULL, '', list #> holdall_steps(start)
        WHERE json_typeof(list #> holdall_steps(start)) NOT IN ('array', 'object')
    ) AS found
$$;

CREATE OR REPLACE FUNCTION holdall_json_items(
    list anyelement, start text DEFAULT '$', OUT key text, OUT value text, OUT type text,
    OUT atom text, OUT id bigint, OUT parent bigint, OUT fullkey text, OUT path text
) RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT * FROM holdall_json_items(holdall_read(list), start)
$$;

CREATE OR REPLACE FUNCTION holdall_json_items(
    list text, start text DEFAULT '$', OUT key text, OUT value text, OUT type text,
    OUT atom text, OUT id bigint, OUT parent bigint, OUT fullkey text, OUT path text
) RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT * FROM holdall_json_items(holdall_read(NULLIF(list, '')), start)
$$;

-- All of it, what contains before what is contained; nodes are numbered.
CREATE OR REPLACE FUNCTION holdall_json_tree(
    list json, start text DEFAULT '$',
    OUT key text, OUT value text, OUT type text, OUT atom text, OUT id bigint, OUT parent bigint,
    OUT fullkey text, OUT path text
) RETURNS SETOF record
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    WITH RECURSIVE nodes AS (
        SELECT '{}'::bigint[] AS place, (holdall_steps(start))[cardinality(holdall_steps(start))] AS key,
            list #> holdall_steps(start) AS item, start AS fullkey,
            regexp_replace(start, '(\."[^"]*"|\.[^.\[]+|\[[^\]]*\])$', '') AS path
        WHERE list #> holdall_steps(start) IS NOT NULL
        UNION ALL
        SELECT nodes.place || child.place, child.key, child.item, nodes.fullkey || child.step,
            nodes.fullkey
        FROM nodes, holdall_children(nodes.item) AS child
    ), numbered AS (
        SELECT nodes.*, row_number() OVER (ORDER BY place) - 1 AS id FROM nodes
    )
    SELECT node.key, holdall_json_scalar(node.item), holdall_type_of(node.item::jsonb),
        CASE WHEN json_typeof(node.item) NOT IN ('array', 'object')
            THEN holdall_json_scalar(node.item) END,
        node.id, above.id, node.fullkey, node.path
    FROM numbered AS node LEFT JOIN numbered AS above
        ON cardinality(node.place) > 0
        AND above.place = node.place[1:cardinality(node.place) - 1]
    ORDER BY node.id
$$;

-- --- changes ---------------------------------------------------------------------------------------

-- $.a[0][#] as .a, [0 and [# : a step is a key or a place.
CREATE OR REPLACE FUNCTION holdall_places(path text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT COALESCE(array_agg(COALESCE('.' || step[1], '.' || step[2], '[' || step[3])), '{}')
    FROM regexp_matches(path, '\."([^"]*)"|\.([^.\[]+)|\[(#?(?:-?\d+)?)\]', 'g') AS step
$$;

-- JSON with something else at a place. how: set, insert (where nothing is), replace (what is there), remove.
CREATE OR REPLACE FUNCTION holdall_json_edit(value text, steps text[], new text, how text)
RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    step text := steps[1];
    rest text[] := steps[2:];
    is_list boolean := step LIKE '[%';
    wanted text := substr(step, 2);
    blank text := CASE WHEN steps[2] LIKE '[%' THEN '[]' ELSE '{}' END;
    parts text[] := '{}';
    is_there boolean := FALSE;
    size bigint;
    changed text;
    child record;
BEGIN
    IF step IS NULL THEN
        RETURN CASE how WHEN 'insert' THEN value WHEN 'remove' THEN NULL ELSE new END;
    END IF;
    IF json_typeof(value::json) <> (CASE WHEN is_list THEN 'array' ELSE 'object' END) THEN
        RETURN value;
    END IF;
    IF is_list THEN
        size := json_array_length(value::json);
        wanted := CASE WHEN wanted LIKE '#%'
            THEN size + COALESCE(NULLIF(substr(wanted, 2), ''), '0')::bigint
            ELSE wanted::bigint END::text;
    END IF;
    FOR child IN SELECT * FROM holdall_children(value::json) LOOP
        changed := child.item::text;
        IF child.key = wanted AND NOT is_there THEN
            is_there := TRUE;
            changed := holdall_json_edit(changed, rest, new, how);
        END IF;
        IF changed IS NOT NULL THEN
            parts := parts || CASE WHEN is_list THEN changed
                ELSE to_json(child.key)::text || ':' || changed END;
        END IF;
    END LOOP;
    IF NOT is_there AND how IN ('set', 'insert') AND (NOT is_list OR wanted = size::text) THEN
        changed := CASE WHEN rest = '{}' THEN new ELSE holdall_json_edit(blank, rest, new, how) END;
        IF rest = '{}' OR changed <> blank THEN
            parts := parts || CASE WHEN is_list THEN changed
                ELSE to_json(wanted)::text || ':' || changed END;
        END IF;
    END IF;
    changed := array_to_string(parts, ',');
    RETURN CASE WHEN is_list THEN '[' || changed || ']' ELSE '{' || changed || '}' END;
END
$$;

-- Pairs of a path and a value.
CREATE OR REPLACE FUNCTION holdall_json_edits(value json, how text, pairs text[]) RETURNS json
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    out text := value::text;
BEGIN
    FOR at IN 1 .. cardinality(pairs) BY 2 LOOP
        out := holdall_json_edit(out, holdall_places(pairs[at]), pairs[at + 1], how);
    END LOOP;
    RETURN out::json;
END
$$;

CREATE OR REPLACE FUNCTION holdall_json_set(value json, VARIADIC pairs text[]) RETURNS json
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_json_edits(value, 'set', pairs)
$$;

CREATE OR REPLACE FUNCTION holdall_json_insert(value json, VARIADIC pairs text[]) RETURNS json
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_json_edits(value, 'insert', pairs)
$$;

CREATE OR REPLACE FUNCTION holdall_json_replace(value json, VARIADIC pairs text[]) RETURNS json
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_json_edits(value, 'replace', pairs)
$$;

CREATE OR REPLACE FUNCTION holdall_json_remove(value json, VARIADIC paths text[]) RETURNS json
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    out text := value::text;
    path text;
BEGIN
    FOREACH path IN ARRAY paths LOOP
        out := holdall_json_edit(out, holdall_places(path), NULL, 'remove');
    END LOOP;
    RETURN out::json;
END
$$;

-- What RFC 7396 calls a merge: null takes away.
CREATE OR REPLACE FUNCTION holdall_json_patch(value json, patch json) RETURNS json
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    parts text[] := '{}';
    child record;
    changes json;
BEGIN
    IF json_typeof(patch) <> 'object' THEN
        RETURN patch;
    END IF;
    FOR child IN SELECT * FROM holdall_children(value) WHERE json_typeof(value) = 'object' LOOP
        changes := patch OPERATOR(pg_catalog.->) child.key;
        CONTINUE WHEN json_typeof(changes) = 'null';
        parts := parts || (to_json(child.key)::text || ':'
            || COALESCE(holdall_json_patch(child.item, changes), child.item)::text);
    END LOOP;
    FOR child IN SELECT * FROM holdall_children(patch) LOOP
        CONTINUE WHEN json_typeof(child.item) = 'null';
        CONTINUE WHEN json_typeof(value) = 'object' AND EXISTS (
            SELECT 1 FROM json_object_keys(value) AS name WHERE name = child.key);
        parts := parts || (to_json(child.key)::text || ':'
            || holdall_json_patch('null'::json, child.item)::text);
    END LOOP;
    RETURN '{' || array_to_string(parts, ',') || '}';
END
$$;

-- --- groups, and values of any type in an order ----------------------------------------------------

-- A list without what came before in it.
CREATE OR REPLACE FUNCTION holdall_distinct(list json) RETURNS json
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT COALESCE(json_agg(item ORDER BY place), '[]') FROM (
        SELECT DISTINCT ON (item::text) item, place FROM holdall_children(list)
        ORDER BY item::text, place
    ) AS first
$$;

-- Numbers come before texts and by their size: what a text is sorted by that was read from JSON.
CREATE OR REPLACE FUNCTION holdall_rank(value text) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN value ~ '^-?\d+(\.\d+)?(e[-+]?\d{1,3})?$' THEN value::numeric
        ELSE 'Infinity'::numeric END
$$;

CREATE OR REPLACE FUNCTION holdall_rank(value anyelement) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT 0::numeric $$;

-- What two values from JSON are compared by.
DO $$
BEGIN
    CREATE TYPE holdall_ranked AS (rank numeric, value text);
EXCEPTION WHEN duplicate_object THEN NULL;
END
$$;

CREATE OR REPLACE FUNCTION holdall_ranked(value text) RETURNS holdall_ranked
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN value IS NOT NULL
        THEN ROW(holdall_rank(value), value COLLATE "C")::holdall_ranked END
$$;

CREATE OR REPLACE FUNCTION holdall_ranked(value anyelement) RETURNS holdall_ranked
LANGUAGE sql STABLE PARALLEL SAFE AS $$ SELECT holdall_ranked(holdall_to_text(value)) $$;

CREATE OR REPLACE FUNCTION holdall_greater(held text, value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN (holdall_rank(value), value COLLATE "C") > (holdall_rank(held), held COLLATE "C")
        THEN value ELSE held END
$$;

CREATE OR REPLACE FUNCTION holdall_lesser(held text, value text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN (holdall_rank(value), value COLLATE "C") < (holdall_rank(held), held COLLATE "C")
        THEN value ELSE held END
$$;

DO $$
DECLARE
    kind text[];
BEGIN
    FOREACH kind SLICE 1 IN ARRAY ARRAY[
        ['text', 'holdall_greater', 'holdall_lesser'], ['numeric', 'numeric_larger', 'numeric_smaller'],
        ['double precision', 'float8larger', 'float8smaller'], ['bigint', 'int8larger', 'int8smaller'],
        ['integer', 'int4larger', 'int4smaller']
    ] LOOP
        EXECUTE format('CREATE OR REPLACE AGGREGATE holdall_max(%s) (SFUNC = %s, STYPE = %s)',
            kind[1], kind[2], kind[1]);
        EXECUTE format('CREATE OR REPLACE AGGREGATE holdall_min(%s) (SFUNC = %s, STYPE = %s)',
            kind[1], kind[3], kind[1]);
    END LOOP;
    CREATE OR REPLACE AGGREGATE holdall_max(boolean) (SFUNC = holdall_max_step, STYPE = integer);
    CREATE OR REPLACE AGGREGATE holdall_min(boolean) (SFUNC = holdall_min_step, STYPE = integer);
END
$$;

-- --- comparisons -----------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION holdall_order(a json, b text) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_order(to_jsonb(holdall_to_text(a)), to_jsonb(b))
$$;

CREATE OR REPLACE FUNCTION holdall_like(value json, pattern text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_like(holdall_to_text(value), pattern)
$$;

CREATE OR REPLACE FUNCTION holdall_unlike(value json, pattern text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_unlike(holdall_to_text(value), pattern)
$$;

CREATE OR REPLACE FUNCTION holdall_joined(a json, b text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT holdall_to_text(a) OPERATOR(pg_catalog.||) b
$$;

CREATE OR REPLACE FUNCTION holdall_joined(a text, b json) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT a OPERATOR(pg_catalog.||) holdall_to_text(b)
$$;

DO $$
DECLARE
    made text[];
BEGIN
    FOREACH made SLICE 1 IN ARRAY ARRAY[
        ['=', 'is'], ['<>', 'is_not'], ['<', 'before'], ['<=', 'until'], ['>', 'after'], ['>=', 'from']
    ] LOOP
        EXECUTE format(
            'CREATE OR REPLACE FUNCTION holdall_%s(a json, b text) RETURNS boolean'
            ' LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS'
            ' ''SELECT holdall_order(a, b) %s 0''', made[2], made[1]);
    END LOOP;
    FOREACH made SLICE 1 IN ARRAY ARRAY[
        ['=', 'json', 'text', 'is'], ['<>', 'json', 'text', 'is_not'],
        ['<', 'json', 'text', 'before'], ['<=', 'json', 'text', 'until'],
        ['>', 'json', 'text', 'after'], ['>=', 'json', 'text', 'from'],
        ['~~', 'json', 'text', 'like'], ['!~~', 'json', 'text', 'unlike'],
        ['||', 'json', 'text', 'joined'], ['||', 'text', 'json', 'joined']
    ] LOOP
        BEGIN
            EXECUTE format('CREATE OPERATOR %s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = holdall_%s)',
                made[1], made[2], made[3], made[4]);
        EXCEPTION WHEN duplicate_function THEN NULL;
        END;
    END LOOP;
END
$$;
